#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "json/json.h"

/* Far above what is read or built; it ends a value that contains itself. */
#define MAX_WRITE_DEPTH 1000
/* Room that most texts find enough. */
#define USUAL_BYTES 1000
/* Integers to here are exact in a double. */
#define EXACT_LIMIT 9007199254740992.0

struct writer {
    struct sl_text *out;
    enum sl_json_style style;
    const char *member_separator;
    const char *colon;
};

static void write_value(const struct writer *writer, const json_t *value, size_t depth);

static void write_integer(struct sl_text *out, json_int_t integer)
{
    char digits[24];
    size_t at = sizeof(digits);
    /* Unsigned, since the smallest integer has no positive twin. */
    uint64_t rest = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;

    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (integer < 0)
        digits[--at] = '-';
    sl_text_append_bytes(out, digits + at, sizeof(digits) - at);
}

static bool is_exact_integer(double number)
{
    return number >= -EXACT_LIMIT && number <= EXACT_LIMIT && number == floor(number);
}

/* What has up to four decimals and fifteen digits, as amounts do, needs no search for its digits:
 * such a decimal and its double stand for each other. False for all others. */
static bool format_short(double number, char out[32])
{
    double size = fabs(number), scale = 10;
    int decimals = 1;

    while (decimals <= 4 && round(size * scale) / scale != size) {
        decimals++;
        scale *= 10;
    }
    if (decimals > 4 || size * scale >= 1e15 || size < 1e-4)
        return false;
    uint64_t digits = (uint64_t)round(size * scale);
    char *at = out + 31;
    *at = '\0';
    for (int i = 0; digits > 0 || i <= decimals; i++) {
        if (i == decimals)
            *--at = '.';
        *--at = (char)('0' + digits % 10);
        digits /= 10;
    }
    if (number < 0)
        *--at = '-';
    memmove(out, at, strlen(at) + 1);
    return true;
}

void sl_json_format_double(double number, char out[32])
{
    if (!isfinite(number)) {
        memcpy(out, "null", sizeof("null"));
        return;
    }
    if (is_exact_integer(number)) {
        snprintf(out, 32, "%lld", (long long)number);
        return;
    }
    if (format_short(number, out))
        return;
    /* 15 digits always survive, 17 always suffice. */
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(out, 32, "%.*g", precision, number);
        if (strtod(out, NULL) == number)
            return;
    }
}

static void write_real(struct sl_text *out, double number)
{
    char text[32];

    if (is_exact_integer(number)) {
        write_integer(out, (json_int_t)number);
        return;
    }
    sl_json_format_double(number, text);
    sl_text_append(out, text);
}

/* RFC 8259, 7: what has to be escaped: the quote, the backslash, and control characters. */
static void write_escaped(struct sl_text *out, unsigned char c)
{
    static const char short_forms[32] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
    };

    if (c == '"' || c == '\\') {
        char pair[2] = {'\\', (char)c};

        sl_text_append_bytes(out, pair, 2);
    } else if (short_forms[c]) {
        char pair[2] = {'\\', short_forms[c]};

        sl_text_append_bytes(out, pair, 2);
    } else {
        sl_text_printf(out, "\\u%04x", c);
    }
}

static void write_string(struct sl_text *out, const char *string, size_t length)
{
    size_t start = 0;

    sl_text_append_char(out, '"');
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)string[i];

        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        sl_text_append_bytes(out, string + start, i - start);
        write_escaped(out, c);
        start = i + 1;
    }
    sl_text_append_bytes(out, string + start, length - start);
    sl_text_append_char(out, '"');
}

static void write_line_break(const struct writer *writer, size_t depth)
{
    if (writer->style != SL_JSON_PRETTY)
        return;
    sl_text_append_char(writer->out, '\n');
    for (size_t i = 0; i < depth; i++)
        sl_text_append_bytes(writer->out, "  ", 2);
}

static void write_array(const struct writer *writer, const json_t *array, size_t depth)
{
    size_t count = json_array_size(array);

    sl_text_append_char(writer->out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            sl_text_append(writer->out, writer->member_separator);
        write_line_break(writer, depth + 1);
        write_value(writer, json_array_get(array, i), depth + 1);
    }
    if (count > 0)
        write_line_break(writer, depth);
    sl_text_append_char(writer->out, ']');
}

