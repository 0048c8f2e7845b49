/* Made from grpc/health/v1/health.proto by protoc-gen-grpc-c: do not edit. */
#ifndef GRPC_HEALTH_V1_HEALTH_GRPC_C_H
#define GRPC_HEALTH_V1_HEALTH_GRPC_C_H

#include "rpc/rpc.h"

#include "grpc/health/v1/health.pb-c.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The file itself, for reflection. */
extern const struct sl_file grpc_health_v1_health_file;

/** Answered by every ServiceLane server. */
extern const struct sl_service health_descriptor;
extern const struct sl_method health_check_method;
extern const struct sl_method health_watch_method;

/** response is NULL unless info->error.code is SL_OK. Both are borrowed until return. */
typedef void health_check_done_fn(const struct sl_call_info *info,
                                  const Grpc__Health__V1__HealthCheckResponse *response, void *arg);

/**
 * The health of a service now; NOT_FOUND where the server does not know the service.
 *
 * Starts Check; request is packed before this returns.
 *
 * options   borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * done      on SL_OK runs exactly once, on the loop, never inside this call; else never.
 * ret_call  may be NULL; else a reference for sl_call_cancel() and sl_call_unref().
 */
SL_MUST_USE enum sl_code health_check_start(struct sl_channel *channel,
                                            const struct sl_call_options *options,
                                            const Grpc__Health__V1__HealthCheckRequest *request,
                                            health_check_done_fn *done, void *arg,
                                            struct sl_call **ret_call);

/**
 * Calls Check and waits: for command lines and tests. Never on the loop.
 *
 * arena  owns *ret_response. Returns SL_OK or the peer's code; outputs are untouched on failure.
 */
SL_MUST_USE enum sl_code
health_check(struct sl_channel *channel, const struct sl_call_options *options,
             const Grpc__Health__V1__HealthCheckRequest *request, struct sl_arena *arena,
             Grpc__Health__V1__HealthCheckResponse **ret_response, struct sl_error *err);

struct health_watch_callbacks {
    /**
     * Required. SL_FLOW_NEXT reads the next message; SL_FLOW_PAUSE reads none until
     * sl_call_resume() (backpressure); SL_FLOW_CANCEL ends the call. message is borrowed until
     * return.
     */
    enum sl_flow (*on_message)(const Grpc__Health__V1__HealthCheckResponse *message, void *arg);
    /** Required. Runs exactly once, last, with the final status. */
    void (*on_done)(const struct sl_call_info *info, void *arg);
};

/**
 * The health of a service now and at each change; SERVICE_UNKNOWN until the server knows it.
 *
 * Starts Watch; request is packed before this returns.
 *
 * options    borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * callbacks  copied; on_done runs exactly once where this returns SL_OK, else never.
 * ret_call   may be NULL; else a reference, for sl_call_resume(), _cancel(), _unref().
 */
SL_MUST_USE enum sl_code health_watch_start(struct sl_channel *channel,
                                            const struct sl_call_options *options,
                                            const Grpc__Health__V1__HealthCheckRequest *request,
                                            const struct health_watch_callbacks *callbacks,
                                            void *arg, struct sl_call **ret_call);

/**
 * Starts Watch for a caller that waits: command lines, tests, threads of their own; never on the
 * loop. health_watch_next() waits for the answers, sl_waiting_call_free() ends the call.
 *
 * options   borrowed; NULL means defaults.
 * ret_call  the caller's, to be freed before the channel is.
 */
SL_MUST_USE enum sl_code health_watch_open(struct sl_channel *channel,
                                           const struct sl_call_options *options,
                                           const Grpc__Health__V1__HealthCheckRequest *request,
                                           struct sl_waiting_call **ret_call, struct sl_error *err);

/**
 * Waits for the next message of Watch. *ret_message is NULL at the end, else borrowed until the
 * next call of this or sl_waiting_call_free(). Errors: what the call ended with.
 */
SL_MUST_USE enum sl_code
health_watch_next(struct sl_waiting_call *call,
                  const Grpc__Health__V1__HealthCheckResponse **ret_message, struct sl_error *err);

/**
 * What a server of grpc.health.v1.Health does, a function for each method. They run on the loop and
 * never block. request is borrowed until the call is answered; sl_server_call_arena(call) lives as
 * long. A function that returns other than SL_OK has thereby answered; one that returns SL_OK
 * answers now or later, exactly once. A NULL one answers UNIMPLEMENTED.
 */
struct health_handlers {
    /** The health of a service now; NOT_FOUND where the server does not know the service. */
    enum sl_code (*check)(void *self, struct sl_server_call *call,
                          const Grpc__Health__V1__HealthCheckRequest *request,
                          struct sl_error *err);
    /**
     * The health of a service now and at each change; SERVICE_UNKNOWN until the server knows it.
     */
    enum sl_code (*watch)(void *self, struct sl_server_call *call,
                          const Grpc__Health__V1__HealthCheckRequest *request,
                          struct sl_error *err);
};

/** Before sl_server_start(). handlers is copied; self is borrowed until sl_server_free(). */
SL_MUST_USE enum sl_code health_register(struct sl_server *server,
                                         const struct health_handlers *handlers, void *self);

/** Answers Check: packs response and ends the call with OK. Loop only. */
void health_check_reply(struct sl_server_call *call,
                        const Grpc__Health__V1__HealthCheckResponse *response);

/**
 * Packs and sends one message of Watch. on_sent runs once, on the loop, when the next may be sent.
 * Errors, where on_sent never runs: SL_CANCELLED (the client left), SL_FAILED_PRECONDITION (one is
 * under way), SL_RESOURCE_EXHAUSTED.
 */
SL_MUST_USE enum sl_code health_watch_send(struct sl_server_call *call,
                                           const Grpc__Health__V1__HealthCheckResponse *message,
                                           sl_sent_fn *on_sent, void *arg);

/** Ends Watch; status NULL means OK. Loop only. */
void health_watch_end(struct sl_server_call *call, const struct sl_error *status);

#ifdef __cplusplus
}
#endif

#endif
