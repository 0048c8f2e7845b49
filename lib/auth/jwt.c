#include "auth/jwt.h"

#include <openssl/crypto.h>
#include <string.h>

#include "auth/member.h"
#include "base/digest.h"
#include "base/text.h"
#include "json/json.h"

#define MAX_TOKEN_BYTES 8192
/* Clocks differ. */
#define LEEWAY_S 30

/** A token in its parts. */
struct token {
    const char *text;
    size_t header_length;
    /** Of header and payload with the dot between: what is signed. */
    size_t signed_length;
    const char *signature_text;
    json_t *header, *claims;
    struct sl_text signature;
};

static void token_done(struct token *token)
{
    json_decref(token->header);
    json_decref(token->claims);
    sl_text_done(&token->signature);
}

static enum sl_code refuse(struct sl_error *err, const char *reason)
{
    return sl_error_set(err, SL_UNAUTHENTICATED, "the token %s", reason);
}

/* ---- the parts ---- */

static bool decode(const char *text, size_t length, struct sl_text *out)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    return length > 0 && strspn(text, alphabet) >= length && length % 4 != 1 &&
           sl_base64_decode(out, text, length);
}

static json_t *decode_object(const char *text, size_t length)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text bytes = {0};
    json_t *value = NULL;
    struct sl_error ignored = {0};
    if (!decode(text, length, &bytes) ||
        sl_json_parse(bytes.data, bytes.length, NULL, &value, &ignored) != SL_OK)
        return NULL;
    if (!json_is_object(value)) {
        json_decref(value);
        return NULL;
    }
    return value;
}

static enum sl_code split(const char *text, struct token *token, struct sl_error *err)
{
    if (strlen(text) > MAX_TOKEN_BYTES)
        return refuse(err, "is too long");
    const char *first = strchr(text, '.');
    const char *second = first != NULL ? strchr(first + 1, '.') : NULL;
    if (second == NULL || strchr(second + 1, '.') != NULL)
        return refuse(err, "is malformed");
    token->text = text;
    token->header_length = (size_t)(first - text);
    token->signed_length = (size_t)(second - text);
    token->signature_text = second + 1;
    token->header = decode_object(text, token->header_length);
    token->claims = decode_object(first + 1, (size_t)(second - first - 1));
    if (token->header == NULL || token->claims == NULL ||
        !decode(second + 1, strlen(second + 1), &token->signature))
        return refuse(err, "is malformed");
    return SL_OK;
}

/* ---- the signature ---- */

static bool is_signed_by_secret(const struct token *token, const struct sl_jwt_rules *rules)
{
    unsigned char expected[SL_SHA256_SIZE];
    if (rules->secret == NULL || token->signature.length != sizeof(expected))
        return false;
    sl_hmac_sha256(rules->secret, rules->secret_length, token->text, token->signed_length,
                   expected);
    return CRYPTO_memcmp(expected, token->signature.data, sizeof(expected)) == 0;
}

static bool is_signed_by_key(const struct token *token, const struct sl_jwt_rules *rules)
{
    struct sl_jwks_signature signature = {
        .kid = sl_json_string(token->header, "kid"),
        .input = token->text,
        .input_length = token->signed_length,
        .bytes = (const unsigned char *)token->signature.data,
        .length = token->signature.length,
    };
    return rules->jwks != NULL && sl_jwks_verify(rules->jwks, &signature);
}

/* The header only chooses among what is configured: an RSA key never serves as HS256's secret. */
static const struct {
    const char *name;
    bool (*is_signed)(const struct token *token, const struct sl_jwt_rules *rules);
} algorithms[] = {{"HS256", is_signed_by_secret}, {"RS256", is_signed_by_key}};

static enum sl_code check_signature(const struct token *token, const struct sl_jwt_rules *rules,
                                    struct sl_error *err)
{
    const char *name = sl_json_string(token->header, "alg");
    const char *type = sl_json_string(token->header, "typ");
    if (json_object_get(token->header, "crit") != NULL ||
        json_object_get(token->header, "b64") != NULL)
        return refuse(err, "demands an extension that is not known here");
    if (type != NULL && !sl_text_equals_nocase(type, "JWT") &&
        !sl_text_equals_nocase(type, "at+jwt"))
        return refuse(err, "is of another type");
    for (size_t i = 0; name != NULL && i < SL_ARRAY_LENGTH(algorithms); i++) {
        if (strcmp(name, algorithms[i].name) == 0 && algorithms[i].is_signed(token, rules))
            return SL_OK;
    }
    return refuse(err, "is not signed by a key that is accepted here");
}

