#ifndef SL_AUTH_JWT_H
#define SL_AUTH_JWT_H

#include "auth/identity.h"
#include "auth/jwks.h"
#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes that an HS256 secret has at least: those of its hash (RFC 7518, 3.2). */
#define SL_JWT_MIN_SECRET_BYTES 32

/** What a token is held against. Borrowed until the check returns. */
struct sl_jwt_rules {
    /** For HS256; NULL: such tokens are refused. */
    const char *secret;
    size_t secret_length;
    /** For RS256; NULL: such tokens are refused. */
    const struct sl_jwks *jwks;
    /** What iss must be, and aud must hold; NULL or "": not looked at. */
    const char *issuer;
    const char *audience;
    /** Required. Claims that hold tenant and dealer; sub is the user. */
    const char *tenant_claim;
    const char *dealer_claim;
};

/**
 * Checks a bearer token (RFC 7519) in its compact form, after RFC 8725: the algorithm is one that
 * is configured, each with a key of its own kind; `none`, `crit` and nested tokens are refused; exp
 * is required; exp, nbf and iat may be 30 s off.
 *
 * now_s  seconds since 1970.
 * arena  owns *ret_identity.
 * Errors: SL_UNAUTHENTICATED, with a reason that gives nothing away; SL_RESOURCE_EXHAUSTED.
 */
SL_MUST_USE enum sl_code sl_jwt_check(const char *token, const struct sl_jwt_rules *rules,
                                      double now_s, struct sl_arena *arena,
                                      const struct sl_identity **ret_identity,
                                      struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
