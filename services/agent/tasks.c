#include "services/agent/tasks.h"

#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "services/agent/tasks_private.h"
#include "json/message.h"

enum { PURGE_MS = 3600 * 1000 };

/* ---- Keeping what is ours, taking what is nobody's ---- */

static bool copy_text(struct sl_arena *arena, const char **text)
{
    const char *original = *text;
    *text = sl_arena_strdup(arena, original);
    return original == NULL || *text != NULL;
}

static bool copy_task(struct sl_arena *arena, struct agent_task *task)
{
    const char **const texts[] = {
        &task->task_id,      &task->tenant,    &task->dealer,     &task->user,
        &task->request_id,   &task->operation, &task->context,    &task->hash,
        &task->callback_url, &task->given_key, &task->parameters, &task->result,
        &task->traceparent,
    };
    bool is_whole = true;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(texts); i++)
        is_whole = copy_text(arena, texts[i]) && is_whole;
    return is_whole;
}

static void take_up(struct agent_tasks *tasks, const struct agent_task *abandoned)
{
    struct agent_task task = *abandoned;
    if (agent_task_job_find(tasks, task.task_id) != NULL)
        return;
    struct sl_arena *arena = sl_arena_new();
    if (arena == NULL || !copy_task(arena, &task) || !agent_task_job_add(tasks, arena, &task))
        sl_arena_free(arena);
}

static void on_taken(const struct sl_error *error, void *arg)
{
    struct agent_tasks *tasks = arg;
    struct agent_task_take *take = &tasks->take;
    tasks->is_taking = false;
    if (error->code != SL_OK)
        sl_log(SL_LOG_ERROR, "tasks not taken over", sl_field_string("reason", error->message));
    else if (take->count > 0)
        sl_log(SL_LOG_INFO, "tasks taken over", sl_field_int("count", (int64_t)take->count));
    for (size_t i = 0; error->code == SL_OK && i < take->count; i++)
        take_up(tasks, &take->tasks[i]);
    sl_arena_free(take->arena);
    take->arena = NULL;
}

static void on_renewed(const struct sl_error *error, void *arg)
{
    struct agent_tasks *tasks = arg;
    tasks->is_renewing = false;
    if (error->code != SL_OK)
        sl_log(SL_LOG_ERROR, "lease not renewed", sl_field_string("reason", error->message));
}

static enum sl_code take_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return agent_task_rows_take(db, &((struct agent_tasks *)arg)->take, err);
}

static enum sl_code renew_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return agent_task_rows_renew(db, &((struct agent_tasks *)arg)->renewal, err);
}

static enum sl_code purge_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return agent_task_rows_purge(db, &((struct agent_tasks *)arg)->purge, err);
}

static void take(struct agent_tasks *tasks, int64_t now_ms)
{
    struct sl_arena *arena = sl_arena_new();
    if (arena == NULL)
        return;
    tasks->take = (struct agent_task_take){.arena = arena,
                                           .owner = tasks->owner,
                                           .now_ms = now_ms,
                                           .lease_ms = now_ms + tasks->lease_ms};
    tasks->is_taking = sl_store_write_start(tasks->store, take_work, on_taken, tasks) == SL_OK;
    if (!tasks->is_taking)
        sl_arena_free(arena);
}

static void keep(void *arg)
{
    struct agent_tasks *tasks = arg;
    int64_t now_ms = sl_clock_wall_ms(sl_loop_clock(tasks->loop));
    tasks->renewal.owner = tasks->owner;
    tasks->renewal.lease_ms = now_ms + tasks->lease_ms;
    if (tasks->index.count > 0 && !tasks->is_renewing)
        tasks->is_renewing =
            sl_store_write_start(tasks->store, renew_work, on_renewed, tasks) == SL_OK;
    if (!tasks->is_taking)
        take(tasks, now_ms);
    if (sl_timer_start(tasks->loop, &tasks->keep_timer, tasks->lease_ms / 3, keep, tasks) != SL_OK)
        sl_log(SL_LOG_ERROR, "lease not renewed", sl_field_string("reason", "out of memory"));
}

static void on_purged(const struct sl_error *error, void *arg)
{
    struct agent_tasks *tasks = arg;
    tasks->is_purging = false;
    if (error->code != SL_OK)
        sl_log(SL_LOG_WARN, "old tasks not removed", sl_field_string("reason", error->message));
}

static void purge(void *arg)
{
    struct agent_tasks *tasks = arg;
    tasks->purge.before_ns = sl_clock_wall_ns(sl_loop_clock(tasks->loop)) - tasks->ttl_ms * 1000000;
    if (!tasks->is_purging)
        tasks->is_purging =
            sl_store_write_start(tasks->store, purge_work, on_purged, tasks) == SL_OK;
    (void)!sl_timer_start(tasks->loop, &tasks->purge_timer, PURGE_MS, purge, tasks);
}

