#include "json/schema.h"

#include <stdio.h>
#include <string.h>

#include "json/schema_run.h"

/* JSON Schema 2020-12 (json-schema.org): the walk, the faults, and the keywords that join schemas.
 */

#define MAX_FAULTS 64
/* Deeper than any value that is let in, with room for a few $ref a level. */
#define MAX_DEPTH 200
#define MAX_STEPS 100000

static enum sl_code add_fault(struct sl_schema_run *run, const struct sl_json_path *path,
                              const char *message)
{
    struct sl_schema_faults *faults = run->faults;
    SL_CLEANUP(sl_text_cleanup) struct sl_text where = {0};
    struct sl_schema_fault *fault;

    if (faults->count >= MAX_FAULTS)
        return SL_OK;
    if (!faults->entries) {
        faults->entries = sl_arena_alloc_array(run->arena, MAX_FAULTS, sizeof(*faults->entries));
        faults->capacity = MAX_FAULTS;
    }
    if (!faults->entries)
        return sl_error_no_memory(run->err);
    sl_json_path_append(path, &where);
    fault = &faults->entries[faults->count];
    fault->path = sl_arena_strdup(run->arena, sl_text_string(&where));
    fault->message = sl_arena_strdup(run->arena, message);
    if (!fault->path || !fault->message || sl_text_failed(&where))
        return sl_error_no_memory(run->err);
    faults->count++;
    return SL_OK;
}

static enum sl_code add_fault_va(struct sl_schema_run *run, const struct sl_schema_place *described,
                                 const struct sl_json_path *path, const char *format, va_list rest)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text text = {0};
    char detail[512];

    vsnprintf(detail, sizeof(detail), format, rest);
    /* A cut may fall into a character. */
    detail[sl_utf8_cut(detail, strlen(detail), sizeof(detail) - 1)] = '\0';
    if (described) {
        sl_json_describe(described->value, &text);
        sl_text_append(&text, ", ");
    }
    sl_text_append(&text, detail);
    if (described)
        sl_text_append(&text, " is wanted");
    if (sl_text_failed(&text))
        return sl_error_no_memory(run->err);
    return add_fault(run, path, sl_text_string(&text));
}

enum sl_code sl_schema_fault(struct sl_schema_run *run, const struct sl_json_path *path,
                             const char *format, ...)
{
    enum sl_code code;
    va_list rest;

    va_start(rest, format);
    code = add_fault_va(run, NULL, path, format, rest);
    va_end(rest);
    return code;
}

enum sl_code sl_schema_fault_wanted(struct sl_schema_run *run, const struct sl_schema_place *place,
                                    const char *format, ...)
{
    enum sl_code code;
    va_list rest;

    va_start(rest, format);
    code = add_fault_va(run, place, place->path, format, rest);
    va_end(rest);
    return code;
}

/* ---- Keywords that join schemas ---- */

/* How many of the schemas the value fits; what the others say, in short, is appended to reasons. */
static enum sl_code count_fits(struct sl_schema_run *run, const struct sl_schema_place *place,
                               const json_t *schemas, size_t *ret_count, struct sl_text *reasons)
{
    struct sl_schema_faults *outer = run->faults;
    size_t count = 0;

    for (size_t i = 0; i < json_array_size(schemas); i++) {
        struct sl_schema_faults inner = {0};
        struct sl_schema_place part = {json_array_get(schemas, i), place->value, place->path};
        enum sl_code code;

        run->faults = &inner;
        code = sl_schema_apply(run, &part);
        run->faults = outer;
        SL_TRY(code);
        if (inner.count == 0)
            count++;
        else if (reasons->length < 300)
            sl_text_printf(reasons, "%s%s%s%s", reasons->length > 0 ? "; or " : "",
                           inner.entries[0].path, *inner.entries[0].path ? ": " : "",
                           inner.entries[0].message);
    }
    *ret_count = count;
    return SL_OK;
}

static enum sl_code check_schemas(struct sl_schema_run *run, const struct sl_schema_place *place,
                                  const json_t *keyword, const char *name)
{
    if (json_is_array(keyword) && json_array_size(keyword) > 0)
        return SL_OK;
    return sl_schema_fault(run, place->path, "the schema's %s is no list of schemas", name);
}

static enum sl_code apply_any_of(struct sl_schema_run *run, const struct sl_schema_place *place,
                                 const json_t *keyword)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text reasons = {0};
    size_t count = 0;

    SL_TRY(check_schemas(run, place, keyword, "anyOf"));
    SL_TRY(count_fits(run, place, keyword, &count, &reasons));
    if (count > 0 || json_array_size(keyword) == 0)
        return SL_OK;
    return sl_schema_fault(run, place->path, "%s", sl_text_string(&reasons));
}

