#ifndef AGENT_TASKS_H
#define AGENT_TASKS_H

#include "outbox/outbox.h"
#include "services/agent/execution.h"
#include "services/agent/task_rows.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Operations that were accepted and are carried out without their caller: on disk before they are
 * acknowledged, resumed or settled by whichever process comes next, and kept for a while.
 *
 * A task runs under an idempotency key (the caller's, else one made of its id), so what a crash
 * leaves behind is judged by the ledger as every other retry is. Loop only.
 */
struct agent_tasks;

struct agent_tasks_options {
    /** Required. Borrowed until agent_tasks_free(). */
    struct agent_core *core;
    struct sl_store *store;
    struct sl_outbox *outbox;
    /** Required. Id of this process. Copied. */
    const char *owner;
    /** Required. Milliseconds. */
    int64_t lease_ms;
    int64_t ttl_ms;
};

/** Takes up at once what an earlier process left. Errors: SL_RESOURCE_EXHAUSTED. */
SL_MUST_USE enum sl_code agent_tasks_new(struct sl_loop *loop,
                                         const struct agent_tasks_options *options,
                                         struct agent_tasks **ret_tasks, struct sl_error *err);

/** Starts no more; what still runs is left to the next process when it was cancelled. */
void agent_tasks_stop(struct agent_tasks *tasks);

/** Gives what is left to any other process; when nothing runs any more, before the store is closed.
 */
void agent_tasks_release(struct agent_tasks *tasks);

/** After the store is closed. tasks may be NULL. */
void agent_tasks_free(struct agent_tasks *tasks);

/** The state of a task; message is owned by the arena given to the call, borrowed until return. */
typedef void agent_task_done_fn(const struct sl_error *error,
                                const Servicelane__Agent__V1__Task *message, void *arg);

/** What ExecuteAsync brings. Borrowed until the start returns. */
struct agent_task_request {
    const struct agent_identity *identity;
    const char *request_id;
    const char *operation;
    json_t *parameters;
    /** Optional. */
    json_t *context;
    int64_t timeout_ms;
    /** Optional. */
    const char *callback_url;
    const char *key;
    const char *traceparent;
};

/** Accepts; done (never inside) gets the task when it is on disk. SL_FAILED_PRECONDITION: key in
 * use. */
SL_MUST_USE enum sl_code agent_tasks_accept_start(struct agent_tasks *tasks,
                                                  const struct agent_task_request *request,
                                                  agent_task_done_fn *done, void *arg,
                                                  struct sl_error *err);

/** Which task, and whose. */
struct agent_task_name {
    const char *tenant;
    const char *task_id;
};

/** SL_NOT_FOUND (to done): none of that id, or another tenant's. */
SL_MUST_USE enum sl_code agent_tasks_get_start(struct agent_tasks *tasks,
                                               const struct agent_task_name *name,
                                               agent_task_done_fn *done, void *arg,
                                               struct sl_error *err);

/**
 * Cancels a task, whichever replica carries it out; one that no living replica carries out is
 * settled here. Errors to done: SL_FAILED_PRECONDITION (ended already, or its effect is under way),
 * SL_DEADLINE_EXCEEDED (its process is there and does not answer for two leases), SL_UNAVAILABLE
 * (this one is stopping).
 */
SL_MUST_USE enum sl_code agent_tasks_cancel_start(struct agent_tasks *tasks,
                                                  const struct agent_task_name *name,
                                                  const char *reason, agent_task_done_fn *done,
                                                  void *arg, struct sl_error *err);

/** What a person found out. */
struct agent_task_verdict {
    bool has_happened;
    /** With has_happened. */
    json_t *result;
    const char *reason;
};

/** SL_ABORTED (to done): settled already. SL_FAILED_PRECONDITION: still runs. */
SL_MUST_USE enum sl_code agent_tasks_reconcile_start(struct agent_tasks *tasks,
                                                     const struct agent_task_name *name,
                                                     const struct agent_task_verdict *verdict,
                                                     agent_task_done_fn *done, void *arg,
                                                     struct sl_error *err);

/** Has fn(arg) called whenever a task of this process changed; one listener. */
void agent_tasks_on_change(struct agent_tasks *tasks, void (*fn)(const char *task_id, void *arg),
                           void *arg);

struct sl_store *agent_tasks_store(struct agent_tasks *tasks);

/** A task as message, in arena; state NULL means the task's own. */
SL_MUST_USE enum sl_code agent_task_message(const struct agent_task *task,
                                            const struct agent_task_state *state,
                                            struct sl_arena *arena,
                                            Servicelane__Agent__V1__Task **ret_message,
                                            struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
