#ifndef ORCH_EXISTENCE_H
#define ORCH_EXISTENCE_H

#include "orchestrator/capabilities.h"
#include "orchestrator/plan.h"

#ifdef __cplusplus
extern "C" {
#endif

/* "Be defensive but not restrictive": what a plan forgot and the agents can check is put in. */

/** An operation whose success shows that something exists. */
struct orch_existence_check {
    const char *service;
    const char *operation;
    /** Its parameter, which names the thing. */
    const char *parameter;
    /** Of the steps made for it: "validate_ro" becomes validate_ro_1. */
    const char *step_prefix;
    /** What stands in validation_checks. */
    const char *check_name;
};

extern const struct orch_existence_check orch_check_repair_order;
extern const struct orch_existence_check orch_check_part;
extern const struct orch_existence_check orch_check_payment;

/**
 * Makes the plan's document complete: existence checks ahead of state changes where the plan has
 * none and the operation is offered; the RO number as invoice_number of payment operations whose
 * schema has that.
 *
 * ret_document  a new reference, NULL where nothing had to be put in. added  gets the ids of new
 * steps. Errors: SL_RESOURCE_EXHAUSTED only.
 */
SL_MUST_USE enum sl_code orch_existence_complete(const struct orch_plan *plan,
                                                 const struct orch_capabilities *capabilities,
                                                 struct sl_arena *arena, struct orch_texts *added,
                                                 json_t **ret_document);

#ifdef __cplusplus
}
#endif

#endif
