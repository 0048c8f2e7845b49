#include "orchestrator/planning.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/** One planning under way; owned by its arena. */
struct planning {
    const struct orch_planning_context *context;
    struct sl_arena *arena;
    struct orch_snapshot *snapshot;
    json_t *request;
    const char *request_id;
    const struct orch_caller *caller;
    orch_planning_done_fn *done;
    void *arg;

    struct orch_planning wanted;
    struct orch_planned planned;
    struct orch_validation validation;
    /** The agents' errors by step, so that their order is the plan's, not that of the answers. */
    struct orch_texts *step_errors;
    size_t checks_open;
    struct sl_error error;
    struct orch_registry_waiter heard;
    struct sl_task end;
};

/** One question to an agent. */
struct check {
    struct planning *planning;
    size_t step;
};

static void planning_free(struct planning *planning)
{
    json_decref(planning->request);
    orch_snapshot_unref(planning->snapshot);
    sl_arena_free(planning->arena);
}

/* ---- The end ---- */

static const char *join(struct planning *planning, const char *head, const struct orch_texts *texts)
{
    struct sl_text text = {0};
    sl_text_append(&text, head);
    for (size_t i = 0; i < texts->count; i++)
        sl_text_printf(&text, "%s%s", i ? "; " : " ", texts->entries[i]);
    sl_text_append_char(&text, '.');
    const char *joined = sl_arena_strdup(planning->arena, sl_text_string(&text));
    sl_text_done(&text);
    return joined ? joined : head;
}

static const char *choose_message(struct planning *planning)
{
    if (planning->planned.missing.count > 0)
        return join(planning, "Nothing was done, because the request leaves out:",
                    &planning->planned.missing);
    if (!planning->planned.document)
        return planning->planned.declined ? planning->planned.declined
                                          : "Nothing was done: there is no plan.";
    if (planning->validation.errors.count > 0)
        return join(planning, "Nothing was done, because the plan is not valid:",
                    &planning->validation.errors);
    return NULL;
}

/* A text cut in the middle of a character could be neither kept nor sent. */
static const char *message_of(struct planning *planning)
{
    const char *message = choose_message(planning);
    if (message && !sl_utf8_is_valid(message, strlen(message)))
        return "Nothing was done: the request cannot be planned.";
    return message;
}

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

static void planning_end(struct sl_task *task)
{
    struct planning *planning = (struct planning *)((char *)task - offsetof(struct planning, end));
    struct orch_plan *plan =
        planning->validation.errors.count == 0 ? planning->validation.plan : NULL;
    struct orch_planning_result result = {
        .plan = plan,
        .document = plan ? plan->document : planning->planned.document,
        .missing = &planning->planned.missing,
        .errors = &planning->validation.errors,
        .added_steps = &planning->validation.added_steps,
    };
    if (planning->error.code == SL_OK && !plan)
        result.message = message_of(planning);
    if (planning->error.code == SL_OK && plan) {
        result.traits = traits_of(planning, plan);
        if (!result.traits)
            sl_error_no_memory(&planning->error);
    }
    planning->done(&planning->error, planning->error.code == SL_OK ? &result : NULL, planning->arg);
    json_decref(result.traits);
    planning_free(planning);
}

/* ---- What only the agents can check ---- */

static void collect_errors(struct planning *planning)
{
    struct orch_texts *errors = &planning->validation.errors;
    struct orch_plan *plan = planning->validation.plan;
    for (size_t i = 0; plan && i < plan->step_count; i++) {
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
    sl_loop_post(planning->context->loop, &planning->end);
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

static enum sl_code validate(struct planning *planning, struct sl_error *err)
{
    SL_TRY(orch_validate(planning->planned.document, &planning->snapshot->capabilities,
                         &planning->context->defaults, planning->arena, &planning->validation,
                         err));
    const struct orch_plan *plan = planning->validation.plan;
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

/* ---- The plan ---- */

static void on_planned(const struct sl_error *error, const struct orch_planned *planned, void *arg)
{
    struct planning *planning = arg;
    planning->checks_open = 1;
    if (error->code != SL_OK) {
        planning->error = *error;
    } else {
        planning->planned = *planned;
        if (planned->document && validate(planning, &planning->error) != SL_OK)
            planning->validation.plan = NULL;
    }
    check_done(planning);
}

static enum sl_code plan(struct planning *planning, struct sl_error *err)
{
    const struct orch_planner *planner = planning->context->planner;
    struct orch_planned planned = {.document = json_object_get(planning->request, "plan")};
    struct sl_error none = {0};
    if (planned.document && json_is_null(planned.document))
        planned.document = NULL;
    if (!planned.document && planner)
        return planner->start(planner->self, &planning->wanted, planning->arena, on_planned,
                              planning, err);
    if (!planned.document)
        SL_TRY(orch_planner_rules(&planning->wanted, planning->arena, &planned, err));
    on_planned(&none, &planned, planning);
    return SL_OK;
}

/* The agents were heard: now it is known what they can do. */
static void begin(struct sl_task *task)
{
    struct planning *planning =
        (struct planning *)((char *)task - offsetof(struct planning, heard.task));
    const char *user_request = sl_json_string(planning->request, "user_request");
    const json_t *about = json_object_get(planning->request, "context");
    struct sl_error error = {0};
    planning->snapshot = orch_registry_snapshot(planning->context->registry);
    planning->wanted = (struct orch_planning){
        .user_request = user_request ? user_request : "",
        .context = json_is_object(about) ? about : NULL,
        .capabilities = &planning->snapshot->capabilities,
        .now_wall_ns = sl_clock_wall_ns(sl_loop_clock(planning->context->loop)),
    };
    if (plan(planning, &error) != SL_OK)
        on_planned(&error, NULL, planning);
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
        .heard = {.task = {.run = begin}},
        .end = {.run = planning_end},
    };
    orch_registry_when_heard(context->registry, &planning->heard);
    return SL_OK;
}
