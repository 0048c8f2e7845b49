#ifndef ORCH_SCHEDULE_H
#define ORCH_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "orchestrator/plan.h"
#include "orchestrator/summary.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Which step may start, which will never start, and when it is over: decided from the statuses of
 * the steps alone. Pure: no I/O, no clock. The executor carries the decisions out, the journal
 * keeps the statuses, and the same statuses always lead to the same decisions.
 */

/** The numbers are those of servicelane.orchestrator.v1.WorkflowStatus. */
enum orch_workflow_status {
    ORCH_WORKFLOW_ACCEPTED = 1,
    ORCH_WORKFLOW_PLANNING = 2,
    ORCH_WORKFLOW_RUNNING = 3,
    ORCH_WORKFLOW_COMPLETED = 4,
    ORCH_WORKFLOW_FAILED = 5,
    ORCH_WORKFLOW_CANCELLED = 6,
    ORCH_WORKFLOW_NEEDS_RECONCILIATION = 7,
};

/** Whether a workflow ends with this status. */
bool orch_workflow_status_is_last(enum orch_workflow_status status);
/** Whether a step ends with this status. */
bool orch_step_status_is_last(enum orch_step_status status);

/** What one attempt at a step came to. */
enum orch_verdict {
    /** Done. */
    ORCH_VERDICT_DONE,
    /** Not done, and another try would come to the same: "not found", "insufficient stock". */
    ORCH_VERDICT_REFUSED,
    /** Not done this time: busy, away, too slow a read. */
    ORCH_VERDICT_TRANSIENT,
    /** It may have been done; asking again with the same key does no harm and may tell. */
    ORCH_VERDICT_UNCLEAR,
    /** It may have been done, and asking again might do it twice or is known to be of no use. */
    ORCH_VERDICT_UNKNOWN,
};

/** A step as the schedule sees it. */
struct orch_schedule_step {
    enum orch_step_status status;
    /** Changes something: not a reading operation. */
    bool changes_state;
    /** Asking again with the same key does no harm. */
    bool is_repeatable;
    /** The latest attempt may have had an effect that nobody told of. */
    bool is_unclear;
    /** Attempts started so far. */
    int attempts;
    /** Of these, before a person said that it had not happened: they count against no limit. */
    int attempts_forgiven;
    /** How many times a person said that it had not happened: it is done anew, under a new key. */
    int rounds;
};

/** All steps of a plan. */
struct orch_schedule {
    /** Borrowed. */
    const struct orch_plan *plan;
    struct orch_schedule_step *steps;
    /**
     * The steps in the order that counts: the plan's, except that a step stands behind those it
     * depends on. In this order nothing can wait for itself.
     */
    size_t *order;
    /** Place of each step in it. */
    size_t *rank;
    /** A step failed under the policy "abort". */
    bool is_aborted;
    /** Somebody cancelled the workflow. */
    bool is_cancelled;
};

/** All steps pending. plan is borrowed; what ret_schedule points to is owned by arena. */
SL_MUST_USE enum sl_code orch_schedule_init(const struct orch_plan *plan, struct sl_arena *arena,
                                            struct orch_schedule *ret_schedule,
                                            struct sl_error *err);

/** Whether a step that is pending, or is to be retried, may start now. */
bool orch_schedule_is_ready(const struct orch_schedule *schedule, size_t step);

/** Counts an attempt: the step runs. */
void orch_schedule_start(struct orch_schedule *schedule, size_t step);

/** The status that a running step gets by a verdict: an end, or ORCH_STEP_RETRYING. */
enum orch_step_status orch_schedule_judge(const struct orch_schedule *schedule, size_t step,
                                          enum orch_verdict verdict);

/** Sets a step's status, and sees whether that aborts the workflow. */
void orch_schedule_set(struct orch_schedule *schedule, size_t step, enum orch_step_status status);

/** A step that ends without running (or without running again), and why. */
struct orch_schedule_ending {
    size_t step;
    enum orch_step_status status;
    /** The step that it could not do without; step_count where it is the whole workflow's end. */
    size_t cause;
};

/**
 * Finds a step that ends now because of what others came to: blocked, skipped, cancelled, or no
 * longer retried. Call it, set what it says, call it again, until it returns false.
 */
bool orch_schedule_next_ending(const struct orch_schedule *schedule,
                               struct orch_schedule_ending *ret_ending);

/** Whether every step has ended. */
bool orch_schedule_is_over(const struct orch_schedule *schedule);

/** What the workflow came to; only where it is over. */
enum orch_workflow_status orch_schedule_outcome(const struct orch_schedule *schedule);

/**
 * A person has settled a step that needed it. Not happened: it is pending again (cancelled where
 * the workflow is). What was blocked is pending again too, and ends anew where others still block
 * it.
 */
void orch_schedule_reconcile(struct orch_schedule *schedule, size_t step, bool has_happened);

#ifdef __cplusplus
}
#endif

#endif
