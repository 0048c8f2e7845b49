#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/json_read.h"

/* The common case of reading: plain JSON without \u escapes. Whatever is not plain, also every
 * error, is left to jansson, which reads a byte at a time and knows the words for it. */

/* Digits that fit 64 bits whatever they are. */
#define SAFE_DIGITS 18
#define MAX_NUMBER_BYTES 64
#define MAX_STRING_BYTES 65536

struct reader {
    const char *at;
    const char *end;
};

static json_t *read_value(struct reader *reader);

static void skip_space(struct reader *reader)
{
    while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\n' ||
                                        *reader->at == '\t' || *reader->at == '\r'))
        reader->at++;
}

static bool take(struct reader *reader, char wanted)
{
    skip_space(reader);
    if (reader->at == reader->end || *reader->at != wanted)
        return false;
    reader->at++;
    return true;
}

/* What stands for an escape's letter; 0 where that is left to jansson. */
static char unescaped(char letter)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    const char *found = letter ? strchr(letters, letter) : NULL;

    return found ? meanings[found - letters] : '\0';
}

/* The string's bytes up to its closing quote: in the text itself, or in buffer where an escape had
 * to go. */
struct token {
    const char *bytes;
    size_t length;
    /* All of it is ASCII, so nobody need look whether it is UTF-8. */
    bool is_ascii;
    char buffer[512];
};

static bool read_escaped(struct reader *reader, struct token *token, size_t length)
{
    unsigned char seen = 0;

    memcpy(token->buffer, token->bytes, length);
    while (reader->at < reader->end && *reader->at != '"') {
        char c = *reader->at++;

        if (c == '\\')
            c = reader->at < reader->end ? unescaped(*reader->at++) : '\0';
        else if ((unsigned char)c < 0x20)
            return false;
        if (c == '\0' || length == sizeof(token->buffer))
            return false;
        token->buffer[length++] = c;
        seen |= (unsigned char)c;
    }
    token->is_ascii = token->is_ascii && seen < 0x80;
    token->bytes = token->buffer;
    token->length = length;
    return reader->at++ < reader->end;
}

static bool read_token(struct reader *reader, struct token *token)
{
    const char *at = reader->at;
    unsigned char seen = 0;

    token->bytes = at;
    while (at < reader->end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20)
        seen |= (unsigned char)*at++;
    token->is_ascii = seen < 0x80;
    token->length = (size_t)(at - token->bytes);
    if (at == reader->end || token->length > MAX_STRING_BYTES)
        return false;
    reader->at = at;
    if (*at == '\\')
        return token->length <= sizeof(token->buffer) && read_escaped(reader, token, token->length);
    reader->at++;
    return *at == '"';
}

static json_t *read_string(struct reader *reader)
{
    struct token token;

    if (!read_token(reader, &token))
        return NULL;
    /* json_stringn() refuses what is no UTF-8. */
    return token.is_ascii ? json_stringn_nocheck(token.bytes, token.length)
                          : json_stringn(token.bytes, token.length);
}

static int set_member(json_t *object, const struct token *name, json_t *value)
{
    return name->is_ascii ? json_object_setn_new_nocheck(object, name->bytes, name->length, value)
                          : json_object_setn_new(object, name->bytes, name->length, value);
}

static bool read_members(struct reader *reader, json_t *object)
{
    struct token name;
    json_t *value;

    do {
        if (!take(reader, '"') || !read_token(reader, &name) || !take(reader, ':'))
            return false;
        value = read_value(reader);
        if (!value || set_member(object, &name, value) != 0)
            return false;
    } while (take(reader, ','));
    return take(reader, '}');
}

static bool read_items(struct reader *reader, json_t *array)
{
    json_t *value;

    do {
        value = read_value(reader);
        if (!value || json_array_append_new(array, value) != 0)
            return false;
    } while (take(reader, ','));
    return take(reader, ']');
}

static json_t *read_container(struct reader *reader, json_t *container, char close,
                              bool (*read)(struct reader *reader, json_t *container))
{
    if (take(reader, close) || (container && read(reader, container)))
        return container;
    json_decref(container);
    return NULL;
}

/* Reads digits; how many there were. */
static size_t take_digits(struct reader *reader)
{
    const char *from = reader->at;

    while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9')
        reader->at++;
    return (size_t)(reader->at - from);
}

/* What follows the digits of a number that is no integer; false where that is nothing a number has.
 */
static bool take_fraction(struct reader *reader)
{
    if (reader->at < reader->end && *reader->at == '.') {
        reader->at++;
        if (take_digits(reader) == 0)
            return false;
    }
    if (reader->at < reader->end && (*reader->at == 'e' || *reader->at == 'E')) {
        reader->at++;
        if (reader->at < reader->end && (*reader->at == '+' || *reader->at == '-'))
            reader->at++;
        return take_digits(reader) > 0;
    }
    return true;
}

static json_t *make_real(const char *token)
{
    char *end = NULL;
    double number = strtod(token, &end);

    return *end == '\0' && isfinite(number) ? json_real(number) : NULL;
}

static json_t *read_number(struct reader *reader)
{
    const char *from = reader->at, *first;
    char token[MAX_NUMBER_BYTES];
    size_t digits, length;
    bool is_integer;

    reader->at += *from == '-';
    first = reader->at;
    digits = take_digits(reader);
    if (digits == 0 || (digits > 1 && *first == '0'))
        return NULL;
    is_integer = reader->at == reader->end || !strchr(".eE", *reader->at);
    if (is_integer ? digits > SAFE_DIGITS : !take_fraction(reader))
        return NULL;
    length = (size_t)(reader->at - from);
    if (length >= sizeof(token))
        return NULL;
    memcpy(token, from, length);
    token[length] = '\0';
    return is_integer ? json_integer(strtoll(token, NULL, 10)) : make_real(token);
}

static json_t *read_word(struct reader *reader)
{
    static const char *const words[] = {"true", "false", "null"};

    for (size_t i = 0; i < 3; i++) {
        size_t length = strlen(words[i]);

        if ((size_t)(reader->end - reader->at) < length ||
            memcmp(reader->at, words[i], length) != 0)
            continue;
        reader->at += length;
        return i == 0 ? json_true() : i == 1 ? json_false() : json_null();
    }
    return NULL;
}

static json_t *read_value(struct reader *reader)
{
    skip_space(reader);
    if (reader->at == reader->end)
        return NULL;
    switch (*reader->at) {
    case '{':
        reader->at++;
        return read_container(reader, json_object(), '}', read_members);
    case '[':
        reader->at++;
        return read_container(reader, json_array(), ']', read_items);
    case '"':
        reader->at++;
        return read_string(reader);
    case 't':
    case 'f':
    case 'n':
        return read_word(reader);
    default:
        return read_number(reader);
    }
}

json_t *sl_json_read_plain(const char *text, size_t length)
{
    struct reader reader = {text, text + length};
    json_t *value = read_value(&reader);

    skip_space(&reader);
    if (value && reader.at == reader.end)
        return value;
    json_decref(value);
    return NULL;
}
