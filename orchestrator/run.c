#include "orchestrator/run.h"

#include <stdio.h>

#include "base/log.h"
#include "base/memory.h"
#include "orchestrator/views.h"
#include "telemetry/metrics.h"

/* What a run does next: planning first, then whatever the schedule says. */

/* ---- The end ---- */

static void log_end(const struct orch_workflow *workflow)
{
    int64_t elapsed_ns = workflow->updated_ns - workflow->created_ns;
    sl_log(SL_LOG_INFO, "workflow ended", sl_field_string("request_id", workflow->request_id),
           sl_field_string("status", orch_workflow_status_name(workflow->status)),
           sl_field_double("seconds", (double)(elapsed_ns / 1000) / 1e6));
    const char *status = orch_workflow_status_name(workflow->status);
    sl_metric_add(SL_METRIC_WORKFLOWS_ENDED, 1, status, NULL);
    sl_metric_observe(SL_METRIC_WORKFLOW_SECONDS, (double)elapsed_ns / 1e9, status, NULL);
}

static void finish(struct orch_run *run, enum orch_workflow_status status, const char *words,
                   bool is_error)
{
    orch_run_emit(run, ORCH_EVENT_FINISHED,
                  json_pack("{s:i, s:b, s:s, s:s*}", "status", (int)status, "success",
                            status == ORCH_WORKFLOW_COMPLETED, "final_result", words ? words : "",
                            "error", is_error ? words : NULL));
    if (!run->is_broken)
        log_end(run->workflow);
}

static void finish_unplanned(struct orch_run *run)
{
    if (run->workflow->is_cancelled)
        finish(run, ORCH_WORKFLOW_CANCELLED, "The workflow was cancelled before anything was done.",
               true);
    else
        finish(run, ORCH_WORKFLOW_FAILED, run->workflow->expiry, true);
    orch_run_flush(run);
}

static void finish_steps(struct orch_run *run)
{
    char *summary = orch_view_summary(run->workflow);
    if (!summary)
        sl_log(SL_LOG_ERROR, "summary left out", sl_field_string("error", "out of memory"));
    finish(run, orch_schedule_outcome(&run->workflow->schedule), summary, false);
    sl_free(summary);
}

/* ---- Steps ---- */

static void end_step(struct orch_run *run, const struct orch_schedule_ending *ending)
{
    const struct orch_plan *plan = run->workflow->plan;
    const char *before = run->workflow->steps[ending->step].error;
    struct sl_error why = {0};
    if (before)
        sl_error_set(&why, SL_CANCELLED, "not tried again; the last try: %s", before);
    else if (ending->status == ORCH_STEP_CANCELLED)
        sl_error_set(&why, SL_CANCELLED, "the workflow was cancelled");
    else if (run->workflow->expiry)
        sl_error_set(&why, SL_CANCELLED, "%s", run->workflow->expiry);
    else if (ending->cause < plan->step_count)
        sl_error_set(&why, SL_CANCELLED, "%s is needed and did not complete",
                     plan->steps[ending->cause].step_id);
    else
        sl_error_set(&why, SL_CANCELLED, "a step that failed ended the workflow");
    orch_step_end(&run->steps[ending->step], ending->status, why.message);
}

/* Ends what can no longer run; starting may end a step at once (a reference that leads nowhere). */
static void end_steps(struct orch_run *run)
{
    struct orch_schedule_ending ending;
    while (!run->is_broken && orch_schedule_next_ending(&run->workflow->schedule, &ending))
        end_step(run, &ending);
}

static bool may_start(const struct orch_run *run, size_t index)
{
    return !run->executor->is_draining && !sl_timer_is_started(&run->steps[index].backoff) &&
           orch_schedule_is_ready(&run->workflow->schedule, index);
}

static void start_steps(struct orch_run *run)
{
    const struct orch_schedule *schedule = &run->workflow->schedule;
    for (size_t place = 0; place < run->step_count && !run->is_broken; place++)
        if (may_start(run, schedule->order[place]))
            orch_step_start(&run->steps[schedule->order[place]]);
}

