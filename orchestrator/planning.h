#ifndef ORCH_PLANNING_H
#define ORCH_PLANNING_H

#include "base/arena.h"
#include "base/error.h"
#include "loop/loop.h"
#include "orchestrator/planner.h"
#include "orchestrator/registry.h"
#include "orchestrator/validation.h"
#include "orchestrator/workflow.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * From a request to a plan that may run: the planner (or the request's own plan), validation, and
 * what only the agents can check. Runs nothing. Loop only.
 */

typedef void orch_planned_fn(const struct sl_error *error, const struct orch_planned *planned,
                             void *arg);

/** A planner that takes its time, such as one that asks an LLM. */
struct orch_planner {
    /** As orch_planner_rules(), but done runs later, exactly once, on the loop, unless this fails.
     */
    enum sl_code (*start)(void *self, const struct orch_planning *planning, struct sl_arena *arena,
                          orch_planned_fn *done, void *arg, struct sl_error *err);
    /** Optional. Ends the planning that was started with this arg: done runs later, SL_CANCELLED.
     */
    void (*cancel)(void *self, const void *arg);
    void *self;
};

/** What planning needs. Borrowed while any is under way. */
struct orch_planning_context {
    struct sl_loop *loop;
    struct orch_registry *registry;
    struct orch_plan_defaults defaults;
    /** Milliseconds that an agent has for its checks; one that does not answer is not waited for.
     */
    int64_t check_timeout_ms;
    /** Optional; NULL: the built-in planner. It also stands in where this one fails. */
    const struct orch_planner *planner;
    /** Optional. Milliseconds for all that a planner does; 0 means three times what a step has. */
    int64_t planning_timeout_ms;
    /** Optional. Gets the number of plannings under way. */
    size_t *open;
};

/** A planning under way, for orch_planning_cancel(). Dead when done has run. */
struct planning;

struct orch_planning_request {
    /** The OrchestratorRequest in the REST dialect; kept by reference. */
    json_t *request;
    /** Borrowed until done. */
    const char *request_id;
    const struct orch_caller *caller;
    /** Optional. Milliseconds that the caller waits; 0 means that it does not say. */
    int64_t timeout_ms;
    /** Optional. */
    struct planning **ret_planning;
};

/** What came of it. Borrowed until the callback returns. */
struct orch_planning_result {
    /** May run; NULL where it may not. Its document is what clients see. */
    const struct orch_plan *plan;
    /** What was planned, valid or not; NULL where nothing was. */
    json_t *document;
    const struct orch_texts *missing;
    const struct orch_texts *errors;
    const struct orch_texts *added_steps;
    /** Why there is nothing to run, in words; NULL where there is a plan. */
    const char *message;
    /** For the journal: [{changes_state, is_repeatable}] by step. */
    json_t *traits;
};

/** error->code SL_OK: result is there, with or without a plan. */
typedef void orch_planning_done_fn(const struct sl_error *error,
                                   const struct orch_planning_result *result, void *arg);

/** done runs exactly once, on the loop, never inside this call. Errors: SL_RESOURCE_EXHAUSTED. */
SL_MUST_USE enum sl_code orch_planning_start(const struct orch_planning_context *context,
                                             const struct orch_planning_request *request,
                                             orch_planning_done_fn *done, void *arg,
                                             struct sl_error *err);

/** Has a planner stop that is still thinking: done runs later, with SL_CANCELLED. Where none is,
 * the planning ends as it would. Before done has run. */
void orch_planning_cancel(struct planning *planning);

#ifdef __cplusplus
}
#endif

#endif
