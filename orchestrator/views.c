#include "orchestrator/views.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "orchestrator/summary.h"

const char *orch_workflow_status_name(enum orch_workflow_status status)
{
    static const char *const names[] = {
        [ORCH_WORKFLOW_ACCEPTED] = "accepted",
        [ORCH_WORKFLOW_PLANNING] = "planning",
        [ORCH_WORKFLOW_RUNNING] = "running",
        [ORCH_WORKFLOW_COMPLETED] = "completed",
        [ORCH_WORKFLOW_FAILED] = "failed",
        [ORCH_WORKFLOW_CANCELLED] = "cancelled",
        [ORCH_WORKFLOW_NEEDS_RECONCILIATION] = "needs_reconciliation",
    };
    size_t index = (size_t)status;
    return index < SL_ARRAY_LENGTH(names) && names[index] ? names[index] : "unspecified";
}

const char *orch_step_status_name(enum orch_step_status status)
{
    static const char *const names[] = {
        [ORCH_STEP_PENDING] = "pending",
        [ORCH_STEP_RUNNING] = "running",
        [ORCH_STEP_RETRYING] = "retrying",
        [ORCH_STEP_COMPLETED] = "completed",
        [ORCH_STEP_FAILED] = "failed",
        [ORCH_STEP_SKIPPED] = "skipped",
        [ORCH_STEP_BLOCKED] = "blocked",
        [ORCH_STEP_CANCELLED] = "cancelled",
        [ORCH_STEP_NEEDS_RECONCILIATION] = "needs_reconciliation",
    };
    size_t index = (size_t)status;
    return index < SL_ARRAY_LENGTH(names) && names[index] ? names[index] : "unspecified";
}

/* ---- Small values ---- */

json_t *orch_view_time(int64_t wall_ns)
{
    char text[SL_TIME_SIZE];
    if (wall_ns == 0)
        return json_null();
    sl_time_format(wall_ns, text);
    return json_string(text);
}

static double seconds_between(int64_t from_ns, int64_t to_ns)
{
    int64_t microseconds = from_ns > 0 && to_ns > from_ns ? (to_ns - from_ns) / 1000 : 0;
    return (double)microseconds / 1e6;
}

/* A member of object for a json_pack "o": shared, null where there is none. */
static json_t *share(const json_t *object, const char *name)
{
    json_t *member = json_object_get(object, name);
    return member ? json_incref(member) : json_null();
}

static json_t *plan_document(const struct orch_workflow *workflow)
{
    return workflow->plan ? json_incref(workflow->plan->document) : json_object();
}

/* ---- Steps ---- */

/* A message nests at most 100 deep (SL_MESSAGE_MAX_DEPTH): a step's result stands five deep in a
 * Workflow, and each level of an object takes three. What is deeper is shown as its JSON text. */
#define DEEPEST_SHOWN 31

static json_t *view_result(const json_t *response)
{
    const json_t *result = json_object_get(response, "result");
    if (sl_json_depth(result, DEEPEST_SHOWN) <= DEEPEST_SHOWN)
        return share(response, "result");
    char *text = sl_json_text(result, SL_JSON_COMPACT);
    json_t *shown = text ? json_string(text) : json_null();
    sl_free(text);
    return shown;
}

static json_t *view_metadata(const json_t *response)
{
    json_t *metadata = json_object_get(response, "metadata");
    bool is_shown =
        json_is_object(metadata) && sl_json_depth(metadata, DEEPEST_SHOWN) <= DEEPEST_SHOWN;
    return is_shown ? json_incref(metadata) : json_object();
}

static json_t *view_step_result(const struct orch_workflow *workflow, size_t step)
{
    const struct orch_workflow_step *state = &workflow->steps[step];
    const struct orch_schedule_step *scheduled = &workflow->schedule.steps[step];
    char request_id[600];
    snprintf(request_id, sizeof(request_id), "%.300s/%.200s", workflow->request_id,
             workflow->plan->steps[step].step_id);
    return json_pack(
        "{s:s, s:b, s:o, s:s?, s:f, s:o, s:o, s:s, s:i}", "request_id", request_id, "success",
        scheduled->status == ORCH_STEP_COMPLETED, "result", view_result(state->response), "error",
        state->error, "execution_time", seconds_between(state->started_ns, state->ended_ns),
        "metadata", view_metadata(state->response), "timestamp", orch_view_time(state->ended_ns),
        "status", orch_step_status_name(scheduled->status), "attempts", scheduled->attempts);
}

