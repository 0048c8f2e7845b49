#include <string.h>
#include <time.h>

#include "orchestrator/rules/fill.h"
#include "orchestrator/summary.h"

/* The plan in its JSON form. */

/* What a step is taken to last, and how many there are one after the other, make the estimate. */
#define SECONDS_A_STEP 15

struct writing {
    struct rules_planning *planning;
    /** Places of the steps in the order of the plan. */
    size_t order[RULES_MAX_STEPS];
    json_t *steps;
    json_t *names;
    json_t *services;
};

/* Checks first; the rest as it was said, with "X after Y" turned round. */
static void put_in_order(struct writing *writing)
{
    const struct rules_planning *planning = writing->planning;
    size_t count = 0;

    for (size_t i = 0; i < planning->step_count; i++) {
        if (planning->steps[i].is_check)
            writing->order[count++] = i;
    }
    for (size_t i = 0; i < planning->step_count; i++) {
        if (!planning->steps[i].is_check)
            writing->order[count++] = i;
    }
}

static json_t *dependencies_json(const struct rules_planning *planning,
                                 const struct rules_step *step)
{
    json_t *names = json_array();

    for (size_t i = 0; i < step->dependency_count; i++) {
        const char *id = planning->steps[step->dependencies[i]].step_id;
        if (json_array_append_new(names, json_string(id)) != 0) {
            json_decref(names);
            return NULL;
        }
    }
    return names;
}

static json_t *step_json(const struct writing *writing, size_t n)
{
    const struct rules_step *step = &writing->planning->steps[writing->order[n]];
    json_t *checks = step->is_check ? json_pack("[s]", step->check_name) : json_array();

    return json_pack("{s:s, s:i, s:s, s:s, s:O, s:o, s:o, s:s?, s:s}", "step_id", step->step_id,
                     "step_order", (int)n + 1, "service_name", step->operation->service,
                     "operation", step->operation->name, "parameters", step->parameters,
                     "validation_checks", checks, "dependencies",
                     dependencies_json(writing->planning, step), "parallel_group",
                     step->is_check ? "validation_group" : NULL, "failure_handling",
                     step->is_check ? "abort" : "retry");
}

/* What the run will have verified once every step has completed. */
static enum sl_code list_validations(struct writing *writing)
{
    const struct rules_planning *planning = writing->planning;
    size_t count = planning->step_count;
    struct orch_step *steps = sl_arena_alloc_array(planning->arena, count, sizeof *steps);
    struct orch_step_outcome *outcomes =
        sl_arena_alloc_array(planning->arena, count, sizeof *outcomes);
    struct orch_texts names = {0};

    if (steps == NULL || outcomes == NULL)
        return SL_RESOURCE_EXHAUSTED;
    for (size_t i = 0; i < count; i++) {
        const struct rules_step *step = &planning->steps[writing->order[i]];
        steps[i].service_name = step->operation->service;
        steps[i].operation = step->operation->name;
        steps[i].parameters = step->parameters;
        outcomes[i].status = ORCH_STEP_COMPLETED;
    }
    const struct orch_plan plan = {.steps = steps, .step_count = count};
    SL_TRY(orch_summary_verified(&plan, outcomes, planning->arena, &names));
    for (size_t i = 0; i < names.count; i++) {
        if (strstr(names.entries[i], "{{") == NULL &&
            json_array_append_new(writing->names, json_string(names.entries[i])) != 0)
            return SL_RESOURCE_EXHAUSTED;
    }
    return SL_OK;
}

static bool holds_text(const json_t *array, const char *text)
{
    const json_t *entry = NULL;
    size_t i;

    json_array_foreach(array, i, entry)
    {
        if (strcmp(json_string_value(entry), text) == 0)
            return true;
    }
    return false;
}

/* Which services each service waits for. */
static enum sl_code list_services(struct writing *writing)
{
    const struct rules_planning *planning = writing->planning;

