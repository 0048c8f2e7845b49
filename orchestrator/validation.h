#ifndef ORCH_VALIDATION_H
#define ORCH_VALIDATION_H

#include "base/arena.h"
#include "base/error.h"
#include "orchestrator/capabilities.h"
#include "orchestrator/plan.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What validation found and did. Owned by the arena given. */
struct orch_validation {
    /** All that is wrong; none: the plan may run. */
    struct orch_texts errors;
    /** Ids of the steps that were put in. */
    struct orch_texts added_steps;
    /** The plan to run, added steps included; NULL where there are errors. */
    struct orch_plan *plan;
};

/**
 * Checks a plan against what the agents can do: its form, known services and operations, parameters
 * against each inputSchema (references are taken on trust until they are filled in). Puts in
 * existence checks ahead of state changes where the plan forgot them and the operation is there:
 * the repair order, the part, the payment before a refund. What only the agents can check
 * (ValidateOperation) is the caller's next step.
 *
 * Pure: no I/O. Errors: SL_RESOURCE_EXHAUSTED only.
 */
SL_MUST_USE enum sl_code
orch_validate(const json_t *document, const struct orch_capabilities *capabilities,
              const struct orch_plan_defaults *defaults, struct sl_arena *arena,
              struct orch_validation *ret_validation, struct sl_error *err);

/**
 * Fills references {{step_id.path}} in a step's parameters from results by step id (JSON object of
 * step id to result). A parameter that is nothing but a reference keeps the value's type; inside a
 * text it becomes text.
 *
 * ret_parameters  a new reference. SL_FAILED_PRECONDITION: names the reference that leads nowhere.
 */
SL_MUST_USE enum sl_code orch_parameters_resolve(const json_t *parameters, const json_t *results,
                                                 json_t **ret_parameters, struct sl_error *err);

/** Whether the parameters hold a reference anywhere. */
bool orch_parameters_have_references(const json_t *parameters);

#ifdef __cplusplus
}
#endif

#endif
