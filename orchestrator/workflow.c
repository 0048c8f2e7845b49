#include "orchestrator/workflow.h"

#include <limits.h>
#include <string.h>

#include "base/memory.h"

void orch_event_done(struct orch_event *event)
{
    json_decref(event->body);
    event->body = NULL;
}

enum sl_code orch_workflow_new(const char *uid, struct orch_workflow **ret_workflow,
                               struct sl_error *err)
{
    struct orch_workflow *workflow = sl_alloc(sizeof(*workflow));
    if (!workflow)
        return sl_error_no_memory(err);
    workflow->arena = sl_arena_new();
    workflow->results = json_object();
    workflow->uid = workflow->arena ? sl_arena_strdup(workflow->arena, uid) : NULL;
    if (!workflow->uid || !workflow->results) {
        orch_workflow_free(workflow);
        return sl_error_no_memory(err);
    }
    *ret_workflow = workflow;
    return SL_OK;
}

void orch_workflow_free(struct orch_workflow *workflow)
{
    if (!workflow)
        return;
    for (size_t i = 0; workflow->plan && workflow->steps && i < workflow->plan->step_count; i++) {
        json_decref(workflow->steps[i].parameters);
        json_decref(workflow->steps[i].response);
    }
    json_decref(workflow->results);
    json_decref(workflow->request);
    sl_arena_free(workflow->arena);
    sl_free(workflow);
}

static const char *text_or_empty(struct orch_workflow *workflow, const json_t *body,
                                 const char *name)
{
    const char *text = sl_json_string(body, name);
    return text ? sl_arena_strdup(workflow->arena, text) : "";
}

static void replace(json_t **slot, json_t *value)
{
    json_incref(value);
    json_decref(*slot);
    *slot = value;
}

static enum sl_code misfit(const struct orch_workflow *workflow, const struct orch_event *event,
                           const char *what, struct sl_error *err)
{
    return sl_error_set(err, SL_DATA_LOSS, "workflow %s, event %lld of kind %d: %s", workflow->uid,
                        (long long)event->sequence, (int)event->kind, what);
}

/* ---- The workflow as such ---- */

static enum sl_code apply_accepted(struct orch_workflow *workflow, const struct orch_event *event,
                                   struct sl_error *err)
{
    const json_t *body = event->body;
    json_t *request = json_object_get(body, "request");
    if (!json_is_object(request) || !sl_json_string(body, "request_id"))
        return misfit(workflow, event, "without a request", err);
    replace(&workflow->request, request);
    workflow->request_id = text_or_empty(workflow, body, "request_id");
    workflow->request_hash = text_or_empty(workflow, body, "request_hash");
    workflow->caller.tenant = text_or_empty(workflow, body, "tenant");
    workflow->caller.dealer = text_or_empty(workflow, body, "dealer");
    workflow->caller.user = text_or_empty(workflow, body, "user");
    workflow->caller.traceparent = text_or_empty(workflow, body, "traceparent");
    if (!workflow->request_id || !workflow->request_hash || !workflow->caller.tenant ||
        !workflow->caller.dealer || !workflow->caller.user || !workflow->caller.traceparent)
        return sl_error_no_memory(err);
    const char *user_request = sl_json_string(request, "user_request");
    workflow->user_request = user_request ? user_request : "";
    workflow->callback_url = sl_json_string(request, "callback_url");
    workflow->priority = (int)sl_json_number(request, "priority", 1);
    workflow->status = ORCH_WORKFLOW_ACCEPTED;
    workflow->created_ns = event->at_ns;
    workflow->clock_started_ns = event->at_ns;
    return SL_OK;
}

static enum sl_code apply_planned(struct orch_workflow *workflow, const struct orch_event *event,
                                  struct sl_error *err)
{
    struct orch_plan_defaults defaults = {.timeout_seconds = 30, .retry_attempts = 2};
    struct orch_texts faults = {0};
    struct orch_plan *plan = NULL;
    const json_t *document = json_object_get(event->body, "plan");
    SL_TRY(orch_plan_read(document, &defaults, workflow->arena, &plan, &faults, err));
    if (!plan)
        return misfit(workflow, event, faults.count ? faults.entries[0] : "no plan", err);
    workflow->steps =
        sl_arena_alloc_array(workflow->arena, plan->step_count, sizeof(*workflow->steps));
    if (!workflow->steps)
        return sl_error_no_memory(err);
    SL_TRY(orch_schedule_init(plan, workflow->arena, &workflow->schedule, err));
    const json_t *traits = json_object_get(event->body, "steps");
    for (size_t i = 0; i < plan->step_count; i++) {
        const json_t *trait = json_array_get(traits, i);
        workflow->schedule.steps[i].changes_state = sl_json_bool(trait, "changes_state", true);
        workflow->schedule.steps[i].is_repeatable = sl_json_bool(trait, "is_repeatable", false);
    }
    workflow->schedule.is_cancelled = workflow->is_cancelled;
    workflow->plan = plan;
    workflow->status = ORCH_WORKFLOW_RUNNING;
    return SL_OK;
}

