#include <string.h>

#include "base/id.h"
#include "services/agent/task_errand.h"

/* ---- What all errands share ---- */

void *agent_errand_new(struct agent_tasks *tasks, size_t size, agent_task_done_fn *done, void *arg)
{
    struct sl_arena *arena = sl_arena_new();
    struct agent_errand *errand = arena == NULL ? NULL : sl_arena_alloc(arena, size);
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

bool agent_errand_name(struct agent_errand *errand, const struct agent_task_name *name)
{
    errand->load.arena = errand->arena;
    errand->load.tenant = sl_arena_strdup(errand->arena, name->tenant);
    errand->load.task_id = sl_arena_strdup(errand->arena, name->task_id);
    if (errand->load.tenant != NULL && errand->load.task_id != NULL)
        return true;
    sl_arena_free(errand->arena);
    return false;
}

void agent_errand_answer(struct agent_errand *errand, const struct sl_error *error,
                         const struct agent_task *task)
{
    struct sl_error failure = *error;
    Servicelane__Agent__V1__Task *message = NULL;
    if (failure.code == SL_OK &&
        agent_task_message(task, NULL, errand->arena, &message, &failure) != SL_OK)
        message = NULL;
    errand->done(&failure, message, errand->arg);
}

void agent_errand_end(struct agent_errand *errand, const struct sl_error *error,
                      const struct agent_task *task)
{
    agent_errand_answer(errand, error, task);
    sl_arena_free(errand->arena);
}

void agent_errand_refuse(struct agent_errand *errand, enum sl_code code, const char *why)
{
    struct sl_error error = {0};
    /* What is not there, and what is another tenant's, reads as existing clients know it. */
    if (code == SL_NOT_FOUND)
        sl_error_set(&error, code, "Task not found");
    else
        sl_error_set(&error, code, "task %s %s", errand->load.task_id, why);
    agent_errand_end(errand, &error, NULL);
}

static enum sl_code storage_is_full(struct agent_errand *errand, enum sl_code code,
                                    struct sl_error *err)
{
    sl_arena_free(errand->arena);
    return sl_error_set(err, code, "storage takes no more work");
}

enum sl_code agent_errand_write(struct agent_errand *errand, sl_work_fn *work,
                                sl_work_done_fn *done, struct sl_error *err)
{
    enum sl_code code = sl_store_write_start(errand->tasks->store, work, done, errand);
    return code == SL_OK ? SL_OK : storage_is_full(errand, code, err);
}

static enum sl_code load_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return agent_task_rows_load(db, &((struct agent_errand *)arg)->load, err);
}

enum sl_code agent_errand_read(struct agent_errand *errand, sl_work_done_fn *done,
                               struct sl_error *err)
{
    enum sl_code code = sl_store_read_start(errand->tasks->store, load_work, done, errand);
    return code == SL_OK ? SL_OK : storage_is_full(errand, code, err);
}

bool agent_errand_has_task(struct agent_errand *errand, const struct sl_error *error)
{
    bool has_task = error->code == SL_OK && errand->load.is_found;
    if (error->code != SL_OK)
        agent_errand_end(errand, error, NULL);
    else if (!has_task)
        agent_errand_refuse(errand, SL_NOT_FOUND, "not found");
    return has_task;
}

/* ---- Accepting ---- */

struct acceptance {
    struct agent_errand errand;
    struct agent_task_insert insert;
};

static void on_inserted(const struct sl_error *error, void *arg)
{
    struct acceptance *acceptance = arg;
    struct agent_errand *errand = &acceptance->errand;
    struct agent_task_insert *insert = &acceptance->insert;
    struct sl_error failure = *error;
    if (failure.code == SL_OK && insert->is_conflict)
        sl_error_set(&failure, SL_FAILED_PRECONDITION,
                     "idempotency key \"%s\" belongs to another operation or other parameters",
                     insert->task.given_key);
    bool is_new = failure.code == SL_OK && insert->earlier_task_id == NULL;
    if (failure.code == SL_OK && !is_new)
        insert->task.task_id = insert->earlier_task_id;
    agent_errand_answer(errand, &failure, &insert->task);
    /* The job lives on in the errand's arena. Without memory for it the next look finds the task.
     */
    if (!is_new || !agent_task_job_add(errand->tasks, errand->arena, &insert->task))
        sl_arena_free(errand->arena);
}

static bool fill_task(struct agent_task *task, const struct agent_task_request *request,
                      struct sl_arena *arena)
{
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

static enum sl_code insert_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return agent_task_rows_insert(db, &((struct acceptance *)arg)->insert, err);
}

enum sl_code agent_tasks_accept_start(struct agent_tasks *tasks,
                                      const struct agent_task_request *request,
                                      agent_task_done_fn *done, void *arg, struct sl_error *err)
{
    const struct sl_clock *clock = sl_loop_clock(tasks->loop);
    struct acceptance *acceptance = agent_errand_new(tasks, sizeof(*acceptance), done, arg);
    if (acceptance == NULL)
        return sl_error_no_memory(err);
    struct agent_errand *errand = &acceptance->errand;
    struct agent_task_insert *insert = &acceptance->insert;
    if (!fill_task(&insert->task, request, errand->arena)) {
        sl_arena_free(errand->arena);
        return sl_error_no_memory(err);
    }
    insert->arena = errand->arena;
    insert->owner = tasks->owner;
    insert->lease_ms = sl_clock_wall_ms(clock) + tasks->lease_ms;
    insert->task.created_ns = insert->task.updated_ns = sl_clock_wall_ns(clock);
    return agent_errand_write(errand, insert_work, on_inserted, err);
}

/* ---- Reading ---- */

static void on_read(const struct sl_error *error, void *arg)
{
    struct agent_errand *errand = arg;
    if (agent_errand_has_task(errand, error))
        agent_errand_end(errand, error, &errand->load.task);
}

enum sl_code agent_tasks_get_start(struct agent_tasks *tasks, const struct agent_task_name *name,
                                   agent_task_done_fn *done, void *arg, struct sl_error *err)
{
    struct agent_errand *errand = agent_errand_new(tasks, sizeof(*errand), done, arg);
    if (errand == NULL || !agent_errand_name(errand, name))
        return sl_error_no_memory(err);
    return agent_errand_read(errand, on_read, err);
}
