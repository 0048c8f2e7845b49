/* Made from servicelane/orchestrator/v1/orchestrator.proto by protoc-gen-grpc-c: do not edit. */
#ifndef SERVICELANE_ORCHESTRATOR_V1_ORCHESTRATOR_GRPC_C_H
#define SERVICELANE_ORCHESTRATOR_V1_ORCHESTRATOR_GRPC_C_H

#include "rpc/rpc.h"

#include "servicelane/orchestrator/v1/orchestrator.pb-c.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The file itself, for reflection. */
extern const struct sl_file servicelane_orchestrator_v1_orchestrator_file;

/** Workflows over the agents. */
extern const struct sl_service orchestrator_descriptor;
extern const struct sl_method orchestrator_get_health_method;
extern const struct sl_method orchestrator_list_services_method;
extern const struct sl_method orchestrator_plan_method;
extern const struct sl_method orchestrator_orchestrate_method;
extern const struct sl_method orchestrator_orchestrate_async_method;
extern const struct sl_method orchestrator_get_workflow_method;
extern const struct sl_method orchestrator_list_workflows_method;
extern const struct sl_method orchestrator_watch_workflow_method;
extern const struct sl_method orchestrator_cancel_workflow_method;
extern const struct sl_method orchestrator_reconcile_step_method;

/** response is NULL unless info->error.code is SL_OK. Both are borrowed until return. */
typedef void
orchestrator_get_health_done_fn(const struct sl_call_info *info,
                                const Servicelane__Orchestrator__V1__OrchestratorHealth *response,
                                void *arg);

/**
 * Whether the orchestrator can do its work, and how its agents do.
 *
 * Starts GetHealth; request is packed before this returns.
 *
 * options   borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * done      on SL_OK runs exactly once, on the loop, never inside this call; else never.
 * ret_call  may be NULL; else a reference for sl_call_cancel() and sl_call_unref().
 */
SL_MUST_USE enum sl_code
orchestrator_get_health_start(struct sl_channel *channel, const struct sl_call_options *options,
                              const Servicelane__Orchestrator__V1__GetHealthRequest *request,
                              orchestrator_get_health_done_fn *done, void *arg,
                              struct sl_call **ret_call);

/**
 * Calls GetHealth and waits: for command lines and tests. Never on the loop.
 *
 * arena  owns *ret_response. Returns SL_OK or the peer's code; outputs are untouched on failure.
 */
SL_MUST_USE enum sl_code orchestrator_get_health(
    struct sl_channel *channel, const struct sl_call_options *options,
    const Servicelane__Orchestrator__V1__GetHealthRequest *request, struct sl_arena *arena,
    Servicelane__Orchestrator__V1__OrchestratorHealth **ret_response, struct sl_error *err);

/** response is NULL unless info->error.code is SL_OK. Both are borrowed until return. */
typedef void orchestrator_list_services_done_fn(
    const struct sl_call_info *info,
    const Servicelane__Orchestrator__V1__ListServicesResponse *response, void *arg);

/**
 * The agents: where they are, how they do, what they offer.
 *
 * Starts ListServices; request is packed before this returns.
 *
 * options   borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * done      on SL_OK runs exactly once, on the loop, never inside this call; else never.
 * ret_call  may be NULL; else a reference for sl_call_cancel() and sl_call_unref().
 */
SL_MUST_USE enum sl_code
orchestrator_list_services_start(struct sl_channel *channel, const struct sl_call_options *options,
                                 const Servicelane__Orchestrator__V1__ListServicesRequest *request,
                                 orchestrator_list_services_done_fn *done, void *arg,
                                 struct sl_call **ret_call);

/**
 * Calls ListServices and waits: for command lines and tests. Never on the loop.
 *
 * arena  owns *ret_response. Returns SL_OK or the peer's code; outputs are untouched on failure.
 */
