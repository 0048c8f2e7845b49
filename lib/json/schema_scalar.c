#include <math.h>
#include <string.h>

#include "json/schema_run.h"

/* Keywords about one value as a whole. */

static bool is_whole(const json_t *value)
{
    return json_is_integer(value) ||
           (json_is_real(value) && json_real_value(value) == floor(json_real_value(value)));
}

static const struct {
    const char *name;
    const char *wanted;
} types[] = {
    {"string", "a string"},   {"number", "a number"}, {"integer", "an integer"},
    {"boolean", "a boolean"}, {"array", "an array"},  {"object", "an object"},
    {"null", "null"},
};

/* Index of the type's name in the table, or its length. */
static size_t find_type(const char *name)
{
    size_t i = 0;

    while (i < SL_ARRAY_LENGTH(types) && !sl_text_equals(types[i].name, name))
        i++;
    return i;
}

static bool has_type(const json_t *value, const char *name)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return strcmp(name, "object") == 0;
    case JSON_ARRAY:
        return strcmp(name, "array") == 0;
    case JSON_STRING:
        return strcmp(name, "string") == 0;
    case JSON_INTEGER:
    case JSON_REAL:
        return strcmp(name, "number") == 0 || (strcmp(name, "integer") == 0 && is_whole(value));
    case JSON_TRUE:
    case JSON_FALSE:
        return strcmp(name, "boolean") == 0;
    case JSON_NULL:
        return strcmp(name, "null") == 0;
    }
    return false;
}

/* Names one allowed type; false where the value has it. */
static bool differs_in_type(const json_t *value, const json_t *type, struct sl_text *wanted)
{
    size_t known = find_type(json_string_value(type));

    if (known < SL_ARRAY_LENGTH(types) && has_type(value, types[known].name))
        return false;
    sl_text_printf(wanted, "%s%s", wanted->length > 0 ? " or " : "",
                   known < SL_ARRAY_LENGTH(types) ? types[known].wanted : "a type that is none");
    return true;
}

enum sl_code sl_schema_type(struct sl_schema_run *run, const struct sl_schema_place *place,
                            const json_t *keyword)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text wanted = {0};

    if (json_is_array(keyword)) {
        for (size_t i = 0; i < json_array_size(keyword); i++) {
            if (!differs_in_type(place->value, json_array_get(keyword, i), &wanted))
                return SL_OK;
        }
        return sl_schema_fault_wanted(run, place, "%s", sl_text_string(&wanted));
    }
    if (find_type(json_string_value(keyword)) == SL_ARRAY_LENGTH(types))
        return sl_schema_fault(run, place->path, "the schema's type is none of JSON's");
    if (!differs_in_type(place->value, keyword, &wanted))
        return SL_OK;
    return sl_schema_fault_wanted(run, place, "%s", sl_text_string(&wanted));
}

static bool objects_equal(const json_t *a, const json_t *b)
{
    if (json_object_size(a) != json_object_size(b))
        return false;
    for (void *at = json_object_iter((json_t *)(uintptr_t)a); at;
         at = json_object_iter_next((json_t *)(uintptr_t)a, at)) {
        const json_t *other = json_object_get(b, json_object_iter_key(at));

        if (!other || !sl_schema_equals(json_object_iter_value(at), other))
            return false;
    }
    return true;
}

static bool arrays_equal(const json_t *a, const json_t *b)
{
    if (json_array_size(a) != json_array_size(b))
        return false;
    for (size_t i = 0; i < json_array_size(a); i++) {
        if (!sl_schema_equals(json_array_get(a, i), json_array_get(b, i)))
            return false;
    }
    return true;
}

bool sl_schema_equals(const json_t *a, const json_t *b)
{
    if (json_is_integer(a) && json_is_integer(b))
        return json_integer_value(a) == json_integer_value(b);
    if (json_is_number(a) && json_is_number(b))
        return json_number_value(a) == json_number_value(b);
    if (json_is_object(a) && json_is_object(b))
        return objects_equal(a, b);
    if (json_is_array(a) && json_is_array(b))
        return arrays_equal(a, b);
    return json_equal(a, b);
}

enum sl_code sl_schema_enum(struct sl_schema_run *run, const struct sl_schema_place *place,
                            const json_t *keyword)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text wanted = {0};

    if (!json_is_array(keyword))
        return sl_schema_fault(run, place->path, "the schema's enum is no list");
    for (size_t i = 0; i < json_array_size(keyword); i++) {
        const json_t *allowed = json_array_get(keyword, i);

        if (sl_schema_equals(place->value, allowed))
            return SL_OK;
        sl_text_append(&wanted, i > 0 ? ", " : "one of ");
        sl_json_write(allowed, SL_JSON_COMPACT, &wanted);
    }
    return sl_schema_fault_wanted(run, place, "%s", sl_text_string(&wanted));
}

enum sl_code sl_schema_const(struct sl_schema_run *run, const struct sl_schema_place *place,
                             const json_t *keyword)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text wanted = {0};

    if (sl_schema_equals(place->value, keyword))
        return SL_OK;
    sl_json_write(keyword, SL_JSON_COMPACT, &wanted);
    return sl_schema_fault_wanted(run, place, "%s", sl_text_string(&wanted));
}

/* ---- Bounds of numbers ---- */

/* -1, 0 or 1 as a is below, at or above b. Integers are compared as such: a double rounds large
 * ones. */
