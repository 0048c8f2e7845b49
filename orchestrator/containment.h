#ifndef ORCH_CONTAINMENT_H
#define ORCH_CONTAINMENT_H

#include "base/arena.h"
#include "base/error.h"
#include "orchestrator/capabilities.h"
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

/**
 * Checks what references were filled with, before an attempt is sent: the parameters against the
 * operation's inputSchema as it is now, an amount of money a number above zero, a recipient or an
 * account one plain text. Steps without references were checked with their plan. Pure.
 *
 * step        as planned, with its references. resolved: its parameters, filled in.
 * operation   NULL where nobody offers it now: the agent will say so.
 * Errors: SL_FAILED_PRECONDITION names the parameter; SL_RESOURCE_EXHAUSTED.
 */
SL_MUST_USE enum sl_code orch_contain_resolved(const struct orch_step *step, const json_t *resolved,
                                               const struct orch_operation *operation,
                                               struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
