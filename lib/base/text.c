#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"

void sl_text_done(struct sl_text *text)
{
    sl_free(text->data);
    *text = (struct sl_text){0};
}

void sl_text_clear(struct sl_text *text)
{
    text->length = 0;
    text->has_failed = false;
    if (text->data)
        text->data[0] = '\0';
}

static bool grow(struct sl_text *text, size_t more)
{
    size_t need = 0;
    if (__builtin_add_overflow(text->length, more, &need) || __builtin_add_overflow(need, 1, &need))
        need = SIZE_MAX;
    size_t capacity = text->capacity ? text->capacity : 64;
    while (capacity < need && capacity <= SIZE_MAX / 2)
        capacity *= 2;
    char *data = capacity < need ? NULL : sl_realloc(text->data, capacity);
    if (!data) {
        text->has_failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

static inline bool reserve(struct sl_text *text, size_t more)
{
    if (text->has_failed)
        return false;
    return more < text->capacity - text->length || grow(text, more);
}

void sl_text_reserve(struct sl_text *text, size_t more)
{
    (void)reserve(text, more);
}

void sl_text_append_bytes(struct sl_text *text, const void *bytes, size_t length)
{
    if (!reserve(text, length))
        return;
    if (length)
        memcpy(text->data + text->length, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void sl_text_append(struct sl_text *text, const char *string)
{
    sl_text_append_bytes(text, string, strlen(string));
}

void sl_text_append_char(struct sl_text *text, char c)
{
    if (!reserve(text, 1))
        return;
    text->data[text->length++] = c;
    text->data[text->length] = '\0';
}

void sl_text_printf(struct sl_text *text, const char *format, ...)
{
    va_list arguments;
    va_list again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length >= 0 && reserve(text, (size_t)length)) {
        vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
    va_end(arguments);
}

void sl_text_consume(struct sl_text *text, size_t length)
{
    if (length == 0)
        return;
    text->length -= length;
    memmove(text->data, text->data + length, text->length + 1);
}

const char *sl_text_string(const struct sl_text *text)
{
    return text->data ? text->data : "";
}

char *sl_text_take(struct sl_text *text)
{
    char *data = NULL;
    if (reserve(text, 0)) {
        text->data[text->length] = '\0';
        data = SL_TAKE(text->data);
    }
    sl_text_done(text);
    return data;
}

bool sl_text_equals(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool sl_text_equals_nocase(const char *a, const char *b)
{
    return a && b ? strcasecmp(a, b) == 0 : a == b;
}

bool sl_text_starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool sl_text_ends_with(const char *text, const char *suffix)
{
    size_t length = strlen(text);
    size_t wanted = strlen(suffix);
    return length >= wanted && memcmp(text + length - wanted, suffix, wanted) == 0;
}

bool sl_text_equals_secret(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t shorter = a_length < b_length ? a_length : b_length;
    volatile unsigned char difference = a_length != b_length;
    for (size_t i = 0; i < shorter; i++)
        difference = (unsigned char)(difference | ((unsigned char)a[i] ^ (unsigned char)b[i]));
    return difference == 0;
}

bool sl_parse_int64(const char *text, int64_t minimum, int64_t maximum, int64_t *ret_value)
{
    if (!text || !(*text == '-' || (*text >= '0' && *text <= '9')))
        return false;
    char *end = NULL;
    errno = 0;
    intmax_t value = strtoimax(text, &end, 10);
    if (errno || *end || end == text || value < minimum || value > maximum)
        return false;
    *ret_value = value;
    return true;
}
