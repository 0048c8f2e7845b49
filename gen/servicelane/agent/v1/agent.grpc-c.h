/* Made from servicelane/agent/v1/agent.proto by protoc-gen-grpc-c: do not edit. */
#ifndef SERVICELANE_AGENT_V1_AGENT_GRPC_C_H
#define SERVICELANE_AGENT_V1_AGENT_GRPC_C_H

#include "rpc/rpc.h"

#include "servicelane/agent/v1/agent.pb-c.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The file itself, for reflection. */
extern const struct sl_file servicelane_agent_v1_agent_file;

/** The operations of one agent. */
extern const struct sl_service agent_service_descriptor;
extern const struct sl_method agent_service_get_health_method;
extern const struct sl_method agent_service_get_capabilities_method;
extern const struct sl_method agent_service_validate_operation_method;
extern const struct sl_method agent_service_execute_method;
extern const struct sl_method agent_service_execute_async_method;
extern const struct sl_method agent_service_get_task_method;
extern const struct sl_method agent_service_watch_task_method;
extern const struct sl_method agent_service_cancel_task_method;
extern const struct sl_method agent_service_reconcile_task_method;

/** response is NULL unless info->error.code is SL_OK. Both are borrowed until return. */
typedef void agent_service_get_health_done_fn(const struct sl_call_info *info,
                                              const Servicelane__Agent__V1__AgentHealth *response,
                                              void *arg);

/**
 * Whether the agent can do its work.
 *
 * Starts GetHealth; request is packed before this returns.
 *
 * options   borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * done      on SL_OK runs exactly once, on the loop, never inside this call; else never.
 * ret_call  may be NULL; else a reference for sl_call_cancel() and sl_call_unref().
 */
SL_MUST_USE enum sl_code
agent_service_get_health_start(struct sl_channel *channel, const struct sl_call_options *options,
                               const Servicelane__Agent__V1__GetHealthRequest *request,
                               agent_service_get_health_done_fn *done, void *arg,
                               struct sl_call **ret_call);

/**
 * Calls GetHealth and waits: for command lines and tests. Never on the loop.
 *
 * arena  owns *ret_response. Returns SL_OK or the peer's code; outputs are untouched on failure.
 */
SL_MUST_USE enum sl_code
agent_service_get_health(struct sl_channel *channel, const struct sl_call_options *options,
                         const Servicelane__Agent__V1__GetHealthRequest *request,
                         struct sl_arena *arena, Servicelane__Agent__V1__AgentHealth **ret_response,
                         struct sl_error *err);

/** response is NULL unless info->error.code is SL_OK. Both are borrowed until return. */
typedef void
agent_service_get_capabilities_done_fn(const struct sl_call_info *info,
                                       const Servicelane__Agent__V1__Capabilities *response,
                                       void *arg);

/**
 * The operations that the agent offers now, and the MCP tools behind them.
 *
 * Starts GetCapabilities; request is packed before this returns.
 *
 * options   borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * done      on SL_OK runs exactly once, on the loop, never inside this call; else never.
 * ret_call  may be NULL; else a reference for sl_call_cancel() and sl_call_unref().
 */
SL_MUST_USE enum sl_code agent_service_get_capabilities_start(
    struct sl_channel *channel, const struct sl_call_options *options,
    const Servicelane__Agent__V1__GetCapabilitiesRequest *request,
    agent_service_get_capabilities_done_fn *done, void *arg, struct sl_call **ret_call);

/**
 * Calls GetCapabilities and waits: for command lines and tests. Never on the loop.
 *
 * arena  owns *ret_response. Returns SL_OK or the peer's code; outputs are untouched on failure.
 */
SL_MUST_USE enum sl_code agent_service_get_capabilities(
    struct sl_channel *channel, const struct sl_call_options *options,
    const Servicelane__Agent__V1__GetCapabilitiesRequest *request, struct sl_arena *arena,
    Servicelane__Agent__V1__Capabilities **ret_response, struct sl_error *err);