static enum sl_code apply_cancelled(struct orch_workflow *workflow, const struct orch_event *event,
                                    struct sl_error *err)
{
    (void)event;
    (void)err;
    workflow->is_cancelled = true;
    workflow->schedule.is_cancelled = true;
    return SL_OK;
}

static enum sl_code apply_expired(struct orch_workflow *workflow, const struct orch_event *event,
                                  struct sl_error *err)
{
    const char *expiry = text_or_empty(workflow, event->body, "error");
    if (!expiry)
        return sl_error_no_memory(err);
    workflow->expiry = expiry;
    workflow->schedule.is_aborted = true;
    return SL_OK;
}

static enum sl_code apply_finished(struct orch_workflow *workflow, const struct orch_event *event,
                                   struct sl_error *err)
{
    int status = (int)sl_json_number(event->body, "status", 0);
    if (status < ORCH_WORKFLOW_COMPLETED || status > ORCH_WORKFLOW_NEEDS_RECONCILIATION)
        return misfit(workflow, event, "an end without a last status", err);
    const char *final_result = text_or_empty(workflow, event->body, "final_result");
    if (!final_result)
        return sl_error_no_memory(err);
    workflow->final_result = final_result;
    workflow->success = sl_json_bool(event->body, "success", false);
    workflow->status = (enum orch_workflow_status)status;
    return SL_OK;
}

/* ---- Its steps ---- */

static enum sl_code find_step(const struct orch_workflow *workflow, const struct orch_event *event,
                              size_t *ret_step, struct sl_error *err)
{
    const char *step_id = sl_json_string(event->body, "step_id");
    if (!workflow->plan || !step_id)
        return misfit(workflow, event, "a step's event without a plan or step_id", err);
    size_t step = orch_plan_find(workflow->plan, step_id);
    if (step == workflow->plan->step_count)
        return misfit(workflow, event, "a step that the plan does not have", err);
    *ret_step = step;
    return SL_OK;
}

static enum sl_code apply_error(struct orch_workflow *workflow, size_t step,
                                const struct orch_event *event, struct sl_error *err)
{
    const char *text = sl_json_string(event->body, "error");
    const char *copy = text ? sl_arena_strdup(workflow->arena, text) : NULL;
    if (text && !copy)
        return sl_error_no_memory(err);
    workflow->steps[step].error = copy;
    workflow->schedule.steps[step].is_unclear = sl_json_bool(event->body, "is_unclear", false);
    return SL_OK;
}

static enum sl_code apply_step_started(struct orch_workflow *workflow,
                                       const struct orch_event *event, struct sl_error *err)
{
    size_t step = 0;
    SL_TRY(find_step(workflow, event, &step, err));
    /* An attempt that a crash cut off was no failure: it counts against no limit. */
    if (workflow->schedule.steps[step].status == ORCH_STEP_RUNNING)
        workflow->schedule.steps[step].attempts_forgiven++;
    orch_schedule_start(&workflow->schedule, step);
    if (workflow->steps[step].started_ns == 0)
        workflow->steps[step].started_ns = event->at_ns;
    replace(&workflow->steps[step].parameters, json_object_get(event->body, "parameters"));
    return SL_OK;
}

static enum sl_code apply_step_retrying(struct orch_workflow *workflow,
                                        const struct orch_event *event, struct sl_error *err)
{
    size_t step = 0;
    SL_TRY(find_step(workflow, event, &step, err));
    SL_TRY(apply_error(workflow, step, event, err));
    orch_schedule_set(&workflow->schedule, step, ORCH_STEP_RETRYING);
    return SL_OK;
}

