#ifndef ORCH_SUMMARY_H
#define ORCH_SUMMARY_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "orchestrator/plan.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The numbers are those of servicelane.orchestrator.v1.StepStatus. */
enum orch_step_status {
    ORCH_STEP_PENDING = 1,
    ORCH_STEP_RUNNING = 2,
    ORCH_STEP_RETRYING = 3,
    ORCH_STEP_COMPLETED = 4,
    ORCH_STEP_FAILED = 5,
    ORCH_STEP_SKIPPED = 6,
    ORCH_STEP_BLOCKED = 7,
    ORCH_STEP_CANCELLED = 8,
    ORCH_STEP_NEEDS_RECONCILIATION = 9,
};

/** What came of a step, as far as the summary wants to know. Borrowed. */
struct orch_step_outcome {
    enum orch_step_status status;
    /** JSON; NULL is null. */
    const json_t *result;
    /** The parameters as they were sent, references filled in; NULL where it was not sent. */
    const json_t *parameters;
    /** In words; NULL where nothing is wrong. */
    const char *error;
};

/**
 * What this run verified, by the names of docs/compatibility.md: derived from completed steps
 * only, in the order of the steps, each once.
 */
SL_MUST_USE enum sl_code orch_summary_verified(const struct orch_plan *plan,
                                               const struct orch_step_outcome *outcomes,
                                               struct sl_arena *arena,
                                               struct orch_texts *ret_names);

/** Appends the summary in the layout of docs/compatibility.md, to the letter. outcomes has one
 * entry a step. */
SL_MUST_USE enum sl_code orch_summary_write(const char *user_request, const struct orch_plan *plan,
                                            const struct orch_step_outcome *outcomes,
                                            struct sl_text *out);

#ifdef __cplusplus
}
#endif

#endif