/** response is NULL unless info->error.code is SL_OK. Both are borrowed until return. */
typedef void agent_service_validate_operation_done_fn(
    const struct sl_call_info *info,
    const Servicelane__Agent__V1__ValidateOperationResponse *response, void *arg);

/**
 * Makes the checks that Execute would make, and nothing else.
 *
 * Starts ValidateOperation; request is packed before this returns.
 *
 * options   borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * done      on SL_OK runs exactly once, on the loop, never inside this call; else never.
 * ret_call  may be NULL; else a reference for sl_call_cancel() and sl_call_unref().
 */
SL_MUST_USE enum sl_code agent_service_validate_operation_start(
    struct sl_channel *channel, const struct sl_call_options *options,
    const Servicelane__Agent__V1__AgentServiceRequest *request,
    agent_service_validate_operation_done_fn *done, void *arg, struct sl_call **ret_call);

/**
 * Calls ValidateOperation and waits: for command lines and tests. Never on the loop.
 *
 * arena  owns *ret_response. Returns SL_OK or the peer's code; outputs are untouched on failure.
 */
SL_MUST_USE enum sl_code agent_service_validate_operation(
    struct sl_channel *channel, const struct sl_call_options *options,
    const Servicelane__Agent__V1__AgentServiceRequest *request, struct sl_arena *arena,
    Servicelane__Agent__V1__ValidateOperationResponse **ret_response, struct sl_error *err);

/** response is NULL unless info->error.code is SL_OK. Both are borrowed until return. */
typedef void
agent_service_execute_done_fn(const struct sl_call_info *info,
                              const Servicelane__Agent__V1__AgentServiceResponse *response,
                              void *arg);

/**
 * Carries out an operation and answers with its result. What the operation reports, an unknown
 * name or a refusal included, is an answer with success false; the RPC fails only where there is
 * no answer.
 *
 * Starts Execute; request is packed before this returns.
 *
 * options   borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * done      on SL_OK runs exactly once, on the loop, never inside this call; else never.
 * ret_call  may be NULL; else a reference for sl_call_cancel() and sl_call_unref().
 */
SL_MUST_USE enum sl_code
agent_service_execute_start(struct sl_channel *channel, const struct sl_call_options *options,
                            const Servicelane__Agent__V1__AgentServiceRequest *request,
                            agent_service_execute_done_fn *done, void *arg,
                            struct sl_call **ret_call);

/**
 * Calls Execute and waits: for command lines and tests. Never on the loop.
 *
 * arena  owns *ret_response. Returns SL_OK or the peer's code; outputs are untouched on failure.
 */
SL_MUST_USE enum sl_code agent_service_execute(
    struct sl_channel *channel, const struct sl_call_options *options,
    const Servicelane__Agent__V1__AgentServiceRequest *request, struct sl_arena *arena,
    Servicelane__Agent__V1__AgentServiceResponse **ret_response, struct sl_error *err);

/** response is NULL unless info->error.code is SL_OK. Both are borrowed until return. */
typedef void
agent_service_execute_async_done_fn(const struct sl_call_info *info,
                                    const Servicelane__Agent__V1__ExecuteAsyncResponse *response,
                                    void *arg);

/**
 * Accepts an operation and answers at once; accepted means that it is on disk.
 *
 * Starts ExecuteAsync; request is packed before this returns.
 *
 * options   borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * done      on SL_OK runs exactly once, on the loop, never inside this call; else never.
 * ret_call  may be NULL; else a reference for sl_call_cancel() and sl_call_unref().
 */
SL_MUST_USE enum sl_code
agent_service_execute_async_start(struct sl_channel *channel, const struct sl_call_options *options,
                                  const Servicelane__Agent__V1__AgentServiceRequest *request,
                                  agent_service_execute_async_done_fn *done, void *arg,
                                  struct sl_call **ret_call);

/**
 * Calls ExecuteAsync and waits: for command lines and tests. Never on the loop.
 *
 * arena  owns *ret_response. Returns SL_OK or the peer's code; outputs are untouched on failure.
 */
