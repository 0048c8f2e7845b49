#include "services/agent/tasks.h"

#include <string.h>

#include "base/id.h"
#include "services/agent/tasks_private.h"

/** A request about a task on its way through storage. Lives in its arena. */
struct errand {
    struct sl_arena *arena;
    struct agent_tasks *tasks;
    struct agent_task_insert insert;
    struct agent_task_load load;
    struct agent_task_change change;
    const char *reason;
    bool is_claim_released;
    agent_task_done_fn *done;
    void *arg;
};

static struct errand *new_errand(struct agent_tasks *tasks, agent_task_done_fn *done, void *arg)
{
    struct sl_arena *arena = sl_arena_new();
    struct errand *errand = arena == NULL ? NULL : sl_arena_alloc(arena, sizeof(*errand));
    if (errand == NULL) {
        sl_arena_free(arena);
        return NULL;
    }
    errand->arena = arena;
    errand->tasks = tasks;
    errand->done = done;
    errand->arg = arg;
    return errand;
}

static void answer(struct errand *errand, const struct sl_error *error,
                   const struct agent_task *task)
{
    struct sl_error failure = *error;
    Servicelane__Agent__V1__Task *message = NULL;
    if (failure.code == SL_OK &&
        agent_task_message(task, NULL, errand->arena, &message, &failure) != SL_OK)
        message = NULL;
    errand->done(&failure, message, errand->arg);
}

static void answer_and_free(struct errand *errand, const struct sl_error *error,
                            const struct agent_task *task)
{
    answer(errand, error, task);
    sl_arena_free(errand->arena);
}

static void refuse(struct errand *errand, enum sl_code code, const char *why)
{
    struct sl_error error = {0};
    sl_error_set(&error, code, "task %s %s", errand->load.task_id, why);
    answer_and_free(errand, &error, NULL);
}

/* ---- Accepting ---- */

static void on_inserted(const struct sl_error *error, void *arg)
{
    struct errand *errand = arg;
    struct agent_task_insert *insert = &errand->insert;
    struct sl_error failure = *error;
    if (failure.code == SL_OK && insert->is_conflict)
        sl_error_set(&failure, SL_FAILED_PRECONDITION,
                     "idempotency key \"%s\" belongs to another operation or other parameters",
                     insert->task.given_key);
    bool is_new = failure.code == SL_OK && insert->earlier_task_id == NULL;
    if (failure.code == SL_OK && !is_new)
        insert->task.task_id = insert->earlier_task_id;
    answer(errand, &failure, &insert->task);
    /* The job lives on in the errand's arena. Without memory for it the next look finds the task.
     */
    if (!is_new || !agent_task_job_add(errand->tasks, errand->arena, &insert->task))
        sl_arena_free(errand->arena);
}

static bool fill_task(struct errand *errand, const struct agent_task_request *request)
{
    struct sl_arena *arena = errand->arena;
    struct agent_task *task = &errand->insert.task;
    char id[SL_UUID_SIZE], hash[SL_SHA256_HEX_SIZE];
    sl_uuid_new(id);
    if (agent_request_hash(request->operation, request->parameters, hash) != SL_OK)
        return false;
    task->task_id = sl_arena_strdup(arena, id);
    task->tenant = sl_arena_strdup(arena, request->identity->tenant);
    task->dealer = sl_arena_strdup(arena, request->identity->dealer);
    task->user = sl_arena_strdup(arena, request->identity->user);
    task->request_id = sl_arena_strdup(arena, request->request_id);
    task->operation = sl_arena_strdup(arena, request->operation);
    task->parameters = sl_json_arena_text(request->parameters, SL_JSON_COMPACT, arena);
    task->hash = sl_arena_strdup(arena, hash);
    task->context = request->context == NULL
                        ? NULL
                        : sl_json_arena_text(request->context, SL_JSON_COMPACT, arena);
    task->callback_url = sl_arena_strdup(arena, request->callback_url);
    task->given_key = sl_arena_strdup(arena, request->key);
    task->traceparent = sl_arena_strdup(arena, request->traceparent);
    task->timeout_ms = request->timeout_ms;
    task->status = AGENT_TASK_ACCEPTED;
    task->sequence = 1;
    return task->task_id != NULL && task->tenant != NULL && task->dealer != NULL &&
           task->user != NULL && task->request_id != NULL && task->operation != NULL &&
           task->parameters != NULL && task->hash != NULL &&
           (request->context == NULL || task->context != NULL) &&
           (request->callback_url == NULL || task->callback_url != NULL) &&
           (request->key == NULL || task->given_key != NULL);
}

static enum sl_code start_write(struct errand *errand, sl_work_fn *work, sl_work_done_fn *done,
                                struct sl_error *err)
{
    enum sl_code code = sl_store_write_start(errand->tasks->store, work, done, errand);
    if (code == SL_OK)
        return SL_OK;
    sl_arena_free(errand->arena);
    return sl_error_set(err, code, "storage takes no more work");
}