SL_MUST_USE enum sl_code orchestrator_list_services(
    struct sl_channel *channel, const struct sl_call_options *options,
    const Servicelane__Orchestrator__V1__ListServicesRequest *request, struct sl_arena *arena,
    Servicelane__Orchestrator__V1__ListServicesResponse **ret_response, struct sl_error *err);

/** response is NULL unless info->error.code is SL_OK. Both are borrowed until return. */
typedef void orchestrator_plan_done_fn(const struct sl_call_info *info,
                                       const Servicelane__Orchestrator__V1__PlanResponse *response,
                                       void *arg);

/**
 * Plans and validates a request, and runs nothing.
 *
 * Starts Plan; request is packed before this returns.
 *
 * options   borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * done      on SL_OK runs exactly once, on the loop, never inside this call; else never.
 * ret_call  may be NULL; else a reference for sl_call_cancel() and sl_call_unref().
 */
SL_MUST_USE enum sl_code
orchestrator_plan_start(struct sl_channel *channel, const struct sl_call_options *options,
                        const Servicelane__Orchestrator__V1__OrchestratorRequest *request,
                        orchestrator_plan_done_fn *done, void *arg, struct sl_call **ret_call);

/**
 * Calls Plan and waits: for command lines and tests. Never on the loop.
 *
 * arena  owns *ret_response. Returns SL_OK or the peer's code; outputs are untouched on failure.
 */
SL_MUST_USE enum sl_code
orchestrator_plan(struct sl_channel *channel, const struct sl_call_options *options,
                  const Servicelane__Orchestrator__V1__OrchestratorRequest *request,
                  struct sl_arena *arena,
                  Servicelane__Orchestrator__V1__PlanResponse **ret_response, struct sl_error *err);

/** response is NULL unless info->error.code is SL_OK. Both are borrowed until return. */
typedef void orchestrator_orchestrate_done_fn(
    const struct sl_call_info *info,
    const Servicelane__Orchestrator__V1__OrchestratorResponse *response, void *arg);

/**
 * Plans, validates and carries out a request, and answers with its end. Where the caller's
 * deadline comes first the workflow goes on: ask for it by GetWorkflow.
 *
 * Starts Orchestrate; request is packed before this returns.
 *
 * options   borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * done      on SL_OK runs exactly once, on the loop, never inside this call; else never.
 * ret_call  may be NULL; else a reference for sl_call_cancel() and sl_call_unref().
 */
SL_MUST_USE enum sl_code
orchestrator_orchestrate_start(struct sl_channel *channel, const struct sl_call_options *options,
                               const Servicelane__Orchestrator__V1__OrchestratorRequest *request,
                               orchestrator_orchestrate_done_fn *done, void *arg,
                               struct sl_call **ret_call);

/**
 * Calls Orchestrate and waits: for command lines and tests. Never on the loop.
 *
 * arena  owns *ret_response. Returns SL_OK or the peer's code; outputs are untouched on failure.
 */
SL_MUST_USE enum sl_code orchestrator_orchestrate(
    struct sl_channel *channel, const struct sl_call_options *options,
    const Servicelane__Orchestrator__V1__OrchestratorRequest *request, struct sl_arena *arena,
    Servicelane__Orchestrator__V1__OrchestratorResponse **ret_response, struct sl_error *err);

/** response is NULL unless info->error.code is SL_OK. Both are borrowed until return. */
typedef void orchestrator_orchestrate_async_done_fn(
    const struct sl_call_info *info,
    const Servicelane__Orchestrator__V1__OrchestrateAsyncResponse *response, void *arg);

/**
 * Accepts a request and answers at once; accepted means that it is on disk.
 *
 * Starts OrchestrateAsync; request is packed before this returns.
 *
 * options   borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * done      on SL_OK runs exactly once, on the loop, never inside this call; else never.
 * ret_call  may be NULL; else a reference for sl_call_cancel() and sl_call_unref().
 */