static enum sl_code apply_step_ended(struct orch_workflow *workflow, const struct orch_event *event,
                                     struct sl_error *err)
{
    size_t step = 0;
    SL_TRY(find_step(workflow, event, &step, err));
    int status = (int)sl_json_number(event->body, "step_status", 0);
    if (status < ORCH_STEP_COMPLETED || status > ORCH_STEP_NEEDS_RECONCILIATION)
        return misfit(workflow, event, "a step's end without a last status", err);
    SL_TRY(apply_error(workflow, step, event, err));
    json_t *response = json_object_get(event->body, "response");
    if (response)
        replace(&workflow->steps[step].response, response);
    json_t *result = json_object_get(response, "result");
    if (status == ORCH_STEP_COMPLETED &&
        json_object_set_new(workflow->results, workflow->plan->steps[step].step_id,
                            result ? json_incref(result) : json_null()))
        return sl_error_no_memory(err);
    workflow->steps[step].ended_ns = event->at_ns;
    orch_schedule_set(&workflow->schedule, step, (enum orch_step_status)status);
    return SL_OK;
}

/* What a person found out stands in the place of the agent's answer. */
static enum sl_code set_found_result(struct orch_workflow *workflow, size_t step,
                                     const struct orch_event *event, struct sl_error *err)
{
    json_t *result = json_object_get(event->body, "result");
    json_t *response = json_pack("{s:b, s:O?, s:n, s:{s:b}}", "success", 1, "result", result,
                                 "error", "metadata", "reconciled", 1);
    if (!response)
        return sl_error_no_memory(err);
    json_decref(workflow->steps[step].response);
    workflow->steps[step].response = response;
    if (json_object_set(workflow->results, workflow->plan->steps[step].step_id,
                        json_object_get(response, "result")))
        return sl_error_no_memory(err);
    return SL_OK;
}

static enum sl_code apply_reconciled(struct orch_workflow *workflow, const struct orch_event *event,
                                     struct sl_error *err)
{
    size_t step = 0;
    SL_TRY(find_step(workflow, event, &step, err));
    bool has_happened = sl_json_bool(event->body, "has_happened", false);
    if (has_happened)
        SL_TRY(set_found_result(workflow, step, event, err));
    else
        replace(&workflow->steps[step].response, NULL);
    orch_schedule_reconcile(&workflow->schedule, step, has_happened);
    workflow->steps[step].error = NULL;
    for (size_t i = 0; i < workflow->plan->step_count; i++) {
        if (workflow->schedule.steps[i].status != ORCH_STEP_PENDING)
            continue;
        workflow->steps[i].ended_ns = 0;
        workflow->steps[i].error = NULL;
    }
    if (orch_step_status_is_last(workflow->schedule.steps[step].status))
        workflow->steps[step].ended_ns = event->at_ns;
    workflow->final_result = NULL;
    workflow->expiry = NULL;
    workflow->clock_started_ns = event->at_ns;
    workflow->success = false;
    workflow->status = ORCH_WORKFLOW_RUNNING;
    return SL_OK;
}

typedef enum sl_code apply_fn(struct orch_workflow *workflow, const struct orch_event *event,
                              struct sl_error *err);

enum sl_code orch_workflow_apply(struct orch_workflow *workflow, const struct orch_event *event,
                                 struct sl_error *err)
{
    static apply_fn *const table[] = {
        [ORCH_EVENT_ACCEPTED] = apply_accepted,
        [ORCH_EVENT_PLANNED] = apply_planned,
        [ORCH_EVENT_STEP_STARTED] = apply_step_started,
        [ORCH_EVENT_STEP_RETRYING] = apply_step_retrying,
        [ORCH_EVENT_STEP_ENDED] = apply_step_ended,
        [ORCH_EVENT_CANCELLED] = apply_cancelled,
        [ORCH_EVENT_RECONCILED] = apply_reconciled,
        [ORCH_EVENT_FINISHED] = apply_finished,
        [ORCH_EVENT_EXPIRED] = apply_expired,
    };
    size_t kind = (size_t)event->kind;
    if (kind >= SL_ARRAY_LENGTH(table) || !table[kind])
        return misfit(workflow, event, "a kind that this version does not know", err);
    if (event->sequence != workflow->sequence + 1)
        return misfit(workflow, event, "the one before it is missing", err);
    if ((event->kind == ORCH_EVENT_ACCEPTED) != (event->sequence == 1))
        return misfit(workflow, event, "acceptance is the first event, and only that", err);
    SL_TRY(table[kind](workflow, event, err));
    workflow->sequence = event->sequence;
    workflow->updated_ns = event->at_ns;
    return SL_OK;
}
