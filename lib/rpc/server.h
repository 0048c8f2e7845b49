#ifndef SL_RPC_SERVER_H
#define SL_RPC_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "loop/loop.h"
#include "rpc/method.h"
#include "rpc/tls.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A gRPC server on the loop. Life: sl_server_new(); <service>_register() for each service;
 * sl_server_start(); calls arrive; sl_server_stop_start(); its callback; sl_server_free().
 * grpc.health.v1 and reflection (v1, v1alpha) are served by it itself.
 */
struct sl_server;
struct sl_server_call;

struct sl_server_options {
    /** Required. host:port to bind; port 0 lets the system choose. Copied. */
    const char *listen;
    /** Optional. Largest message taken, bytes; 0 means 4 MiB. */
    size_t max_message_bytes;
    /** Optional. Calls that are answered at the same time, health and reflection not counted; one
     * more ends as SL_RESOURCE_EXHAUSTED, not executed. 0 means any number. */
    size_t max_calls_in_flight;
    /** Optional. Milliseconds in which a connection has to begin as one (TLS, the settings of
     * HTTP/2), until it is hung up on; 0 means 20,000. */
    int64_t handshake_timeout_ms;
    /** Optional. Milliseconds of silence after which a client is asked whether it is still there; 0
     * means two hours. */
    int64_t keepalive_ms;
    /** Optional. Milliseconds until a client that does not answer that is given up; 0 means 20,000.
     */
    int64_t keepalive_timeout_ms;
    /** TLS. Borrowed until the server is made. Required, unless is_insecure. */
    const struct sl_tls_options *tls;
    /** Plain text, which anybody on the way can read and change: for loopback and networks that are
     * trusted as a whole. Instead of tls, never with it. */
    bool is_insecure;
};

/**
 * Looks at every call of a method that is here (health and reflection too) before its handler does,
 * but not at those that are refused because the server stops or is full: for logging, metrics, who
 * may call. Other than SL_OK ends the call with err. Loop only.
 */
typedef enum sl_code sl_interceptor_fn(void *arg, struct sl_server_call *call,
                                       struct sl_error *err);

/** Runs once when a call has ended, however it ended; code is what the client was told. Loop only.
 */
typedef void sl_call_ended_fn(void *arg, struct sl_server_call *call, enum sl_code code);

/** options is borrowed until return. Errors: SL_INVALID_ARGUMENT (a TLS file, which err names;
 * neither tls nor is_insecure, or both), SL_RESOURCE_EXHAUSTED. */
SL_MUST_USE enum sl_code sl_server_new(struct sl_loop *loop,
                                       const struct sl_server_options *options,
                                       struct sl_server **ret_server, struct sl_error *err);

/** Before sl_server_start(), in the order in which they shall look. ended may be NULL. */
SL_MUST_USE enum sl_code sl_server_add_interceptor(struct sl_server *server, sl_interceptor_fn *fn,
                                                   sl_call_ended_fn *ended, void *arg);

/**
 * For generated stubs. dispatch calls the handler in slot `index` of handlers with the unpacked
 * request. handlers is copied (handlers_size bytes); self is borrowed until sl_server_free().
 */
typedef enum sl_code sl_dispatch_fn(const void *handlers, void *self, struct sl_server_call *call,
                                    const ProtobufCMessage *request, struct sl_error *err);
SL_MUST_USE enum sl_code sl_server_register(struct sl_server *server,
                                            const struct sl_service *service,
                                            sl_dispatch_fn *const *dispatch, const void *handlers,
                                            size_t handlers_size, void *self);

/**
 * One more .proto file, with its imports, that reflection knows: those of registered services it
 * knows already, but not those of the services that every server has. Before start. Borrowed until
 * free.
 */
SL_MUST_USE enum sl_code sl_server_add_file(struct sl_server *server, const struct sl_file *file);

/**
 * Binds and takes calls. A name that means several addresses, such as localhost, is bound on all of
 * them. SL_UNAVAILABLE: the address is taken or cannot be bound; err names it. SL_INVALID_ARGUMENT:
 * it is none.
 */
SL_MUST_USE enum sl_code sl_server_start(struct sl_server *server, struct sl_error *err);

/** The port that was bound. */
int sl_server_port(const struct sl_server *server);

/** What grpc.health.v1 says of service ("" for the whole server); SERVING from start on. Loop only.
 */
void sl_server_set_serving(struct sl_server *server, const char *service, bool is_serving);

/**
 * Stops taking calls (health says NOT_SERVING; calls that arrive end as SL_UNAVAILABLE, not
 * executed), waits up to grace_ms milliseconds for those in flight, cancels the rest; then, when
 * every call was answered, done(arg) runs once, on the loop, never inside this call. Called once.
 */
void sl_server_stop_start(struct sl_server *server, int64_t grace_ms, void (*done)(void *arg),
                          void *arg);

/** After stop is done, or instead of start. server may be NULL. */
void sl_server_free(struct sl_server *server);

#ifdef __cplusplus
}
#endif

#endif