SL_MUST_USE enum sl_code orchestrator_orchestrate_async_start(
    struct sl_channel *channel, const struct sl_call_options *options,
    const Servicelane__Orchestrator__V1__OrchestratorRequest *request,
    orchestrator_orchestrate_async_done_fn *done, void *arg, struct sl_call **ret_call);

/**
 * Calls OrchestrateAsync and waits: for command lines and tests. Never on the loop.
 *
 * arena  owns *ret_response. Returns SL_OK or the peer's code; outputs are untouched on failure.
 */
SL_MUST_USE enum sl_code orchestrator_orchestrate_async(
    struct sl_channel *channel, const struct sl_call_options *options,
    const Servicelane__Orchestrator__V1__OrchestratorRequest *request, struct sl_arena *arena,
    Servicelane__Orchestrator__V1__OrchestrateAsyncResponse **ret_response, struct sl_error *err);

/** response is NULL unless info->error.code is SL_OK. Both are borrowed until return. */
typedef void
orchestrator_get_workflow_done_fn(const struct sl_call_info *info,
                                  const Servicelane__Orchestrator__V1__Workflow *response,
                                  void *arg);

/**
 * The state of a workflow. NOT_FOUND where there is none of that id, or another tenant's.
 *
 * Starts GetWorkflow; request is packed before this returns.
 *
 * options   borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * done      on SL_OK runs exactly once, on the loop, never inside this call; else never.
 * ret_call  may be NULL; else a reference for sl_call_cancel() and sl_call_unref().
 */
SL_MUST_USE enum sl_code
orchestrator_get_workflow_start(struct sl_channel *channel, const struct sl_call_options *options,
                                const Servicelane__Orchestrator__V1__GetWorkflowRequest *request,
                                orchestrator_get_workflow_done_fn *done, void *arg,
                                struct sl_call **ret_call);

/**
 * Calls GetWorkflow and waits: for command lines and tests. Never on the loop.
 *
 * arena  owns *ret_response. Returns SL_OK or the peer's code; outputs are untouched on failure.
 */
SL_MUST_USE enum sl_code orchestrator_get_workflow(
    struct sl_channel *channel, const struct sl_call_options *options,
    const Servicelane__Orchestrator__V1__GetWorkflowRequest *request, struct sl_arena *arena,
    Servicelane__Orchestrator__V1__Workflow **ret_response, struct sl_error *err);

/** response is NULL unless info->error.code is SL_OK. Both are borrowed until return. */
typedef void orchestrator_list_workflows_done_fn(
    const struct sl_call_info *info,
    const Servicelane__Orchestrator__V1__ListWorkflowsResponse *response, void *arg);

/**
 * Workflows, newest first, a page at a time.
 *
 * Starts ListWorkflows; request is packed before this returns.
 *
 * options   borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * done      on SL_OK runs exactly once, on the loop, never inside this call; else never.
 * ret_call  may be NULL; else a reference for sl_call_cancel() and sl_call_unref().
 */
SL_MUST_USE enum sl_code orchestrator_list_workflows_start(
    struct sl_channel *channel, const struct sl_call_options *options,
    const Servicelane__Orchestrator__V1__ListWorkflowsRequest *request,
    orchestrator_list_workflows_done_fn *done, void *arg, struct sl_call **ret_call);

/**
 * Calls ListWorkflows and waits: for command lines and tests. Never on the loop.
 *
 * arena  owns *ret_response. Returns SL_OK or the peer's code; outputs are untouched on failure.
 */
SL_MUST_USE enum sl_code orchestrator_list_workflows(
    struct sl_channel *channel, const struct sl_call_options *options,
    const Servicelane__Orchestrator__V1__ListWorkflowsRequest *request, struct sl_arena *arena,
    Servicelane__Orchestrator__V1__ListWorkflowsResponse **ret_response, struct sl_error *err);

