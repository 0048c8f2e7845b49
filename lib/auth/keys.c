#include "auth/keys.h"

#include <openssl/crypto.h>
#include <string.h>

#include "auth/member.h"
#include "base/digest.h"
#include "base/memory.h"
#include "json/json.h"

/* Each key is compared with: beyond this that would be felt. */
#define MAX_KEYS 10000

struct entry {
    unsigned char digest[SL_SHA256_SIZE];
    struct sl_identity identity;
};

struct sl_keys {
    struct sl_arena *arena;
    struct entry *entries;
    size_t count;
};

void sl_keys_free(struct sl_keys *keys)
{
    if (keys == NULL)
        return;
    sl_arena_free(keys->arena);
    sl_free(keys);
}

size_t sl_keys_count(const struct sl_keys *keys)
{
    return keys->count;
}

/* ---- reading ---- */

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c | ' ') : NULL;
    return at != NULL && c > ' ' ? (int)(at - digits) : -1;
}

static bool read_digest(const char *hex, unsigned char out[SL_SHA256_SIZE])
{
    if (hex == NULL || strlen(hex) != SL_SHA256_HEX_SIZE - 1)
        return false;
    for (size_t i = 0; i < SL_SHA256_SIZE; i++) {
        int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (unsigned char)(high * 16 + low);
    }
    return true;
}

static enum sl_code read_role(const json_t *key, struct sl_identity *identity, struct sl_error *err)
{
    const char *role = sl_json_string(key, "role");
    if (json_object_get(key, "role") == NULL || sl_text_equals(role, "client"))
        identity->role = SL_ROLE_CLIENT;
    else if (sl_text_equals(role, "service"))
        identity->role = SL_ROLE_SERVICE;
    else
        return sl_error_set(err, SL_INVALID_ARGUMENT, "role: client or service is wanted");
    if (identity->role == SL_ROLE_CLIENT && identity->tenant[0] == '\0')
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "tenant is missing: a client's key belongs to one");
    return SL_OK;
}

static enum sl_code read_tenants(const json_t *key, struct sl_arena *arena,
                                 struct sl_identity *identity, struct sl_error *err)
{
    const json_t *list = json_object_get(key, "tenants");
    if (list == NULL)
        return SL_OK;
    if (identity->role != SL_ROLE_SERVICE || !json_is_array(list) || json_array_size(list) == 0)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "tenants: a list of names is wanted, at a key whose role is service");
    const char **tenants = sl_arena_alloc_array(arena, json_array_size(list), sizeof(*tenants));
    if (tenants == NULL)
        return sl_error_no_memory(err);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        if (name == NULL || !sl_identity_text_is_allowed(name))
            return sl_error_set(err, SL_INVALID_ARGUMENT, "tenants: %zu is no name", i);
        tenants[i] = sl_arena_strdup(arena, name);
        if (tenants[i] == NULL)
            return sl_error_no_memory(err);
    }
    identity->tenants = tenants;
    identity->tenant_count = json_array_size(list);
    return SL_OK;
}

static enum sl_code read_rate(const json_t *key, const char *name, double *ret_number,
                              struct sl_error *err)
{
    const json_t *value = json_object_get(key, name);
    if (value == NULL)
        return SL_OK;
    if (!json_is_number(value) || json_number_value(value) <= 0)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "%s: a number above 0 is wanted", name);
    *ret_number = json_number_value(value);
    return SL_OK;
}

static enum sl_code read_key(const json_t *key, struct sl_arena *arena, struct entry *entry,
                             struct sl_error *err)
{
    struct sl_identity *identity = &entry->identity;
    const struct {
        const char *name, **to;
    } texts[] = {{"name", &identity->name},
                 {"tenant", &identity->tenant},
                 {"dealer", &identity->dealer},
                 {"user", &identity->user}};
    for (size_t i = 0; i < SL_ARRAY_LENGTH(texts); i++)
        SL_TRY(sl_member_identity_text(key, texts[i].name, arena, texts[i].to, err));
    if (identity->name[0] == '\0')
        return sl_error_set(err, SL_INVALID_ARGUMENT, "name is missing");
    if (!read_digest(sl_json_string(key, "sha256"), entry->digest))
        return sl_error_set(err, SL_INVALID_ARGUMENT, "sha256: 64 hex digits are wanted");
    SL_TRY(read_role(key, identity, err));
    SL_TRY(read_tenants(key, arena, identity, err));
    SL_TRY(read_rate(key, "rate_per_second", &identity->rate, err));
    return read_rate(key, "burst", &identity->burst, err);
}

static enum sl_code read_list(struct sl_keys *keys, const json_t *list, struct sl_error *err)
{
    size_t count = json_array_size(list);
    if (!json_is_array(list) || count > MAX_KEYS)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "keys: a list of at most %d is wanted",
                            MAX_KEYS);
    keys->entries = sl_arena_alloc_array(keys->arena, count, sizeof(*keys->entries));
    if (keys->entries == NULL)
        return sl_error_no_memory(err);
    for (; keys->count < count; keys->count++) {
        enum sl_code code = read_key(json_array_get(list, keys->count), keys->arena,
                                     &keys->entries[keys->count], err);
        if (code != SL_OK)
            return sl_error_prefix(err, "keys[%zu]", keys->count);
    }
    return SL_OK;
}

enum sl_code sl_keys_parse(const char *text, size_t length, struct sl_keys **ret_keys,
                           struct sl_error *err)
{
    SL_CLEANUP(sl_json_cleanup) json_t *document = NULL;
    SL_TRY(sl_json_parse(text, length, NULL, &document, err));
    struct sl_keys *keys = sl_alloc(sizeof(*keys));
    if (keys == NULL)
        return sl_error_no_memory(err);
    keys->arena = sl_arena_new();
    enum sl_code code = keys->arena == NULL
                            ? sl_error_no_memory(err)
                            : read_list(keys, json_object_get(document, "keys"), err);
    if (code != SL_OK) {
        sl_keys_free(keys);
        return code;
    }
    *ret_keys = keys;
    return SL_OK;
}

/* ---- finding ---- */

const struct sl_identity *sl_keys_find(const struct sl_keys *keys, const char *key)
{
    unsigned char digest[SL_SHA256_SIZE];
    const struct sl_identity *found = NULL;
    sl_sha256(key, strlen(key), digest);
    for (size_t i = 0; i < keys->count; i++) {
        if (CRYPTO_memcmp(digest, keys->entries[i].digest, sizeof(digest)) == 0)
            found = &keys->entries[i].identity;
    }
    return found;
}
