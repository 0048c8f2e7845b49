#include "orchestrator/llm_schema.h"

#include <string.h>

/* Tools' schemas deeper than this are left open: strict schemas may nest ten levels in all. */
#define DEEPEST 4

/* One tool's schema while it is closed. */
struct closing {
    const json_t *root;
    int depth;
};

static json_t *close_value(const struct closing *closing, const json_t *schema, bool is_required);

/* ---- Reading tools' schemas ---- */

const json_t *llm_schema_follow(const json_t *root, const json_t *schema)
{
    const char *reference = sl_json_string(schema, "$ref");
    char name[128];

    if (reference == NULL)
        return schema;
    if (strncmp(reference, "#/", 2) != 0)
        return NULL;
    for (reference += 2; *reference != '\0' && root != NULL;) {
        size_t length = strcspn(reference, "/");
        if (length >= sizeof name)
            return NULL;
        memcpy(name, reference, length);
        name[length] = '\0';
        root = json_object_get(root, name);
        reference += length + (reference[length] == '/');
    }
    return root;
}

static bool has_type(const json_t *schema, const char *name)
{
    const json_t *type = json_object_get(schema, "type");
    const json_t *entry = NULL;
    size_t i;

    if (json_is_string(type))
        return strcmp(json_string_value(type), name) == 0;
    json_array_foreach(type, i, entry)
    {
        if (sl_text_equals(json_string_value(entry), name))
            return true;
    }
    return false;
}

bool llm_schema_is_map(const json_t *schema)
{
    return has_type(schema, "object") &&
           json_object_size(json_object_get(schema, "properties")) == 0;
}

bool llm_schema_requires(const json_t *schema, const char *name)
{
    const json_t *entry = NULL;
    size_t i;

    json_array_foreach(json_object_get(schema, "required"), i, entry)
    {
        if (sl_text_equals(json_string_value(entry), name))
            return true;
    }
    return false;
}

/* ---- Writing strict ones ---- */

/* Closes an object whose properties are complete: each is required, none may be added. Takes
 * properties. */
static json_t *closed_object(json_t *properties)
{
    json_t *names = json_array();
    const char *name = NULL;
    json_t *property = NULL;

    json_object_foreach(properties, name, property)
    {
        if (json_array_append_new(names, json_string(name)) != 0) {
            json_decref(names);
            json_decref(properties);
            return NULL;
        }
    }
    return json_pack("{s:s, s:o, s:o, s:b}", "type", "object", "properties", properties, "required",
                     names, "additionalProperties", 0);
}

static json_t *any_scalar(void)
{
    return json_pack("{s:[s, s, s, s]}", "type", "string", "number", "boolean", "null");
}

static json_t *closed_pairs(const struct closing *closing, const json_t *values)
{
    json_t *value = json_is_object(values) ? close_value(closing, values, true) : any_scalar();
    json_t *pair =
        closed_object(json_pack("{s:{s:s}, s:o}", "name", "type", "string", "value", value));

    return json_pack("{s:s, s:o}", "type", "array", "items", pair);
}

static json_t *closed_properties(const struct closing *closing, const json_t *schema)
{
    json_t *closed = json_object();
    const char *name = NULL;
    json_t *property = NULL;

    json_object_foreach(json_object_get(schema, "properties"), name, property)
    {
        if (json_object_set_new(
                closed, name, close_value(closing, property, llm_schema_requires(schema, name))) !=
            0) {
            json_decref(closed);
            return NULL;
        }
    }
    return closed_object(closed);
}

/* Text stands beside numbers, for references. */
static json_t *closed_scalar(const json_t *schema)
{
    static const char *const scalars[] = {"number", "integer", "boolean"};
    json_t *types = json_pack("[s]", "string");
    bool has_scalar = has_type(schema, "string");

    for (size_t i = 0; i < SL_ARRAY_LENGTH(scalars); i++) {
        if (!has_type(schema, scalars[i]))
            continue;
        has_scalar = true;
        if (json_array_append_new(types, json_string(scalars[i])) != 0) {
            json_decref(types);
            return NULL;
        }
    }
    if (has_scalar)
        return json_pack("{s:o}", "type", types);
    json_decref(types);
    return any_scalar();
}

static json_t *closed_choice(const struct closing *closing, const json_t *choices)
{
    json_t *closed = json_array();
    const json_t *choice = NULL;
    size_t i;

    json_array_foreach(choices, i, choice)
    {
        if (json_array_append_new(closed, close_value(closing, choice, true)) != 0) {
            json_decref(closed);
            return NULL;
        }
    }
    return json_pack("{s:o}", "anyOf", closed);
}