/* ---- The whole ---- */

enum sl_code agent_tasks_new(struct sl_loop *loop, const struct agent_tasks_options *options,
                             struct agent_tasks **ret_tasks, struct sl_error *err)
{
    struct agent_tasks *tasks = sl_alloc(sizeof(*tasks));
    char *owner = sl_strdup(options->owner);
    if (tasks == NULL || owner == NULL ||
        sl_timer_start(loop, &tasks->keep_timer, 0, keep, tasks) != SL_OK) {
        sl_free(owner);
        sl_free(tasks);
        return sl_error_no_memory(err);
    }
    tasks->loop = loop;
    tasks->core = options->core;
    tasks->store = options->store;
    tasks->outbox = options->outbox;
    tasks->owner = owner;
    tasks->lease_ms = options->lease_ms;
    tasks->ttl_ms = options->ttl_ms;
    (void)!sl_timer_start(loop, &tasks->purge_timer, 0, purge, tasks);
    *ret_tasks = tasks;
    return SL_OK;
}

void agent_tasks_stop(struct agent_tasks *tasks)
{
    tasks->is_stopping = true;
    sl_timer_stop(&tasks->purge_timer);
    sl_timer_stop(&tasks->wish_timer);
}

void agent_tasks_release(struct agent_tasks *tasks)
{
    sl_timer_stop(&tasks->keep_timer);
    tasks->renewal.owner = tasks->owner;
    tasks->renewal.lease_ms = 0;
    if (!tasks->is_renewing)
        tasks->is_renewing =
            sl_store_write_start(tasks->store, renew_work, on_renewed, tasks) == SL_OK;
}

void agent_tasks_free(struct agent_tasks *tasks)
{
    if (tasks == NULL)
        return;
    sl_timer_stop(&tasks->keep_timer);
    sl_timer_stop(&tasks->purge_timer);
    sl_timer_stop(&tasks->wish_timer);
    sl_arena_free(tasks->wishes.arena);
    agent_task_jobs_free(tasks);
    sl_free(tasks->owner);
    sl_free(tasks);
}

void agent_tasks_on_change(struct agent_tasks *tasks, void (*fn)(const char *task_id, void *arg),
                           void *arg)
{
    tasks->on_change = fn;
    tasks->on_change_arg = arg;
}

void agent_tasks_tell_change(struct agent_tasks *tasks, const char *task_id)
{
    if (tasks->on_change != NULL)
        tasks->on_change(task_id, tasks->on_change_arg);
}

struct sl_store *agent_tasks_store(struct agent_tasks *tasks)
{
    return tasks->store;
}

/* ---- As message ---- */

static enum sl_code add_result(const struct agent_task *task, struct sl_arena *arena,
                               Servicelane__Agent__V1__Task *message, struct sl_error *err)
{
    struct sl_json_limits limits = {.max_depth = 128};
    json_t *answer = NULL;
    SL_TRY(sl_json_parse(task->result, strlen(task->result), &limits, &answer, err));
    enum sl_code code =
        agent_answer_message(answer, message->request_id, arena, &message->result, err);
    json_decref(answer);
    return code;
}

enum sl_code agent_task_message(const struct agent_task *task, const struct agent_task_state *state,
                                struct sl_arena *arena, Servicelane__Agent__V1__Task **ret_message,
                                struct sl_error *err)
{
    Servicelane__Agent__V1__Task *message = sl_arena_alloc(arena, sizeof(*message));
    if (message == NULL)
        return sl_error_no_memory(err);
    servicelane__agent__v1__task__init(message);
    message->task_id = sl_arena_strdup(arena, task->task_id);
    message->request_id = sl_arena_strdup(arena, task->request_id);
    message->operation = sl_arena_strdup(arena, task->operation);
    message->status = state == NULL ? task->status : state->status;
    message->sequence = state == NULL ? task->sequence : state->sequence;
    message->created_at = agent_timestamp(task->created_ns, arena);
    message->updated_at =
        agent_timestamp(state == NULL ? task->updated_ns : state->changed_ns, arena);
    if (message->task_id == NULL || message->request_id == NULL || message->operation == NULL ||
        message->created_at == NULL || message->updated_at == NULL)
        return sl_error_no_memory(err);
    if (task->result != NULL && agent_task_is_last(message->status))
        SL_TRY(add_result(task, arena, message, err));
    *ret_message = message;
    return SL_OK;
}
