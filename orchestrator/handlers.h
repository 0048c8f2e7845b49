#ifndef ORCH_HANDLERS_H
#define ORCH_HANDLERS_H

#include "orchestrator/orchestrator.h"
#include "rpc/server_call.h"
#include "servicelane/orchestrator/v1/orchestrator.grpc-c.h"

/* Inside the service: its handlers and what they share. */

struct orch_orchestrator {
    struct orch_orchestrator_options options;
    int64_t started_ms;
};

/** Converts json (taken; NULL: out of memory) to the method's response and answers with it. */
void orch_reply(struct sl_server_call *call, json_t *json);
/** Answers with code and text. */
void orch_refuse(struct sl_server_call *call, enum sl_code code, const char *text);

/** For whom the call is made: its credential, else its metadata, else the defaults. Borrowed from
 * the call. */
struct orch_caller orch_caller_of(const struct orch_orchestrator *orchestrator,
                                  const struct sl_server_call *call);

/** Answers with json (taken) when the run's state as it is now is on disk. */
void orch_reply_committed(struct sl_server_call *call, struct orch_run *run, json_t *json);

typedef Servicelane__Orchestrator__V1__OrchestratorRequest orch_request_message;

/* requests.c */
enum sl_code orch_handle_plan(void *self, struct sl_server_call *call,
                              const orch_request_message *request, struct sl_error *err);
enum sl_code orch_handle_orchestrate(void *self, struct sl_server_call *call,
                                     const orch_request_message *request, struct sl_error *err);
enum sl_code orch_handle_orchestrate_async(void *self, struct sl_server_call *call,
                                           const orch_request_message *request,
                                           struct sl_error *err);

/* workflows.c */
enum sl_code
orch_handle_get_workflow(void *self, struct sl_server_call *call,
                         const Servicelane__Orchestrator__V1__GetWorkflowRequest *request,
                         struct sl_error *err);
enum sl_code
orch_handle_list_workflows(void *self, struct sl_server_call *call,
                           const Servicelane__Orchestrator__V1__ListWorkflowsRequest *request,
                           struct sl_error *err);
enum sl_code
orch_handle_cancel_workflow(void *self, struct sl_server_call *call,
                            const Servicelane__Orchestrator__V1__CancelWorkflowRequest *request,
                            struct sl_error *err);
enum sl_code
orch_handle_reconcile_step(void *self, struct sl_server_call *call,
                           const Servicelane__Orchestrator__V1__ReconcileStepRequest *request,
                           struct sl_error *err);

/* watch.c */
enum sl_code
orch_handle_watch_workflow(void *self, struct sl_server_call *call,
                           const Servicelane__Orchestrator__V1__WatchWorkflowRequest *request,
                           struct sl_error *err);

#endif
