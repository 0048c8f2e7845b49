#include "orchestrator/plan.h"

#include <stdio.h>
#include <string.h>

#include "orchestrator/graph.h"
#include "orchestrator/plan_step.h"
#include "orchestrator/references.h"

static const char *const risk_levels[] = {"low", "medium", "high", NULL};
static const struct orch_text_rule plan_id_rule = {"plan_id", false, false, NULL, "plan"};
static const struct orch_text_rule risk_rule = {"risk_level", false, false, risk_levels, "medium"};

/* What a step is taken to last where the plan does not say how long it takes. */
#define SECONDS_A_STEP 15

/* A plan whose steps are read and not yet joined. */
struct joining {
    struct orch_reading *reading;
    struct orch_step *steps;
    json_t *documents;
    struct orch_graph graph;
    size_t current;
};

static enum sl_code join(struct joining *joining, const char *id, size_t length, const char *how)
{
    struct orch_step *step = &joining->steps[joining->current];

    for (size_t i = 0; i < joining->graph.count; i++) {
        const char *other = joining->steps[i].step_id;
        if (strncmp(other, id, length) != 0 || other[length] != '\0')
            continue;
        if (i == joining->current)
            return orch_reading_fault(joining->reading, "step \"%s\" %s itself", step->step_id,
                                      how);
        orch_graph_add(&joining->graph, joining->current, i);
        return SL_OK;
    }
    return orch_reading_fault(joining->reading, "step \"%s\" %s \"%.*s\", which is no step",
                              step->step_id, how, (int)length, id);
}

static enum sl_code join_reference(void *self, const struct orch_reference *reference)
{
    return join(self, reference->step_id, reference->step_id_length, "refers to");
}

static enum sl_code join_declared(struct joining *joining)
{
    struct orch_reading *reading = joining->reading;
    const char *step_id = joining->steps[joining->current].step_id;
    const json_t *step = json_array_get(joining->documents, joining->current);
    const json_t *declared = json_object_get(step, "dependencies");
    const json_t *entry = NULL;
    size_t i;

    if (declared == NULL || json_is_null(declared))
        return SL_OK;
    if (!json_is_array(declared))
        return orch_reading_fault(reading, "step \"%s\": dependencies is %s, an array is wanted",
                                  step_id, sl_json_type_name(declared));
    json_array_foreach(declared, i, entry)
    {
        if (!json_is_string(entry)) {
            SL_TRY(orch_reading_fault(reading,
                                      "step \"%s\": dependencies[%zu] is %s, a string is wanted",
                                      step_id, i, sl_json_type_name(entry)));
            continue;
        }
        const char *id = json_string_value(entry);
        SL_TRY(join(joining, id, strlen(id), "depends on"));
    }
    return SL_OK;
}

static enum sl_code join_all(struct joining *joining)
{
    for (joining->current = 0; joining->current < joining->graph.count; joining->current++) {
        const json_t *parameters = joining->steps[joining->current].parameters;
        SL_TRY(join_declared(joining));
        SL_TRY(orch_references_each(parameters, join_reference, joining));
    }
    return SL_OK;
}

static enum sl_code check_unique(struct orch_reading *reading, const struct orch_step *steps,
                                 size_t count)
{
    for (size_t i = 1; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(steps[i].step_id, steps[j].step_id) != 0)
                continue;
            SL_TRY(orch_reading_fault(reading, "step_id \"%s\" is used by steps %zu and %zu",
                                      steps[i].step_id, j + 1, i + 1));
            break;
        }
    }
    return SL_OK;
}

static enum sl_code check_circle(const struct joining *joining)
{
    struct sl_arena *arena = joining->reading->arena;
    size_t nodes[ORCH_GRAPH_MAX] = {0};
    size_t length = orch_graph_cycle(&joining->graph, nodes);

    if (length == 0)
        return SL_OK;
    const char *names = sl_arena_strdup(arena, joining->steps[nodes[0]].step_id);
    for (size_t i = 1; names != NULL && i < length; i++)
        names = sl_arena_printf(arena, "%s, %s", names, joining->steps[nodes[i]].step_id);
    if (names == NULL)
        return SL_RESOURCE_EXHAUSTED;
    return orch_reading_fault(joining->reading, "steps wait for each other in a circle: %s", names);
}

/* A step ordered before what it waits for would never start: later state changes wait for it in
 * turn. */
static enum sl_code check_order(const struct joining *joining)
{
    const struct orch_step *steps = joining->steps;

