#ifndef ORCH_VIEWS_H
#define ORCH_VIEWS_H

#include "orchestrator/workflow.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * How workflows look from outside: the messages of the contract as JSON in the REST dialect, made
 * from a workflow's state alone, so that an answer, a later GET and a callback say the same. Each
 * gives a new reference, NULL when memory is out. Pure.
 */

/** An OrchestratorResponse. */
json_t *orch_view_response(const struct orch_workflow *workflow);

/** A Workflow; with its response where it has ended. */
json_t *orch_view_workflow(const struct orch_workflow *workflow);

/** A WorkflowEvent. */
json_t *orch_view_event(const char *request_id, const struct orch_event *event);

/** The status as the contract spells it, such as "needs_reconciliation". Static. */
const char *orch_workflow_status_name(enum orch_workflow_status status);
const char *orch_step_status_name(enum orch_step_status status);

/** A time, null for 0. */
json_t *orch_view_time(int64_t wall_ns);

/**
 * The words for a person at the end of a workflow that had a plan: the summary. A new string for
 * sl_free(), NULL when memory is out.
 */
char *orch_view_summary(const struct orch_workflow *workflow);

#ifdef __cplusplus
}
#endif

#endif
