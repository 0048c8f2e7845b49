#ifndef SL_RPC_SERVER_PRIVATE_H
#define SL_RPC_SERVER_PRIVATE_H

#include <grpc/grpc.h>

#include "loop/queue.h"
#include "loop/timer.h"
#include "rpc/server.h"
#include "rpc/server_call_private.h"

struct sl_health;
struct sl_reflection;

/* Where memory is watched, each call has its own: what outlives its call is seen. */
#if defined(__SANITIZE_ADDRESS__)
enum { SL_SPARE_ARENAS = 1, SL_SPARE_ARENAS_USED = 0 };
#else
enum { SL_SPARE_ARENAS = 64, SL_SPARE_ARENAS_USED = SL_SPARE_ARENAS };
#endif

/** gRPC fills this in when a call arrives; the same storage waits for the next one then. */
struct sl_accept {
    struct sl_completion completion;
    struct sl_server *server;
    /** NULL: for calls of methods that are not here. */
    struct sl_server_method *target;
    grpc_call *core;
    grpc_metadata_array metadata;
    grpc_call_details details;
    gpr_timespec deadline;
    grpc_byte_buffer *payload;
};

/** One RPC that the server offers. */
struct sl_server_method {
    const struct sl_method *method;
    sl_dispatch_fn *dispatch;
    const void *handlers;
    void *self;
    /** gRPC's handle, from start on. */
    void *registered;
    struct sl_accept accept;
};

/** One service that was registered; owns its methods and the copy of its handlers. */
struct sl_server_service {
    const struct sl_service *service;
    struct sl_server_method *methods;
    void *handlers;
};

struct sl_interceptor {
    sl_interceptor_fn *fn;
    sl_call_ended_fn *ended;
    void *arg;
};

/** See server_stop.c. */
enum sl_server_state {
    SL_SERVER_NEW,
    SL_SERVER_RUNNING,
    SL_SERVER_DRAINING,
    SL_SERVER_SHUTTING_DOWN,
    SL_SERVER_STOPPED,
};

struct sl_server {
    struct sl_loop *loop;
    grpc_server *core;
    grpc_server_credentials *credentials;
    char *listen;
    int port;
    size_t max_message_bytes;
    int handshake_timeout_ms, keepalive_ms, keepalive_timeout_ms;
    size_t max_calls_in_flight;
    /** Those that count against it. */
    size_t calls_in_flight;
    enum sl_server_state state;

    struct sl_server_service *services;
    size_t service_count;
    struct sl_interceptor *interceptors;
    size_t interceptor_count;
    /** For reflection, beside those of the services. */
    const struct sl_file **files;
    size_t file_count;
    struct sl_health *health;
    struct sl_reflection *reflection;

    /** Calls that have arrived and not gone. */
    struct sl_server_call *calls;
    /** Empty ones of calls that have gone, for those that come. */
    struct sl_arena *spare_arenas[SL_SPARE_ARENAS];
    size_t spare_arena_count;
    struct sl_accept unknown_accept;
    /** Accepts that gRPC holds. */
    size_t waiting_accepts;

    struct sl_completion shutdown_completion;
    bool is_shut_down;
    struct sl_timer grace_timer;
    /** When the grace period is over, by the loop's clock. */
    int64_t grace_end_ms;
    /** Clients were told to go elsewhere and need a moment for it. */
    bool is_lingering;
    struct sl_task stopped_task;
    void (*stopped)(void *arg);
    void *stopped_arg;
};

/** server_accept.c: asks gRPC for the next call of every method. */
void sl_server_accept_all(struct sl_server *server);

/** server_stop.c: to be called when a call or an accept has gone. */
void sl_server_check_stopped(struct sl_server *server);

/** listen.c: binds all addresses of server->listen and sets the port. */
SL_MUST_USE enum sl_code sl_server_bind(struct sl_server *server, struct sl_error *err);

#endif