static json_t *closed_kind(const struct closing *closing, const json_t *schema)
{
    const json_t *choices = json_object_get(schema, "anyOf");
    const json_t *constant = json_object_get(schema, "const");
    json_t *words = json_object_get(schema, "enum");

    if (choices == NULL)
        choices = json_object_get(schema, "oneOf");
    if (json_array_size(choices) > 0)
        return closed_choice(closing, choices);
    if (constant != NULL)
        return json_pack("{s:[O]}", "enum", constant);
    if (json_array_size(words) > 0)
        return json_pack("{s:O}", "enum", words);
    if (llm_schema_is_map(schema))
        return closed_pairs(closing, json_object_get(schema, "additionalProperties"));
    if (has_type(schema, "object"))
        return closed_properties(closing, schema);
    if (has_type(schema, "array"))
        return json_pack("{s:s, s:o}", "type", "array", "items",
                         close_value(closing, json_object_get(schema, "items"), true));
    return closed_scalar(schema);
}

static json_t *close_value(const struct closing *closing, const json_t *schema, bool is_required)
{
    const struct closing inner = {closing->root, closing->depth + 1};

    schema = llm_schema_follow(closing->root, schema);
    json_t *closed =
        inner.depth > DEEPEST || schema == NULL ? any_scalar() : closed_kind(&inner, schema);
    if (is_required || closed == NULL)
        return closed;
    return json_pack("{s:[o, {s:s}]}", "anyOf", closed, "type", "null");
}

static json_t *parameters_schema(const struct orch_operation *operation)
{
    const json_t *schema = operation->input_schema;
    const struct closing closing = {schema, 0};

    if (schema == NULL || llm_schema_is_map(schema))
        return closed_pairs(&closing, json_object_get(schema, "additionalProperties"));
    return closed_properties(&closing, schema);
}

static json_t *branch(const struct orch_service *service, const struct orch_operation *operation)
{
    json_t *properties =
        json_pack("{s:{s:s}, s:{s:s}, s:{s:s, s:[s]}, s:{s:s, s:[s]}, s:o}", "step_id", "type",
                  "string", "step_order", "type", "integer", "service_name", "type", "string",
                  "enum", service->name, "operation", "type", "string", "enum", operation->name,
                  "parameters", parameters_schema(operation));
    SL_CLEANUP(sl_json_cleanup)
    json_t *rest = json_pack(
        "{s:{s:s, s:{s:s}}, s:{s:s, s:{s:s}}, s:{s:[s, s]}, s:{s:s, s:[s, s, s]}, s:{s:[s, s]}, "
        "s:{s:[s, s]}}",
        "validation_checks", "type", "array", "items", "type", "string", "dependencies", "type",
        "array", "items", "type", "string", "parallel_group", "type", "string", "null",
        "failure_handling", "type", "string", "enum", "retry", "skip", "abort", "timeout_seconds",
        "type", "integer", "null", "retry_attempts", "type", "integer", "null");

    if (rest == NULL || json_object_update(properties, rest) != 0) {
        json_decref(properties);
        return NULL;
    }
    return closed_object(properties);
}

static bool is_usable(const struct orch_operation *operation)
{
    return operation->is_available;
}

size_t llm_schema_count_operations(const struct orch_capabilities *capabilities)
{
    size_t count = 0;

    for (size_t s = 0; s < capabilities->service_count; s++) {
        for (size_t i = 0; i < capabilities->services[s].operation_count; i++)
            count += is_usable(&capabilities->services[s].operations[i]);
    }
    return count;
}

static json_t *all_branches(const struct orch_capabilities *capabilities)
{
    json_t *branches = json_array();

    for (size_t s = 0; s < capabilities->service_count; s++) {
        const struct orch_service *service = &capabilities->services[s];
        for (size_t i = 0; i < service->operation_count; i++) {
            if (is_usable(&service->operations[i]) &&
                json_array_append_new(branches, branch(service, &service->operations[i])) != 0) {
                json_decref(branches);
                return NULL;
            }
        }
    }
    return branches;
}

enum sl_code llm_schema_make(const struct orch_capabilities *capabilities, json_t **ret_schema)
{
    json_t *plan = closed_object(
        json_pack("{s:{s:s}, s:{s:s, s:[s, s, s]}, s:{s:s}, s:{s:s, s:{s:o}}}", "plan_id", "type",
                  "string", "risk_level", "type", "string", "enum", "low", "medium", "high",
                  "estimated_duration_seconds", "type", "number", "execution_steps", "type",
                  "array", "items", "anyOf", all_branches(capabilities)));
    json_t *schema = closed_object(
        json_pack("{s:o, s:{s:s, s:{s:s}}, s:{s:[s, s]}}", "workflow_plan", plan, "missing", "type",
                  "array", "items", "type", "string", "declined", "type", "string", "null"));

    if (schema == NULL)
        return SL_RESOURCE_EXHAUSTED;
    *ret_schema = schema;
    return SL_OK;
}
