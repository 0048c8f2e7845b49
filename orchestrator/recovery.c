#include "base/log.h"
#include "base/memory.h"
#include "orchestrator/run.h"

/* Workflows that an earlier process left: read back from their events, they go on where they were.
 */

/* An attempt was on disk when the process ended: whether it was sent, and what came of it, nobody
 * knows. It is asked for again under its key, where that does no harm. */
static void resume_step(struct orch_run *run, struct orch_run_step *step)
{
    const struct orch_schedule_step *state = &run->workflow->schedule.steps[step->index];
    if (state->status != ORCH_STEP_RUNNING)
        return;
    if (state->changes_state && !state->is_repeatable)
        orch_step_end(step, ORCH_STEP_NEEDS_RECONCILIATION,
                      "the orchestrator ended while the step ran, and its agent cannot be asked "
                      "again: nobody knows whether it was done");
    else if (!state->changes_state && run->workflow->is_cancelled)
        orch_step_end(step, ORCH_STEP_CANCELLED, "the workflow was cancelled");
    else if (!state->changes_state && run->workflow->expiry)
        orch_step_end(step, ORCH_STEP_FAILED, run->workflow->expiry);
    else
        orch_step_start(step);
}

void orch_run_resume(struct orch_run *run)
{
    struct sl_error error = {0};
    orch_run_watch_clock(run);
    if (!run->workflow->plan) {
        orch_run_enter(run);
        return;
    }
    if (orch_run_make_steps(run, &error) != SL_OK) {
        sl_log(SL_LOG_ERROR, "workflow not resumed",
               sl_field_string("request_id", run->workflow->request_id),
               sl_field_string("error", error.message));
        run->is_broken = true;
        return;
    }
    for (size_t i = 0; i < run->step_count; i++)
        resume_step(run, &run->steps[i]);
    orch_run_advance(run);
}

struct recovering {
    struct orch_executor *executor;
    struct orch_workflow **workflows;
    size_t count, capacity;
};

static void visit(struct orch_workflow *workflow, void *arg)
{
    struct recovering *recovering = arg;
    if (recovering->count == recovering->capacity) {
        size_t capacity = recovering->capacity ? recovering->capacity * 2 : 64;
        struct orch_workflow **workflows =
            sl_realloc(recovering->workflows, capacity * sizeof(struct orch_workflow *));
        if (!workflows) {
            sl_log(SL_LOG_ERROR, "workflow not resumed",
                   sl_field_string("request_id", workflow->request_id),
                   sl_field_string("error", "out of memory"));
            orch_workflow_free(workflow);
            return;
        }
        recovering->workflows = workflows;
        recovering->capacity = capacity;
    }
    recovering->workflows[recovering->count++] = workflow;
}

enum sl_code orch_executor_recover(struct orch_executor *executor, size_t *ret_count,
                                   struct sl_error *err)
{
    struct recovering recovering = {.executor = executor};
    enum sl_code code = orch_journal_unfinished(executor->options.journal, visit, &recovering, err);
    for (size_t i = 0; i < recovering.count; i++) {
        struct orch_run *run = NULL;
        if (code == SL_OK)
            code = orch_executor_adopt(executor, recovering.workflows[i], &run, err);
        else
            orch_workflow_free(recovering.workflows[i]);
        if (run)
            orch_run_resume(run);
    }
    if (code == SL_OK)
        *ret_count = recovering.count;
    sl_free(recovering.workflows);
    return code;
}
