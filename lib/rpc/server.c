#include "rpc/server.h"

#include <assert.h>
#include <string.h>

#include "base/memory.h"
#include "rpc/health.h"
#include "rpc/reflection.h"
#include "rpc/server_private.h"
#include "rpc/tls_private.h"

enum {
    DEFAULT_MAX_MESSAGE_BYTES = 4 * 1024 * 1024,
    DEFAULT_HANDSHAKE_TIMEOUT_MS = 20 * 1000,
    DEFAULT_KEEPALIVE_MS = 2 * 60 * 60 * 1000,
    DEFAULT_KEEPALIVE_TIMEOUT_MS = 20 * 1000,
    /* How often clients may ask whether the server is still there. */
    SHORTEST_PING_MS = 5000,
};

static int milliseconds(int64_t value, int otherwise)
{
    if (value <= 0)
        return otherwise;
    return value > INT32_MAX ? INT32_MAX : (int)value;
}

static enum sl_code add_own_services(struct sl_server *server, struct sl_error *err)
{
    SL_TRY(sl_health_new(server, &server->health, err));
    return sl_reflection_new(server, &server->reflection, err);
}

enum sl_code sl_server_new(struct sl_loop *loop, const struct sl_server_options *options,
                           struct sl_server **ret_server, struct sl_error *err)
{
    SL_TRY(sl_tls_check_choice(options->tls, options->is_insecure, "a server", err));
    struct sl_server *server = sl_alloc(sizeof(*server));
    if (server == NULL)
        return sl_error_no_memory(err);
    server->loop = loop;
    server->max_message_bytes =
        options->max_message_bytes != 0 ? options->max_message_bytes : DEFAULT_MAX_MESSAGE_BYTES;
    server->max_calls_in_flight = options->max_calls_in_flight;
    server->handshake_timeout_ms =
        milliseconds(options->handshake_timeout_ms, DEFAULT_HANDSHAKE_TIMEOUT_MS);
    server->keepalive_ms = milliseconds(options->keepalive_ms, DEFAULT_KEEPALIVE_MS);
    server->keepalive_timeout_ms =
        milliseconds(options->keepalive_timeout_ms, DEFAULT_KEEPALIVE_TIMEOUT_MS);
    server->listen = sl_strdup(options->listen);
    enum sl_code code = sl_tls_server_credentials(options->tls, &server->credentials, err);
    if (code == SL_OK)
        code = server->listen == NULL ? sl_error_no_memory(err) : add_own_services(server, err);
    if (code != SL_OK) {
        sl_server_free(server);
        return code;
    }
    *ret_server = server;
    return SL_OK;
}

/* Makes room for one more element at the end of *items. */
static bool grow(void *items, size_t count, size_t element_bytes)
{
    void **slot = items;
    void *grown = sl_realloc(*slot, (count + 1) * element_bytes);
    if (grown == NULL)
        return false;
    *slot = grown;
    memset((char *)grown + count * element_bytes, 0, element_bytes);
    return true;
}

enum sl_code sl_server_add_interceptor(struct sl_server *server, sl_interceptor_fn *fn,
                                       sl_call_ended_fn *ended, void *arg)
{
    if (server->state != SL_SERVER_NEW)
        return SL_FAILED_PRECONDITION;
    if (!grow(&server->interceptors, server->interceptor_count, sizeof(*server->interceptors)))
        return SL_RESOURCE_EXHAUSTED;
    server->interceptors[server->interceptor_count++] =
        (struct sl_interceptor){.fn = fn, .ended = ended, .arg = arg};
    return SL_OK;
}

enum sl_code sl_server_add_file(struct sl_server *server, const struct sl_file *file)
{
    if (server->state != SL_SERVER_NEW)
        return SL_FAILED_PRECONDITION;
    if (!grow(&server->files, server->file_count, sizeof(*server->files)))
        return SL_RESOURCE_EXHAUSTED;
    server->files[server->file_count++] = file;
    return SL_OK;
}

enum sl_code sl_server_register(struct sl_server *server, const struct sl_service *service,
                                sl_dispatch_fn *const *dispatch, const void *handlers,
                                size_t handlers_size, void *self)
{
    if (server->state != SL_SERVER_NEW)
        return SL_FAILED_PRECONDITION;
    for (size_t i = 0; i < server->service_count; i++) {
        if (strcmp(server->services[i].service->name, service->name) == 0)
            return SL_ALREADY_EXISTS;
    }
    SL_CLEANUP(sl_free_cleanup) void *copy = sl_alloc(handlers_size + 1);
    SL_CLEANUP(sl_free_cleanup)
    struct sl_server_method *methods = sl_alloc_array(service->method_count + 1, sizeof(*methods));
    if (copy == NULL || methods == NULL ||
        !grow(&server->services, server->service_count, sizeof(*server->services)))
        return SL_RESOURCE_EXHAUSTED;
    if (server->health != NULL)
        SL_TRY(sl_health_add(server->health, service->name));
    if (handlers_size > 0)
        memcpy(copy, handlers, handlers_size);
    for (size_t i = 0; i < service->method_count; i++) {
        methods[i].method = service->methods[i];
        methods[i].dispatch = dispatch[i];
        methods[i].handlers = copy;
        methods[i].self = self;
    }
    server->services[server->service_count++] = (struct sl_server_service){
        .service = service, .methods = SL_TAKE(methods), .handlers = SL_TAKE(copy)};
    return SL_OK;
}

