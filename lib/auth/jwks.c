#include "auth/jwks.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "json/json.h"

/* Below, a key can be broken; above, checking a signature is an attack. */
#define MIN_BITS 2048
#define MAX_BITS 8192
#define MAX_KEYS 64

struct key {
    char *kid;
    EVP_PKEY *key;
};

struct sl_jwks {
    struct key keys[MAX_KEYS];
    size_t count;
};

void sl_jwks_free(struct sl_jwks *jwks)
{
    if (jwks == NULL)
        return;
    for (size_t i = 0; i < jwks->count; i++) {
        sl_free(jwks->keys[i].kid);
        EVP_PKEY_free(jwks->keys[i].key);
    }
    sl_free(jwks);
}

/* ---- reading ---- */

static BIGNUM *read_number(const json_t *key, const char *name)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text bytes = {0};
    const char *encoded = sl_json_string(key, name);
    if (encoded == NULL || !sl_base64_decode(&bytes, encoded, strlen(encoded)) ||
        bytes.length == 0 || bytes.length > MAX_BITS / 8 + 1)
        return NULL;
    return BN_bin2bn((const unsigned char *)bytes.data, (int)bytes.length, NULL);
}

static EVP_PKEY *make_key(const BIGNUM *n, const BIGNUM *e)
{
    EVP_PKEY *key = NULL;
    OSSL_PARAM *parameters = NULL;
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    if (builder != NULL && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) == 1)
        parameters = OSSL_PARAM_BLD_to_param(builder);
    bool is_ready = parameters != NULL && context != NULL && EVP_PKEY_fromdata_init(context) == 1;
    if (is_ready && EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        key = NULL;
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    EVP_PKEY_CTX_free(context);
    return key;
}

static EVP_PKEY *read_rsa(const json_t *json, struct sl_error *err)
{
    EVP_PKEY *key = NULL;
    BIGNUM *n = read_number(json, "n"), *e = read_number(json, "e");
    int bits = n != NULL ? BN_num_bits(n) : 0;
    if (n == NULL || e == NULL)
        sl_error_set(err, SL_INVALID_ARGUMENT, "n and e: numbers in base64url are wanted");
    else if (bits < MIN_BITS || bits > MAX_BITS || !BN_is_odd(n))
        sl_error_set(err, SL_INVALID_ARGUMENT, "n has %d bits, %d to %d are wanted", bits, MIN_BITS,
                     MAX_BITS);
    else if (!BN_is_odd(e) || BN_is_one(e) || BN_num_bits(e) > 64)
        sl_error_set(err, SL_INVALID_ARGUMENT, "e is no exponent of an RSA key");
    else if ((key = make_key(n, e)) == NULL)
        sl_error_set(err, SL_INVALID_ARGUMENT, "no RSA key can be made of n and e");
    BN_free(n);
    BN_free(e);
    return key;
}

/* A member that is there has to have that value. */
static bool is_absent_or(const json_t *key, const char *name, const char *value)
{
    return json_object_get(key, name) == NULL || sl_text_equals(sl_json_string(key, name), value);
}

static bool may_verify(const json_t *key)
{
    const json_t *operations = json_object_get(key, "key_ops");
    if (operations == NULL)
        return true;
    for (size_t i = 0; i < json_array_size(operations); i++) {
        if (sl_text_equals(json_string_value(json_array_get(operations, i)), "verify"))
            return true;
    }
    return false;
}

/* A key for encryption, or for another algorithm, must not verify RS256 (RFC 8725, 3.1). */
static bool is_for_rs256(const json_t *key)
{
    return sl_text_equals(sl_json_string(key, "kty"), "RSA") && is_absent_or(key, "use", "sig") &&
           is_absent_or(key, "alg", "RS256") && may_verify(key);
}

static enum sl_code add_key(struct sl_jwks *jwks, const json_t *json, struct sl_error *err)
{
    const char *kid = sl_json_string(json, "kid");
    if (!is_for_rs256(json))
        return SL_OK;
    if (jwks->count == MAX_KEYS)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "more than %d keys", MAX_KEYS);
    EVP_PKEY *key = read_rsa(json, err);
    char *copy = sl_strdup(kid != NULL ? kid : "");
    if (key == NULL || copy == NULL) {
        EVP_PKEY_free(key);
        sl_free(copy);
        return key == NULL ? SL_INVALID_ARGUMENT : sl_error_no_memory(err);
    }
    jwks->keys[jwks->count++] = (struct key){copy, key};
    return SL_OK;
}

static enum sl_code read_set(struct sl_jwks *jwks, const json_t *list, struct sl_error *err)
{
    if (!json_is_array(list))
        return sl_error_set(err, SL_INVALID_ARGUMENT, "keys: a list is wanted");
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (add_key(jwks, json_array_get(list, i), err) != SL_OK)
            return sl_error_prefix(err, "keys[%zu]", i);
    }
    if (jwks->count == 0)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "none of its %zu keys is an RSA key for signatures by RS256",
                            json_array_size(list));
    return SL_OK;
}

enum sl_code sl_jwks_parse(const char *text, size_t length, struct sl_jwks **ret_jwks,
                           struct sl_error *err)
{
    SL_CLEANUP(sl_json_cleanup) json_t *document = NULL;
    SL_TRY(sl_json_parse(text, length, NULL, &document, err));
    struct sl_jwks *jwks = sl_alloc(sizeof(*jwks));
    if (jwks == NULL)
        return sl_error_no_memory(err);
    enum sl_code code = read_set(jwks, json_object_get(document, "keys"), err);
    if (code != SL_OK) {
        sl_jwks_free(jwks);
        return code;
    }
    *ret_jwks = jwks;
    return SL_OK;
}

/* ---- verifying ---- */

static bool verify_by(EVP_PKEY *key, const struct sl_jwks_signature *signature)
{
    EVP_PKEY_CTX *parameters = NULL;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_good =
        context != NULL &&
        EVP_DigestVerifyInit(context, &parameters, EVP_sha256(), NULL, key) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PADDING) == 1 &&
        EVP_DigestVerify(context, signature->bytes, signature->length,
                         (const unsigned char *)signature->input, signature->input_length) == 1;
    EVP_MD_CTX_free(context);
    return is_good;
}

bool sl_jwks_verify(const struct sl_jwks *jwks, const struct sl_jwks_signature *signature)
{
    if (signature->kid == NULL)
        return jwks->count == 1 && verify_by(jwks->keys[0].key, signature);
    for (size_t i = 0; i < jwks->count; i++) {
        if (strcmp(jwks->keys[i].kid, signature->kid) == 0 &&
            verify_by(jwks->keys[i].key, signature))
            return true;
    }
    return false;
}
