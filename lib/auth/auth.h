#ifndef SL_AUTH_AUTH_H
#define SL_AUTH_AUTH_H

#include "auth/identity.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Who may call: API keys and bearer tokens, from files that are looked at again once a second. A
 * file that has become wrong is complained of in the log, and what was read before goes on to hold.
 * Loop only.
 */
struct sl_auth;

/** All optional, "" as NULL; texts are copied. */
struct sl_auth_options {
    /** NULL means the system's; borrowed. */
    const struct sl_clock *clock;
    /** API keys (auth/keys.h). */
    const char *keys_file;
    /** JSON Web Key Set for tokens by RS256. */
    const char *jwks_file;
    /** Secret for tokens by HS256; a line's end after it does not count. */
    const char *jwt_secret_file;
    const char *jwt_issuer;
    const char *jwt_audience;
    /** NULL means "tenant_id" and "dealer_id". */
    const char *tenant_claim;
    const char *dealer_claim;
};

/**
 * *ret_auth is NULL where no file is named: then nobody is asked.
 * Errors: SL_INVALID_ARGUMENT names the file and what is wrong with it; a JWKS file without issuer
 * and audience, because whoever signs for others too would let their callers in.
 */
SL_MUST_USE enum sl_code sl_auth_new(const struct sl_auth_options *options,
                                     struct sl_auth **ret_auth, struct sl_error *err);

/** auth may be NULL. */
void sl_auth_free(struct sl_auth *auth);

/** What a caller shows, as it came; NULL where it did not. */
struct sl_credential {
    /** "Bearer <token or key>" */
    const char *authorization;
    /** X-Api-Key; goes before authorization. */
    const char *api_key;
};

/**
 * Says who shows the credential.
 *
 * arena  owns *ret_identity.
 * Errors: SL_UNAUTHENTICATED (none, an unknown one, one that is no longer good);
 * SL_RESOURCE_EXHAUSTED.
 */
SL_MUST_USE enum sl_code sl_auth_check(struct sl_auth *auth, const struct sl_credential *credential,
                                       struct sl_arena *arena,
                                       const struct sl_identity **ret_identity,
                                       struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
