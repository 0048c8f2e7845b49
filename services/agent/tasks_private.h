#ifndef AGENT_TASKS_PRIVATE_H
#define AGENT_TASKS_PRIVATE_H

#include "loop/timer.h"
#include "services/agent/answer.h"
#include "services/agent/index.h"
#include "services/agent/task_wishes.h"
#include "services/agent/tasks.h"

/** How many tasks run at a time; the others wait for their turn, on disk all the while. */
enum { AGENT_TASKS_RUNNING_MAX = 256 };

struct agent_tasks {
    struct sl_loop *loop;
    struct agent_core *core;
    struct sl_store *store;
    struct sl_outbox *outbox;
    char *owner;
    int64_t lease_ms;
    int64_t ttl_ms;
    /** Tasks of this process, by id: those that run and those that wait for their turn. */
    struct agent_index index;
    struct agent_task_job *first, *last;
    size_t running_count;
    bool is_stopping;
    struct sl_timer keep_timer;
    struct sl_timer purge_timer;
    struct agent_task_renewal renewal;
    struct agent_task_purge purge;
    struct agent_task_take take;
    struct sl_timer wish_timer;
    struct agent_wish_list wishes;
    bool is_renewing, is_taking, is_purging, is_looking;
    void (*on_change)(const char *task_id, void *arg);
    void *on_change_arg;
};

/** A task of this process. Its arena holds it and all it points to. */
struct agent_task_job {
    struct agent_index_entry entry;
    struct agent_tasks *tasks;
    struct sl_arena *arena;
    struct agent_task task;
    struct agent_task_job *next;
    struct agent_execution *execution;
    struct agent_task_change change;
    struct sl_timer retry_timer;
    int attempts;
    bool is_running;
    bool is_cancelled;
    const char *cancel_reason;
};

/** Puts a task of this process in line. arena (taken) holds task's texts. False: out of memory. */
bool agent_task_job_add(struct agent_tasks *tasks, struct sl_arena *arena,
                        const struct agent_task *task);

/** Starts what may start. */
void agent_task_jobs_pump(struct agent_tasks *tasks);

struct agent_task_job *agent_task_job_find(struct agent_tasks *tasks, const char *task_id);

/** Has a job end before its effect, once or twice the same; false where it is too late for that. */
bool agent_task_job_cancel(struct agent_task_job *job, const char *reason);

/** Sees to it that wishes of other replicas to cancel what runs here are found. */
void agent_task_wishes_watch(struct agent_tasks *tasks);

/** Frees what still waits, when nothing can call back any more. */
void agent_task_jobs_free(struct agent_tasks *tasks);

void agent_tasks_tell_change(struct agent_tasks *tasks, const char *task_id);

/** The key that a task runs under, in arena; NULL when memory is out. */
const char *agent_task_key(const struct agent_task *task, struct sl_arena *arena);

#endif