SL_MUST_USE enum sl_code agent_service_execute_async(
    struct sl_channel *channel, const struct sl_call_options *options,
    const Servicelane__Agent__V1__AgentServiceRequest *request, struct sl_arena *arena,
    Servicelane__Agent__V1__ExecuteAsyncResponse **ret_response, struct sl_error *err);

/** response is NULL unless info->error.code is SL_OK. Both are borrowed until return. */
typedef void agent_service_get_task_done_fn(const struct sl_call_info *info,
                                            const Servicelane__Agent__V1__Task *response,
                                            void *arg);

/**
 * The state of an accepted operation. NOT_FOUND where there is none of that id, or another
 * tenant's.
 *
 * Starts GetTask; request is packed before this returns.
 *
 * options   borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * done      on SL_OK runs exactly once, on the loop, never inside this call; else never.
 * ret_call  may be NULL; else a reference for sl_call_cancel() and sl_call_unref().
 */
SL_MUST_USE enum sl_code
agent_service_get_task_start(struct sl_channel *channel, const struct sl_call_options *options,
                             const Servicelane__Agent__V1__GetTaskRequest *request,
                             agent_service_get_task_done_fn *done, void *arg,
                             struct sl_call **ret_call);

/**
 * Calls GetTask and waits: for command lines and tests. Never on the loop.
 *
 * arena  owns *ret_response. Returns SL_OK or the peer's code; outputs are untouched on failure.
 */
SL_MUST_USE enum sl_code
agent_service_get_task(struct sl_channel *channel, const struct sl_call_options *options,
                       const Servicelane__Agent__V1__GetTaskRequest *request,
                       struct sl_arena *arena, Servicelane__Agent__V1__Task **ret_response,
                       struct sl_error *err);

struct agent_service_watch_task_callbacks {
    /**
     * Required. SL_FLOW_NEXT reads the next message; SL_FLOW_PAUSE reads none until
     * sl_call_resume() (backpressure); SL_FLOW_CANCEL ends the call. message is borrowed until
     * return.
     */
    enum sl_flow (*on_message)(const Servicelane__Agent__V1__Task *message, void *arg);
    /** Required. Runs exactly once, last, with the final status. */
    void (*on_done)(const struct sl_call_info *info, void *arg);
};

/**
 * The state of a task now and at each change; ends after the state that is its last.
 *
 * Starts WatchTask; request is packed before this returns.
 *
 * options    borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * callbacks  copied; on_done runs exactly once where this returns SL_OK, else never.
 * ret_call   may be NULL; else a reference, for sl_call_resume(), _cancel(), _unref().
 */
SL_MUST_USE enum sl_code
agent_service_watch_task_start(struct sl_channel *channel, const struct sl_call_options *options,
                               const Servicelane__Agent__V1__WatchTaskRequest *request,
                               const struct agent_service_watch_task_callbacks *callbacks,
                               void *arg, struct sl_call **ret_call);

/**
 * Starts WatchTask for a caller that waits: command lines, tests, threads of their own; never on
 * the loop. agent_service_watch_task_next() waits for the answers, sl_waiting_call_free() ends the
 * call.
 *
 * options   borrowed; NULL means defaults.
 * ret_call  the caller's, to be freed before the channel is.
 */
SL_MUST_USE enum sl_code
agent_service_watch_task_open(struct sl_channel *channel, const struct sl_call_options *options,
                              const Servicelane__Agent__V1__WatchTaskRequest *request,
                              struct sl_waiting_call **ret_call, struct sl_error *err);

/**
 * Waits for the next message of WatchTask. *ret_message is NULL at the end, else borrowed until the
 * next call of this or sl_waiting_call_free(). Errors: what the call ended with.
 */
SL_MUST_USE enum sl_code
agent_service_watch_task_next(struct sl_waiting_call *call,
                              const Servicelane__Agent__V1__Task **ret_message,
                              struct sl_error *err);

/** response is NULL unless info->error.code is SL_OK. Both are borrowed until return. */
typedef void agent_service_cancel_task_done_fn(const struct sl_call_info *info,
                                               const Servicelane__Agent__V1__Task *response,
                                               void *arg);

