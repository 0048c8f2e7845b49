#ifndef ORCH_CLAIMS_H
#define ORCH_CLAIMS_H

#include "base/arena.h"
#include "base/error.h"
#include "orchestrator/capabilities.h"
#include "orchestrator/plan.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A plan claims checks (validation_checks of its steps); this says what really performs each of
 * them. Written into the plan's document:
 *
 *   checked_by of a step        {"check_repair_order_exists": "validate_ro_1"}: a step's id,
 * "agent" (its checks before it executes), "schema" (the tool's), or null not_verified of the plan
 * ["step_3: check_weather"]: what nothing performs validation_summary          what the run will
 * have verified once every step has completed
 *
 * Pure. Errors: SL_RESOURCE_EXHAUSTED only.
 */
SL_MUST_USE enum sl_code orch_claims_settle(const struct orch_plan *plan,
                                            const struct orch_capabilities *capabilities,
                                            struct sl_arena *arena);

#ifdef __cplusplus
}
#endif

#endif
