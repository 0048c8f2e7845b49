#include "base/log.h"
#include "orchestrator/run.h"
#include "telemetry/metrics.h"

/* When a run's turn comes, and when its time is over. */

static void measure(const struct orch_executor *executor)
{
    sl_metric_set(SL_METRIC_WORKFLOWS_RUNNING, (double)executor->admission.running, NULL, NULL);
    sl_metric_set(SL_METRIC_WORKFLOWS_WAITING, (double)executor->admission.count, NULL, NULL);
}

void orch_run_enter(struct orch_run *run)
{
    run->has_entered = true;
    bool is_over = run->workflow->is_cancelled || run->workflow->expiry;
    if (is_over || orch_admission_enter(&run->executor->admission, run))
        orch_run_begin(run);
    measure(run->executor);
}

void orch_run_enter_early(struct orch_run *run)
{
    const struct orch_executor *executor = run->executor;
    json_t *plan = json_object_get(run->workflow->request, "plan");
    bool has_plan = plan && !json_is_null(plan);
    /* An LLM costs, and a request may yet turn out to be one that was accepted long ago. */
    if (has_plan || !executor->options.planning->planner)
        orch_run_enter(run);
}

/* One that cannot even begin leaves at once: then the loop below, not a call within it, goes on. */
static void admit(struct orch_executor *executor)
{
    if (executor->is_admitting)
        return;
    executor->is_admitting = true;
    while (!executor->is_draining) {
        struct orch_run *next = orch_admission_next(&executor->admission);
        if (!next)
            break;
        orch_run_begin(next);
    }
    executor->is_admitting = false;
}

void orch_run_leave(struct orch_run *run)
{
    struct orch_executor *executor = run->executor;
    orch_admission_leave(&executor->admission, run, sl_loop_now_ms(executor->options.loop));
    admit(executor);
    measure(executor);
}

static void on_deadline(void *arg)
{
    orch_run_expire(arg);
}

void orch_run_watch_clock(struct orch_run *run)
{
    const struct orch_executor_options *options = &run->executor->options;
    if (options->deadline_ms <= 0)
        return;
    int64_t now_ns = sl_clock_wall_ns(sl_loop_clock(options->loop));
    int64_t elapsed_ms = (now_ns - run->workflow->clock_started_ns) / 1000000;
    int64_t delay_ms = elapsed_ms < options->deadline_ms ? options->deadline_ms - elapsed_ms : 0;
    if (sl_timer_start(options->loop, &run->deadline, delay_ms, on_deadline, run) != SL_OK)
        sl_log(SL_LOG_WARN, "workflow has no deadline",
               sl_field_string("request_id", run->workflow->request_id),
               sl_field_string("error", "out of memory"));
}