/**
 * Ends a task that has not changed anything yet. FAILED_PRECONDITION where it has ended already.
 *
 * Starts CancelTask; request is packed before this returns.
 *
 * options   borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * done      on SL_OK runs exactly once, on the loop, never inside this call; else never.
 * ret_call  may be NULL; else a reference for sl_call_cancel() and sl_call_unref().
 */
SL_MUST_USE enum sl_code
agent_service_cancel_task_start(struct sl_channel *channel, const struct sl_call_options *options,
                                const Servicelane__Agent__V1__CancelTaskRequest *request,
                                agent_service_cancel_task_done_fn *done, void *arg,
                                struct sl_call **ret_call);

/**
 * Calls CancelTask and waits: for command lines and tests. Never on the loop.
 *
 * arena  owns *ret_response. Returns SL_OK or the peer's code; outputs are untouched on failure.
 */
SL_MUST_USE enum sl_code
agent_service_cancel_task(struct sl_channel *channel, const struct sl_call_options *options,
                          const Servicelane__Agent__V1__CancelTaskRequest *request,
                          struct sl_arena *arena, Servicelane__Agent__V1__Task **ret_response,
                          struct sl_error *err);

/** response is NULL unless info->error.code is SL_OK. Both are borrowed until return. */
typedef void agent_service_reconcile_task_done_fn(const struct sl_call_info *info,
                                                  const Servicelane__Agent__V1__Task *response,
                                                  void *arg);

/**
 * Settles a task whose outcome the machine could not know. ABORTED where the task is settled.
 *
 * Starts ReconcileTask; request is packed before this returns.
 *
 * options   borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * done      on SL_OK runs exactly once, on the loop, never inside this call; else never.
 * ret_call  may be NULL; else a reference for sl_call_cancel() and sl_call_unref().
 */
SL_MUST_USE enum sl_code agent_service_reconcile_task_start(
    struct sl_channel *channel, const struct sl_call_options *options,
    const Servicelane__Agent__V1__ReconcileTaskRequest *request,
    agent_service_reconcile_task_done_fn *done, void *arg, struct sl_call **ret_call);

/**
 * Calls ReconcileTask and waits: for command lines and tests. Never on the loop.
 *
 * arena  owns *ret_response. Returns SL_OK or the peer's code; outputs are untouched on failure.
 */
SL_MUST_USE enum sl_code
agent_service_reconcile_task(struct sl_channel *channel, const struct sl_call_options *options,
                             const Servicelane__Agent__V1__ReconcileTaskRequest *request,
                             struct sl_arena *arena, Servicelane__Agent__V1__Task **ret_response,
                             struct sl_error *err);

/**
 * What a server of servicelane.agent.v1.AgentService does, a function for each method. They run on
 * the loop and never block. request is borrowed until the call is answered;
 * sl_server_call_arena(call) lives as long. A function that returns other than SL_OK has thereby
 * answered; one that returns SL_OK answers now or later, exactly once. A NULL one answers
 * UNIMPLEMENTED.
 */
