#include "orchestrator/llm_schema.h"

/* Back from the strict form of a plan to what the tools take. */

/* As deep as a schema can nest in a plan. */
#define DEEPEST 16

struct restoring {
    const json_t *root;
    int depth;
};

static enum sl_code restore_value(const struct restoring *restoring, const json_t *schema,
                                  json_t *value, json_t **ret_value);

static bool are_pairs(const json_t *value)
{
    const json_t *entry = NULL;
    size_t i;

    json_array_foreach(value, i, entry)
    {
        if (json_object_size(entry) != 2 || sl_json_string(entry, "name") == NULL ||
            json_object_get(entry, "value") == NULL)
            return false;
    }
    return json_is_array(value);
}

/* ret_map  a new reference. A name given twice makes no map: which is meant cannot be told. */
static enum sl_code map_of_pairs(const json_t *pairs, json_t **ret_map)
{
    SL_CLEANUP(sl_json_cleanup) json_t *map = json_object();
    const json_t *pair = NULL;
    size_t i;

    json_array_foreach(pairs, i, pair)
    {
        if (json_object_get(map, sl_json_string(pair, "name")) != NULL)
            return SL_OK;
        if (json_object_set(map, sl_json_string(pair, "name"), json_object_get(pair, "value")) != 0)
            return SL_RESOURCE_EXHAUSTED;
    }
    if (map == NULL)
        return SL_RESOURCE_EXHAUSTED;
    *ret_map = SL_TAKE(map);
    return SL_OK;
}

static enum sl_code restore_members(const struct restoring *restoring, const json_t *schema,
                                    json_t *object)
{
    const json_t *properties = json_object_get(schema, "properties");
    const char *name = NULL;
    json_t *value = NULL;
    void *next = NULL;

    json_object_foreach_safe(object, next, name, value)
    {
        json_t *property = json_object_get(properties, name);
        json_t *restored = NULL;
        if (json_is_null(value) && property != NULL && !llm_schema_requires(schema, name)) {
            json_object_del(object, name);
            continue;
        }
        SL_TRY(restore_value(restoring, property, value, &restored));
        if (restored != NULL && json_object_set_new(object, name, restored) != 0)
            return SL_RESOURCE_EXHAUSTED;
    }
    return SL_OK;
}

static enum sl_code restore_entries(const struct restoring *restoring, const json_t *schema,
                                    json_t *array)
{
    json_t *value = NULL;
    size_t i;

    json_array_foreach(array, i, value)
    {
        json_t *restored = NULL;
        SL_TRY(restore_value(restoring, json_object_get(schema, "items"), value, &restored));
        if (restored != NULL && json_array_set_new(array, i, restored) != 0)
            return SL_RESOURCE_EXHAUSTED;
    }
    return SL_OK;
}

/* ret_value  a new reference where value is to be replaced, else untouched. */
static enum sl_code restore_value(const struct restoring *restoring, const json_t *schema,
                                  json_t *value, json_t **ret_value)
{
    const struct restoring inner = {restoring->root, restoring->depth + 1};

    schema = llm_schema_follow(restoring->root, schema);
    if (schema == NULL || inner.depth > DEEPEST)
        return SL_OK;
    if (llm_schema_is_map(schema) && are_pairs(value))
        return map_of_pairs(value, ret_value);
    if (json_is_array(value))
        return restore_entries(&inner, schema, value);
    return restore_members(&inner, schema, value);
}

static enum sl_code restore_step(json_t *step, const struct orch_capabilities *capabilities)
{
    json_t *parameters = json_object_get(step, "parameters");
    const struct orch_operation *operation = orch_capabilities_operation(
        capabilities, sl_json_string(step, "service_name"), sl_json_string(step, "operation"));
    json_t *map = NULL;

    if (operation == NULL)
        return SL_OK;
    const struct restoring restoring = {operation->input_schema, 0};
    if (json_is_array(parameters) && are_pairs(parameters)) {
        SL_TRY(map_of_pairs(parameters, &map));
        if (map != NULL && json_object_set_new(step, "parameters", map) != 0)
            return SL_RESOURCE_EXHAUSTED;
        parameters = json_object_get(step, "parameters");
    }
    return operation->input_schema != NULL
               ? restore_members(&restoring, operation->input_schema, parameters)
               : SL_OK;
}

enum sl_code llm_schema_restore(json_t *document, const struct orch_capabilities *capabilities)
{
    const json_t *inner = json_object_get(document, "workflow_plan");
    const json_t *steps = json_object_get(inner != NULL ? inner : document, "execution_steps");
    json_t *step = NULL;
    size_t i;

    json_array_foreach(steps, i, step)
    {
        SL_TRY(restore_step(step, capabilities));
    }
    return SL_OK;
}