void orch_run_advance(struct orch_run *run)
{
    int64_t before;
    if (!run->steps || run->is_broken)
        return;
    do {
        before = run->workflow->sequence;
        end_steps(run);
        start_steps(run);
    } while (run->workflow->sequence != before && !run->is_broken);
    if (!run->is_broken && run->workflow->status == ORCH_WORKFLOW_RUNNING &&
        orch_schedule_is_over(&run->workflow->schedule))
        finish_steps(run);
    orch_run_flush(run);
}

enum sl_code orch_run_make_steps(struct orch_run *run, struct sl_error *err)
{
    size_t count = run->workflow->plan->step_count;
    run->steps = sl_alloc_array(count ? count : 1, sizeof(*run->steps));
    if (!run->steps)
        return sl_error_no_memory(err);
    run->step_count = count;
    for (size_t i = 0; i < count; i++) {
        run->steps[i].run = run;
        run->steps[i].index = i;
    }
    return SL_OK;
}

/* ---- Planning ---- */

static json_t *added_steps_of(const struct orch_planning_result *result)
{
    json_t *names = json_array();
    for (size_t i = 0; i < result->added_steps->count; i++)
        json_array_append_new(names, json_string(result->added_steps->entries[i]));
    return names;
}

static void take_plan(struct orch_run *run, const struct orch_planning_result *result)
{
    struct sl_error error = {0};
    orch_run_emit(run, ORCH_EVENT_PLANNED,
                  json_pack("{s:O, s:O, s:o}", "plan", result->document, "steps", result->traits,
                            "added_steps", added_steps_of(result)));
    if (run->is_broken)
        return;
    if (orch_run_make_steps(run, &error) != SL_OK) {
        orch_run_wake(run, &error);
        run->is_broken = true;
    }
}

static void on_planned(const struct sl_error *error, const struct orch_planning_result *result,
                       void *arg)
{
    struct orch_run *run = arg;
    run->executor->plannings_open--;
    run->is_planning = false;
    if (run->is_retired) {
        if (run->is_left_to_planning)
            orch_run_free_retired(run);
        return;
    }
    if (run->executor->is_stopped || run->is_broken)
        return;
    if (run->workflow->is_cancelled || run->workflow->expiry)
        finish_unplanned(run);
    else if (error->code != SL_OK)
        finish(run, ORCH_WORKFLOW_FAILED, error->message, true);
    else if (!result->plan)
        finish(run, ORCH_WORKFLOW_FAILED, result->message, true);
    else
        take_plan(run, result);
    orch_run_advance(run);
    orch_run_flush(run);
}

void orch_run_begin(struct orch_run *run)
{
    struct sl_error error = {0};
    struct orch_planning_request request = {.request = run->workflow->request,
                                            .request_id = run->workflow->request_id,
                                            .caller = &run->workflow->caller,
                                            .ret_planning = &run->planning};
    if (run->workflow->is_cancelled || run->workflow->expiry) {
        finish_unplanned(run);
        return;
    }
    run->workflow->status = ORCH_WORKFLOW_PLANNING;
    if (orch_planning_start(run->executor->options.planning, &request, on_planned, run, &error) ==
        SL_OK) {
        run->is_planning = true;
        run->executor->plannings_open++;
    } else {
        finish(run, ORCH_WORKFLOW_FAILED, error.message, true);
    }
    orch_run_flush(run);
}

/* ---- What people and the clock say ---- */

/* Its turn need not come any more. */
static void end_waiting(struct orch_run *run)
{
    if (!run->admission.is_waiting)
        return;
    orch_run_leave(run);
    finish_unplanned(run);
}

