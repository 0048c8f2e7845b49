#ifndef SL_BASE_DIGEST_H
#define SL_BASE_DIGEST_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SL_SHA256_SIZE 32
#define SL_SHA256_HEX_SIZE 65

/** SHA-256 (FIPS 180-4). Any thread. */
void sl_sha256(const void *bytes, size_t length, unsigned char out[SL_SHA256_SIZE]);

/** SHA-256 as lower-case hex with its NUL. Any thread. */
void sl_sha256_hex(const void *bytes, size_t length, char out[SL_SHA256_HEX_SIZE]);

/** HMAC with SHA-256 (RFC 2104). Any thread. */
void sl_hmac_sha256(const void *key, size_t key_length, const void *bytes, size_t length,
                    unsigned char out[SL_SHA256_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