/* ---- the claims ---- */

static enum sl_code check_times(const json_t *claims, double now_s, struct sl_error *err)
{
    const json_t *exp = json_object_get(claims, "exp");
    const json_t *nbf = json_object_get(claims, "nbf");
    const json_t *iat = json_object_get(claims, "iat");
    if (!json_is_number(exp) || (nbf != NULL && !json_is_number(nbf)) ||
        (iat != NULL && !json_is_number(iat)))
        return refuse(err, "has no time at which it expires, or a malformed one");
    if (json_number_value(exp) + LEEWAY_S <= now_s)
        return refuse(err, "has expired");
    if ((nbf != NULL && json_number_value(nbf) - LEEWAY_S > now_s) ||
        (iat != NULL && json_number_value(iat) - LEEWAY_S > now_s))
        return refuse(err, "is not valid yet");
    return SL_OK;
}

static bool holds_audience(const json_t *audience, const char *wanted)
{
    if (json_is_string(audience))
        return strcmp(json_string_value(audience), wanted) == 0;
    for (size_t i = 0; i < json_array_size(audience); i++) {
        if (sl_text_equals(json_string_value(json_array_get(audience, i)), wanted))
            return true;
    }
    return false;
}

static bool is_set(const char *text)
{
    return text != NULL && *text != '\0';
}

static enum sl_code check_parties(const json_t *claims, const struct sl_jwt_rules *rules,
                                  struct sl_error *err)
{
    if (is_set(rules->issuer) && !sl_text_equals(sl_json_string(claims, "iss"), rules->issuer))
        return refuse(err, "comes from another issuer");
    if (is_set(rules->audience) && !holds_audience(json_object_get(claims, "aud"), rules->audience))
        return refuse(err, "is meant for another audience");
    return SL_OK;
}

static enum sl_code read_identity(const json_t *claims, const struct sl_jwt_rules *rules,
                                  struct sl_arena *arena, const struct sl_identity **ret_identity,
                                  struct sl_error *err)
{
    struct sl_identity *identity = sl_arena_alloc(arena, sizeof(*identity));
    if (identity == NULL)
        return sl_error_no_memory(err);
    const struct {
        const char *claim, **to;
    } texts[] = {{rules->tenant_claim, &identity->tenant},
                 {rules->dealer_claim, &identity->dealer},
                 {"sub", &identity->user}};
    for (size_t i = 0; i < SL_ARRAY_LENGTH(texts); i++) {
        enum sl_code code =
            sl_member_identity_text(claims, texts[i].claim, arena, texts[i].to, err);
        if (code == SL_INVALID_ARGUMENT)
            err->code = SL_UNAUTHENTICATED;
        if (code != SL_OK)
            return err->code;
    }
    if (identity->tenant[0] == '\0')
        return refuse(err, "names no tenant");
    identity->role = SL_ROLE_CLIENT;
    identity->name = identity->user[0] != '\0' ? identity->user : identity->tenant;
    *ret_identity = identity;
    return SL_OK;
}

static enum sl_code check(const struct token *token, const struct sl_jwt_rules *rules, double now_s,
                          struct sl_error *err)
{
    SL_TRY(check_signature(token, rules, err));
    SL_TRY(check_times(token->claims, now_s, err));
    return check_parties(token->claims, rules, err);
}

enum sl_code sl_jwt_check(const char *text, const struct sl_jwt_rules *rules, double now_s,
                          struct sl_arena *arena, const struct sl_identity **ret_identity,
                          struct sl_error *err)
{
    struct sl_error own = {0};
    struct token token = {0};
    enum sl_code code = split(text, &token, &own);
    if (code == SL_OK)
        code = check(&token, rules, now_s, &own);
    if (code == SL_OK)
        code = read_identity(token.claims, rules, arena, ret_identity, &own);
    token_done(&token);
    if (code != SL_OK && err != NULL)
        *err = own;
    return code;
}
