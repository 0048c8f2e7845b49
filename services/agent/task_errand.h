#ifndef AGENT_TASK_ERRAND_H
#define AGENT_TASK_ERRAND_H

#include "services/agent/tasks_private.h"

/**
 * A request about a task on its way through storage: the head of each kind's own struct, which
 * lives in the errand's arena. It ends by agent_errand_end() or agent_errand_refuse().
 */
struct agent_errand {
    struct sl_arena *arena;
    struct agent_tasks *tasks;
    /** Which task, and how it was when it was read. */
    struct agent_task_load load;
    agent_task_done_fn *done;
    void *arg;
};

/** A zeroed struct of size bytes that begins with an errand; NULL when memory is out. */
void *agent_errand_new(struct agent_tasks *tasks, size_t size, agent_task_done_fn *done, void *arg);

/** Says which task it is about. Frees the errand and answers false when memory is out. */
bool agent_errand_name(struct agent_errand *errand, const struct agent_task_name *name);

/** Tells done, with a task or an error; the errand lives on. */
void agent_errand_answer(struct agent_errand *errand, const struct sl_error *error,
                         const struct agent_task *task);

/** Tells done, and frees the errand. */
void agent_errand_end(struct agent_errand *errand, const struct sl_error *error,
                      const struct agent_task *task);

/** Ends it with "task <id> <why>". */
void agent_errand_refuse(struct agent_errand *errand, enum sl_code code, const char *why);

/** Starts a unit of work that gets the errand. An error frees the errand, and done is not told. */
SL_MUST_USE enum sl_code agent_errand_write(struct agent_errand *errand, sl_work_fn *work,
                                            sl_work_done_fn *done, struct sl_error *err);

/** Reads the task into load; as agent_errand_write(). */
SL_MUST_USE enum sl_code agent_errand_read(struct agent_errand *errand, sl_work_done_fn *done,
                                           struct sl_error *err);

/** Ends it where the task could not be read, or is not there: then false. */
bool agent_errand_has_task(struct agent_errand *errand, const struct sl_error *error);

#endif
