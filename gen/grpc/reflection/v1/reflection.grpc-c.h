/* Made from grpc/reflection/v1/reflection.proto by protoc-gen-grpc-c: do not edit. */
#ifndef GRPC_REFLECTION_V1_REFLECTION_GRPC_C_H
#define GRPC_REFLECTION_V1_REFLECTION_GRPC_C_H

#include "rpc/rpc.h"

#include "grpc/reflection/v1/reflection.pb-c.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The file itself, for reflection. */
extern const struct sl_file grpc_reflection_v1_reflection_file;

/** Answered by every ServiceLane server. */
extern const struct sl_service server_reflection_descriptor;
extern const struct sl_method server_reflection_server_reflection_info_method;

struct server_reflection_server_reflection_info_callbacks {
    /**
     * Required. SL_FLOW_NEXT reads the next message; SL_FLOW_PAUSE reads none until
     * sl_call_resume() (backpressure); SL_FLOW_CANCEL ends the call. message is borrowed until
     * return.
     */
    enum sl_flow (*on_message)(const Grpc__Reflection__V1__ServerReflectionResponse *message,
                               void *arg);
    /** Required. Runs exactly once, last, with the final status. */
    void (*on_done)(const struct sl_call_info *info, void *arg);
};

/**
 * Answers each request of the stream, in order.
 *
 * Starts ServerReflectionInfo, which is sent requests by
 * server_reflection_server_reflection_info_send_request().
 *
 * options    borrowed; NULL means defaults. options->timeout_ms is for the whole call.
 * callbacks  copied; on_done runs exactly once where this returns SL_OK, else never.
 * ret_call   a reference, to send requests, to sl_call_resume(), _cancel(), _unref().
 */
SL_MUST_USE enum sl_code server_reflection_server_reflection_info_start(
    struct sl_channel *channel, const struct sl_call_options *options,
    const struct server_reflection_server_reflection_info_callbacks *callbacks, void *arg,
    struct sl_call **ret_call);

/**
 * Packs and sends one request of ServerReflectionInfo; sl_call_close_send() says that it was the
 * last. on_sent runs once, on the loop, never inside this call, when the next may be sent. Errors,
 * where on_sent never runs: SL_FAILED_PRECONDITION (one is under way, or sending was closed),
 * SL_CANCELLED (the call has ended).
 */
SL_MUST_USE enum sl_code server_reflection_server_reflection_info_send_request(
    struct sl_call *call, const Grpc__Reflection__V1__ServerReflectionRequest *request,
    sl_call_sent_fn *on_sent, void *arg);

/**
 * Starts ServerReflectionInfo for a caller that waits: command lines, tests, threads of their own;
 * never on the loop. server_reflection_server_reflection_info_write() sends the requests,
 * sl_waiting_call_close_send() ends them, server_reflection_server_reflection_info_next() waits for
 * the answers, sl_waiting_call_free() ends the call.
 *
 * options   borrowed; NULL means defaults.
 * ret_call  the caller's, to be freed before the channel is.
 */
SL_MUST_USE enum sl_code server_reflection_server_reflection_info_open(
    struct sl_channel *channel, const struct sl_call_options *options,
    struct sl_waiting_call **ret_call, struct sl_error *err);

/**
 * Sends one request of ServerReflectionInfo, and waits until the next may be sent. Errors: what the
 * call ended with; SL_CANCELLED (the server takes no more,
 * server_reflection_server_reflection_info_next() tells the rest), SL_FAILED_PRECONDITION (sending
 * was closed).
 */
SL_MUST_USE enum sl_code server_reflection_server_reflection_info_write(
    struct sl_waiting_call *call, const Grpc__Reflection__V1__ServerReflectionRequest *request,
    struct sl_error *err);

/**
 * Waits for the next message of ServerReflectionInfo. *ret_message is NULL at the end, else
 * borrowed until the next call of this or sl_waiting_call_free(). Errors: what the call ended with.
 */
SL_MUST_USE enum sl_code server_reflection_server_reflection_info_next(
    struct sl_waiting_call *call,
    const Grpc__Reflection__V1__ServerReflectionResponse **ret_message, struct sl_error *err);

/**
 * What a server of grpc.reflection.v1.ServerReflection does, a function for each method. They run
 * on the loop and never block. request is borrowed until the call is answered;
 * sl_server_call_arena(call) lives as long. One without a request asks for them with its
 * _receive(). A function that returns other than SL_OK has thereby answered; one that returns SL_OK
 * answers now or later, exactly once. A NULL one answers UNIMPLEMENTED.
 */
struct server_reflection_handlers {
    /** Answers each request of the stream, in order. */
    enum sl_code (*server_reflection_info)(void *self, struct sl_server_call *call,
                                           struct sl_error *err);
};

/** Before sl_server_start(). handlers is copied; self is borrowed until sl_server_free(). */
SL_MUST_USE enum sl_code
server_reflection_register(struct sl_server *server,
                           const struct server_reflection_handlers *handlers, void *self);

/** What takes the requests of ServerReflectionInfo, in memory of the handler's. */
struct server_reflection_server_reflection_info_reader {
    /**
     * Required. request is borrowed until return. NULL: there are no more, and
     * sl_server_call_is_cancelled() tells whether the client left; or, with error, this one is not
     * acceptable, and error is what to end the call with. The call still has to be ended.
     */
    void (*on_request)(const Grpc__Reflection__V1__ServerReflectionRequest *request,
                       const struct sl_error *error, void *arg);
    /** Optional. Given to on_request. */
    void *arg;
};

/**
 * Asks for the next request of ServerReflectionInfo: reader->on_request runs once, on the loop,
 * never inside this call, and not after the call was ended. Nothing is read ahead: a slow handler
 * slows the client. reader is borrowed until then. SL_FAILED_PRECONDITION: asked already.
 */
SL_MUST_USE enum sl_code server_reflection_server_reflection_info_receive(
    struct sl_server_call *call, struct server_reflection_server_reflection_info_reader *reader);

/**
 * Packs and sends one message of ServerReflectionInfo. on_sent runs once, on the loop, when the
 * next may be sent. Errors, where on_sent never runs: SL_CANCELLED (the client left),
 * SL_FAILED_PRECONDITION (one is under way), SL_RESOURCE_EXHAUSTED.
 */
SL_MUST_USE enum sl_code server_reflection_server_reflection_info_send(
    struct sl_server_call *call, const Grpc__Reflection__V1__ServerReflectionResponse *message,
    sl_sent_fn *on_sent, void *arg);

/** Ends ServerReflectionInfo; status NULL means OK. Loop only. */
void server_reflection_server_reflection_info_end(struct sl_server_call *call,
                                                  const struct sl_error *status);

#ifdef __cplusplus
}
#endif

#endif
