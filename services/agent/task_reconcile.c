#include <string.h>

#include "services/agent/task_errand.h"

/** A person's verdict on a task that the machine could not settle. */
struct reconciliation {
    struct agent_errand errand;
    struct agent_task_change change;
};

static void on_changed(const struct sl_error *error, void *arg)
{
    struct reconciliation *reconciliation = arg;
    struct agent_errand *errand = &reconciliation->errand;
    struct agent_tasks *tasks = errand->tasks;
    const struct agent_task_change *change = &reconciliation->change;
    if (error->code == SL_OK && !change->load.is_found) {
        agent_errand_refuse(errand, SL_NOT_FOUND, "not found");
        return;
    }
    if (error->code == SL_OK && !change->is_changed) {
        if (agent_task_is_last(change->load.task.status))
            agent_errand_refuse(errand, SL_ABORTED, "is settled already");
        else
            agent_errand_refuse(errand, SL_FAILED_PRECONDITION, "still runs");
        return;
    }
    agent_errand_answer(errand, error, &change->load.task);
    bool runs_again = error->code == SL_OK && change->to == AGENT_TASK_ACCEPTED;
    if (error->code == SL_OK)
        agent_tasks_tell_change(tasks, change->load.task_id);
    if (error->code == SL_OK && change->callback_body != NULL)
        sl_outbox_wake(tasks->outbox);
    if (!runs_again || !agent_task_job_add(tasks, errand->arena, &change->load.task))
        sl_arena_free(errand->arena);
}

static json_t *verdict_answer(struct agent_tasks *tasks, const struct agent_task *task,
                              json_t *result)
{
    struct agent_answer_parts parts = {
        .service = tasks->core->service->name,
        .operation = task->operation,
        .result = json_incref(result),
        .outcome = SL_OUTCOME_SETTLED,
        .wall_ns = sl_clock_wall_ns(sl_loop_clock(tasks->loop)),
    };
    return agent_answer_new(&parts);
}

/* The result came as text, in change->result; what is kept is the answer made of it. */
static enum sl_code fill_answer(struct reconciliation *reconciliation)
{
    struct agent_errand *errand = &reconciliation->errand;
    struct agent_task_change *change = &reconciliation->change;
    const struct agent_task *task = &errand->load.task;
    struct sl_json_limits limits = {.max_depth = 128};
    json_t *result = NULL;
    SL_TRY(sl_json_parse(change->result, strlen(change->result), &limits, &result, NULL));
    json_t *made = verdict_answer(errand->tasks, task, result);
    json_decref(result);
    change->result = sl_json_arena_text(made, SL_JSON_COMPACT, errand->arena);
    change->callback_body = agent_answer_body(made, task->request_id, errand->arena);
    json_decref(made);
    return change->result != NULL && change->callback_body != NULL ? SL_OK : SL_RESOURCE_EXHAUSTED;
}

static enum sl_code fill_change(struct reconciliation *reconciliation)
{
    struct agent_errand *errand = &reconciliation->errand;
    struct agent_task_change *change = &reconciliation->change;
    const struct sl_clock *clock = sl_loop_clock(errand->tasks->loop);
    change->claim_key = agent_task_key(&errand->load.task, errand->arena);
    change->owner = change->is_claim_released ? errand->tasks->owner : "";
    change->now_ns = sl_clock_wall_ns(clock);
    change->lease_ms =
        change->is_claim_released ? sl_clock_wall_ms(clock) + errand->tasks->lease_ms : 0;
    if (change->claim_key == NULL)
        return SL_RESOURCE_EXHAUSTED;
    return change->is_claim_released ? SL_OK : fill_answer(reconciliation);
}

static enum sl_code change_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return agent_task_rows_change(db, &((struct reconciliation *)arg)->change, err);
}

static void on_read(const struct sl_error *error, void *arg)
{
    struct reconciliation *reconciliation = arg;
    struct agent_errand *errand = &reconciliation->errand;
    struct sl_error failure = {0};
    if (!agent_errand_has_task(errand, error))
        return;
    if (fill_change(reconciliation) != SL_OK) {
        sl_error_no_memory(&failure);
        agent_errand_end(errand, &failure, NULL);
        return;
    }
    agent_task_done_fn *done = errand->done;
    void *done_arg = errand->arg;
    if (agent_errand_write(errand, change_work, on_changed, &failure) != SL_OK)
        done(&failure, NULL, done_arg);
}

enum sl_code agent_tasks_reconcile_start(struct agent_tasks *tasks,
                                         const struct agent_task_name *name,
                                         const struct agent_task_verdict *verdict,
                                         agent_task_done_fn *done, void *arg, struct sl_error *err)
{
    struct reconciliation *reconciliation =
        agent_errand_new(tasks, sizeof(*reconciliation), done, arg);
    if (reconciliation == NULL || !agent_errand_name(&reconciliation->errand, name))
        return sl_error_no_memory(err);
    struct agent_errand *errand = &reconciliation->errand;
    struct agent_task_change *change = &reconciliation->change;
    change->load = errand->load;
    change->from = AGENT_TASK_BIT(AGENT_TASK_UNRECONCILED);
    change->to = verdict->has_happened ? AGENT_TASK_COMPLETED : AGENT_TASK_ACCEPTED;
    change->is_claim_released = !verdict->has_happened;
    change->note = sl_arena_strdup(errand->arena, verdict->reason);
    change->result = verdict->has_happened
                         ? sl_json_arena_text(verdict->result, SL_JSON_COMPACT, errand->arena)
                         : NULL;
    if (change->note != NULL && (change->result != NULL || !verdict->has_happened))
        return agent_errand_read(errand, on_read, err);
    sl_arena_free(errand->arena);
    return sl_error_no_memory(err);
}