    for (size_t i = 0; i < joining->graph.count; i++) {
        for (size_t j = 0; j < joining->graph.count; j++) {
            if (!orch_graph_has(&joining->graph, i, j) || steps[j].order <= steps[i].order)
                continue;
            SL_TRY(orch_reading_fault(
                joining->reading,
                "step \"%s\" (step_order %d) waits for \"%s\" (step_order %d), which comes later",
                steps[i].step_id, steps[i].order, steps[j].step_id, steps[j].order));
        }
    }
    return SL_OK;
}

/* Puts step `from` of the reading at place `to` of the plan, its dependencies by their new places.
 */
static enum sl_code settle_step(const struct joining *joining, size_t from, const size_t *places,
                                struct orch_step *ret_step)
{
    json_t *document = json_array_get(joining->documents, from);
    json_t *names = json_array();
    size_t *dependencies =
        sl_arena_alloc_array(joining->reading->arena, joining->graph.count, sizeof *dependencies);
    size_t count = 0;
    int failed = dependencies == NULL || names == NULL;

    for (size_t i = 0; failed == 0 && i < joining->graph.count; i++) {
        if (!orch_graph_has(&joining->graph, from, i))
            continue;
        dependencies[count++] = places[i];
        failed |= json_array_append_new(names, json_string(joining->steps[i].step_id));
    }
    failed |= json_object_set_new(document, "dependencies", names);
    if (failed != 0)
        return SL_RESOURCE_EXHAUSTED;
    *ret_step = joining->steps[from];
    ret_step->dependencies = dependencies;
    ret_step->dependency_count = count;
    return SL_OK;
}

/* Brings steps and their documents into the order they are carried out in. */
static enum sl_code settle_steps(const struct joining *joining, struct orch_plan *plan)
{
    size_t count = joining->graph.count;
    size_t nodes[ORCH_GRAPH_MAX] = {0};
    size_t places[ORCH_GRAPH_MAX] = {0};
    int ranks[ORCH_GRAPH_MAX] = {0};
    SL_CLEANUP(sl_json_cleanup) json_t *sorted = json_array();

    for (size_t i = 0; i < count; i++)
        ranks[i] = joining->steps[i].order;
    orch_graph_sort(&joining->graph, ranks, nodes);
    for (size_t i = 0; i < count; i++)
        places[nodes[i]] = i;
    plan->steps = sl_arena_alloc_array(joining->reading->arena, count, sizeof *plan->steps);
    if (plan->steps == NULL || sorted == NULL)
        return SL_RESOURCE_EXHAUSTED;
    for (size_t i = 0; i < count; i++) {
        SL_TRY(settle_step(joining, nodes[i], places, &plan->steps[i]));
        if (json_array_append(sorted, json_array_get(joining->documents, nodes[i])) != 0)
            return SL_RESOURCE_EXHAUSTED;
    }
    plan->step_count = count;
    return json_object_set_new(plan->document, "execution_steps", SL_TAKE(sorted)) == 0
               ? SL_OK
               : SL_RESOURCE_EXHAUSTED;
}

static enum sl_code read_steps(struct orch_reading *reading, struct orch_plan *plan,
                               json_t *documents)
{
    size_t count = json_array_size(documents);
    size_t faults = reading->faults->count;
    struct joining joining = {.reading = reading, .documents = documents};

    if (count == 0 || count > ORCH_PLAN_MAX_STEPS)
        return orch_reading_fault(reading, "execution_steps has %zu steps, 1 to %d are wanted",
                                  count, ORCH_PLAN_MAX_STEPS);
    joining.steps = sl_arena_alloc_array(reading->arena, count, sizeof *joining.steps);
    if (joining.steps == NULL)
        return SL_RESOURCE_EXHAUSTED;
    for (size_t i = 0; i < count; i++)
        SL_TRY(orch_step_read(reading, json_array_get(documents, i), i, &joining.steps[i]));
    for (size_t i = 0; i < count; i++) {
        if (joining.steps[i].step_id == NULL)
            return SL_OK;
    }
    SL_TRY(check_unique(reading, joining.steps, count));
    SL_TRY(orch_graph_init(&joining.graph, count, reading->arena, NULL));
    SL_TRY(join_all(&joining));
    SL_TRY(check_circle(&joining));
    SL_TRY(check_order(&joining));
    return reading->faults->count > faults ? SL_OK : settle_steps(&joining, plan);
}