/* The work gets the errand; these hand it the part that it is for. */
static enum sl_code insert_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return agent_task_rows_insert(db, &((struct errand *)arg)->insert, err);
}

static enum sl_code load_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return agent_task_rows_load(db, &((struct errand *)arg)->load, err);
}

static enum sl_code change_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return agent_task_rows_change(db, &((struct errand *)arg)->change, err);
}

enum sl_code agent_tasks_accept_start(struct agent_tasks *tasks,
                                      const struct agent_task_request *request,
                                      agent_task_done_fn *done, void *arg, struct sl_error *err)
{
    const struct sl_clock *clock = sl_loop_clock(tasks->loop);
    struct errand *errand = new_errand(tasks, done, arg);
    if (errand == NULL)
        return sl_error_no_memory(err);
    if (!fill_task(errand, request)) {
        sl_arena_free(errand->arena);
        return sl_error_no_memory(err);
    }
    errand->insert.arena = errand->arena;
    errand->insert.owner = tasks->owner;
    errand->insert.lease_ms = sl_clock_wall_ms(clock) + tasks->lease_ms;
    errand->insert.task.created_ns = errand->insert.task.updated_ns = sl_clock_wall_ns(clock);
    return start_write(errand, insert_work, on_inserted, err);
}

/* ---- Reading ---- */

static void on_loaded(const struct sl_error *error, void *arg)
{
    struct errand *errand = arg;
    if (error->code == SL_OK && !errand->load.is_found)
        refuse(errand, SL_NOT_FOUND, "not found");
    else
        answer_and_free(errand, error, &errand->load.task);
}

static struct errand *new_named_errand(struct agent_tasks *tasks,
                                       const struct agent_task_name *name, agent_task_done_fn *done,
                                       void *arg)
{
    struct errand *errand = new_errand(tasks, done, arg);
    if (errand == NULL)
        return NULL;
    struct agent_task_load load = {.arena = errand->arena,
                                   .tenant = sl_arena_strdup(errand->arena, name->tenant),
                                   .task_id = sl_arena_strdup(errand->arena, name->task_id)};
    errand->load = load;
    errand->change.load = load;
    if (load.tenant != NULL && load.task_id != NULL)
        return errand;
    sl_arena_free(errand->arena);
    return NULL;
}

enum sl_code agent_tasks_get_start(struct agent_tasks *tasks, const struct agent_task_name *name,
                                   agent_task_done_fn *done, void *arg, struct sl_error *err)
{
    struct errand *errand = new_named_errand(tasks, name, done, arg);
    if (errand == NULL)
        return sl_error_no_memory(err);
    enum sl_code code = sl_store_read_start(tasks->store, load_work, on_loaded, errand);
    if (code == SL_OK)
        return SL_OK;
    sl_arena_free(errand->arena);
    return sl_error_set(err, code, "storage takes no more work");
}

/* ---- Cancelling ---- */

static void cancel_running(struct errand *errand)
{
    struct agent_task_job *job = agent_task_job_find(errand->tasks, errand->load.task_id);
    if (job == NULL)
        refuse(errand, SL_FAILED_PRECONDITION, "is being carried out by another process");
    else if (!agent_task_job_cancel(job, errand->reason, errand->done, errand->arg))
        refuse(errand, SL_FAILED_PRECONDITION, "has begun to change something");
    else
        sl_arena_free(errand->arena);
}

static void on_cancelled(const struct sl_error *error, void *arg)
{
    struct errand *errand = arg;
    const struct agent_task_change *change = &errand->change;
    if (error->code == SL_OK && !change->load.is_found) {
        refuse(errand, SL_NOT_FOUND, "not found");
    } else if (error->code != SL_OK || change->is_changed) {
        if (error->code == SL_OK)
            agent_tasks_tell_change(errand->tasks, change->load.task_id);
        if (change->callback_body != NULL)
            sl_outbox_wake(errand->tasks->outbox);
        answer_and_free(errand, error, &change->load.task);
    } else if (agent_task_is_last(change->load.task.status)) {
        refuse(errand, SL_FAILED_PRECONDITION, "has ended already");
    } else {
        cancel_running(errand);
    }
}

/* What a task that never ran answers. */
static json_t *cancelled_answer(struct agent_tasks *tasks, const char *operation)
{
    struct agent_answer_parts parts = {
        .service = tasks->core->service->name,
        .operation = operation,
        .error = "cancelled before it began",
        .outcome = SL_OUTCOME_NOT_EXECUTED,
        .wall_ns = sl_clock_wall_ns(sl_loop_clock(tasks->loop)),
    };
    return agent_answer_new(&parts);
}

