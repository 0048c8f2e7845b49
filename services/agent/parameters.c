#include "services/agent/parameters.h"

#include "json/schema.h"

static bool is_any(const json_t *value)
{
    return value != NULL;
}

static bool is_string(const json_t *value)
{
    return json_is_string(value);
}

static bool is_number(const json_t *value)
{
    return json_is_number(value);
}

static bool is_integer(const json_t *value)
{
    double number = json_number_value(value);
    return json_is_integer(value) || (json_is_real(value) && number > -1e15 && number < 1e15 &&
                                      number == (double)(long)number);
}

static bool is_strings(const json_t *value)
{
    size_t index;
    json_t *item;
    json_array_foreach(value, index, item)
    {
        if (!json_is_string(item))
            return false;
    }
    return json_is_array(value);
}

static bool is_object(const json_t *value)
{
    return json_is_object(value);
}

/* By enum agent_type. */
static const struct {
    bool (*is)(const json_t *value);
    const char *schema;
} TYPES[] = {
    [AGENT_ANY] = {is_any, NULL},
    [AGENT_STRING] = {is_string, "string"},
    [AGENT_NUMBER] = {is_number, "number"},
    [AGENT_INTEGER] = {is_integer, "integer"},
    [AGENT_STRINGS] = {is_strings, "array"},
    [AGENT_OBJECT] = {is_object, "object"},
};

static bool is_required(const struct agent_parameter *parameter, const struct agent_tool *tool)
{
    return parameter->need == AGENT_REQUIRED || (parameter->need == AGENT_BY_TOOL && tool == NULL);
}

static void check_table(const struct agent_target *target, const json_t *parameters,
                        struct agent_faults *faults)
{
    const struct agent_operation *operation = target->operation;
    for (size_t i = 0; i < operation->parameter_count; i++) {
        const struct agent_parameter *parameter = &operation->parameters[i];
        const json_t *given = json_object_get(parameters, parameter->name);
        bool is_absent = given == NULL || json_is_null(given);
        if (is_absent && is_required(parameter, target->tool))
            agent_faults_add(faults, parameter->name, given, parameter->wanted);
        else if (!is_absent && target->tool == NULL && !TYPES[parameter->type].is(given))
            agent_faults_add(faults, parameter->name, given, parameter->wanted);
    }
}

static enum sl_code check_schema(const struct agent_tool *tool, const json_t *arguments,
                                 struct agent_faults *faults, struct sl_error *err)
{
    struct sl_schema_faults found = {0};
    const struct agent_faults by_domain = *faults;
    const struct sl_schema_checking checking = {tool->input_schema, arguments, faults->arena,
                                                tool->patterns};
    SL_TRY(sl_schema_check_with(&checking, &found, err));
    for (size_t i = 0; i < found.count; i++) {
        const struct sl_schema_fault *fault = &found.entries[i];
        if (!agent_faults_has(&by_domain, fault->path))
            agent_faults_add_text(faults, fault->path, fault->message);
    }
    return SL_OK;
}

enum sl_code agent_parameters_check(const struct agent_target *target, const json_t *parameters,
                                    struct agent_faults *faults, struct sl_error *err)
{
    if (target->operation != NULL) {
        target->service->validate_operation(target->operation, parameters, faults);
        check_table(target, parameters, faults);
    }
    if (target->tool != NULL && target->tool->input_schema != NULL)
        SL_TRY(check_schema(target->tool, parameters, faults, err));
    return faults->has_failed ? sl_error_no_memory(err) : SL_OK;
}

static bool tool_takes(const struct agent_tool *tool, const char *name)
{
    return tool == NULL ||
           json_object_get(json_object_get(tool->input_schema, "properties"), name) != NULL;
}

json_t *agent_parameters_arguments(const struct agent_target *target, json_t *parameters)
{
    json_t *arguments = json_copy(parameters);
    size_t count = target->operation == NULL ? 0 : target->operation->parameter_count;
    for (size_t i = 0; arguments != NULL && i < count; i++) {
        const struct agent_parameter *parameter = &target->operation->parameters[i];
        if (parameter->default_text == NULL || !tool_takes(target->tool, parameter->name))
            continue;
        const json_t *given = json_object_get(arguments, parameter->name);
        if (given != NULL && !json_is_null(given))
            continue;
        if (json_object_set_new(arguments, parameter->name, json_string(parameter->default_text))) {
            json_decref(arguments);
            arguments = NULL;
        }
    }
    return arguments;
}

static json_t *property_schema(const struct agent_parameter *parameter)
{
    const char *type = TYPES[parameter->type].schema;
    json_t *schema = json_pack("{s:s*, s:s, s:s*}", "type", type, "description", parameter->wanted,
                               "default", parameter->default_text);
    if (schema != NULL && parameter->type == AGENT_STRINGS)
        json_object_set_new(schema, "items", json_pack("{s:s}", "type", "string"));
    return schema;
}

static json_t *table_schema(const struct agent_operation *operation)
{
    json_t *properties = json_object(), *required = json_array();
    for (size_t i = 0; i < operation->parameter_count; i++) {
        const struct agent_parameter *parameter = &operation->parameters[i];
        int failed = json_object_set_new(properties, parameter->name, property_schema(parameter));
        if (parameter->need != AGENT_OPTIONAL)
            failed |= json_array_append_new(required, json_string(parameter->name));
        if (failed != 0) {
            json_decref(properties);
            properties = NULL;
            break;
        }
    }
    return json_pack("{s:s, s:o, s:o}", "type", "object", "properties", properties, "required",
                     required);
}

json_t *agent_parameters_schema(const struct agent_target *target)
{
    if (target->tool != NULL && target->tool->input_schema != NULL)
        return json_incref(target->tool->input_schema);
    if (target->operation == NULL)
        return json_pack("{s:s}", "type", "object");
    return table_schema(target->operation);
}

bool agent_target_is_read_only(const struct agent_target *target)
{
    if (target->operation != NULL &&
        (target->operation->is_reading || target->operation->kind == AGENT_LOCAL))
        return true;
    return target->tool != NULL && target->tool->is_read_only &&
           (target->operation == NULL || target->operation->kind == AGENT_TOOL);
}