static grpc_arg integer(const char *key, int value)
{
    return (grpc_arg){
        .type = GRPC_ARG_INTEGER, .key = (char *)(uintptr_t)key, .value.integer = value};
}

/*
 * Taken ports are refused (SO_REUSEPORT would share them), messages are bounded (the compressed
 * ones in inflate.h), and clients may ask often whether the server is still there.
 */
static grpc_server *create_core(const struct sl_server *server)
{
    int limit = server->max_message_bytes > INT32_MAX ? INT32_MAX : (int)server->max_message_bytes;
    grpc_arg items[] = {
        integer(GRPC_ARG_ALLOW_REUSEPORT, 0),
        integer(GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, limit),
        integer(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0),
        integer(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, server->handshake_timeout_ms),
        integer(GRPC_ARG_KEEPALIVE_TIME_MS, server->keepalive_ms),
        integer(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, server->keepalive_timeout_ms),
        integer(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1),
        integer(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, SHORTEST_PING_MS),
        integer(GRPC_ARG_ENABLE_CHANNELZ, 0),
    };
    const grpc_channel_args args = {SL_ARRAY_LENGTH(items), items};
    return grpc_server_create(&args, NULL);
}

/* The first request comes with the call, unless requests are a stream: one event a call less. */
static enum sl_code register_method(struct sl_server *server, struct sl_server_method *target,
                                    struct sl_error *err)
{
    target->registered = grpc_server_register_method(
        server->core, target->method->path, NULL,
        target->method->is_client_streaming ? GRPC_SRM_PAYLOAD_NONE
                                            : GRPC_SRM_PAYLOAD_READ_INITIAL_BYTE_BUFFER,
        0);
    if (target->registered == NULL)
        return sl_error_set(err, SL_ALREADY_EXISTS, "%s is registered twice", target->method->path);
    return SL_OK;
}

static enum sl_code register_methods(struct sl_server *server, struct sl_error *err)
{
    for (size_t i = 0; i < server->service_count; i++) {
        struct sl_server_service *service = &server->services[i];
        for (size_t j = 0; j < service->service->method_count; j++)
            SL_TRY(register_method(server, &service->methods[j], err));
    }
    return SL_OK;
}

/*
 * A server with a bound port may only be destroyed after it was shut down. It never ran, so that
 * takes no longer than closing its sockets.
 */
static void abandon_core(struct sl_server *server)
{
    const gpr_timespec limit =
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_seconds(1, GPR_TIMESPAN));
    grpc_completion_queue *queue = grpc_completion_queue_create_for_pluck(NULL);
    grpc_server_register_completion_queue(server->core, queue, NULL);
    grpc_server_shutdown_and_notify(server->core, queue, server);
    grpc_completion_queue_pluck(queue, server, limit, NULL);
    grpc_server_destroy(server->core);
    server->core = NULL;
    grpc_completion_queue_shutdown(queue);
    grpc_completion_queue_destroy(queue);
}

enum sl_code sl_server_start(struct sl_server *server, struct sl_error *err)
{
    if (server->state != SL_SERVER_NEW)
        return sl_error_set(err, SL_FAILED_PRECONDITION, "the server was started already");
    server->core = create_core(server);
    if (server->core == NULL)
        return sl_error_no_memory(err);
    enum sl_code code = register_methods(server, err);
    if (code == SL_OK)
        code = sl_server_bind(server, err);
    if (code != SL_OK) {
        abandon_core(server);
        return code;
    }
    grpc_server_register_completion_queue(server->core, sl_loop_queue(server->loop), NULL);
    grpc_server_start(server->core);
    server->state = SL_SERVER_RUNNING;
    sl_server_accept_all(server);
    return SL_OK;
}

int sl_server_port(const struct sl_server *server)
{
    return server->port;
}

void sl_server_set_serving(struct sl_server *server, const char *service, bool is_serving)
{
    sl_health_set(server->health, service, is_serving);
}

void sl_server_free(struct sl_server *server)
{
    if (server == NULL)
        return;
    assert(server->state == SL_SERVER_NEW || server->state == SL_SERVER_STOPPED);
    if (server->core != NULL)
        grpc_server_destroy(server->core);
    if (server->credentials != NULL)
        grpc_server_credentials_release(server->credentials);
    sl_health_free(server->health);
    sl_reflection_free(server->reflection);
    for (size_t i = 0; i < server->service_count; i++) {
        sl_free(server->services[i].methods);
        sl_free(server->services[i].handlers);
    }
    sl_free(server->services);
    sl_free(server->interceptors);
    sl_free(server->files);
    while (server->spare_arena_count > 0)
        sl_arena_free(server->spare_arenas[--server->spare_arena_count]);
    sl_free(server->listen);
    sl_free(server);
}