static enum sl_code apply_one_of(struct sl_schema_run *run, const struct sl_schema_place *place,
                                 const json_t *keyword)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text reasons = {0};
    size_t count = 0;

    SL_TRY(check_schemas(run, place, keyword, "oneOf"));
    SL_TRY(count_fits(run, place, keyword, &count, &reasons));
    if (count == 1 || json_array_size(keyword) == 0)
        return SL_OK;
    if (count > 1)
        return sl_schema_fault(run, place->path, "fits %zu of the alternatives, just one is wanted",
                               count);
    return sl_schema_fault(run, place->path, "%s", sl_text_string(&reasons));
}

static enum sl_code apply_all_of(struct sl_schema_run *run, const struct sl_schema_place *place,
                                 const json_t *keyword)
{
    SL_TRY(check_schemas(run, place, keyword, "allOf"));
    for (size_t i = 0; i < json_array_size(keyword); i++) {
        struct sl_schema_place part = {json_array_get(keyword, i), place->value, place->path};

        SL_TRY(sl_schema_apply(run, &part));
    }
    return SL_OK;
}

/* ---- $ref ---- */

/* One step of a JSON pointer (RFC 6901), from `step` to the next "/"; NULL where it leads nowhere.
 */
static const json_t *take_step(const json_t *value, const char *step, size_t length)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text name = {0};
    SL_CLEANUP(sl_text_cleanup) struct sl_text plain = {0};
    int64_t index = 0;

    /* A fragment is percent-encoded (RFC 6901, 6). */
    for (size_t i = 0; i < length; i++) {
        unsigned byte;

        if (step[i] == '%' && i + 2 < length && sscanf(step + i + 1, "%2x", &byte) == 1) {
            sl_text_append_char(&plain, (char)byte);
            i += 2;
        } else {
            sl_text_append_char(&plain, step[i]);
        }
    }
    for (size_t i = 0; i < plain.length; i++) {
        char c = plain.data[i];

        if (c == '~' && i + 1 < plain.length)
            c = plain.data[++i] == '1' ? '/' : '~';
        sl_text_append_char(&name, c);
    }
    if (sl_text_failed(&plain) || sl_text_failed(&name))
        return NULL;
    if (json_is_array(value) && sl_parse_int64(sl_text_string(&name), 0, INT32_MAX, &index))
        return json_array_get(value, (size_t)index);
    return json_object_get(value, sl_text_string(&name));
}

static const json_t *follow_pointer(const json_t *root, const char *pointer)
{
    const json_t *value = root;

    while (value && *pointer == '/') {
        size_t length = strcspn(pointer + 1, "/");

        value = take_step(value, pointer + 1, length);
        pointer += 1 + length;
    }
    return value;
}

/* The schema in `value` whose member (`$anchor`, `$id`) is text. */
static const json_t *find_marked(const json_t *value, const char *member, const char *text,
                                 size_t depth)
{
    const json_t *found = NULL;
    size_t count = json_array_size(value);

    if (depth > SL_JSON_MAX_DEPTH * 2)
        return NULL;
    if (sl_text_equals(sl_json_string(value, member), text))
        return value;
    for (size_t i = 0; !found && i < count; i++)
        found = find_marked(json_array_get(value, i), member, text, depth + 1);
    for (void *at = json_object_iter((json_t *)(uintptr_t)value); at && !found;
         at = json_object_iter_next((json_t *)(uintptr_t)value, at))
        found = find_marked(json_object_iter_value(at), member, text, depth + 1);
    return found;
}

static const json_t *find_referred(const json_t *root, const char *reference)
{
    if (strcmp(reference, "#") == 0)
        return root;
    if (reference[0] == '#' && reference[1] == '/')
        return follow_pointer(root, reference + 1);
    if (reference[0] == '#')
        return find_marked(root, "$anchor", reference + 1, 0);
    return find_marked(root, "$id", reference, 0);
}

static enum sl_code apply_ref(struct sl_schema_run *run, const struct sl_schema_place *place,
                              const json_t *keyword)
{
    const char *reference = json_string_value(keyword);
    struct sl_schema_place part = {NULL, place->value, place->path};

    if (!reference)
        return sl_schema_fault(run, place->path, "the schema's $ref is no string");
    part.schema = find_referred(run->root, reference);
    if (!part.schema)
        return sl_schema_fault(run, place->path,
                               "the schema refers to %s, which is not in the document", reference);
    return sl_schema_apply(run, &part);
}

