#include "json/json.h"

#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "json/json_read.h"

#define DEFAULT_MAX_BYTES ((size_t)16 * 1024 * 1024)
/* 2^53 has 16 digits: shorter integers are exact in a double, whatever they are. */
#define EXACT_DIGITS 15
#define BIGGEST_EXACT "9007199254740992"

/* What one walk over the bytes finds before the parser sees them. */
struct scan {
    const char *text;
    size_t length;
    size_t max_depth;
    size_t depth;
    size_t line;
    size_t line_start;
    /* Where integers beyond 2^53 go in quotes; NULL where they stay. */
    struct sl_text *quoted;
    /* Bytes already copied to quoted. */
    size_t copied;
};

static bool is_number_char(char c)
{
    return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E';
}

/* Position after the string that begins at i; the parser judges what stands in it. */
static size_t scan_string(const struct scan *scan, size_t i)
{
    for (i++; i < scan->length && scan->text[i] != '"'; i++)
        i += scan->text[i] == '\\';
    return i + 1;
}

static bool is_big_integer(const char *token, size_t length)
{
    size_t digits;

    if (token[0] == '-') {
        token++;
        length--;
    }
    digits = strspn(token, "0123456789");
    if (digits < length || length <= EXACT_DIGITS || token[0] == '0')
        return false;
    return length > strlen(BIGGEST_EXACT) || memcmp(token, BIGGEST_EXACT, length) > 0;
}

/* Position after the number that begins at i, which is put in quotes where it has to be. */
static size_t scan_number(struct scan *scan, size_t i)
{
    size_t end = i;
    char token[512];

    while (end < scan->length && is_number_char(scan->text[end]))
        end++;
    if (!scan->quoted || end - i >= sizeof(token))
        return end;
    memcpy(token, scan->text + i, end - i);
    token[end - i] = '\0';
    if (!is_big_integer(token, end - i))
        return end;
    sl_text_append_bytes(scan->quoted, scan->text + scan->copied, i - scan->copied);
    sl_text_printf(scan->quoted, "\"%s\"", token);
    scan->copied = end;
    return end;
}

static enum sl_code scan_text(struct scan *scan, struct sl_error *err)
{
    size_t i = 0;

    while (i < scan->length) {
        char c = scan->text[i];

        if (c == '"') {
            i = scan_string(scan, i);
        } else if (scan->quoted && (c == '-' || (c >= '0' && c <= '9'))) {
            i = scan_number(scan, i);
        } else {
            i++;
            if (c == '\0')
                return sl_error_set(err, SL_INVALID_ARGUMENT, "line %zu column %zu: a NUL byte",
                                    scan->line, i - scan->line_start);
            if (c == '\n') {
                scan->line++;
                scan->line_start = i;
            } else if (c == '[' || c == '{') {
                scan->depth++;
            } else if ((c == ']' || c == '}') && scan->depth > 0) {
                scan->depth--;
            }
        }
        if (scan->depth > scan->max_depth)
            return sl_error_set(err, SL_INVALID_ARGUMENT,
                                "line %zu column %zu: nested deeper than %zu levels", scan->line,
                                i - scan->line_start, scan->max_depth);
    }
    if (scan->quoted && scan->copied > 0)
        sl_text_append_bytes(scan->quoted, scan->text + scan->copied, scan->length - scan->copied);
    return SL_OK;
}

/* jansson's words for what it says in terms of its own flags. */
static const char *plain_reason(const json_error_t *error)
{
    switch (json_error_code(error)) {
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "a NUL (\\u0000) in a string";
    case json_error_numeric_overflow:
        return "a number beyond what a double or 64 bits hold";
    case json_error_premature_end_of_input:
        return "the text ends in the middle of a value";
    case json_error_end_of_input_expected:
        return "something stands after the value";
    default:
        return error->text;
    }
}

static enum sl_code load(const char *text, size_t length, json_t **ret_value, struct sl_error *err)
{
    json_error_t error;
    json_t *value = sl_json_read_plain(text, length);

    if (!value)
        value = json_loadb(text, length, JSON_DECODE_ANY, &error);
    if (value) {
        *ret_value = value;
        return SL_OK;
    }
    if (json_error_code(&error) == json_error_out_of_memory)
        return sl_error_no_memory(err);
    return sl_error_set(err, SL_INVALID_ARGUMENT, "line %d column %d: %s",
                        error.line > 0 ? error.line : 1, error.column > 0 ? error.column : 1,
                        plain_reason(&error));
}

enum sl_code sl_json_parse(const char *text, size_t length, const struct sl_json_limits *limits,
                           json_t **ret_value, struct sl_error *err)
{
    size_t max_bytes = limits && limits->max_bytes ? limits->max_bytes : DEFAULT_MAX_BYTES;
    SL_CLEANUP(sl_text_cleanup) struct sl_text quoted = {0};
    struct scan scan = {
        .text = text,
        .length = length,
        .max_depth = limits && limits->max_depth ? limits->max_depth : SL_JSON_MAX_DEPTH,
        .line = 1,
        .quoted = limits && limits->are_big_integers_strings ? &quoted : NULL,
    };

    if (length > max_bytes)
        return sl_error_set(err, SL_RESOURCE_EXHAUSTED, "%zu bytes of JSON, at most %zu are taken",
                            length, max_bytes);
    if (!text || length == 0)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "line 1 column 1: the text is empty");
    SL_TRY(scan_text(&scan, err));
    if (sl_text_failed(&quoted))
        return sl_error_no_memory(err);
    if (scan.copied > 0)
        return load(quoted.data, quoted.length, ret_value, err);
    return load(text, length, ret_value, err);
}

const char *sl_json_string(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

double sl_json_number(const json_t *object, const char *name, double fallback)
{
    const json_t *member = json_object_get(object, name);

    return json_is_number(member) ? json_number_value(member) : fallback;
}

bool sl_json_bool(const json_t *object, const char *name, bool fallback)
{
    const json_t *member = json_object_get(object, name);

    return json_is_boolean(member) ? json_is_true(member) : fallback;
}

const char *sl_json_type_name(const json_t *value)
{
    static const char *const names[] = {
        [JSON_OBJECT] = "an object",   [JSON_ARRAY] = "an array", [JSON_STRING] = "a string",
        [JSON_INTEGER] = "an integer", [JSON_REAL] = "a number",  [JSON_TRUE] = "a boolean",
        [JSON_FALSE] = "a boolean",    [JSON_NULL] = "null",
    };

    return value ? names[json_typeof(value)] : "nothing";
}

size_t sl_json_depth(const json_t *value, size_t limit)
{
    size_t deepest = 0;

    if (!json_is_object(value) && !json_is_array(value))
        return 0;
    if (limit == 0)
        return 1;
    if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value); i++) {
            size_t depth = sl_json_depth(json_array_get(value, i), limit - 1);

            deepest = depth > deepest ? depth : deepest;
        }
        return deepest + 1;
    }
    /* jansson's iterators take no const, and change nothing. */
    for (void *at = json_object_iter((json_t *)(uintptr_t)value); at;
         at = json_object_iter_next((json_t *)(uintptr_t)value, at)) {
        size_t depth = sl_json_depth(json_object_iter_value(at), limit - 1);

        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + 1;
}

static void release(void *value)
{
    json_decref(value);
}

json_t *sl_json_own(struct sl_arena *arena, json_t *value)
{
    if (!value)
        return NULL;
    if (sl_arena_defer(arena, release, value) == SL_OK)
        return value;
    json_decref(value);
    return NULL;
}
