#ifndef ORCH_CONTAINMENT_H
#define ORCH_CONTAINMENT_H

#include "base/arena.h"
#include "base/error.h"
#include "orchestrator/plan.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Where the values of a plan come from. A parameter that names money, a recipient or an account
 * must have been said in the request or its context, or be a whole typed value of an earlier
 * step's result; the plan shows which, in a member `sources` of each step:
 *
 *   {"amount": "request", "customer_email": "context.customer_email",
 *    "repair_order_id": "result of create_ro_1", "currency": "default"}
 */

/** What may be the source of a value. Texts are borrowed. */
struct orch_origin {
    const char *user_request;
    /** NULL for none. */
    const json_t *context;
    /**
     * What is written where a value was not found in request, context and results: "request" for
     * the built-in planner, which takes from there alone, "plan" for a reviewed plan. NULL: such a
     * value is a fault.
     */
    const char *otherwise;
};

/**
 * Finds the sources and writes them into the plan's document. Pure.
 *
 * faults  gets each value that comes from nowhere. Errors: SL_RESOURCE_EXHAUSTED only.
 */
SL_MUST_USE enum sl_code orch_contain(const struct orch_plan *plan,
                                      const struct orch_origin *origin, struct sl_arena *arena,
                                      struct orch_texts *faults);

#ifdef __cplusplus
}
#endif

#endif
