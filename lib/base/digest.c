#include "base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <string.h>

#include "base/text.h"

void sl_sha256(const void *bytes, size_t length, unsigned char out[SL_SHA256_SIZE])
{
    SHA256(bytes, length, out);
}

void sl_sha256_hex(const void *bytes, size_t length, char out[SL_SHA256_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char raw[SL_SHA256_SIZE];
    sl_sha256(bytes, length, raw);
    for (size_t i = 0; i < sizeof(raw); i++) {
        out[2 * i] = digits[raw[i] >> 4];
        out[2 * i + 1] = digits[raw[i] & 15];
    }
    out[SL_SHA256_HEX_SIZE - 1] = '\0';
}

void sl_hmac_sha256(const void *key, size_t key_length, const void *bytes, size_t length,
                    unsigned char out[SL_SHA256_SIZE])
{
    unsigned size = SL_SHA256_SIZE;
    HMAC(EVP_sha256(), key, (int)key_length, bytes, length, out, &size);
}