/* A member of the plan that only has to be of a kind, and is made where it is absent. */
static enum sl_code fill_member(struct orch_reading *reading, json_t *document, const char *name,
                                json_t *fallback)
{
    const json_t *value = json_object_get(document, name);
    SL_CLEANUP(sl_json_cleanup) json_t *standard = fallback;

    if (standard == NULL)
        return SL_RESOURCE_EXHAUSTED;
    if (value == NULL || json_is_null(value))
        return json_object_set(document, name, standard) == 0 ? SL_OK : SL_RESOURCE_EXHAUSTED;
    bool is_of_kind = json_is_number(standard) ? json_is_number(value)
                                               : json_typeof(standard) == json_typeof(value);
    if (is_of_kind)
        return SL_OK;
    return orch_reading_fault(reading, "%s is %s, %s is wanted", name, sl_json_type_name(value),
                              json_is_number(standard) ? "a number" : sl_json_type_name(standard));
}

static enum sl_code read_document(struct orch_reading *reading, struct orch_plan *plan)
{
    json_t *document = plan->document;
    json_t *steps = json_object_get(document, "execution_steps");
    json_int_t seconds = (json_int_t)json_array_size(steps) * SECONDS_A_STEP;

    SL_TRY(orch_reading_text(reading, document, &plan_id_rule, "plan", &plan->plan_id));
    SL_TRY(orch_reading_text(reading, document, &risk_rule, "plan", &plan->risk_level));
    SL_TRY(fill_member(reading, document, "estimated_duration_seconds", json_integer(seconds)));
    SL_TRY(fill_member(reading, document, "validation_summary", json_array()));
    SL_TRY(fill_member(reading, document, "service_dependencies", json_object()));
    if (plan->plan_id != NULL &&
        json_object_set_new(document, "plan_id", json_string(plan->plan_id)) != 0)
        return SL_RESOURCE_EXHAUSTED;
    if (plan->risk_level != NULL &&
        json_object_set_new(document, "risk_level", json_string(plan->risk_level)) != 0)
        return SL_RESOURCE_EXHAUSTED;
    if (!json_is_array(steps))
        return steps == NULL
                   ? orch_reading_fault(reading, "execution_steps is missing")
                   : orch_reading_fault(reading, "execution_steps is %s, an array is wanted",
                                        sl_json_type_name(steps));
    return read_steps(reading, plan, steps);
}

static enum sl_code check_size(struct orch_reading *reading, const json_t *document)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text text = {0};

    sl_json_write(document, SL_JSON_COMPACT, &text);
    if (sl_text_failed(&text))
        return SL_RESOURCE_EXHAUSTED;
    if (text.length <= ORCH_PLAN_MAX_BYTES)
        return SL_OK;
    return orch_reading_fault(reading, "the plan has %zu bytes, at most %zu are wanted",
                              text.length, ORCH_PLAN_MAX_BYTES);
}

static enum sl_code read_plan(struct orch_reading *reading, const json_t *document,
                              struct orch_plan **ret_plan)
{
    const json_t *inner = json_object_get(document, "workflow_plan");
    size_t faults = reading->faults->count;
    struct orch_plan *plan = sl_arena_alloc(reading->arena, sizeof *plan);

    if (plan == NULL)
        return SL_RESOURCE_EXHAUSTED;
    if (inner != NULL)
        document = inner;
    if (!json_is_object(document))
        return orch_reading_fault(reading, "the plan is %s, an object is wanted",
                                  sl_json_type_name(document));
    SL_TRY(check_size(reading, document));
    if (reading->faults->count > faults)
        return SL_OK;
    plan->document = sl_json_own(reading->arena, json_deep_copy(document));
    if (plan->document == NULL)
        return SL_RESOURCE_EXHAUSTED;
    SL_TRY(read_document(reading, plan));
    if (reading->faults->count == faults)
        *ret_plan = plan;
    return SL_OK;
}

enum sl_code orch_plan_read(const json_t *document, const struct orch_plan_defaults *defaults,
                            struct sl_arena *arena, struct orch_plan **ret_plan,
                            struct orch_texts *faults, struct sl_error *err)
{
    struct orch_reading reading = {.defaults = defaults, .arena = arena, .faults = faults};

    if (read_plan(&reading, document, ret_plan) != SL_OK)
        return sl_error_no_memory(err);
    return SL_OK;
}

size_t orch_plan_find(const struct orch_plan *plan, const char *step_id)
{
    size_t i = 0;

    while (i < plan->step_count && !sl_text_equals(plan->steps[i].step_id, step_id))
        i++;
    return i;
}