/* ---- The walk ---- */

static const struct {
    const char *name;
    sl_schema_keyword_fn *apply;
} keywords[] = {
    {"$ref", apply_ref},
    {"type", sl_schema_type},
    {"enum", sl_schema_enum},
    {"const", sl_schema_const},
    {"minimum", sl_schema_minimum},
    {"maximum", sl_schema_maximum},
    {"exclusiveMinimum", sl_schema_exclusive_minimum},
    {"exclusiveMaximum", sl_schema_exclusive_maximum},
    {"minLength", sl_schema_min_length},
    {"maxLength", sl_schema_max_length},
    {"pattern", sl_schema_pattern},
    {"format", sl_schema_format},
    {"required", sl_schema_required},
    {"properties", sl_schema_properties},
    {"patternProperties", sl_schema_pattern_properties},
    {"additionalProperties", sl_schema_additional_properties},
    {"prefixItems", sl_schema_prefix_items},
    {"items", sl_schema_items},
    {"minItems", sl_schema_min_items},
    {"maxItems", sl_schema_max_items},
    {"allOf", apply_all_of},
    {"anyOf", apply_any_of},
    {"oneOf", apply_one_of},
};

static size_t find_keyword(const char *name)
{
    size_t i = 0;

    while (i < SL_ARRAY_LENGTH(keywords) && strcmp(keywords[i].name, name) != 0)
        i++;
    return i;
}

/* A schema has few of the keywords: its members are looked up in the table, not the other way, and
 * then applied in the table's order. */
static enum sl_code apply_keywords(struct sl_schema_run *run, const struct sl_schema_place *place)
{
    const json_t *given[SL_ARRAY_LENGTH(keywords) + 1] = {0};
    json_t *schema = (json_t *)(uintptr_t)place->schema;

    for (void *at = json_object_iter(schema); at; at = json_object_iter_next(schema, at))
        given[find_keyword(json_object_iter_key(at))] = json_object_iter_value(at);
    for (size_t i = 0; i < SL_ARRAY_LENGTH(keywords); i++) {
        if (given[i])
            SL_TRY(keywords[i].apply(run, place, given[i]));
    }
    return SL_OK;
}

enum sl_code sl_schema_apply(struct sl_schema_run *run, const struct sl_schema_place *place)
{
    enum sl_code code;

    if (json_is_true(place->schema))
        return SL_OK;
    if (json_is_false(place->schema))
        return sl_schema_fault(run, place->path, "nothing is allowed here");
    if (!json_is_object(place->schema))
        return sl_schema_fault(run, place->path,
                               "the schema is %s, an object or a boolean is wanted",
                               sl_json_type_name(place->schema));
    if (run->depth >= MAX_DEPTH)
        return sl_schema_fault(run, place->path, "the schema refers to itself without end");
    if (run->steps++ == MAX_STEPS)
        return sl_schema_fault(run, NULL, "the schema takes more than %d steps to check",
                               MAX_STEPS);
    if (run->steps > MAX_STEPS)
        return SL_OK;
    run->depth++;
    code = apply_keywords(run, place);
    run->depth--;
    return code;
}

enum sl_code sl_schema_check_with(const struct sl_schema_checking *checking,
                                  struct sl_schema_faults *ret_faults, struct sl_error *err)
{
    struct sl_schema_faults faults = {0};
    struct sl_schema_run run = {
        .root = checking->schema,
        .patterns = checking->patterns,
        .arena = checking->arena,
        .faults = &faults,
        .err = err,
    };
    struct sl_schema_place place = {.schema = checking->schema, .value = checking->value};

    SL_TRY(sl_schema_apply(&run, &place));
    /* A step too many inside an anyOf may have been lost with its alternative. */
    if (run.steps > MAX_STEPS && faults.count == 0)
        SL_TRY(
            sl_schema_fault(&run, NULL, "the schema takes more than %d steps to check", MAX_STEPS));
    *ret_faults = faults;
    return SL_OK;
}

enum sl_code sl_schema_check(const json_t *schema, const json_t *value, struct sl_arena *arena,
                             struct sl_schema_faults *ret_faults, struct sl_error *err)
{
    const struct sl_schema_checking checking = {schema, value, arena, NULL};

    return sl_schema_check_with(&checking, ret_faults, err);
}
