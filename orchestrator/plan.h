#ifndef ORCH_PLAN_H
#define ORCH_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A workflow plan: read from its JSON form (the inner object of docs/compatibility.md: plan_id,
 * execution_steps,
 * ...). */

enum orch_failure_policy { ORCH_FAILURE_RETRY, ORCH_FAILURE_SKIP, ORCH_FAILURE_ABORT };

/** One step. Texts and JSON are owned by the plan's arena. */
struct orch_step {
    const char *step_id;
    /** Place among the steps; from 1. Where the plan says none, its place in the list. */
    int order;
    const char *service_name;
    const char *operation;
    /** A JSON object; may hold references "{{step_id.path}}". */
    json_t *parameters;
    /** JSON array of names, as the planner gave them. */
    json_t *validation_checks;
    /** Indexes of the steps that have to complete first: as declared, and those that references
     * make. */
    const size_t *dependencies;
    size_t dependency_count;
    /** NULL for none. */
    const char *parallel_group;
    enum orch_failure_policy failure_policy;
    int timeout_seconds;
    /** Further tries after the first. */
    int retry_attempts;
};

struct orch_plan {
    const char *plan_id;
    const char *risk_level;
    /** In the order of step_order, then of the list. */
    struct orch_step *steps;
    size_t step_count;
    /** The whole plan in its JSON form, with every default filled in: what clients see as
     * workflow_plan. */
    json_t *document;
};

/** A list of texts for people, owned by an arena. */
struct orch_texts {
    const char **entries;
    size_t count;
    size_t capacity;
};

SL_MUST_USE enum sl_code orch_texts_add(struct orch_texts *texts, struct sl_arena *arena,
                                        const char *format, ...) SL_PRINTF(3, 4);

/** What a plan is given where it says nothing. */
struct orch_plan_defaults {
    int timeout_seconds; /* REQUEST_TIMEOUT */
    int retry_attempts;  /* RETRY_ATTEMPTS */
};

/**
 * Reads a plan, inside "workflow_plan" or bare, and checks its form: bounds, types, unique ids,
 * known dependencies, no cycles, references that name earlier steps. Of a step only step_id,
 * service_name, operation and parameters are required.
 *
 * faults  gets everything that is wrong; none: *ret_plan is the plan, owned by arena.
 * Errors: SL_RESOURCE_EXHAUSTED only.
 */
SL_MUST_USE enum sl_code orch_plan_read(const json_t *document,
                                        const struct orch_plan_defaults *defaults,
                                        struct sl_arena *arena, struct orch_plan **ret_plan,
                                        struct orch_texts *faults, struct sl_error *err);

/** Index of a step, or step_count. */
size_t orch_plan_find(const struct orch_plan *plan, const char *step_id);

#ifdef __cplusplus
}
#endif

#endif