struct agent_service_handlers {
    /** Whether the agent can do its work. */
    enum sl_code (*get_health)(void *self, struct sl_server_call *call,
                               const Servicelane__Agent__V1__GetHealthRequest *request,
                               struct sl_error *err);
    /** The operations that the agent offers now, and the MCP tools behind them. */
    enum sl_code (*get_capabilities)(void *self, struct sl_server_call *call,
                                     const Servicelane__Agent__V1__GetCapabilitiesRequest *request,
                                     struct sl_error *err);
    /** Makes the checks that Execute would make, and nothing else. */
    enum sl_code (*validate_operation)(void *self, struct sl_server_call *call,
                                       const Servicelane__Agent__V1__AgentServiceRequest *request,
                                       struct sl_error *err);
    /**
     * Carries out an operation and answers with its result. What the operation reports, an unknown
     * name or a refusal included, is an answer with success false; the RPC fails only where there
     * is
     * no answer.
     */
    enum sl_code (*execute)(void *self, struct sl_server_call *call,
                            const Servicelane__Agent__V1__AgentServiceRequest *request,
                            struct sl_error *err);
    /** Accepts an operation and answers at once; accepted means that it is on disk. */
    enum sl_code (*execute_async)(void *self, struct sl_server_call *call,
                                  const Servicelane__Agent__V1__AgentServiceRequest *request,
                                  struct sl_error *err);
    /**
     * The state of an accepted operation. NOT_FOUND where there is none of that id, or another
     * tenant's.
     */
    enum sl_code (*get_task)(void *self, struct sl_server_call *call,
                             const Servicelane__Agent__V1__GetTaskRequest *request,
                             struct sl_error *err);
    /** The state of a task now and at each change; ends after the state that is its last. */
    enum sl_code (*watch_task)(void *self, struct sl_server_call *call,
                               const Servicelane__Agent__V1__WatchTaskRequest *request,
                               struct sl_error *err);
    /**
     * Ends a task that has not changed anything yet. FAILED_PRECONDITION where it has ended
     * already.
     */
    enum sl_code (*cancel_task)(void *self, struct sl_server_call *call,
                                const Servicelane__Agent__V1__CancelTaskRequest *request,
                                struct sl_error *err);
    /**
     * Settles a task whose outcome the machine could not know. ABORTED where the task is settled.
     */
    enum sl_code (*reconcile_task)(void *self, struct sl_server_call *call,
                                   const Servicelane__Agent__V1__ReconcileTaskRequest *request,
                                   struct sl_error *err);
};

/** Before sl_server_start(). handlers is copied; self is borrowed until sl_server_free(). */
SL_MUST_USE enum sl_code agent_service_register(struct sl_server *server,
                                                const struct agent_service_handlers *handlers,
                                                void *self);

/** Answers GetHealth: packs response and ends the call with OK. Loop only. */
void agent_service_get_health_reply(struct sl_server_call *call,
                                    const Servicelane__Agent__V1__AgentHealth *response);

/** Answers GetCapabilities: packs response and ends the call with OK. Loop only. */
void agent_service_get_capabilities_reply(struct sl_server_call *call,
                                          const Servicelane__Agent__V1__Capabilities *response);

/** Answers ValidateOperation: packs response and ends the call with OK. Loop only. */
void agent_service_validate_operation_reply(
    struct sl_server_call *call, const Servicelane__Agent__V1__ValidateOperationResponse *response);

/** Answers Execute: packs response and ends the call with OK. Loop only. */
void agent_service_execute_reply(struct sl_server_call *call,
                                 const Servicelane__Agent__V1__AgentServiceResponse *response);

/** Answers ExecuteAsync: packs response and ends the call with OK. Loop only. */
void agent_service_execute_async_reply(
    struct sl_server_call *call, const Servicelane__Agent__V1__ExecuteAsyncResponse *response);

/** Answers GetTask: packs response and ends the call with OK. Loop only. */
void agent_service_get_task_reply(struct sl_server_call *call,
                                  const Servicelane__Agent__V1__Task *response);

/**
 * Packs and sends one message of WatchTask. on_sent runs once, on the loop, when the next may be
 * sent. Errors, where on_sent never runs: SL_CANCELLED (the client left), SL_FAILED_PRECONDITION
 * (one is under way), SL_RESOURCE_EXHAUSTED.
 */
SL_MUST_USE enum sl_code agent_service_watch_task_send(struct sl_server_call *call,
                                                       const Servicelane__Agent__V1__Task *message,
                                                       sl_sent_fn *on_sent, void *arg);

/** Ends WatchTask; status NULL means OK. Loop only. */
void agent_service_watch_task_end(struct sl_server_call *call, const struct sl_error *status);

/** Answers CancelTask: packs response and ends the call with OK. Loop only. */
void agent_service_cancel_task_reply(struct sl_server_call *call,
                                     const Servicelane__Agent__V1__Task *response);

/** Answers ReconcileTask: packs response and ends the call with OK. Loop only. */
void agent_service_reconcile_task_reply(struct sl_server_call *call,
                                        const Servicelane__Agent__V1__Task *response);

#ifdef __cplusplus
}
#endif

#endif
