#include <string.h>

#include "base/text.h"
#include "orchestrator/rules/fill.h"

/* New steps, and the steps that show that something exists. */

void rules_depend(struct rules_step *step, size_t on)
{
    for (size_t i = 0; i < step->dependency_count; i++) {
        if (step->dependencies[i] == on)
            return;
    }
    if (step->dependency_count < SL_ARRAY_LENGTH(step->dependencies))
        step->dependencies[step->dependency_count++] = (uint8_t)on;
}

static const char *new_step_id(const struct rules_planning *planning, const char *prefix)
{
    size_t n = 1;

    for (size_t i = 0; i < planning->step_count; i++) {
        size_t length = strlen(prefix);
        const char *rest = planning->steps[i].step_id + length;
        if (strncmp(planning->steps[i].step_id, prefix, length) == 0 && *rest == '_' &&
            strspn(rest + 1, "0123456789") == strlen(rest + 1))
            n++;
    }
    return sl_arena_printf(planning->arena, "%s_%zu", prefix, n);
}

enum sl_code rules_new_step(struct rules_planning *planning, const char *prefix,
                            struct rules_step **ret_step)
{
    if (planning->step_count == RULES_MAX_STEPS) {
        planning->declined = "The request needs more than 100 steps; say it in parts.";
        return SL_CANCELLED;
    }
    struct rules_step *step = &planning->steps[planning->step_count];
    step->step_id = new_step_id(planning, prefix);
    step->parameters = sl_json_own(planning->arena, json_object());
    if (step->step_id == NULL || step->parameters == NULL)
        return SL_RESOURCE_EXHAUSTED;
    planning->step_count++;
    *ret_step = step;
    return SL_OK;
}

static const struct rules_operation *operation_of_check(const struct orch_existence_check *check)
{
    for (size_t i = 0; i < INTENT_COUNT; i++) {
        if (rules_operations[i].name != NULL &&
            strcmp(rules_operations[i].name, check->operation) == 0)
            return &rules_operations[i];
    }
    return NULL;
}

static bool is_check_offered(const struct rules_planning *planning,
                             const struct orch_existence_check *check)
{
    const struct orch_capabilities *capabilities = planning->planning->capabilities;

    return capabilities == NULL ||
           orch_capabilities_operation(capabilities, check->service, check->operation) != NULL;
}

/* The step that shows that `id` exists: one that is there, or a new one; SIZE_MAX where none can.
 */
enum sl_code rules_find_check(struct rules_planning *planning,
                              const struct orch_existence_check *check, const char *id,
                              size_t *ret_place)
{
    const struct rules_operation *operation = operation_of_check(check);
    struct rules_step *step = NULL;

    for (size_t i = 0; i < planning->step_count; i++) {
        const struct rules_step *other = &planning->steps[i];
        if (other->operation == operation &&
            sl_text_equals(sl_json_string(other->parameters, check->parameter), id)) {
            planning->steps[i].is_check = true;
            planning->steps[i].check_name = check->check_name;
            *ret_place = i;
            return SL_OK;
        }
    }
    *ret_place = SIZE_MAX;
    if (!is_check_offered(planning, check))
        return SL_OK;
    SL_TRY(rules_new_step(planning, check->step_prefix, &step));
    step->operation = operation;
    step->is_check = true;
    step->check_name = check->check_name;
    step->clause = RULES_NO_CLAUSE;
    *ret_place = planning->step_count - 1;
    return json_object_set_new(step->parameters, check->parameter, json_string(id)) == 0
               ? SL_OK
               : SL_RESOURCE_EXHAUSTED;
}
