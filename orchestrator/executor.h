#ifndef ORCH_EXECUTOR_H
#define ORCH_EXECUTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "loop/loop.h"
#include "orchestrator/journal.h"
#include "orchestrator/planning.h"
#include "orchestrator/registry.h"
#include "orchestrator/workflow.h"
#include "outbox/outbox.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Carries workflows out. Every change of a workflow is an event that is applied, appended to the
 * journal, and acted upon only when it is on disk: an attempt is sent, a caller is told, a watcher
 * is woken after the commit, never before. Events that arise while one append is under way go
 * together in the next, so a workflow has one append in flight and never more. Loop only.
 */
struct orch_executor;

/** A workflow that has not ended. Borrowed; gone when it has ended and its waiters were told. */
struct orch_run;

struct orch_executor_options {
    struct sl_loop *loop;
    /** All borrowed until orch_executor_free(). */
    struct orch_journal *journal;
    struct orch_registry *registry;
    const struct orch_planning_context *planning;
    /** Optional; without it callbacks stay in the journal for a process that has one. */
    struct sl_outbox *outbox;
    /** Workflows that are carried out or wait; beyond, new ones are refused. 0: no limit. */
    size_t max_workflows;
    /** Of these, carried out at once; the others wait, by priority. 0: no limit. */
    size_t max_running;
    /** Milliseconds from acceptance (or from what a person settled last) after which a workflow
     * starts nothing more; 0: no limit. */
    int64_t deadline_ms;
    /** Optional. Another process has taken the journal over: this one can do nothing more. */
    void (*on_lost)(void *arg);
    void *arg;
};

SL_MUST_USE enum sl_code orch_executor_new(const struct orch_executor_options *options,
                                           struct orch_executor **ret_executor,
                                           struct sl_error *err);

/** Goes on with every workflow that an earlier process left; blocks, before the loop runs. */
SL_MUST_USE enum sl_code orch_executor_recover(struct orch_executor *executor, size_t *ret_count,
                                               struct sl_error *err);

/** No step starts any more; those under way go on to their end. */
void orch_executor_drain(struct orch_executor *executor);
/** Cuts off what is still under way: the next process asks for it again. Then run the loop until
 * idle. */
void orch_executor_stop(struct orch_executor *executor);
/** Nothing under way: no call to an agent, no append, no planning. */
bool orch_executor_is_idle(const struct orch_executor *executor);
/** When idle. executor may be NULL. */
void orch_executor_free(struct orch_executor *executor);

/* ---- Accepting ---- */

/** A request to accept. Borrowed until the start returns; request is kept by reference. */
struct orch_acceptance {
    const char *request_id;
    /** Tells the same request from another under the same id. */
    const char *request_hash;
    /** The OrchestratorRequest in the REST dialect. */
    json_t *request;
    struct orch_caller caller;
};

/**
 * error->code SL_OK: the workflow is on disk. Either it is under way (run), or it has ended before
 * (workflow); the other is NULL. SL_ALREADY_EXISTS: another request has this id. All borrowed until
 * return.
 */
typedef void orch_accepted_fn(const struct sl_error *error, struct orch_run *run,
                              const struct orch_workflow *workflow, void *arg);

/** done runs exactly once, on the loop, never inside this call. Errors: SL_RESOURCE_EXHAUSTED. */
SL_MUST_USE enum sl_code orch_executor_accept_start(struct orch_executor *executor,
                                                    const struct orch_acceptance *acceptance,
                                                    orch_accepted_fn *done, void *arg,
                                                    struct sl_error *err);

/** The workflow if it is under way, else NULL: then the journal knows. */
struct orch_run *orch_executor_find(struct orch_executor *executor, const char *tenant,
                                    const char *request_id);

/** Seconds after which one that was refused for want of room had better try again. */
int orch_executor_retry_after(const struct orch_executor *executor);

/** Workflows under way. */
size_t orch_executor_count(const struct orch_executor *executor);

/** Takes a workflow that was read from the journal and goes on with it (after a person settled a
 * step). Where it is under way already, that one is given, and workflow is freed. */
SL_MUST_USE enum sl_code orch_executor_adopt(struct orch_executor *executor,
                                             struct orch_workflow *workflow,
                                             struct orch_run **ret_run, struct sl_error *err);

/* ---- A workflow under way ---- */

/** Its state, which may be ahead of the disk: wait before telling anybody. */
const struct orch_workflow *orch_run_workflow(const struct orch_run *run);

/** Somebody who waits for a workflow. The waiter's storage, zeroed at first. */
struct orch_waiter {
    /** Wakes when this event is on disk; INT64_MAX: when the workflow has ended. */
    int64_t sequence;
    /** error->code other than SL_OK: the workflow cannot go on in this process. Runs once; run is
     * valid during the call. */
    void (*wake)(const struct sl_error *error, struct orch_run *run, struct orch_waiter *waiter);
    /** The executor's own. */
    struct orch_run *run;
    struct orch_waiter *next, *previous;
};

/** Whether this event is on disk; INT64_MAX: whether the workflow has ended, and that is on disk.
 */
bool orch_run_is_committed(const struct orch_run *run, int64_t sequence);

/** Wakes later, never inside this call; only for what is not yet committed. */
void orch_run_wait(struct orch_run *run, struct orch_waiter *waiter);
/** Waits no more. Nothing where it does not wait. */
void orch_waiter_remove(struct orch_waiter *waiter);

/** Starts nothing more of it. user and reason go into the record and may be NULL. */
SL_MUST_USE enum sl_code orch_run_cancel(struct orch_run *run, const char *user, const char *reason,
                                         struct sl_error *err);

/** What a person found out. Borrowed until the call returns. */
struct orch_finding {
    const char *step_id;
    bool has_happened;
    /** With has_happened; NULL for null. */
    json_t *result;
    const char *reason, *user;
};

/** Errors: SL_NOT_FOUND (no such step), SL_ABORTED (it is settled), SL_FAILED_PRECONDITION (it has
 * not ended). */
SL_MUST_USE enum sl_code
orch_run_reconcile(struct orch_run *run, const struct orch_finding *finding, struct sl_error *err);

/** As orch_run_reconcile() would judge, without a run. */
SL_MUST_USE enum sl_code orch_reconcile_check(const struct orch_workflow *workflow,
                                              const char *step_id, struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
