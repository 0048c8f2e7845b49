#include "orchestrator/planning.h"

#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "orchestrator/planning_private.h"

static void planning_free(struct planning *planning)
{
    if (planning->context->open)
        --*planning->context->open;
    json_decref(planning->request);
    orch_snapshot_unref(planning->snapshot);
    sl_arena_free(planning->arena);
}

/* ---- The end ---- */

static json_t *traits_of(const struct planning *planning, const struct orch_plan *plan)
{
    json_t *traits = json_array();
    for (size_t i = 0; i < plan->step_count && traits; i++) {
        const struct orch_operation *operation =
            orch_capabilities_operation(&planning->snapshot->capabilities,
                                        plan->steps[i].service_name, plan->steps[i].operation);
        bool changes_state = !operation || !operation->is_read_only;
        bool is_repeatable = operation && operation->is_repeatable;
        if (json_array_append_new(traits, json_pack("{s:b, s:b}", "changes_state", changes_state,
                                                    "is_repeatable", is_repeatable)) == 0)
            continue;
        json_decref(traits);
        traits = NULL;
    }
    return traits;
}

/* The request's own plan is not ours to write in; its valid copy is. */
static json_t *signed_document(struct planning *planning, struct orch_plan *plan)
{
    json_t *document = plan ? plan->document : planning->planned.document;
    bool is_ours = plan || planning->maker != MADE_BY_REQUEST;
    if (json_is_object(document) && is_ours && planning_sign(planning, document) != SL_OK)
        sl_error_no_memory(&planning->error);
    return document;
}

static void planning_end(struct sl_task *task)
{
    struct planning *planning = (struct planning *)((char *)task - offsetof(struct planning, end));
    struct orch_plan *plan =
        planning->validation.errors.count == 0 ? planning->validation.plan : NULL;
    struct orch_planning_result result = {
        .plan = plan,
        .document = signed_document(planning, plan),
        .missing = &planning->planned.missing,
        .errors = &planning->validation.errors,
        .added_steps = &planning->validation.added_steps,
    };
    if (planning->error.code == SL_OK && !plan)
        result.message = planning_message(planning);
    if (planning->error.code == SL_OK && plan) {
        result.traits = traits_of(planning, plan);
        if (!result.traits)
            sl_error_no_memory(&planning->error);
    }
    planning->done(&planning->error, planning->error.code == SL_OK ? &result : NULL, planning->arg);
    json_decref(result.traits);
    planning_free(planning);
}

static void finish(struct planning *planning)
{
    sl_loop_post(planning->context->loop, &planning->end);
}

static void fail(struct planning *planning, const struct sl_error *error)
{
    planning->error = *error;
    planning->validation = (struct orch_validation){0};
    planning->planned = (struct orch_planned){0};
    finish(planning);
}

/* ---- The built-in planner ---- */

static void plan_by_rules(struct planning *planning)
{
    struct orch_planned planned = {0};
    struct sl_error error = {0};
    planning->maker = MADE_BY_RULES;
    if (orch_planner_rules(&planning->wanted, planning->arena, &planned, &error) != SL_OK) {
        fail(planning, &error);
        return;
    }
    planning->planned = planned;
    planning_judge(planning);
}

static void fall_back(struct planning *planning, const char *why)
{
    sl_log(SL_LOG_WARN, "built-in planner stands in for the llm",
           sl_field_string("request_id", planning->request_id), sl_field_string("reason", why));
    planning->fallback = why;
    plan_by_rules(planning);
}

/* ---- The planner that takes its time ---- */

static void on_planned(const struct sl_error *error, const struct orch_planned *planned, void *arg)
{
    struct planning *planning = arg;
    planning->is_asking = false;
    if (error->code != SL_OK) {
        fail(planning, error);
        return;
    }
    planning->calls += planned->calls;
    planning->prompt_tokens += planned->prompt_tokens;
    planning->completion_tokens += planned->completion_tokens;
    if (planned->failure) {
        fall_back(planning, planned->failure);
        return;
    }
    planning->planned = *planned;
    planning_judge(planning);
}

