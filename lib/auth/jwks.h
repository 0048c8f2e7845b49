#ifndef SL_AUTH_JWKS_H
#define SL_AUTH_JWKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Public RSA keys for RS256, from a JSON Web Key Set (RFC 7517). Never changed once made: any
 * thread. */
struct sl_jwks;

/**
 * Keys of other kinds and for other uses are passed over, as RFC 7517, 5 says; at least one must be
 * left. text is borrowed until return. SL_INVALID_ARGUMENT: err says which key is wrong, and how.
 */
SL_MUST_USE enum sl_code sl_jwks_parse(const char *text, size_t length, struct sl_jwks **ret_jwks,
                                       struct sl_error *err);

/** jwks may be NULL. */
void sl_jwks_free(struct sl_jwks *jwks);

/** What was signed, and by which key. */
struct sl_jwks_signature {
    /** The key's id; NULL where the token names none: then the set must have one key only. */
    const char *kid;
    const char *input;
    size_t input_length;
    const unsigned char *bytes;
    size_t length;
};

/** Whether the signature is RSASSA-PKCS1-v1_5 with SHA-256 (RS256) by one of the keys. */
bool sl_jwks_verify(const struct sl_jwks *jwks, const struct sl_jwks_signature *signature);

#ifdef __cplusplus
}
#endif

#endif