/* Cuts off what has no effect: planning, and steps that only read. */
static void cut_off_reading(struct orch_run *run)
{
    const struct orch_workflow *workflow = run->workflow;
    if (run->is_planning)
        orch_planning_cancel(run->planning);
    for (size_t i = 0; i < run->step_count; i++)
        if (run->steps[i].call && !workflow->schedule.steps[i].changes_state)
            orch_agent_cancel(orch_registry_agent(run->executor->options.registry,
                                                  workflow->plan->steps[i].service_name),
                              run->steps[i].call);
}

void orch_run_expire(struct orch_run *run)
{
    struct orch_workflow *workflow = run->workflow;
    char text[160];
    if (run->is_broken || workflow->is_cancelled || workflow->expiry ||
        orch_workflow_status_is_last(workflow->status))
        return;
    snprintf(text, sizeof(text), "The workflow's time of %lld seconds was over.",
             (long long)(run->executor->options.deadline_ms / 1000));
    orch_run_emit(run, ORCH_EVENT_EXPIRED, json_pack("{s:s}", "error", text));
    end_waiting(run);
    cut_off_reading(run);
    orch_run_advance(run);
    orch_run_flush(run);
}

enum sl_code orch_run_cancel(struct orch_run *run, const char *user, const char *reason,
                             struct sl_error *err)
{
    struct orch_workflow *workflow = run->workflow;
    if (orch_workflow_status_is_last(workflow->status))
        return sl_error_set(err, SL_FAILED_PRECONDITION, "the workflow has ended: it is %s",
                            orch_workflow_status_name(workflow->status));
    if (!workflow->is_cancelled)
        orch_run_emit(run, ORCH_EVENT_CANCELLED,
                      json_pack("{s:s*, s:s*}", "reason", reason, "user", user));
    if (run->is_broken)
        return sl_error_set(err, SL_UNAVAILABLE, "the workflow cannot be changed now");
    end_waiting(run);
    cut_off_reading(run);
    orch_run_advance(run);
    orch_run_flush(run);
    return SL_OK;
}

enum sl_code orch_reconcile_check(const struct orch_workflow *workflow, const char *step_id,
                                  struct sl_error *err)
{
    size_t count = workflow->plan ? workflow->plan->step_count : 0;
    size_t step = count ? orch_plan_find(workflow->plan, step_id) : 0;
    if (step >= count)
        return sl_error_set(err, SL_NOT_FOUND, "the workflow has no step \"%s\"", step_id);
    enum orch_step_status status = workflow->schedule.steps[step].status;
    if (status == ORCH_STEP_NEEDS_RECONCILIATION)
        return SL_OK;
    bool is_settled = orch_step_status_is_last(status);
    return sl_error_set(err, is_settled ? SL_ABORTED : SL_FAILED_PRECONDITION,
                        "step \"%s\" is %s: there is nothing to reconcile",
                        workflow->plan->steps[step].step_id, orch_step_status_name(status));
}

enum sl_code orch_run_reconcile(struct orch_run *run, const struct orch_finding *finding,
                                struct sl_error *err)
{
    struct orch_workflow *workflow = run->workflow;
    SL_TRY(orch_reconcile_check(workflow, finding->step_id, err));
    size_t step = orch_plan_find(workflow->plan, finding->step_id);
    enum orch_step_status status = finding->has_happened    ? ORCH_STEP_COMPLETED
                                   : workflow->is_cancelled ? ORCH_STEP_CANCELLED
                                                            : ORCH_STEP_PENDING;
    orch_run_emit(run, ORCH_EVENT_RECONCILED,
                  json_pack("{s:s, s:i, s:i, s:b, s:O?, s:s*, s:s*}", "step_id", finding->step_id,
                            "step_status", (int)status, "attempts",
                            workflow->schedule.steps[step].attempts, "has_happened",
                            finding->has_happened, "result", finding->result, "reason",
                            finding->reason, "user", finding->user));
    if (run->is_broken)
        return sl_error_set(err, SL_UNAVAILABLE, "the workflow cannot be changed now");
    orch_run_watch_clock(run);
    orch_run_advance(run);
    return SL_OK;
}
