#include "mcp/param_headers.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define PREFIX "=?base64?"
#define SUFFIX "?="
#define MAX_DEPTH 16
#define MAX_HEADERS 64
/* Integers that every reader of JSON keeps: below 2^53. */
#define MAX_SAFE_INTEGER 9007199254740991LL

static bool is_wrapped(const char *value)
{
    return sl_text_starts_with(value, PREFIX) && sl_text_ends_with(value, SUFFIX) &&
           strlen(value) >= sizeof(PREFIX) - 1 + sizeof(SUFFIX) - 1;
}

/* Visible ASCII, with spaces inside only. */
static bool is_plain(const char *value)
{
    size_t length = strlen(value);

    for (size_t i = 0; i < length; i++) {
        if (value[i] < 0x20 || value[i] > 0x7e)
            return false;
    }
    return length == 0 || (value[0] != ' ' && value[length - 1] != ' ' && !is_wrapped(value));
}

const char *sl_mcp_encode_header(const char *value, struct sl_arena *arena)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text text = {0};

    if (is_plain(value))
        return sl_arena_strdup(arena, value);
    sl_text_append(&text, PREFIX);
    sl_base64_encode(&text, value, strlen(value));
    sl_text_append(&text, SUFFIX);
    return sl_text_failed(&text) ? NULL : sl_arena_strdup(arena, sl_text_string(&text));
}

const char *sl_mcp_decode_header(const char *value, struct sl_arena *arena)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text text = {0};
    size_t length = strlen(value);

    if (!is_wrapped(value))
        return value;
    length -= sizeof(PREFIX) - 1 + sizeof(SUFFIX) - 1;
    if (length % 4 != 0 || !sl_base64_decode(&text, value + sizeof(PREFIX) - 1, length))
        return NULL;
    return sl_arena_strndup(arena, sl_text_string(&text), text.length);
}

/* ---- The marked members of a schema ---- */

struct visit {
    enum sl_code (*marked)(struct visit *visit, const char *name, json_t *schema, json_t *value);
    /** Of marked. */
    struct sl_headers *headers;
    const struct sl_headers *given;
    struct sl_arena *arena;
    struct sl_error *err;
    const char *names[MAX_HEADERS];
    size_t count;
};

/* Only properties lead to a member for certain; what stands behind items or anyOf is not looked
 * for. */
static enum sl_code walk(struct visit *visit, const json_t *schema, const json_t *value, int depth)
{
    const char *name;
    json_t *property;

    if (depth > MAX_DEPTH)
        return SL_OK;
    json_object_foreach(json_object_get(schema, "properties"), name, property)
    {
        const json_t *mark = json_object_get(property, "x-mcp-header");
        json_t *member = json_object_get(value, name);

        if (mark)
            SL_TRY(visit->marked(visit, json_string_value(mark), property, member));
        SL_TRY(walk(visit, property, member, depth + 1));
    }
    return SL_OK;
}

static bool is_token(const char *name)
{
    for (const char *c = name; *c; c++) {
        if (!isalnum((unsigned char)*c) && !strchr("!#$%&'*+-.^_`|~", *c))
            return false;
        if ((unsigned char)*c > 0x7e)
            return false;
    }
    return *name != '\0';
}

static enum sl_code check_mark(struct visit *visit, const char *name, json_t *schema, json_t *value)
{
    static const char *const types[] = {"string", "integer", "boolean"};
    const char *type = sl_json_string(schema, "type");
    bool is_primitive = false;

    (void)value;
    if (!name || !is_token(name))
        return sl_error_set(visit->err, SL_INVALID_ARGUMENT,
                            "x-mcp-header \"%.100s\" is no header's name", name ? name : "");
    for (size_t i = 0; i < SL_ARRAY_LENGTH(types); i++)
        is_primitive |= sl_text_equals(type, types[i]);
    if (!is_primitive)
        return sl_error_set(visit->err, SL_INVALID_ARGUMENT,
                            "x-mcp-header %.100s marks a member of type %.40s; a string, an " //
                            "integer or a boolean is wanted",
                            name, type ? type : "(none)");
    for (size_t i = 0; i < visit->count; i++) {
        if (sl_text_equals_nocase(visit->names[i], name))
            return sl_error_set(visit->err, SL_INVALID_ARGUMENT, "x-mcp-header %.100s stands twice",
                                name);
    }
    if (visit->count == MAX_HEADERS)
        return sl_error_set(visit->err, SL_INVALID_ARGUMENT, "there are more than %d x-mcp-header",
                            MAX_HEADERS);
    visit->names[visit->count++] = name;
    return SL_OK;
}

