#ifndef ORCH_PLANNER_H
#define ORCH_PLANNER_H

#include "base/arena.h"
#include "base/error.h"
#include "orchestrator/capabilities.h"
#include "orchestrator/plan.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What is to be planned. Borrowed until the planner returns (rules) or answers (LLM). */
struct orch_planning {
    const char *user_request;
    /** The request's context, an object; NULL for none. */
    const json_t *context;
    const struct orch_capabilities *capabilities;
    /** For plan_id: wf_YYYYMMDD_HHMMSS_NNN; nanoseconds since 1970 UTC. */
    int64_t now_wall_ns;
    /** Optional, for planners that take their time: until when, monotonic milliseconds of the loop.
     */
    int64_t deadline_ms;
    /** Optional. The trace that it belongs to. */
    const char *traceparent;
    /** Optional: the plan of this planner that was found wrong, and what is wrong with it. */
    const json_t *rejected;
    const struct orch_texts *faults;
};

/** What came of it. Owned by the arena given. */
struct orch_planned {
    /** The plan in its JSON form; NULL where there is none. */
    json_t *document;
    /** What the request leaves out, in words: then there is no plan. */
    struct orch_texts missing;
    /** Why there is no plan, in words for a person; NULL where there is one. */
    const char *declined;
    /** The planner could not do its work, and why: the built-in planner is to do it. NULL
     * elsewhere.
     */
    const char *failure;
    /** Optional: who planned, an object: name, model, ... */
    json_t *made_by;
    /** What is wrong with the document already: then it is not validated. */
    struct orch_texts faults;
    /** Calls of a model and the tokens that they took, as the server counts them. */
    int64_t calls, prompt_tokens, completion_tokens;
};

/**
 * The built-in planner: a small grammar of the domain. Never invents. Pure: no I/O, any thread.
 * Errors: SL_RESOURCE_EXHAUSTED only; a request that it cannot plan is told in ret_planned.
 */
SL_MUST_USE enum sl_code orch_planner_rules(const struct orch_planning *planning,
                                            struct sl_arena *arena,
                                            struct orch_planned *ret_planned, struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
