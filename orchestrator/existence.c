#include "orchestrator/existence.h"

#include <stdio.h>
#include <string.h>

#include "orchestrator/validation.h"

const struct orch_existence_check orch_check_repair_order = {
    "repair_orders", "get_repair_order_details", "repair_order_id", "validate_ro",
    "check_repair_order_exists"};
const struct orch_existence_check orch_check_part = {"parts", "get_part_details", "part_number",
                                                     "validate_part", "check_part_exists"};
const struct orch_existence_check orch_check_payment = {
    "payment", "check_payment_status", "payment_id", "validate_payment", "check_payment_exists"};

/* Which parameter of a state change names something that has to exist. */
struct existence_rule {
    /** NULL for every operation. */
    const char *operation;
    const char *parameter;
    const struct orch_existence_check *check;
};

static const struct existence_rule rules[] = {
    {NULL, "repair_order_id", &orch_check_repair_order},
    {NULL, "part_number", &orch_check_part},
    {NULL, "part_numbers", &orch_check_part},
    {"process_refund", "payment_id", &orch_check_payment},
};

/* Other operations whose success shows the same. */
static const struct {
    const char *operation;
    const struct orch_existence_check *check;
} also_checks[] = {
    {"check_part_availability", &orch_check_part},
    {"get_repair_history", &orch_check_repair_order},
};

struct completing {
    const struct orch_plan *plan;
    const struct orch_capabilities *capabilities;
    struct sl_arena *arena;
    struct orch_texts *added;
    json_t *document;
    /** The steps put in; they come first. */
    json_t *checks;
    bool has_changed;
};

/* Ids are texts; a plan may hold one as a number all the same. */
static const char *id_text(const json_t *value, char out[32])
{
    if (json_is_string(value))
        return json_string_value(value);
    if (!json_is_number(value))
        return NULL;
    sl_json_format_double(json_number_value(value), out);
    return out;
}

static bool shows_existence(const char *operation, const struct orch_existence_check *check)
{
    if (strcmp(operation, check->operation) == 0)
        return true;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(also_checks); i++) {
        if (also_checks[i].check == check && strcmp(also_checks[i].operation, operation) == 0)
            return true;
    }
    return false;
}

static bool is_check_of(const char *service, const char *operation, const json_t *parameters,
                        const struct orch_existence_check *check, const char *id)
{
    char buffer[32];
    const char *named = id_text(json_object_get(parameters, check->parameter), buffer);

    return named != NULL && service != NULL && operation != NULL &&
           strcmp(service, check->service) == 0 && shows_existence(operation, check) &&
           strcmp(named, id) == 0;
}

/* The step of the plan before `place` that checks this, or NULL. */
static const char *find_in_plan(const struct completing *completing, size_t place,
                                const struct orch_existence_check *check, const char *id)
{
    for (size_t i = 0; i < place; i++) {
        const struct orch_step *step = &completing->plan->steps[i];
        if (is_check_of(step->service_name, step->operation, step->parameters, check, id))
            return step->step_id;
    }
    return NULL;
}

static const char *find_in_added(const struct completing *completing,
                                 const struct orch_existence_check *check, const char *id)
{
    const json_t *step = NULL;
    size_t i;

    json_array_foreach(completing->checks, i, step)
    {
        if (is_check_of(sl_json_string(step, "service_name"), sl_json_string(step, "operation"),
                        json_object_get(step, "parameters"), check, id))
            return sl_json_string(step, "step_id");
    }
    return NULL;
}

static bool is_taken(const struct completing *completing, const char *step_id)
{
    const json_t *step = NULL;
    size_t i;

    json_array_foreach(completing->checks, i, step)
    {
        if (sl_text_equals(sl_json_string(step, "step_id"), step_id))
            return true;
    }
    return orch_plan_find(completing->plan, step_id) < completing->plan->step_count;
}

static enum sl_code add_check(struct completing *completing,
                              const struct orch_existence_check *check, const char *id,
                              const char **ret_step_id)
{
    char step_id[64];

    for (size_t n = 1; n == 1 || is_taken(completing, step_id); n++)
        snprintf(step_id, sizeof step_id, "%s_%zu", check->step_prefix, n);
    json_t *step =
        json_pack("{s:s, s:i, s:s, s:s, s:{s:s}, s:[s], s:[], s:s, s:s}", "step_id", step_id,
                  "step_order", (int)json_array_size(completing->checks) + 1, "service_name",
                  check->service, "operation", check->operation, "parameters", check->parameter, id,
                  "validation_checks", check->check_name, "dependencies", "parallel_group",
                  "validation_group", "failure_handling", "abort");
    if (json_array_append_new(completing->checks, step) != 0)
        return SL_RESOURCE_EXHAUSTED;
    completing->has_changed = true;
    *ret_step_id = sl_json_string(step, "step_id");
    return orch_texts_add(completing->added, completing->arena, "%s", step_id);
}

static bool has_text(const json_t *array, const char *text)
{
    const json_t *entry = NULL;
    size_t i;

    json_array_foreach(array, i, entry)
    {
        if (sl_text_equals(json_string_value(entry), text))
            return true;
    }
    return false;
}

