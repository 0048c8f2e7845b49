#include <string.h>

#include "base/log.h"
#include "services/agent/tasks_private.h"

/* A call whose outcome is unknown but that may be made again is, this often, before a person is
 * asked. */
enum { ATTEMPTS_MAX = 4, FIRST_RETRY_MS = 1000 };

const char *agent_task_key(const struct agent_task *task, struct sl_arena *arena)
{
    return task->given_key != NULL ? task->given_key
                                   : sl_arena_printf(arena, "task/%s", task->task_id);
}

struct agent_task_job *agent_task_job_find(struct agent_tasks *tasks, const char *task_id)
{
    return (struct agent_task_job *)(void *)agent_index_find(&tasks->index, task_id);
}

bool agent_task_job_add(struct agent_tasks *tasks, struct sl_arena *arena,
                        const struct agent_task *task)
{
    struct agent_task_job *job = sl_arena_alloc(arena, sizeof(*job));
    if (job == NULL)
        return false;
    job->tasks = tasks;
    job->task = *task;
    job->entry.name = job->task.task_id;
    if (agent_index_add(&tasks->index, &job->entry) != SL_OK)
        return false;
    job->arena = arena;
    if (tasks->last == NULL)
        tasks->first = job;
    else
        tasks->last->next = job;
    tasks->last = job;
    agent_task_wishes_watch(tasks);
    agent_task_jobs_pump(tasks);
    return true;
}

static void forget(struct agent_task_job *job)
{
    struct agent_tasks *tasks = job->tasks;
    sl_timer_stop(&job->retry_timer);
    agent_index_remove(&tasks->index, &job->entry);
    tasks->running_count--;
    sl_arena_free(job->arena);
    agent_task_jobs_pump(tasks);
}

/* ---- The end of a task ---- */

static void on_finished(const struct sl_error *error, void *arg)
{
    struct agent_task_job *job = arg;
    if (error->code != SL_OK)
        sl_log(SL_LOG_ERROR, "task not settled", sl_field_string("task_id", job->task.task_id),
               sl_field_string("reason", error->message));
    agent_tasks_tell_change(job->tasks, job->task.task_id);
    if (job->change.callback_body != NULL && job->task.callback_url != NULL)
        sl_outbox_wake(job->tasks->outbox);
    forget(job);
}

static agent_task_status status_of(const struct agent_task_job *job, const json_t *answer)
{
    enum sl_outcome outcome = agent_answer_outcome(answer);
    if (agent_answer_is_success(answer))
        return AGENT_TASK_COMPLETED;
    if (outcome == SL_OUTCOME_UNKNOWN)
        return AGENT_TASK_UNRECONCILED;
    return job->is_cancelled && outcome == SL_OUTCOME_NOT_EXECUTED ? AGENT_TASK_CANCELLED
                                                                   : AGENT_TASK_FAILED;
}

static enum sl_code change_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return agent_task_rows_change(db, &((struct agent_task_job *)arg)->change, err);
}

static enum sl_code begin_change(struct agent_task_job *job, unsigned from, agent_task_status to,
                                 sl_work_done_fn *done)
{
    struct agent_tasks *tasks = job->tasks;
    const struct sl_clock *clock = sl_loop_clock(tasks->loop);
    struct agent_task_change *change = &job->change;
    change->load.arena = job->arena;
    change->load.tenant = job->task.tenant;
    change->load.task_id = job->task.task_id;
    change->from = from;
    change->to = to;
    change->if_owner = tasks->owner;
    change->owner = agent_task_is_last(to) ? "" : tasks->owner;
    change->lease_ms = agent_task_is_last(to) ? 0 : sl_clock_wall_ms(clock) + tasks->lease_ms;
    change->now_ns = sl_clock_wall_ns(clock);
    change->is_changed = false;
    return sl_store_write_start(tasks->store, change_work, done, job);
}

static void finish(struct agent_task_job *job, json_t *answer)
{
    struct agent_task_change *change = &job->change;
    struct sl_error error = {0};
    change->result = sl_json_arena_text(answer, SL_JSON_COMPACT, job->arena);
    change->callback_body = agent_answer_body(answer, job->task.request_id, job->arena);
    change->note = job->cancel_reason;
    enum sl_code code = SL_RESOURCE_EXHAUSTED;
    if (change->result != NULL && change->callback_body != NULL)
        code = begin_change(job, AGENT_TASK_UNFINISHED, status_of(job, answer), on_finished);
    if (code != SL_OK) {
        sl_error_set(&error, code, "its end cannot be written down");
        on_finished(&error, job);
    }
}

/* ---- Running ---- */

static void run(void *arg);

/* Stopping, what was cut off stays as it is on disk: the next process takes it up under the same
 * key. */
static bool is_left_behind(const struct agent_task_job *job, const json_t *answer)
{
    return job->tasks->is_stopping && !job->is_cancelled &&
           agent_answer_outcome(answer) != SL_OUTCOME_SETTLED;
}

