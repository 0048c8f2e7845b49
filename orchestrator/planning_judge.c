#include "orchestrator/planning_private.h"

#include "orchestrator/claims.h"
#include "orchestrator/containment.h"
#include "orchestrator/plan_step.h"

/* Whether a plan may run. */

/** One question to an agent. */
struct check {
    struct planning *planning;
    size_t step;
};

/* ---- What only the agents can check ---- */

static void collect_errors(struct planning *planning)
{
    struct orch_texts *errors = &planning->validation.errors;
    struct orch_plan *plan = planning->validation.plan;
    for (size_t i = 0; plan && planning->step_errors && i < plan->step_count; i++) {
        const struct orch_texts *found = &planning->step_errors[i];
        for (size_t k = 0; k < found->count && planning->error.code == SL_OK; k++)
            if (orch_texts_add(errors, planning->arena, "step \"%s\": %s", plan->steps[i].step_id,
                               found->entries[k]) != SL_OK)
                sl_error_no_memory(&planning->error);
    }
}

static void check_done(struct planning *planning)
{
    if (--planning->checks_open > 0)
        return;
    collect_errors(planning);
    planning_judged(planning);
}

static void on_check(const struct orch_agent_answer *answer, void *arg)
{
    struct check *check = arg;
    struct planning *planning = check->planning;
    bool is_refused = answer->error.code == SL_OK && !sl_json_bool(answer->message, "valid", true);
    size_t i;
    json_t *error;
    if (is_refused) {
        json_array_foreach(json_object_get(answer->message, "errors"), i, error)
        {
            if (orch_texts_add(&planning->step_errors[check->step], planning->arena, "%s",
                               json_string_value(error)) != SL_OK)
                sl_error_no_memory(&planning->error);
        }
    }
    check_done(planning);
}

/* An agent that cannot be asked is not waited for: execution will tell. */
static void check_step(struct planning *planning, size_t index)
{
    const struct orch_step *step = &planning->validation.plan->steps[index];
    struct orch_agent *agent = orch_registry_agent(planning->context->registry, step->service_name);
    struct check *check = sl_arena_alloc(planning->arena, sizeof(*check));
    struct sl_error error = {0};
    if (!agent || !check || orch_parameters_have_references(step->parameters))
        return;
    *check = (struct check){planning, index};
    struct orch_agent_request request = {
        .method = ORCH_AGENT_VALIDATE,
        .timeout_ms = planning->context->check_timeout_ms,
        .request_id = planning->request_id,
        .operation = step->operation,
        .parameters = step->parameters,
        .timeout_seconds = step->timeout_seconds,
        .caller = planning->caller,
    };
    enum sl_code code = orch_agent_call_start(agent, &request, on_check, check, NULL, &error);
    if (code == SL_OK)
        planning->checks_open++;
    else if (orch_texts_add(&planning->step_errors[index], planning->arena, "%s", error.message) !=
             SL_OK)
        sl_error_no_memory(&planning->error);
}

/* ---- What the plan alone tells ---- */

static const char *source_otherwise(const struct planning *planning)
{
    static const char *const names[] = {
        [MADE_BY_REQUEST] = "plan", [MADE_BY_PLANNER] = NULL, [MADE_BY_RULES] = "request"};

    return names[planning->maker];
}

/* Sources and claims are part of what is kept: the bound holds for all of it. */
static enum sl_code check_size(struct planning *planning, const struct orch_plan *plan)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text text = {0};
    sl_json_write(plan->document, SL_JSON_COMPACT, &text);
    if (sl_text_failed(&text))
        return SL_RESOURCE_EXHAUSTED;
    if (text.length <= ORCH_PLAN_MAX_BYTES)
        return SL_OK;
    return orch_texts_add(&planning->validation.errors, planning->arena,
                          "the plan with its sources and checks has %zu bytes, at most %zu are "
                          "wanted",
                          text.length, ORCH_PLAN_MAX_BYTES);
}

static enum sl_code judge_values(struct planning *planning, const struct orch_plan *plan)
{
    const struct orch_origin origin = {.user_request = planning->wanted.user_request,
                                       .context = planning->wanted.context,
                                       .otherwise = source_otherwise(planning)};
    SL_TRY(orch_contain(plan, &origin, planning->arena, &planning->validation.errors));
    SL_TRY(orch_claims_settle(plan, &planning->snapshot->capabilities, planning->arena));
    return check_size(planning, plan);
}

static enum sl_code judge(struct planning *planning, struct sl_error *err)
{
    SL_TRY(orch_validate(planning->planned.document, &planning->snapshot->capabilities,
                         &planning->context->defaults, planning->arena, &planning->validation,
                         err));
    const struct orch_plan *plan = planning->validation.plan;
    if (plan && judge_values(planning, plan) != SL_OK)
        return sl_error_no_memory(err);
    if (!plan || planning->validation.errors.count > 0)
        return SL_OK;
    planning->step_errors =
        sl_arena_alloc_array(planning->arena, plan->step_count, sizeof(*planning->step_errors));
    if (!planning->step_errors)
        return sl_error_no_memory(err);
    for (size_t i = 0; i < plan->step_count; i++)
        check_step(planning, i);
    return SL_OK;
}

void planning_judge(struct planning *planning)
{
    planning->validation = (struct orch_validation){.errors = planning->planned.faults};
    planning->step_errors = NULL;
    planning->checks_open = 1;
    bool is_sound = planning->planned.document && planning->planned.faults.count == 0;
    if (is_sound && judge(planning, &planning->error) != SL_OK)
        planning->validation.plan = NULL;
    check_done(planning);
}