struct orchestrator_watch_workflow_callbacks {
    /**
     * Required. SL_FLOW_NEXT reads the next message; SL_FLOW_PAUSE reads none until
     * sl_call_resume() (backpressure); SL_FLOW_CANCEL ends the call. message is borrowed until
     * return.
     */
    enum sl_flow (*on_message)(const Servicelane__Orchestrator__V1__WorkflowEvent *message,
                               void *arg);
    /** Required. Runs exactly once, last, with the final status. */
    void (*on_done)(const struct sl_call_info *info, void *arg);
};

/**
 * Every event of a workflow from the first (or after one already seen) to the last.
 *
 * Starts WatchWorkflow; request is packed before this returns.
 *
 * options    borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * callbacks  copied; on_done runs exactly once where this returns SL_OK, else never.
 * ret_call   may be NULL; else a reference, for sl_call_resume(), _cancel(), _unref().
 */
SL_MUST_USE enum sl_code orchestrator_watch_workflow_start(
    struct sl_channel *channel, const struct sl_call_options *options,
    const Servicelane__Orchestrator__V1__WatchWorkflowRequest *request,
    const struct orchestrator_watch_workflow_callbacks *callbacks, void *arg,
    struct sl_call **ret_call);

/**
 * Starts WatchWorkflow for a caller that waits: command lines, tests, threads of their own; never
 * on the loop. orchestrator_watch_workflow_next() waits for the answers, sl_waiting_call_free()
 * ends the call.
 *
 * options   borrowed; NULL means defaults.
 * ret_call  the caller's, to be freed before the channel is.
 */
SL_MUST_USE enum sl_code
orchestrator_watch_workflow_open(struct sl_channel *channel, const struct sl_call_options *options,
                                 const Servicelane__Orchestrator__V1__WatchWorkflowRequest *request,
                                 struct sl_waiting_call **ret_call, struct sl_error *err);

/**
 * Waits for the next message of WatchWorkflow. *ret_message is NULL at the end, else borrowed until
 * the next call of this or sl_waiting_call_free(). Errors: what the call ended with.
 */
SL_MUST_USE enum sl_code
orchestrator_watch_workflow_next(struct sl_waiting_call *call,
                                 const Servicelane__Orchestrator__V1__WorkflowEvent **ret_message,
                                 struct sl_error *err);

/** response is NULL unless info->error.code is SL_OK. Both are borrowed until return. */
typedef void
orchestrator_cancel_workflow_done_fn(const struct sl_call_info *info,
                                     const Servicelane__Orchestrator__V1__Workflow *response,
                                     void *arg);

/**
 * Starts nothing more of a workflow; what changes something at this moment is awaited.
 * FAILED_PRECONDITION where the workflow has ended.
 *
 * Starts CancelWorkflow; request is packed before this returns.
 *
 * options   borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * done      on SL_OK runs exactly once, on the loop, never inside this call; else never.
 * ret_call  may be NULL; else a reference for sl_call_cancel() and sl_call_unref().
 */
SL_MUST_USE enum sl_code orchestrator_cancel_workflow_start(
    struct sl_channel *channel, const struct sl_call_options *options,
    const Servicelane__Orchestrator__V1__CancelWorkflowRequest *request,
    orchestrator_cancel_workflow_done_fn *done, void *arg, struct sl_call **ret_call);

/**
 * Calls CancelWorkflow and waits: for command lines and tests. Never on the loop.
 *
 * arena  owns *ret_response. Returns SL_OK or the peer's code; outputs are untouched on failure.
 */
SL_MUST_USE enum sl_code orchestrator_cancel_workflow(
    struct sl_channel *channel, const struct sl_call_options *options,
    const Servicelane__Orchestrator__V1__CancelWorkflowRequest *request, struct sl_arena *arena,
    Servicelane__Orchestrator__V1__Workflow **ret_response, struct sl_error *err);