static json_t *view_step_state(const struct orch_workflow *workflow, size_t step)
{
    const struct orch_step *planned = &workflow->plan->steps[step];
    const struct orch_workflow_step *state = &workflow->steps[step];
    const struct orch_schedule_step *scheduled = &workflow->schedule.steps[step];
    return json_pack("{s:s, s:s, s:s, s:s, s:i, s:o, s:o, s:s?}", "step_id", planned->step_id,
                     "service_name", planned->service_name, "operation", planned->operation,
                     "status", orch_step_status_name(scheduled->status), "attempts",
                     scheduled->attempts, "started_at", orch_view_time(state->started_ns),
                     "ended_at", orch_view_time(state->ended_ns), "error", state->error);
}

static json_t *view_execution_results(const struct orch_workflow *workflow)
{
    size_t count = workflow->plan ? workflow->plan->step_count : 0;
    json_t *failed = json_array(), *results = json_object();
    int completed = 0;
    for (size_t i = 0; i < count; i++) {
        const char *step_id = workflow->plan->steps[i].step_id;
        enum orch_step_status status = workflow->schedule.steps[i].status;
        completed += status == ORCH_STEP_COMPLETED;
        if (status == ORCH_STEP_FAILED)
            json_array_append_new(failed, json_string(step_id));
        json_object_set_new(results, step_id, view_step_result(workflow, i));
    }
    return json_pack("{s:i, s:i, s:o, s:b, s:o}", "total_steps", (int)count, "completed_steps",
                     completed, "failed_steps", failed, "aborted", workflow->schedule.is_aborted,
                     "step_results", results);
}

/* ---- The workflow ---- */

json_t *orch_view_response(const struct orch_workflow *workflow)
{
    return json_pack("{s:s, s:b, s:o, s:o, s:s, s:f, s:o}", "request_id", workflow->request_id,
                     "success", workflow->success, "workflow_plan", plan_document(workflow),
                     "execution_results", view_execution_results(workflow), "final_result",
                     workflow->final_result ? workflow->final_result : "", "execution_time",
                     seconds_between(workflow->created_ns, workflow->updated_ns), "timestamp",
                     orch_view_time(workflow->updated_ns));
}

json_t *orch_view_workflow(const struct orch_workflow *workflow)
{
    json_t *steps = json_array();
    for (size_t i = 0; workflow->plan && i < workflow->plan->step_count; i++)
        json_array_append_new(steps, view_step_state(workflow, i));
    bool has_ended = orch_workflow_status_is_last(workflow->status);
    return json_pack("{s:s, s:s, s:o, s:s, s:i, s:o, s:o, s:I, s:o, s:o, s:s, s:s}", "request_id",
                     workflow->request_id, "status", orch_workflow_status_name(workflow->status),
                     "result", has_ended ? orch_view_response(workflow) : json_null(),
                     "user_request", workflow->user_request, "priority", workflow->priority,
                     "workflow_plan", workflow->plan ? plan_document(workflow) : json_null(),
                     "steps", steps, "sequence", (json_int_t)workflow->sequence, "created_at",
                     orch_view_time(workflow->created_ns), "updated_at",
                     orch_view_time(workflow->updated_ns), "user_id", workflow->caller.user,
                     "dealer_id", workflow->caller.dealer);
}

json_t *orch_view_event(const char *request_id, const struct orch_event *event)
{
    const json_t *body = event->body;
    int step_status = (int)sl_json_number(body, "step_status", 0);
    const json_t *holder =
        event->kind == ORCH_EVENT_RECONCILED ? body : json_object_get(body, "response");
    json_t *plan = event->kind == ORCH_EVENT_PLANNED ? share(body, "plan") : json_null();
    return json_pack("{s:I, s:s, s:s, s:o, s:s?, s:o, s:o, s:o, s:i, s:o}", "sequence",
                     (json_int_t)event->sequence, "request_id", request_id, "status",
                     orch_workflow_status_name(event->status), "step_id", share(body, "step_id"),
                     "step_status",
                     step_status ? orch_step_status_name((enum orch_step_status)step_status) : NULL,
                     "result", share(holder, "result"), "error", share(body, "error"), "timestamp",
                     orch_view_time(event->at_ns), "attempts",
                     (int)sl_json_number(body, "attempts", 0), "workflow_plan", plan);
}

char *orch_view_summary(const struct orch_workflow *workflow)
{
    size_t count = workflow->plan->step_count;
    struct sl_text text = {0};
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    struct orch_step_outcome *outcomes =
        arena ? sl_arena_alloc_array(arena, count, sizeof(*outcomes)) : NULL;
    if (!outcomes)
        return NULL;
    for (size_t i = 0; i < count; i++)
        outcomes[i] = (struct orch_step_outcome){
            .status = workflow->schedule.steps[i].status,
            .result = json_object_get(workflow->steps[i].response, "result"),
            .parameters = workflow->steps[i].parameters,
            .error = workflow->steps[i].error,
        };
    if (orch_summary_write(workflow->user_request, workflow->plan, outcomes, &text) != SL_OK) {
        sl_text_done(&text);
        return NULL;
    }
    return sl_text_take(&text);
}
