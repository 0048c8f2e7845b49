#ifndef ORCH_WORKFLOW_H
#define ORCH_WORKFLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "orchestrator/plan.h"
#include "orchestrator/schedule.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A workflow is its events: accepted, planned, this step started, that one ended. Its state is what
 * comes of applying them one after the other, while it runs as well as when it is read back from
 * the journal. Pure; guarded by its owner.
 */

/** What happened. The numbers are kept in journals: never change one. */
enum orch_event_kind {
    /** {tenant, dealer, user, traceparent, request_id, request_hash, request}: always the first. */
    ORCH_EVENT_ACCEPTED = 1,
    /** {plan, steps: [{changes_state, is_repeatable}], added_steps} */
    ORCH_EVENT_PLANNED = 2,
    /** {step_id, step_status, attempts, parameters}: an attempt is about to be sent. */
    ORCH_EVENT_STEP_STARTED = 3,
    /** {step_id, step_status, attempts, error, is_unclear, delay_ms}: it failed, another will
       follow. */
    ORCH_EVENT_STEP_RETRYING = 4,
    /** {step_id, step_status, attempts, error, is_unclear, response}: the step's last. */
    ORCH_EVENT_STEP_ENDED = 5,
    /** {reason} */
    ORCH_EVENT_CANCELLED = 6,
    /** {step_id, step_status, attempts, has_happened, result, reason, user} */
    ORCH_EVENT_RECONCILED = 7,
    /** {status, success, final_result}: the workflow's last, unless a person settles a step later.
     */
    ORCH_EVENT_FINISHED = 8,
    /** {error}: its time was over; nothing more is started. */
    ORCH_EVENT_EXPIRED = 9,
};

struct orch_event {
    enum orch_event_kind kind;
    /** Number within the workflow, from 1 without gaps. */
    int64_t sequence;
    /** Nanoseconds since 1970 UTC. */
    int64_t at_ns;
    /** Where the workflow is after it. */
    enum orch_workflow_status status;
    /** An object; this event's reference. */
    json_t *body;
};

void orch_event_done(struct orch_event *event);

/** For whom a workflow is run. Texts are never NULL, "" where nobody said. */
struct orch_caller {
    const char *tenant;
    const char *dealer;
    const char *user;
    const char *traceparent;
};

/** A step beside what the schedule knows of it. */
struct orch_workflow_step {
    /** When it first started and when it ended, nanoseconds since 1970 UTC; 0 before. */
    int64_t started_ns, ended_ns;
    /** Its parameters as they were sent last; NULL before. */
    json_t *parameters;
    /** The agent's last answer (an AgentServiceResponse); NULL where there was none. */
    json_t *response;
    /** Why it is not completed; NULL where nothing is wrong. Owned by the workflow's arena. */
    const char *error;
};

struct orch_workflow {
    struct sl_arena *arena;
    /** Made when it was accepted; steps' keys begin with it. */
    const char *uid;
    const char *request_id;
    const char *request_hash;
    struct orch_caller caller;
    /** The OrchestratorRequest. Borrowed from here: user_request, callback_url (NULL for none). */
    json_t *request;
    const char *user_request;
    const char *callback_url;
    int priority;

    enum orch_workflow_status status;
    /** NULL before it is planned. */
    struct orch_plan *plan;
    struct orch_schedule schedule;
    struct orch_workflow_step *steps;
    /** Results of completed steps by id, for references. */
    json_t *results;
    /** Cancelled, perhaps before there was a plan. */
    bool is_cancelled;
    /** Why its time was over, in words; NULL while it is not. */
    const char *expiry;
    /** Since when its time counts: from its acceptance, or from what a person settled last. */
    int64_t clock_started_ns;
    bool success;
    /** NULL before it has ended. */
    const char *final_result;
    /** Number of its newest event. */
    int64_t sequence;
    int64_t created_ns, updated_ns;
};

/** Without any event. uid is copied. */
SL_MUST_USE enum sl_code orch_workflow_new(const char *uid, struct orch_workflow **ret_workflow,
                                           struct sl_error *err);
void orch_workflow_free(struct orch_workflow *workflow);

/**
 * Applies the next event; its sequence has to be the workflow's plus one. event is borrowed; JSON
 * of its body is shared by reference.
 *
 * Errors: SL_DATA_LOSS where the event does not fit what came before it (then the state is as it
 * was, or the workflow is not to be used further); SL_RESOURCE_EXHAUSTED.
 */
SL_MUST_USE enum sl_code orch_workflow_apply(struct orch_workflow *workflow,
                                             const struct orch_event *event, struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