    for (size_t i = 0; i < planning->step_count; i++) {
        const struct rules_step *step = &planning->steps[writing->order[i]];
        const char *service = step->operation->service;
        if (json_object_get(writing->services, service) == NULL &&
            json_object_set_new(writing->services, service, json_array()) != 0)
            return SL_RESOURCE_EXHAUSTED;
        json_t *list = json_object_get(writing->services, service);
        for (size_t d = 0; d < step->dependency_count; d++) {
            const char *other = planning->steps[step->dependencies[d]].operation->service;
            if (strcmp(other, service) != 0 && !holds_text(list, other) &&
                json_array_append_new(list, json_string(other)) != 0)
                return SL_RESOURCE_EXHAUSTED;
        }
    }
    return SL_OK;
}

/* Reads run side by side, a change waits for all before it and all after wait for it. */
static int estimate_seconds(const struct writing *writing)
{
    const struct rules_planning *planning = writing->planning;
    int levels[RULES_MAX_STEPS] = {0};
    int after_change = 0;
    int deepest = 0;

    for (size_t n = 0; n < planning->step_count; n++) {
        const struct rules_step *step = &planning->steps[writing->order[n]];
        int level = step->operation->changes_state ? deepest : after_change;
        for (size_t d = 0; d < step->dependency_count; d++) {
            int other = levels[step->dependencies[d]];
            level = other > level ? other : level;
        }
        level++;
        levels[writing->order[n]] = level;
        deepest = level > deepest ? level : deepest;
        after_change = step->operation->changes_state ? level : after_change;
    }
    return deepest * SECONDS_A_STEP;
}

static const char *risk_name(const struct rules_planning *planning)
{
    static const char *const names[] = {"low", "medium", "high"};
    int risk = 0;

    for (size_t i = 0; i < planning->step_count; i++) {
        if (planning->steps[i].operation->risk > risk)
            risk = planning->steps[i].operation->risk;
    }
    return names[risk];
}

static const char *plan_id(const struct rules_planning *planning)
{
    int64_t now = planning->planning->now_wall_ns;
    time_t seconds = (time_t)(now / 1000000000);
    struct tm tm;
    char date[32];

    if (gmtime_r(&seconds, &tm) == NULL || strftime(date, sizeof date, "%Y%m%d_%H%M%S", &tm) == 0)
        return NULL;
    return sl_arena_printf(planning->arena, "wf_%s_%03d", date, (int)(now / 1000000 % 1000));
}

static enum sl_code write_lists(struct writing *writing)
{
    for (size_t n = 0; n < writing->planning->step_count; n++) {
        if (json_array_append_new(writing->steps, step_json(writing, n)) != 0)
            return SL_RESOURCE_EXHAUSTED;
    }
    SL_TRY(list_validations(writing));
    return list_services(writing);
}

enum sl_code rules_write_plan(struct rules_planning *planning, json_t **ret_document)
{
    SL_CLEANUP(sl_json_cleanup) json_t *steps = json_array();
    SL_CLEANUP(sl_json_cleanup) json_t *names = json_array();
    SL_CLEANUP(sl_json_cleanup) json_t *services = json_object();
    struct writing writing = {
        .planning = planning, .steps = steps, .names = names, .services = services};
    const char *id = plan_id(planning);

    if (steps == NULL || names == NULL || services == NULL || id == NULL)
        return SL_RESOURCE_EXHAUSTED;
    put_in_order(&writing);
    SL_TRY(write_lists(&writing));
    *ret_document = json_pack("{s:s, s:s, s:i, s:O, s:O, s:O}", "plan_id", id, "risk_level",
                              risk_name(planning), "estimated_duration_seconds",
                              estimate_seconds(&writing), "execution_steps", steps,
                              "validation_summary", names, "service_dependencies", services);
    return *ret_document != NULL ? SL_OK : SL_RESOURCE_EXHAUSTED;
}