static void on_loaded_for_cancel(const struct sl_error *error, void *arg)
{
    struct errand *errand = arg;
    struct agent_tasks *tasks = errand->tasks;
    const struct agent_task *task = &errand->load.task;
    struct sl_error failure = {0};
    if (error->code != SL_OK || !errand->load.is_found) {
        on_loaded(error, errand);
        return;
    }
    json_t *made = cancelled_answer(tasks, task->operation);
    errand->change.result = sl_json_arena_text(made, SL_JSON_COMPACT, errand->arena);
    errand->change.callback_body = agent_answer_body(made, task->request_id, errand->arena);
    json_decref(made);
    errand->change.from = AGENT_TASK_BIT(AGENT_TASK_ACCEPTED);
    errand->change.to = AGENT_TASK_CANCELLED;
    errand->change.owner = "";
    errand->change.note = errand->reason;
    errand->change.now_ns = sl_clock_wall_ns(sl_loop_clock(tasks->loop));
    if (errand->change.result == NULL || errand->change.callback_body == NULL) {
        sl_error_no_memory(&failure);
        answer_and_free(errand, &failure, NULL);
        return;
    }
    agent_task_done_fn *done = errand->done;
    void *done_arg = errand->arg;
    if (start_write(errand, change_work, on_cancelled, &failure) != SL_OK)
        done(&failure, NULL, done_arg);
}

enum sl_code agent_tasks_cancel_start(struct agent_tasks *tasks, const struct agent_task_name *name,
                                      const char *reason, agent_task_done_fn *done, void *arg,
                                      struct sl_error *err)
{
    struct errand *errand = new_named_errand(tasks, name, done, arg);
    if (errand == NULL)
        return sl_error_no_memory(err);
    errand->reason = sl_arena_strdup(errand->arena, reason);
    enum sl_code code = sl_store_read_start(tasks->store, load_work, on_loaded_for_cancel, errand);
    if (code == SL_OK)
        return SL_OK;
    sl_arena_free(errand->arena);
    return sl_error_set(err, code, "storage takes no more work");
}

/* ---- Reconciling ---- */

static void on_reconciled(const struct sl_error *error, void *arg)
{
    struct errand *errand = arg;
    struct agent_tasks *tasks = errand->tasks;
    const struct agent_task_change *change = &errand->change;
    if (error->code == SL_OK && !change->load.is_found) {
        refuse(errand, SL_NOT_FOUND, "not found");
        return;
    }
    if (error->code == SL_OK && !change->is_changed) {
        if (agent_task_is_last(change->load.task.status))
            refuse(errand, SL_ABORTED, "is settled already");
        else
            refuse(errand, SL_FAILED_PRECONDITION, "still runs");
        return;
    }
    answer(errand, error, &change->load.task);
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

static enum sl_code fill_verdict(struct errand *errand)
{
    struct agent_task_change *change = &errand->change;
    const struct agent_task *task = &errand->load.task;
    change->claim_key = agent_task_key(task, errand->arena);
    change->owner = change->is_claim_released ? errand->tasks->owner : "";
    const struct sl_clock *clock = sl_loop_clock(errand->tasks->loop);
    change->now_ns = sl_clock_wall_ns(clock);
    change->lease_ms =
        change->is_claim_released ? sl_clock_wall_ms(clock) + errand->tasks->lease_ms : 0;
    if (change->claim_key == NULL)
        return SL_RESOURCE_EXHAUSTED;
    if (change->is_claim_released)
        return SL_OK;
    /* The result came with the errand, as text, in change->result. */
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

static void on_loaded_for_verdict(const struct sl_error *error, void *arg)
{
    struct errand *errand = arg;
    struct sl_error failure = {0};
    if (error->code != SL_OK || !errand->load.is_found) {
        on_loaded(error, errand);
        return;
    }
    if (fill_verdict(errand) != SL_OK) {
        sl_error_no_memory(&failure);
        answer_and_free(errand, &failure, NULL);
        return;
    }
    agent_task_done_fn *done = errand->done;
    void *done_arg = errand->arg;
    if (start_write(errand, change_work, on_reconciled, &failure) != SL_OK)
        done(&failure, NULL, done_arg);
}

enum sl_code agent_tasks_reconcile_start(struct agent_tasks *tasks,
                                         const struct agent_task_name *name,
                                         const struct agent_task_verdict *verdict,
                                         agent_task_done_fn *done, void *arg, struct sl_error *err)
{
    struct errand *errand = new_named_errand(tasks, name, done, arg);
    if (errand == NULL)
        return sl_error_no_memory(err);
    struct agent_task_change *change = &errand->change;
    change->from = AGENT_TASK_BIT(AGENT_TASK_UNRECONCILED);
    change->to = verdict->has_happened ? AGENT_TASK_COMPLETED : AGENT_TASK_ACCEPTED;
    change->is_claim_released = !verdict->has_happened;
    change->note = sl_arena_strdup(errand->arena, verdict->reason);
    change->result = verdict->has_happened
                         ? sl_json_arena_text(verdict->result, SL_JSON_COMPACT, errand->arena)
                         : NULL;
    enum sl_code code = SL_RESOURCE_EXHAUSTED;
    if (change->note != NULL && (change->result != NULL || !verdict->has_happened))
        code = sl_store_read_start(tasks->store, load_work, on_loaded_for_verdict, errand);
    if (code == SL_OK)
        return SL_OK;
    sl_arena_free(errand->arena);
    return sl_error_set(err, code, "storage takes no more work");
}