static void ask(struct planning *planning)
{
    const struct orch_planner *planner = planning->context->planner;
    struct sl_error error = {0};
    planning->maker = MADE_BY_PLANNER;
    planning->is_asking = true;
    if (planner->start(planner->self, &planning->wanted, planning->arena, on_planned, planning,
                       &error) == SL_OK)
        return;
    planning->is_asking = false;
    fail(planning, &error);
}

/* A plan of an LLM that is not valid goes back once with what is wrong. */
void planning_judged(struct planning *planning)
{
    const struct orch_texts *errors = &planning->validation.errors;
    bool is_invalid = planning->planned.document && errors->count > 0;
    if (planning->error.code != SL_OK || planning->maker != MADE_BY_PLANNER || !is_invalid) {
        finish(planning);
        return;
    }
    if (planning->is_revised) {
        const char *why = sl_arena_printf(planning->arena, "its plan was not valid, twice: %.300s",
                                          errors->entries[0]);
        fall_back(planning, why ? why : "its plan was not valid, twice");
        return;
    }
    planning->is_revised = true;
    planning->revised_faults = *errors;
    planning->wanted.rejected = planning->planned.document;
    planning->wanted.faults = &planning->revised_faults;
    ask(planning);
}

void orch_planning_cancel(struct planning *planning)
{
    const struct orch_planner *planner = planning->context->planner;
    if (planning->is_asking && planner->cancel)
        planner->cancel(planner->self, planning);
}

/* ---- The beginning ---- */

static void plan(struct planning *planning)
{
    json_t *given = json_object_get(planning->request, "plan");
    if (given && !json_is_null(given)) {
        planning->maker = MADE_BY_REQUEST;
        planning->planned.document = given;
        planning_judge(planning);
    } else if (planning->context->planner) {
        ask(planning);
    } else {
        plan_by_rules(planning);
    }
}

/* The agents were heard: now it is known what they can do. */
static void begin(struct sl_task *task)
{
    struct planning *planning =
        (struct planning *)((char *)task - offsetof(struct planning, heard.task));
    const char *user_request = sl_json_string(planning->request, "user_request");
    const json_t *about = json_object_get(planning->request, "context");
    planning->snapshot = orch_registry_snapshot(planning->context->registry);
    planning->wanted.user_request = user_request ? user_request : "";
    planning->wanted.context = json_is_object(about) ? about : NULL;
    planning->wanted.capabilities = &planning->snapshot->capabilities;
    planning->wanted.now_wall_ns = sl_clock_wall_ns(sl_loop_clock(planning->context->loop));
    plan(planning);
}

static int64_t deadline_ms(const struct orch_planning_context *context,
                           const struct orch_planning_request *request)
{
    int64_t limit_ms = context->planning_timeout_ms;
    if (limit_ms <= 0)
        limit_ms = (int64_t)context->defaults.timeout_seconds * 3000;
    if (request->timeout_ms > 0 && request->timeout_ms < limit_ms)
        limit_ms = request->timeout_ms;
    return sl_loop_now_ms(context->loop) + limit_ms;
}

enum sl_code orch_planning_start(const struct orch_planning_context *context,
                                 const struct orch_planning_request *request,
                                 orch_planning_done_fn *done, void *arg, struct sl_error *err)
{
    struct sl_arena *arena = sl_arena_new();
    struct planning *planning = arena ? sl_arena_alloc(arena, sizeof(*planning)) : NULL;
    if (!planning) {
        sl_arena_free(arena);
        return sl_error_no_memory(err);
    }
    *planning = (struct planning){
        .context = context,
        .arena = arena,
        .request = json_incref(request->request),
        .request_id = request->request_id,
        .caller = request->caller,
        .done = done,
        .arg = arg,
        .wanted = {.deadline_ms = deadline_ms(context, request),
                   .traceparent = request->caller ? request->caller->traceparent : NULL},
        .heard = {.task = {.run = begin}},
        .end = {.run = planning_end},
    };
    if (context->open)
        ++*context->open;
    if (request->ret_planning)
        *request->ret_planning = planning;
    orch_registry_when_heard(context->registry, &planning->heard);
    return SL_OK;
}
