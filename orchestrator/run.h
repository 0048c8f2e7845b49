#ifndef ORCH_RUN_H
#define ORCH_RUN_H

#include "loop/timer.h"
#include "orchestrator/admission.h"
#include "orchestrator/executor.h"

/* Inside the executor: a workflow under way. For executor.c, run.c, turn.c, commit.c,
 * step.c and recovery.c. */

/** A step of it. */
struct orch_run_step {
    struct orch_run *run;
    size_t index;
    /** The attempt under way; NULL while none is. */
    struct orch_agent_call *call;
    /** Until the next attempt. */
    struct sl_timer backoff;
    /** The attempt to be sent when this event is on disk; 0 for none. */
    int64_t send_sequence;
};

struct orch_run {
    struct orch_executor *executor;
    struct orch_workflow *workflow;
    /** One a step of the plan; NULL before there is one. */
    struct orch_run_step *steps;
    size_t step_count;
    /** Applied and not yet appended; then those that are being appended. */
    struct orch_event *pending, *in_flight;
    size_t pending_count, pending_capacity, in_flight_count;
    int64_t committed_sequence;
    /** Tries again where the journal could not be written. */
    struct sl_timer append_again;
    struct orch_waiter *waiters;
    size_t calls_open;
    bool is_planning;
    /** While is_planning. */
    struct planning *planning;
    /** Something went wrong that only a restart mends: nothing more is done with it here. */
    bool is_broken;
    /** It was given its turn, or a place in the queue. */
    bool has_entered;
    /** Its end is on disk, or it was never accepted. */
    bool is_retired;
    /** Its retire_task has run: who ends its planning frees it. */
    bool is_left_to_planning;
    /** When its time is over. */
    struct sl_timer deadline;
    /** The admission's own. */
    struct {
        bool is_running, is_waiting;
        uint64_t ticket;
        size_t slot;
        int64_t since_ms;
    } admission;
    struct sl_task retire_task;
    /** In the table of runs. */
    struct orch_run *next_in_bucket;
};

struct orch_executor {
    struct orch_executor_options options;
    struct orch_run **buckets;
    size_t bucket_count, run_count;
    struct orch_admission admission;
    /** Runs are being started off the queue. */
    bool is_admitting;
    size_t calls_open, appends_open, plannings_open, finds_open;
    bool is_draining, is_stopped, is_lost;
};

/* executor.c */
SL_MUST_USE enum sl_code orch_run_new(struct orch_executor *executor,
                                      struct orch_workflow *workflow, struct orch_run **ret_run,
                                      struct sl_error *err);
/** Puts it into the table, when its identity is known. */
void orch_executor_insert(struct orch_executor *executor, struct orch_run *run);
/** Frees one that is not in the table. */
void orch_run_discard(struct orch_run *run);
/** Takes it out of the table, and frees it at the loop's next turn, or when its planning is over.
 */
void orch_run_retire(struct orch_run *run);
/** Frees one that is retired. */
void orch_run_free_retired(struct orch_run *run);

/* commit.c */
/** Applies a new event of this kind and puts it up for the journal; takes body (NULL: out of
 * memory). A run that cannot be changed any more is marked broken. */
void orch_run_emit(struct orch_run *run, enum orch_event_kind kind, json_t *body);
/** Appends what is put up, unless an append is under way. */
void orch_run_flush(struct orch_run *run);
/** Tells everybody whose event is on disk; with an error everybody. */
void orch_run_wake(struct orch_run *run, const struct sl_error *error);

/* turn.c */
/** Begins with an accepted workflow that has no plan yet, or lets it wait for its turn. */
void orch_run_enter(struct orch_run *run);
/** The same before the acceptance is on disk, where planning costs little: nothing is told or sent
 * before that all the same. */
void orch_run_enter_early(struct orch_run *run);
/** It takes no room any more: others may begin. */
void orch_run_leave(struct orch_run *run);
/** Has orch_run_expire() called when the workflow's time is over. */
void orch_run_watch_clock(struct orch_run *run);

/* run.c */
/** Begins with an accepted workflow: planning. */
void orch_run_begin(struct orch_run *run);
/** Its time is over: starts nothing more of it. */
void orch_run_expire(struct orch_run *run);
/** Does all that can be done now: ends, starts, finishes; then flushes. */
void orch_run_advance(struct orch_run *run);
/** Makes the steps' storage, when there is a plan. */
SL_MUST_USE enum sl_code orch_run_make_steps(struct orch_run *run, struct sl_error *err);

/* step.c */
/** Puts up an attempt; it is sent when that is on disk. */
void orch_step_start(struct orch_run_step *step);
/** Sends it. */
void orch_step_send(struct orch_run_step *step);
/** Ends it without an answer. text may be NULL. */
void orch_step_end(struct orch_run_step *step, enum orch_step_status status, const char *text);

/* recovery.c */
/** Goes on with a workflow that was read back. */
void orch_run_resume(struct orch_run *run);

#endif