/** response is NULL unless info->error.code is SL_OK. Both are borrowed until return. */
typedef void
orchestrator_reconcile_step_done_fn(const struct sl_call_info *info,
                                    const Servicelane__Orchestrator__V1__Workflow *response,
                                    void *arg);

/**
 * Settles a step whose outcome the machine could not know; the workflow goes on. ABORTED where the
 * step is settled.
 *
 * Starts ReconcileStep; request is packed before this returns.
 *
 * options   borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * done      on SL_OK runs exactly once, on the loop, never inside this call; else never.
 * ret_call  may be NULL; else a reference for sl_call_cancel() and sl_call_unref().
 */
SL_MUST_USE enum sl_code orchestrator_reconcile_step_start(
    struct sl_channel *channel, const struct sl_call_options *options,
    const Servicelane__Orchestrator__V1__ReconcileStepRequest *request,
    orchestrator_reconcile_step_done_fn *done, void *arg, struct sl_call **ret_call);

/**
 * Calls ReconcileStep and waits: for command lines and tests. Never on the loop.
 *
 * arena  owns *ret_response. Returns SL_OK or the peer's code; outputs are untouched on failure.
 */
SL_MUST_USE enum sl_code orchestrator_reconcile_step(
    struct sl_channel *channel, const struct sl_call_options *options,
    const Servicelane__Orchestrator__V1__ReconcileStepRequest *request, struct sl_arena *arena,
    Servicelane__Orchestrator__V1__Workflow **ret_response, struct sl_error *err);

/**
 * What a server of servicelane.orchestrator.v1.Orchestrator does, a function for each method. They
 * run on the loop and never block. request is borrowed until the call is answered;
 * sl_server_call_arena(call) lives as long. A function that returns other than SL_OK has thereby
 * answered; one that returns SL_OK answers now or later, exactly once. A NULL one answers
 * UNIMPLEMENTED.
 */
struct orchestrator_handlers {
    /** Whether the orchestrator can do its work, and how its agents do. */
    enum sl_code (*get_health)(void *self, struct sl_server_call *call,
                               const Servicelane__Orchestrator__V1__GetHealthRequest *request,
                               struct sl_error *err);
    /** The agents: where they are, how they do, what they offer. */
    enum sl_code (*list_services)(void *self, struct sl_server_call *call,
                                  const Servicelane__Orchestrator__V1__ListServicesRequest *request,
                                  struct sl_error *err);
    /** Plans and validates a request, and runs nothing. */
    enum sl_code (*plan)(void *self, struct sl_server_call *call,
                         const Servicelane__Orchestrator__V1__OrchestratorRequest *request,
                         struct sl_error *err);
    /**
     * Plans, validates and carries out a request, and answers with its end. Where the caller's
     * deadline comes first the workflow goes on: ask for it by GetWorkflow.
     */
    enum sl_code (*orchestrate)(void *self, struct sl_server_call *call,
                                const Servicelane__Orchestrator__V1__OrchestratorRequest *request,
                                struct sl_error *err);
    /** Accepts a request and answers at once; accepted means that it is on disk. */
    enum sl_code (*orchestrate_async)(
        void *self, struct sl_server_call *call,
        const Servicelane__Orchestrator__V1__OrchestratorRequest *request, struct sl_error *err);
    /** The state of a workflow. NOT_FOUND where there is none of that id, or another tenant's. */
    enum sl_code (*get_workflow)(void *self, struct sl_server_call *call,
                                 const Servicelane__Orchestrator__V1__GetWorkflowRequest *request,
                                 struct sl_error *err);
    /** Workflows, newest first, a page at a time. */
    enum sl_code (*list_workflows)(
        void *self, struct sl_server_call *call,
        const Servicelane__Orchestrator__V1__ListWorkflowsRequest *request, struct sl_error *err);
    /** Every event of a workflow from the first (or after one already seen) to the last. */
    enum sl_code (*watch_workflow)(
        void *self, struct sl_server_call *call,
        const Servicelane__Orchestrator__V1__WatchWorkflowRequest *request, struct sl_error *err);
    /**
     * Starts nothing more of a workflow; what changes something at this moment is awaited.
     * FAILED_PRECONDITION where the workflow has ended.
     */
    enum sl_code (*cancel_workflow)(
        void *self, struct sl_server_call *call,
        const Servicelane__Orchestrator__V1__CancelWorkflowRequest *request, struct sl_error *err);
    /**
     * Settles a step whose outcome the machine could not know; the workflow goes on. ABORTED where
     * the
     * step is settled.
     */
    enum sl_code (*reconcile_step)(
        void *self, struct sl_server_call *call,
        const Servicelane__Orchestrator__V1__ReconcileStepRequest *request, struct sl_error *err);
};