static bool is_tried_again(struct agent_task_job *job, const json_t *answer)
{
    bool is_retryable = sl_json_bool(json_object_get(answer, "metadata"), "retryable", false);
    if (job->is_cancelled || !is_retryable || agent_answer_outcome(answer) != SL_OUTCOME_UNKNOWN ||
        ++job->attempts >= ATTEMPTS_MAX)
        return false;
    return sl_timer_start(job->tasks->loop, &job->retry_timer,
                          (int64_t)FIRST_RETRY_MS << (job->attempts - 1), run, job) == SL_OK;
}

static json_t *answer_of_error(const struct agent_task_job *job, const struct sl_error *error)
{
    const struct agent_core *core = job->tasks->core;
    struct agent_answer_parts parts = {
        .service = core->service->name,
        .operation = job->task.operation,
        .error = error->message,
        .outcome = SL_OUTCOME_NOT_EXECUTED,
        .wall_ns = sl_clock_wall_ns(sl_loop_clock(core->loop)),
    };
    return agent_answer_new(&parts);
}

static void on_executed(const struct sl_error *error, struct agent_answer *answer, void *arg)
{
    struct agent_task_job *job = arg;
    struct sl_error failure = *error;
    json_t *given = failure.code == SL_OK ? agent_answer_json(answer) : NULL;
    if (failure.code == SL_OK && given == NULL)
        sl_error_no_memory(&failure);
    json_t *made = given == NULL ? answer_of_error(job, &failure) : NULL;
    json_t *final = given == NULL ? made : given;
    job->execution = NULL;
    /* Too late: an earlier process had begun already. */
    job->is_cancelled = job->is_cancelled && agent_answer_outcome(final) == SL_OUTCOME_NOT_EXECUTED;
    if (is_left_behind(job, final))
        forget(job);
    else if (!is_tried_again(job, final))
        finish(job, final);
    json_decref(made);
}

static void run(void *arg)
{
    struct agent_task_job *job = arg;
    if (job->tasks->is_stopping) {
        forget(job);
        return;
    }
    struct sl_json_limits limits = {.max_depth = 128};
    struct sl_error error = {0};
    struct agent_identity identity = {job->task.tenant, job->task.dealer, job->task.user};
    json_t *parameters = NULL;
    enum sl_code code = sl_json_parse(job->task.parameters, strlen(job->task.parameters), &limits,
                                      &parameters, &error);
    struct agent_execution_request request = {
        .operation = job->task.operation,
        .parameters = parameters,
        .timeout_ms = job->task.timeout_ms,
        .key = agent_task_key(&job->task, job->arena),
        .identity = &identity,
        .traceparent = job->task.traceparent,
    };
    if (code == SL_OK && request.key == NULL)
        code = sl_error_no_memory(&error);
    if (code == SL_OK)
        code = agent_execution_start(job->tasks->core, &request, on_executed, job, &job->execution,
                                     &error);
    json_decref(parameters);
    if (code != SL_OK)
        on_executed(&error, NULL, job);
    else if (job->is_cancelled)
        (void)agent_execution_withdraw(job->execution);
}

/* Cancelled while it waited, or taken over by another process: then there is nothing to run. */
static void on_processing(const struct sl_error *error, void *arg)
{
    struct agent_task_job *job = arg;
    if (error->code != SL_OK)
        sl_log(SL_LOG_ERROR, "task not started", sl_field_string("task_id", job->task.task_id),
               sl_field_string("reason", error->message));
    if (error->code != SL_OK || !job->change.is_changed) {
        forget(job);
        return;
    }
    job->task.sequence = job->change.load.task.sequence;
    agent_tasks_tell_change(job->tasks, job->task.task_id);
    run(job);
}

void agent_task_jobs_pump(struct agent_tasks *tasks)
{
    while (tasks->first != NULL && !tasks->is_stopping &&
           tasks->running_count < AGENT_TASKS_RUNNING_MAX) {
        struct agent_task_job *job = tasks->first;
        tasks->first = job->next;
        if (tasks->first == NULL)
            tasks->last = NULL;
        tasks->running_count++;
        job->is_running = true;
        if (job->task.status == AGENT_TASK_PROCESSING)
            run(job);
        else if (begin_change(job, AGENT_TASK_BIT(AGENT_TASK_ACCEPTED), AGENT_TASK_PROCESSING,
                              on_processing) != SL_OK)
            forget(job);
    }
}

bool agent_task_job_cancel(struct agent_task_job *job, const char *reason)
{
    bool is_too_late =
        job->attempts > 0 || (job->execution != NULL && !agent_execution_withdraw(job->execution));
    if (is_too_late || job->is_cancelled)
        return !is_too_late;
    job->is_cancelled = true;
    job->cancel_reason = sl_arena_strdup(job->arena, reason);
    return true;
}

void agent_task_jobs_free(struct agent_tasks *tasks)
{
    for (size_t i = 0; i < tasks->index.slot_count; i++) {
        struct agent_index_entry *entry = tasks->index.slots[i];
        while (entry != NULL) {
            struct agent_task_job *job = (struct agent_task_job *)(void *)entry;
            entry = entry->next;
            sl_timer_stop(&job->retry_timer);
            sl_arena_free(job->arena);
        }
    }
    agent_index_done(&tasks->index);
}
