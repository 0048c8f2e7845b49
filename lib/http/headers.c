#include "http/headers.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

/** Token characters (RFC 9110, 5.6.2), a bit each: digits, letters, !#$%&'*+-.^_`|~ */
static const uint32_t TOKEN_CHARS[8] = {0x00000000, 0x03ff6cfa, 0xc7fffffe, 0x57ffffff};

static bool is_token_char(unsigned char c)
{
    return (TOKEN_CHARS[c >> 5] >> (c & 31) & 1) != 0;
}

static bool is_field_name(const char *name)
{
    if (name == NULL || *name == '\0')
        return false;
    while (is_token_char((unsigned char)*name))
        name++;
    return *name == '\0';
}

static bool is_field_value(const char *value)
{
    for (; *value != '\0'; value++) {
        unsigned char c = (unsigned char)*value;
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

static enum sl_code grow(struct sl_headers *headers, struct sl_arena *arena)
{
    if (headers->count < headers->capacity)
        return SL_OK;
    size_t capacity = headers->capacity == 0 ? 16 : headers->capacity * 2;
    struct sl_header *entries = sl_arena_alloc_array(arena, capacity, sizeof(*entries));
    if (entries == NULL)
        return SL_RESOURCE_EXHAUSTED;
    if (headers->count > 0)
        memcpy(entries, headers->entries, headers->count * sizeof(*entries));
    headers->entries = entries;
    headers->capacity = capacity;
    return SL_OK;
}

bool sl_header_is_allowed(const char *name, const char *value)
{
    return is_field_name(name) && value != NULL && is_field_value(value);
}

enum sl_code sl_headers_add(struct sl_headers *headers, struct sl_arena *arena, const char *name,
                            const char *value)
{
    if (!sl_header_is_allowed(name, value))
        return SL_INVALID_ARGUMENT;
    SL_TRY(grow(headers, arena));
    char *name_copy = sl_arena_strdup(arena, name);
    char *value_copy = sl_arena_strdup(arena, value);
    if (name_copy == NULL || value_copy == NULL)
        return SL_RESOURCE_EXHAUSTED;
    headers->entries[headers->count++] = (struct sl_header){name_copy, value_copy};
    return SL_OK;
}

const char *sl_headers_get(const struct sl_headers *headers, const char *name)
{
    if (headers == NULL)
        return NULL;
    for (size_t i = 0; i < headers->count; i++) {
        if (sl_text_equals_nocase(headers->entries[i].name, name))
            return headers->entries[i].value;
    }
    return NULL;
}