/* Makes the step at `place` wait for a check of `id`, found or put in. */
static enum sl_code require_check(struct completing *completing, size_t place,
                                  const struct orch_existence_check *check, const json_t *value)
{
    char buffer[32];
    const char *id = id_text(value, buffer);
    const json_t *steps = json_object_get(completing->document, "execution_steps");
    json_t *dependencies = json_object_get(json_array_get(steps, place), "dependencies");

    if (id == NULL || orch_parameters_have_references(value))
        return SL_OK;
    const char *step_id = find_in_plan(completing, place, check, id);
    if (step_id == NULL)
        step_id = find_in_added(completing, check, id);
    if (step_id == NULL && orch_capabilities_operation(completing->capabilities, check->service,
                                                       check->operation) == NULL)
        return SL_OK;
    if (step_id == NULL)
        SL_TRY(add_check(completing, check, id, &step_id));
    if (has_text(dependencies, step_id))
        return SL_OK;
    completing->has_changed = true;
    return json_array_append_new(dependencies, json_string(step_id)) == 0 ? SL_OK
                                                                          : SL_RESOURCE_EXHAUSTED;
}

static enum sl_code apply_rule(struct completing *completing, size_t place,
                               const struct existence_rule *rule)
{
    const struct orch_step *step = &completing->plan->steps[place];
    const json_t *value = json_object_get(step->parameters, rule->parameter);
    const json_t *entry = NULL;
    size_t i;

    if (value == NULL || (rule->operation != NULL && strcmp(rule->operation, step->operation) != 0))
        return SL_OK;
    if (!json_is_array(value))
        return require_check(completing, place, rule->check, value);
    json_array_foreach(value, i, entry)
    {
        SL_TRY(require_check(completing, place, rule->check, entry));
    }
    return SL_OK;
}

static enum sl_code carry_invoice_number(struct completing *completing, size_t place,
                                         const struct orch_operation *operation)
{
    json_t *steps = json_object_get(completing->document, "execution_steps");
    json_t *parameters = json_object_get(json_array_get(steps, place), "parameters");
    const json_t *properties = json_object_get(operation->input_schema, "properties");
    json_t *number = json_object_get(parameters, "repair_order_id");

    if (strcmp(completing->plan->steps[place].service_name, "payment") != 0 || number == NULL ||
        json_object_get(properties, "invoice_number") == NULL ||
        json_object_get(parameters, "invoice_number") != NULL)
        return SL_OK;
    completing->has_changed = true;
    return json_object_set(parameters, "invoice_number", number) == 0 ? SL_OK
                                                                      : SL_RESOURCE_EXHAUSTED;
}

static enum sl_code complete_step(struct completing *completing, size_t place)
{
    const struct orch_step *step = &completing->plan->steps[place];
    const struct orch_operation *operation =
        orch_capabilities_operation(completing->capabilities, step->service_name, step->operation);

    if (operation == NULL)
        return SL_OK;
    SL_TRY(carry_invoice_number(completing, place, operation));
    if (operation->is_read_only)
        return SL_OK;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(rules); i++)
        SL_TRY(apply_rule(completing, place, &rules[i]));
    return SL_OK;
}

/* Checks first, the plan's own steps after them in their order. */
static enum sl_code put_in_front(struct completing *completing)
{
    json_t *steps = json_object_get(completing->document, "execution_steps");
    json_int_t shift = (json_int_t)json_array_size(completing->checks);
    json_t *step = NULL;
    size_t i;

    json_array_foreach(steps, i, step)
    {
        json_int_t order = json_integer_value(json_object_get(step, "step_order"));
        if (json_object_set_new(step, "step_order", json_integer(order + shift)) != 0)
            return SL_RESOURCE_EXHAUSTED;
    }
    if (json_array_extend(completing->checks, steps) != 0)
        return SL_RESOURCE_EXHAUSTED;
    return json_object_set(completing->document, "execution_steps", completing->checks) == 0
               ? SL_OK
               : SL_RESOURCE_EXHAUSTED;
}

enum sl_code orch_existence_complete(const struct orch_plan *plan,
                                     const struct orch_capabilities *capabilities,
                                     struct sl_arena *arena, struct orch_texts *added,
                                     json_t **ret_document)
{
    SL_CLEANUP(sl_json_cleanup) json_t *document = json_deep_copy(plan->document);
    SL_CLEANUP(sl_json_cleanup) json_t *checks = json_array();
    struct completing completing = {.plan = plan,
                                    .capabilities = capabilities,
                                    .arena = arena,
                                    .added = added,
                                    .document = document,
                                    .checks = checks};

    if (document == NULL || checks == NULL)
        return SL_RESOURCE_EXHAUSTED;
    for (size_t i = 0; i < plan->step_count; i++)
        SL_TRY(complete_step(&completing, i));
    if (!completing.has_changed) {
        *ret_document = NULL;
        return SL_OK;
    }
    if (json_array_size(checks) > 0)
        SL_TRY(put_in_front(&completing));
    *ret_document = SL_TAKE(document);
    return SL_OK;
}
