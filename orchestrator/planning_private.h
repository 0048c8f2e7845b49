#ifndef ORCH_PLANNING_PRIVATE_H
#define ORCH_PLANNING_PRIVATE_H

#include "orchestrator/planning.h"

/** Who made the plan. */
enum planning_maker { MADE_BY_REQUEST, MADE_BY_PLANNER, MADE_BY_RULES };

/** One planning under way; owned by its arena. */
struct planning {
    const struct orch_planning_context *context;
    struct sl_arena *arena;
    struct orch_snapshot *snapshot;
    json_t *request;
    const char *request_id;
    const struct orch_caller *caller;
    orch_planning_done_fn *done;
    void *arg;

    struct orch_planning wanted;
    struct orch_planned planned;
    enum planning_maker maker;
    /** The planner is thinking. */
    bool is_asking;
    /** Its plan went back once. */
    bool is_revised;
    /** What was wrong with the plan that went back. */
    struct orch_texts revised_faults;
    /** Why the planner's plan was not taken; NULL where there is none or it was. */
    const char *fallback;
    int64_t calls, prompt_tokens, completion_tokens;

    struct orch_validation validation;
    /** The agents' errors by step, so that their order is the plan's, not that of the answers. */
    struct orch_texts *step_errors;
    size_t checks_open;
    struct sl_error error;
    struct orch_registry_waiter heard;
    struct sl_task end;
};

/**
 * Judges the plan that there is (planning_judge.c): validation, the sources of its values, what its
 * claims are worth, and what only the agents can check. Then planning_judged() runs, once, perhaps
 * inside this call.
 */
void planning_judge(struct planning *planning);
void planning_judged(struct planning *planning);

/** Writes who made the plan, why, and what it took, into the plan (planning_report.c). Errors:
 * SL_RESOURCE_EXHAUSTED only. */
SL_MUST_USE enum sl_code planning_sign(const struct planning *planning, json_t *document);
/** Why nothing can be run, in words; NULL where there is a plan. Owned by the planning's arena or
 * static. */
const char *planning_message(struct planning *planning);

#endif