/* Marks of other places than a chain of properties: no value can be found for them. */
static size_t count_marks(const json_t *schema, int depth)
{
    size_t count = 0;
    const char *name;
    json_t *member;
    size_t i;

    if (depth > MAX_DEPTH)
        return 0;
    json_object_foreach((json_t *)(uintptr_t)schema, name, member)
    {
        if (strcmp(name, "x-mcp-header") == 0 && !json_is_object(member))
            count++;
        else
            count += count_marks(member, depth + 1);
    }
    json_array_foreach(schema, i, member) count += count_marks(member, depth + 1);
    return count;
}

enum sl_code sl_mcp_check_param_headers(const json_t *schema, struct sl_error *err)
{
    struct visit visit = {.marked = check_mark, .err = err};

    SL_TRY(walk(&visit, schema, NULL, 0));
    if (count_marks(schema, 0) != visit.count)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "an x-mcp-header stands where no member of the arguments is certain");
    return SL_OK;
}

/* ---- Values ---- */

/* The text of a primitive; NULL where there is none to send. */
static const char *text_of(const json_t *value, char buffer[32])
{
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_boolean(value))
        return json_is_true(value) ? "true" : "false";
    if (json_is_integer(value))
        snprintf(buffer, 32, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value) && fabs(json_real_value(value)) <= (double)MAX_SAFE_INTEGER)
        sl_json_format_double(json_real_value(value), buffer);
    else
        return NULL;
    return buffer;
}

static const char *header_name(const char *mark, char buffer[256])
{
    snprintf(buffer, 256, "Mcp-Param-%.200s", mark ? mark : "");
    return buffer;
}

static enum sl_code add_header(struct visit *visit, const char *mark, json_t *schema, json_t *value)
{
    char buffer[32], name[256];
    const char *text = text_of(value, buffer);
    const char *encoded;

    (void)schema;
    if (!text || !mark)
        return SL_OK;
    encoded = sl_mcp_encode_header(text, visit->arena);
    if (!encoded)
        return SL_RESOURCE_EXHAUSTED;
    return sl_headers_add(visit->headers, visit->arena, header_name(mark, name), encoded);
}

enum sl_code sl_mcp_add_param_headers(const json_t *schema, const json_t *arguments,
                                      struct sl_headers *headers, struct sl_arena *arena)
{
    struct visit visit = {.marked = add_header, .headers = headers, .arena = arena};

    return walk(&visit, schema, arguments, 0);
}

static bool is_same(const json_t *value, const char *wanted, const char *given)
{
    char *end;
    double number;

    if (!json_is_number(value))
        return strcmp(wanted, given) == 0;
    number = strtod(given, &end);
    return end != given && *end == '\0' && number == json_number_value(value);
}

static enum sl_code match_header(struct visit *visit, const char *mark, json_t *schema,
                                 json_t *value)
{
    char buffer[32], name[256];
    const char *wanted = text_of(value, buffer);
    const char *given = sl_headers_get(visit->given, header_name(mark, name));
    const char *decoded;

    (void)schema;
    if (!given && !wanted)
        return SL_OK;
    if (!given)
        return sl_error_set(visit->err, SL_INVALID_ARGUMENT, "the header %s is missing", name);
    decoded = sl_mcp_decode_header(given, visit->arena);
    if (!decoded || !wanted || !is_same(value, wanted, decoded))
        return sl_error_set(visit->err, SL_INVALID_ARGUMENT,
                            "the header %s does not say what the arguments say", name);
    return SL_OK;
}

enum sl_code sl_mcp_match_param_headers(const json_t *schema, const json_t *arguments,
                                        const struct sl_headers *headers, struct sl_arena *arena,
                                        struct sl_error *err)
{
    struct visit visit = {
        .marked = match_header, .given = headers, .arena = arena, .err = err, .names = {0}};

    return walk(&visit, schema, arguments, 0);
}
