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

static bool is_field_name(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!is_token_char((unsigned char)name[i]))
            return false;
    }
    return length > 0;
}

static bool is_value_char(unsigned char c)
{
    return (c >= 0x20 || c == '\t') && c != 0x7f;
}

/** Whether one of eight bytes is below 0x20 or is 0x7f; may also say so of a byte after such a one.
 */
static bool has_suspect(const char *bytes)
{
    const uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
    uint64_t eight;
    memcpy(&eight, bytes, sizeof(eight));
    uint64_t deleted = eight ^ 0x7f * ones;
    uint64_t below = (eight - 0x20 * ones) & ~eight;
    return ((below | ((deleted - ones) & ~deleted)) & highs) != 0;
}

static bool is_field_value(const char *value, size_t length)
{
    while (length >= 8 && !has_suspect(value)) {
        value += 8;
        length -= 8;
    }
    for (size_t i = 0; i < length; i++) {
        if (!is_value_char((unsigned char)value[i]))
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
    return name != NULL && value != NULL && is_field_name(name, strlen(name)) &&
           is_field_value(value, strlen(value));
}

enum sl_code sl_headers_add_bytes(struct sl_headers *headers, struct sl_arena *arena,
                                  const char *name, size_t name_length, const char *value,
                                  size_t value_length)
{
    if (!is_field_name(name, name_length) || !is_field_value(value, value_length))
        return SL_INVALID_ARGUMENT;
    SL_TRY(grow(headers, arena));
    char *name_copy = sl_arena_strndup(arena, name, name_length);
    char *value_copy = sl_arena_strndup(arena, value, value_length);
    if (name_copy == NULL || value_copy == NULL)
        return SL_RESOURCE_EXHAUSTED;
    headers->entries[headers->count++] = (struct sl_header){name_copy, value_copy};
    return SL_OK;
}

enum sl_code sl_headers_add(struct sl_headers *headers, struct sl_arena *arena, const char *name,
                            const char *value)
{
    if (name == NULL || value == NULL)
        return SL_INVALID_ARGUMENT;
    return sl_headers_add_bytes(headers, arena, name, strlen(name), value, strlen(value));
}

enum sl_code sl_headers_refer(struct sl_headers *headers, struct sl_arena *arena, const char *name,
                              const char *value)
{
    SL_TRY(grow(headers, arena));
    headers->entries[headers->count++] = (struct sl_header){name, value};
    return SL_OK;
}

const char *sl_headers_get(const struct sl_headers *headers, const char *name)
{
    if (headers == NULL)
        return NULL;
    for (size_t i = 0; i < headers->count; i++) {
        const char *other = headers->entries[i].name;
        /* Most names differ in their first letter. */
        if (((other[0] ^ name[0]) & ~0x20) == 0 && sl_text_equals_nocase(other, name))
            return headers->entries[i].value;
    }
    return NULL;
}
