#ifndef SL_BASE_TEXT_H
#define SL_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Text (or bytes) that grows. Zeroed it is empty and ready. Out of memory is remembered: appends go
 * on doing nothing, and sl_text_failed() says so at the end.
 */
struct sl_text {
    /** Ends with a NUL that is not counted; NULL while nothing was appended. */
    char *data;
    size_t length;
    size_t capacity;
    bool has_failed;
};

void sl_text_done(struct sl_text *text);
void sl_text_clear(struct sl_text *text);
/** Makes room for `more` bytes at once, where they are known to come. */
void sl_text_reserve(struct sl_text *text, size_t more);
void sl_text_append(struct sl_text *text, const char *string);
void sl_text_append_bytes(struct sl_text *text, const void *bytes, size_t length);
void sl_text_append_char(struct sl_text *text, char c);
void sl_text_printf(struct sl_text *text, const char *format, ...) SL_PRINTF(2, 3);
/** Removes the first `length` bytes. */
void sl_text_consume(struct sl_text *text, size_t length);
/** The text, "" where empty; borrowed until the next change. */
const char *sl_text_string(const struct sl_text *text);
/** Gives the buffer away (free with sl_free()); NULL where memory ran out; text is empty after. */
char *sl_text_take(struct sl_text *text);
static inline bool sl_text_failed(const struct sl_text *text)
{
    return text->has_failed;
}
static inline void sl_text_cleanup(struct sl_text *text)
{
    sl_text_done(text);
}

/** Whether the bytes are UTF-8 (RFC 3629: shortest form, no surrogates, up to U+10FFFF). */
bool sl_utf8_is_valid(const char *bytes, size_t length);
/** Longest prefix of at most `limit` bytes that ends at a character's border. */
size_t sl_utf8_cut(const char *bytes, size_t length, size_t limit);

bool sl_text_equals(const char *a, const char *b); /* NULL equals only NULL */
bool sl_text_equals_nocase(const char *a, const char *b);
bool sl_text_starts_with(const char *text, const char *prefix);
bool sl_text_ends_with(const char *text, const char *suffix);
/** Same time whatever the contents: for secrets. */
bool sl_text_equals_secret(const char *a, size_t a_length, const char *b, size_t b_length);

/** Whole decimal number within [minimum, maximum]; false for anything else, ret_value untouched. */
bool sl_parse_int64(const char *text, int64_t minimum, int64_t maximum, int64_t *ret_value);

/** Lower-case hex and base64 (RFC 4648) into text; the decoder takes padded and unpadded, both
 * alphabets. */
void sl_hex_encode(struct sl_text *text, const void *bytes, size_t length);
void sl_base64_encode(struct sl_text *text, const void *bytes, size_t length);
void sl_base64url_encode(struct sl_text *text, const void *bytes, size_t length);
SL_MUST_USE bool sl_base64_decode(struct sl_text *text, const char *encoded, size_t length);

#ifdef __cplusplus
}
#endif

#endif
