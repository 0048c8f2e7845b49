#include "json/schema_run.h"

/* Keywords about the members of objects and the items of arrays. */

static enum sl_code apply_to_member(struct sl_schema_run *run, const struct sl_schema_place *place,
                                    const json_t *schema, const char *name)
{
    struct sl_json_path path = {.parent = place->path, .name = name};
    struct sl_schema_place part = {schema, json_object_get(place->value, name), &path};

    return sl_schema_apply(run, &part);
}

enum sl_code sl_schema_properties(struct sl_schema_run *run, const struct sl_schema_place *place,
                                  const json_t *keyword)
{
    const char *name;
    json_t *schema;

    if (!json_is_object(keyword))
        return sl_schema_fault(run, place->path, "the schema's properties are no object");
    json_object_foreach((json_t *)(uintptr_t)keyword, name, schema)
    {
        if (json_object_get(place->value, name))
            SL_TRY(apply_to_member(run, place, schema, name));
    }
    return SL_OK;
}

static bool name_matches(struct sl_schema_run *run, const char *pattern, const char *name,
                         size_t length)
{
    return sl_pattern_match(run->patterns, pattern, name, length) == SL_PATTERN_FITS;
}

enum sl_code sl_schema_pattern_properties(struct sl_schema_run *run,
                                          const struct sl_schema_place *place,
                                          const json_t *keyword)
{
    const char *pattern;
    json_t *schema;

    if (!json_is_object(keyword))
        return sl_schema_fault(run, place->path, "the schema's patternProperties are no object");
    json_object_foreach((json_t *)(uintptr_t)keyword, pattern, schema)
    {
        const char *name;
        size_t length;
        json_t *member;

        json_object_keylen_foreach((json_t *)(uintptr_t)place->value, name, length, member)
        {
            (void)member;
            if (name_matches(run, pattern, name, length))
                SL_TRY(apply_to_member(run, place, schema, name));
        }
    }
    return SL_OK;
}

/* Whether properties or patternProperties speak of the name. */
static bool is_known(struct sl_schema_run *run, const json_t *schema, const char *name,
                     size_t length)
{
    const char *pattern;
    json_t *unused;

    if (json_object_get(json_object_get(schema, "properties"), name))
        return true;
    json_object_foreach(json_object_get(schema, "patternProperties"), pattern, unused)
    {
        (void)unused;
        if (name_matches(run, pattern, name, length))
            return true;
    }
    return false;
}

enum sl_code sl_schema_additional_properties(struct sl_schema_run *run,
                                             const struct sl_schema_place *place,
                                             const json_t *keyword)
{
    const char *name;
    size_t length;
    json_t *member;

    json_object_keylen_foreach((json_t *)(uintptr_t)place->value, name, length, member)
    {
        struct sl_json_path path = {.parent = place->path, .name = name};

        (void)member;
        if (is_known(run, place->schema, name, length))
            continue;
        if (json_is_false(keyword))
            SL_TRY(sl_schema_fault(run, &path, "not known here"));
        else
            SL_TRY(apply_to_member(run, place, keyword, name));
    }
    return SL_OK;
}

enum sl_code sl_schema_required(struct sl_schema_run *run, const struct sl_schema_place *place,
                                const json_t *keyword)
{
    /* In draft 3 a boolean beside the property's type; nothing to name here. */
    if (!json_is_object(place->value) || json_is_boolean(keyword))
        return SL_OK;
    if (!json_is_array(keyword))
        return sl_schema_fault(run, place->path, "the schema's required is no list of names");
    for (size_t i = 0; i < json_array_size(keyword); i++) {
        const char *name = json_string_value(json_array_get(keyword, i));
        struct sl_json_path path = {.parent = place->path, .name = name};

        if (name && !json_object_get(place->value, name))
            SL_TRY(sl_schema_fault(run, &path, "missing, but required"));
    }
    return SL_OK;
}

/* Applies schemas (an array of them, or one for all) to the items from `first` on. */
static enum sl_code apply_to_items(struct sl_schema_run *run, const struct sl_schema_place *place,
                                   const json_t *schemas, size_t first)
{
    size_t count = json_array_size(place->value);

    if (json_is_array(schemas) && json_array_size(schemas) < count)
        count = json_array_size(schemas);
    for (size_t i = first; i < count; i++) {
        struct sl_json_path path = {.parent = place->path, .index = i};
        struct sl_schema_place part = {schemas, json_array_get(place->value, i), &path};

        if (json_is_array(schemas))
            part.schema = json_array_get(schemas, i);
        SL_TRY(sl_schema_apply(run, &part));
    }
    return SL_OK;
}

enum sl_code sl_schema_prefix_items(struct sl_schema_run *run, const struct sl_schema_place *place,
                                    const json_t *keyword)
{
    if (!json_is_array(keyword))
        return sl_schema_fault(run, place->path, "the schema's prefixItems are no list of schemas");
    return apply_to_items(run, place, keyword, 0);
}

enum sl_code sl_schema_items(struct sl_schema_run *run, const struct sl_schema_place *place,
                             const json_t *keyword)
{
    /* A list here is prefixItems as it was called until draft 2019-09, which MCP servers still
     * send. */
    if (json_is_array(keyword))
        return apply_to_items(run, place, keyword, 0);
    return apply_to_items(run, place, keyword,
                          json_array_size(json_object_get(place->schema, "prefixItems")));
}

enum sl_code sl_schema_min_items(struct sl_schema_run *run, const struct sl_schema_place *place,
                                 const json_t *keyword)
{
    size_t count = json_array_size(place->value);

    if (!json_is_array(place->value))
        return SL_OK;
    if (!json_is_number(keyword))
        return sl_schema_fault(run, place->path, "the schema's minItems is no number");
    if ((double)count >= json_number_value(keyword))
        return SL_OK;
    return sl_schema_fault(run, place->path, "%zu items are given, at least %.0f are wanted", count,
                           json_number_value(keyword));
}

enum sl_code sl_schema_max_items(struct sl_schema_run *run, const struct sl_schema_place *place,
                                 const json_t *keyword)
{
    size_t count = json_array_size(place->value);

    if (!json_is_array(place->value))
        return SL_OK;
    if (!json_is_number(keyword))
        return sl_schema_fault(run, place->path, "the schema's maxItems is no number");
    if ((double)count <= json_number_value(keyword))
        return SL_OK;
    return sl_schema_fault(run, place->path, "%zu items are given, at most %.0f are wanted", count,
                           json_number_value(keyword));
}