static int compare_numbers(const json_t *a, const json_t *b)
{
    json_int_t left = json_integer_value(a);
    json_int_t right = json_integer_value(b);

    if (json_is_integer(a) && json_is_integer(b))
        return (left > right) - (left < right);
    return (json_number_value(a) > json_number_value(b)) -
           (json_number_value(a) < json_number_value(b));
}

struct bound {
    const char *name;
    const char *wanted;
    /* Results of compare_numbers(value, bound) that fit. */
    int allowed, also_allowed;
};

static enum sl_code check_bound(struct sl_schema_run *run, const struct sl_schema_place *place,
                                const json_t *keyword, const struct bound *bound)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text limit = {0};
    int order;

    /* Before draft 6 the exclusive ones were booleans beside the others: nothing to compare with.
     */
    if (!json_is_number(place->value) || json_is_boolean(keyword))
        return SL_OK;
    if (!json_is_number(keyword))
        return sl_schema_fault(run, place->path, "the schema's %s is no number", bound->name);
    order = compare_numbers(place->value, keyword);
    if (order == bound->allowed || order == bound->also_allowed)
        return SL_OK;
    sl_json_write(keyword, SL_JSON_COMPACT, &limit);
    return sl_schema_fault_wanted(run, place, "%s %s", bound->wanted, sl_text_string(&limit));
}

enum sl_code sl_schema_minimum(struct sl_schema_run *run, const struct sl_schema_place *place,
                               const json_t *keyword)
{
    static const struct bound bound = {"minimum", "at least", 1, 0};

    return check_bound(run, place, keyword, &bound);
}

enum sl_code sl_schema_maximum(struct sl_schema_run *run, const struct sl_schema_place *place,
                               const json_t *keyword)
{
    static const struct bound bound = {"maximum", "at most", -1, 0};

    return check_bound(run, place, keyword, &bound);
}

enum sl_code sl_schema_exclusive_minimum(struct sl_schema_run *run,
                                         const struct sl_schema_place *place, const json_t *keyword)
{
    static const struct bound bound = {"exclusiveMinimum", "more than", 1, 1};

    return check_bound(run, place, keyword, &bound);
}

enum sl_code sl_schema_exclusive_maximum(struct sl_schema_run *run,
                                         const struct sl_schema_place *place, const json_t *keyword)
{
    static const struct bound bound = {"exclusiveMaximum", "less than", -1, -1};

    return check_bound(run, place, keyword, &bound);
}

/* ---- Texts ---- */

/* Characters, not bytes: all but UTF-8's continuation bytes. */
static size_t count_characters(const json_t *text)
{
    const char *bytes = json_string_value(text);
    size_t count = 0;

    for (size_t i = 0; i < json_string_length(text); i++)
        count += ((unsigned char)bytes[i] & 0xC0) != 0x80;
    return count;
}

enum sl_code sl_schema_min_length(struct sl_schema_run *run, const struct sl_schema_place *place,
                                  const json_t *keyword)
{
    if (!json_is_string(place->value))
        return SL_OK;
    if (!json_is_number(keyword))
        return sl_schema_fault(run, place->path, "the schema's minLength is no number");
    if ((double)count_characters(place->value) >= json_number_value(keyword))
        return SL_OK;
    if (json_number_value(keyword) == 1)
        return sl_schema_fault_wanted(run, place, "a text that is not empty");
    return sl_schema_fault_wanted(run, place, "a text of at least %.0f characters",
                                  json_number_value(keyword));
}

enum sl_code sl_schema_max_length(struct sl_schema_run *run, const struct sl_schema_place *place,
                                  const json_t *keyword)
{
    if (!json_is_string(place->value))
        return SL_OK;
    if (!json_is_number(keyword))
        return sl_schema_fault(run, place->path, "the schema's maxLength is no number");
    if ((double)count_characters(place->value) <= json_number_value(keyword))
        return SL_OK;
    return sl_schema_fault_wanted(run, place, "a text of at most %.0f characters",
                                  json_number_value(keyword));
}

enum sl_code sl_schema_pattern(struct sl_schema_run *run, const struct sl_schema_place *place,
                               const json_t *keyword)
{
    const char *pattern = json_string_value(keyword);

    if (!pattern)
        return sl_schema_fault(run, place->path, "the schema's pattern is no string");
    if (!json_is_string(place->value))
        return SL_OK;
    switch (sl_pattern_match(run->patterns, pattern, json_string_value(place->value),
                             json_string_length(place->value))) {
    case SL_PATTERN_FITS:
        return SL_OK;
    case SL_PATTERN_DIFFERS:
        return sl_schema_fault_wanted(run, place, "a text that matches %s", pattern);
    case SL_PATTERN_COSTLY:
        return sl_schema_fault(run, place->path, "the pattern %s takes too long on this text",
                               pattern);
    case SL_PATTERN_BROKEN:
        break;
    }
    return sl_schema_fault(run, place->path, "the schema's pattern %s is no regular expression",
                           pattern);
}

enum sl_code sl_schema_format(struct sl_schema_run *run, const struct sl_schema_place *place,
                              const json_t *keyword)
{
    const char *format = json_string_value(keyword);

    if (!format)
        return sl_schema_fault(run, place->path, "the schema's format is no string");
    if (!json_is_string(place->value) || sl_format_fits(format, json_string_value(place->value)))
        return SL_OK;
    return sl_schema_fault_wanted(run, place, "a text of format %s", format);
}
