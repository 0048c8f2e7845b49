#ifndef SL_AUTH_IDENTITY_H
#define SL_AUTH_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a caller may do. */
enum sl_role {
    /** Acts for the tenant that its credential names, and for no other. */
    SL_ROLE_CLIENT,
    /** A service of this house, such as the orchestrator towards the agents: acts for the tenant
     * that each call names, within `tenants`. */
    SL_ROLE_SERVICE,
};

/**
 * Who calls, as far as a credential proves it. Texts are visible ASCII, so that all of them can go
 * on as headers and metadata, and never NULL; "" where the credential does not say. Guarded by its
 * owner.
 */
struct sl_identity {
    /** The key's name, or the token's subject: for logs and limits, no secret. */
    const char *name;
    const char *tenant;
    const char *dealer;
    const char *user;
    enum sl_role role;
    /** SL_ROLE_SERVICE: the tenants that it may act for; none listed means all. */
    const char *const *tenants;
    size_t tenant_count;
    /** Requests a second that this caller may make, and how many at once; 0: as for everybody. */
    double rate;
    double burst;
};

/** Longest text of an identity, bytes. */
#define SL_IDENTITY_TEXT_MAX 256

/** Whether a text may stand in an identity: visible ASCII, at most SL_IDENTITY_TEXT_MAX bytes. */
bool sl_identity_text_is_allowed(const char *text);

/** A copy that is owned by arena, NULL when memory is out. */
const struct sl_identity *sl_identity_copy(const struct sl_identity *identity,
                                           struct sl_arena *arena);

/** Whether it may act for tenant. */
bool sl_identity_may_act_for(const struct sl_identity *identity, const char *tenant);

#ifdef __cplusplus
}
#endif

#endif