struct member {
    const char *name;
    size_t length;
    const json_t *value;
};

static int compare_members(const void *a, const void *b)
{
    const struct member *left = a;
    const struct member *right = b;
    size_t shorter = left->length < right->length ? left->length : right->length;
    int order = memcmp(left->name, right->name, shorter);

    if (order != 0)
        return order;
    return (left->length > right->length) - (left->length < right->length);
}

static void write_member(const struct writer *writer, const struct member *member, size_t depth)
{
    write_line_break(writer, depth);
    write_string(writer->out, member->name, member->length);
    sl_text_append(writer->out, writer->colon);
    write_value(writer, member->value, depth);
}

static struct member member_at(void *iterator)
{
    struct member member = {
        .name = json_object_iter_key(iterator),
        .length = json_object_iter_key_len(iterator),
        .value = json_object_iter_value(iterator),
    };

    return member;
}

static void write_members_sorted(const struct writer *writer, json_t *object, size_t depth)
{
    size_t count = json_object_size(object);
    struct member *members = sl_alloc_array(count, sizeof(*members));
    size_t i = 0;

    if (!members) {
        writer->out->has_failed = true;
        return;
    }
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at))
        members[i++] = member_at(at);
    qsort(members, count, sizeof(*members), compare_members);
    for (i = 0; i < count; i++) {
        if (i > 0)
            sl_text_append(writer->out, writer->member_separator);
        write_member(writer, &members[i], depth + 1);
    }
    sl_free(members);
}

static void write_members(const struct writer *writer, json_t *object, size_t depth)
{
    bool is_first = true;

    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at)) {
        struct member member = member_at(at);

        if (!is_first)
            sl_text_append(writer->out, writer->member_separator);
        is_first = false;
        write_member(writer, &member, depth + 1);
    }
}

static void write_object(const struct writer *writer, const json_t *value, size_t depth)
{
    /* jansson's iterators take no const, and change nothing. */
    json_t *object = (json_t *)(uintptr_t)value;

    sl_text_append_char(writer->out, '{');
    if (json_object_size(object) > 0) {
        if (writer->style == SL_JSON_CANONICAL)
            write_members_sorted(writer, object, depth);
        else
            write_members(writer, object, depth);
        write_line_break(writer, depth);
    }
    sl_text_append_char(writer->out, '}');
}

static void write_value(const struct writer *writer, const json_t *value, size_t depth)
{
    struct sl_text *out = writer->out;

    if (depth > MAX_WRITE_DEPTH) {
        out->has_failed = true;
        return;
    }
    if (!value) {
        sl_text_append(out, "null");
        return;
    }
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        write_object(writer, value, depth);
        break;
    case JSON_ARRAY:
        write_array(writer, value, depth);
        break;
    case JSON_STRING:
        write_string(out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        write_integer(out, json_integer_value(value));
        break;
    case JSON_REAL:
        write_real(out, json_real_value(value));
        break;
    case JSON_TRUE:
        sl_text_append_bytes(out, "true", 4);
        break;
    case JSON_FALSE:
        sl_text_append_bytes(out, "false", 5);
        break;
    case JSON_NULL:
        sl_text_append_bytes(out, "null", 4);
        break;
    }
}

void sl_json_write(const json_t *value, enum sl_json_style style, struct sl_text *out)
{
    struct writer writer = {
        .out = out,
        .style = style,
        .member_separator = style == SL_JSON_SPACED ? ", " : ",",
        .colon = style == SL_JSON_SPACED || style == SL_JSON_PRETTY ? ": " : ":",
    };

    write_value(&writer, value, 0);
}

char *sl_json_text(const json_t *value, enum sl_json_style style)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text text = {0};

    sl_text_reserve(&text, USUAL_BYTES);
    sl_json_write(value, style, &text);
    return sl_text_take(&text);
}

char *sl_json_arena_text(const json_t *value, enum sl_json_style style, struct sl_arena *arena)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text text = {0};

    sl_text_reserve(&text, USUAL_BYTES);
    sl_json_write(value, style, &text);
    if (sl_text_failed(&text))
        return NULL;
    return sl_arena_strndup(arena, text.data, text.length);
}