/** Before sl_server_start(). handlers is copied; self is borrowed until sl_server_free(). */
SL_MUST_USE enum sl_code orchestrator_register(struct sl_server *server,
                                               const struct orchestrator_handlers *handlers,
                                               void *self);

/** Answers GetHealth: packs response and ends the call with OK. Loop only. */
void orchestrator_get_health_reply(
    struct sl_server_call *call, const Servicelane__Orchestrator__V1__OrchestratorHealth *response);

/** Answers ListServices: packs response and ends the call with OK. Loop only. */
void orchestrator_list_services_reply(
    struct sl_server_call *call,
    const Servicelane__Orchestrator__V1__ListServicesResponse *response);

/** Answers Plan: packs response and ends the call with OK. Loop only. */
void orchestrator_plan_reply(struct sl_server_call *call,
                             const Servicelane__Orchestrator__V1__PlanResponse *response);

/** Answers Orchestrate: packs response and ends the call with OK. Loop only. */
void orchestrator_orchestrate_reply(
    struct sl_server_call *call,
    const Servicelane__Orchestrator__V1__OrchestratorResponse *response);

/** Answers OrchestrateAsync: packs response and ends the call with OK. Loop only. */
void orchestrator_orchestrate_async_reply(
    struct sl_server_call *call,
    const Servicelane__Orchestrator__V1__OrchestrateAsyncResponse *response);

/** Answers GetWorkflow: packs response and ends the call with OK. Loop only. */
void orchestrator_get_workflow_reply(struct sl_server_call *call,
                                     const Servicelane__Orchestrator__V1__Workflow *response);

/** Answers ListWorkflows: packs response and ends the call with OK. Loop only. */
void orchestrator_list_workflows_reply(
    struct sl_server_call *call,
    const Servicelane__Orchestrator__V1__ListWorkflowsResponse *response);

/**
 * Packs and sends one message of WatchWorkflow. on_sent runs once, on the loop, when the next may
 * be sent. Errors, where on_sent never runs: SL_CANCELLED (the client left), SL_FAILED_PRECONDITION
 * (one is under way), SL_RESOURCE_EXHAUSTED.
 */
SL_MUST_USE enum sl_code
orchestrator_watch_workflow_send(struct sl_server_call *call,
                                 const Servicelane__Orchestrator__V1__WorkflowEvent *message,
                                 sl_sent_fn *on_sent, void *arg);

/** Ends WatchWorkflow; status NULL means OK. Loop only. */
void orchestrator_watch_workflow_end(struct sl_server_call *call, const struct sl_error *status);

/** Answers CancelWorkflow: packs response and ends the call with OK. Loop only. */
void orchestrator_cancel_workflow_reply(struct sl_server_call *call,
                                        const Servicelane__Orchestrator__V1__Workflow *response);

/** Answers ReconcileStep: packs response and ends the call with OK. Loop only. */
void orchestrator_reconcile_step_reply(struct sl_server_call *call,
                                       const Servicelane__Orchestrator__V1__Workflow *response);

#ifdef __cplusplus
}
#endif

#endif
