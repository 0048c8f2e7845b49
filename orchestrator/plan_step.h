#ifndef ORCH_PLAN_STEP_H
#define ORCH_PLAN_STEP_H

#include "orchestrator/plan.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bounds of a plan: what is above them is refused. */
#define ORCH_PLAN_MAX_STEPS 100
#define ORCH_PLAN_MAX_RETRIES 10
#define ORCH_PLAN_MAX_TIMEOUT_SECONDS 600
#define ORCH_PLAN_MAX_BYTES ((size_t)256 * 1024)
#define ORCH_PLAN_MAX_NAME 128
#define ORCH_PLAN_MAX_FAULTS 64

/** A plan while it is read. */
struct orch_reading {
    const struct orch_plan_defaults *defaults;
    struct sl_arena *arena;
    struct orch_texts *faults;
};

/** Adds a fault, up to ORCH_PLAN_MAX_FAULTS. */
SL_MUST_USE enum sl_code orch_reading_fault(struct orch_reading *reading, const char *format, ...)
    SL_PRINTF(2, 3);

/** One member of an object that should hold text. */
struct orch_text_rule {
    const char *name;
    bool is_required;
    /** Only letters, digits, '_' and '-'. */
    bool is_identifier;
    /** Words allowed, ended by NULL; NULL for any. */
    const char *const *choices;
    /** Where it is absent or null. */
    const char *fallback;
};

/** *ret_text is untouched where the member is at fault; `where` begins the fault ("step 3"). */
SL_MUST_USE enum sl_code orch_reading_text(struct orch_reading *reading, const json_t *object,
                                           const struct orch_text_rule *rule, const char *where,
                                           const char **ret_text);

/**
 * Reads the step at a place (from 0) of the list: all but its dependencies. `step` is an object of
 * the plan's document and gets the defaults written into it.
 */
SL_MUST_USE enum sl_code orch_step_read(struct orch_reading *reading, json_t *step, size_t place,
                                        struct orch_step *ret_step);

#ifdef __cplusplus
}
#endif

#endif
