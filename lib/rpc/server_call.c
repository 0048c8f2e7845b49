#include "rpc/server_call.h"

#include <string.h>

#include "rpc/buffer.h"
#include "rpc/inflate.h"
#include "rpc/server_private.h"
#include "telemetry/span.h"

/* ---- Life ---- */

static struct sl_server_call *call_new(struct sl_server *server)
{
    struct sl_arena *arena = server->spare_arena_count > 0
                                 ? server->spare_arenas[--server->spare_arena_count]
                                 : sl_arena_new();
    struct sl_server_call *call = arena == NULL ? NULL : sl_arena_alloc(arena, sizeof(*call));
    if (call == NULL) {
        sl_arena_free(arena);
        return NULL;
    }
    call->server = server;
    call->arena = arena;
    call->next = server->calls;
    if (call->next != NULL)
        call->next->previous = call;
    server->calls = call;
    return call;
}

static void unlink_call(struct sl_server_call *call)
{
    if (call->next != NULL)
        call->next->previous = call->previous;
    if (call->previous != NULL)
        call->previous->next = call->next;
    else
        call->server->calls = call->next;
}

/* The next call takes it over. */
static void spare(struct sl_server *server, struct sl_arena *arena)
{
    if (server->spare_arena_count == SL_SPARE_ARENAS_USED) {
        sl_arena_free(arena);
        return;
    }
    sl_arena_reset(arena);
    server->spare_arenas[server->spare_arena_count++] = arena;
}

static void call_free(struct sl_server_call *call)
{
    struct sl_server *server = call->server;
    for (size_t i = call->seen_by; i-- > 0;) {
        const struct sl_interceptor *interceptor = &server->interceptors[i];
        if (interceptor->ended != NULL)
            interceptor->ended(interceptor->arg, call,
                               call->was_cancelled != 0 ? SL_CANCELLED : call->told);
    }
    if (call->target != NULL)
        sl_observed_answered(&call->observed, call->target->method,
                             call->was_cancelled != 0 ? SL_CANCELLED : call->told);
    unlink_call(call);
    if (call->has_place)
        server->calls_in_flight--;
    sl_metadata_sent(&call->initial_wire);
    sl_metadata_sent(&call->trailing_wire);
    grpc_byte_buffer_destroy(call->received);
    grpc_call_unref(call->core);
    sl_arena_free(call->message_arena);
    spare(server, call->arena);
    sl_server_check_stopped(server);
}

void sl_server_call_leave(struct sl_server_call *call)
{
    if (--call->reasons_to_stay == 0)
        call_free(call);
}

void sl_server_call_start_batch(struct sl_server_call *call, struct sl_server_batch *batch,
                                const grpc_op *ops, size_t count)
{
    batch->call = call;
    call->reasons_to_stay++;
    if (grpc_call_start_batch(call->core, ops, count, batch, NULL) == GRPC_CALL_OK)
        return;
    /* gRPC takes any batch that this library makes; were one refused, the call could only be ended.
     */
    call->reasons_to_stay--;
    grpc_call_cancel_with_status(call->core, GRPC_STATUS_INTERNAL, "batch refused", NULL);
}

/* The client left, its deadline passed, or all is said. */
static void closed(struct sl_completion *completion, bool ok)
{
    (void)ok;
    struct sl_server_call *call = ((struct sl_server_batch *)completion)->call;
    void (*on_cancel)(void *) = call->on_cancel;
    call->on_cancel = NULL;
    call->is_cancelled = call->was_cancelled != 0;
    if (call->is_cancelled && !call->is_answered && on_cancel != NULL)
        on_cancel(call->cancel_arg);
    sl_server_call_leave(call);
}

grpc_op sl_server_call_ask_close(struct sl_server_call *call)
{
    call->is_close_asked = true;
    return (grpc_op){.op = GRPC_OP_RECV_CLOSE_ON_SERVER,
                     .data.recv_close_on_server.cancelled = &call->was_cancelled};
}

static void watch_close(struct sl_server_call *call)
{
    const grpc_op op = sl_server_call_ask_close(call);
    call->close_batch.completion.fn = closed;
    sl_server_call_start_batch(call, &call->close_batch, &op, 1);
}

/* ---- Arrival ---- */

static enum sl_code ask_interceptors(struct sl_server_call *call, struct sl_error *err)
{
    const struct sl_server *server = call->server;
    while (call->seen_by < server->interceptor_count) {
        const struct sl_interceptor *interceptor = &server->interceptors[call->seen_by++];
        SL_TRY(interceptor->fn(interceptor->arg, call, err));
    }
    return SL_OK;
}

static enum sl_code unpack_request(struct sl_server_call *call, grpc_byte_buffer *payload,
                                   ProtobufCMessage **ret_request, struct sl_error *err)
{
    const struct sl_method *method = call->target->method;
    if (method->is_client_streaming)
        return SL_OK;
    if (payload == NULL)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "%s was called without a request",
                            method->path);
    const struct sl_unpacking unpacking = {method->request, call->arena,
                                           call->server->max_message_bytes};
    call->was_compressed = sl_buffer_is_compressed(payload);
    return sl_buffer_unpack(&unpacking, payload, ret_request, err);
}

/* Who asks for health wants to know it above all when there is much to do. */
static bool is_own_service(const struct sl_server *server, const struct sl_server_method *target)
{
    return target->self == server->health || target->self == server->reflection;
}

static enum sl_code take_place(struct sl_server_call *call, struct sl_error *err)
{
    struct sl_server *server = call->server;
    if (server->max_calls_in_flight == 0 || is_own_service(server, call->target))
        return SL_OK;
    if (server->calls_in_flight >= server->max_calls_in_flight)
        return sl_error_set(err, SL_RESOURCE_EXHAUSTED,
                            "%zu calls are in flight, as many as this server takes",
                            server->calls_in_flight);
    server->calls_in_flight++;
    call->has_place = true;
    return SL_OK;
}

/* All that comes before the handler; whatever fails here has provably had no effect. */
static enum sl_code prepare(struct sl_server_call *call, const struct sl_arrival *arrival,
                            ProtobufCMessage **ret_request, struct sl_error *err)
{
    if (call->target == NULL)
        return sl_error_set(err, SL_UNIMPLEMENTED, "there is no such method here");
    if (call->server->state != SL_SERVER_RUNNING)
        return sl_error_set(err, SL_UNAVAILABLE, "the server is stopping");
    SL_TRY(take_place(call, err));
    if (sl_metadata_receive(&call->metadata, call->arena, arrival->metadata) != SL_OK)
        return sl_error_no_memory(err);
    if (!is_own_service(call->server, call->target))
        sl_observed_arrived(&call->observed, call->target->method, &call->metadata);
    SL_TRY(ask_interceptors(call, err));
    return unpack_request(call, arrival->payload, ret_request, err);
}

static enum sl_code handle(struct sl_server_call *call, const struct sl_arrival *arrival,
                           struct sl_error *err)
{
    ProtobufCMessage *request = NULL;
    enum sl_code code = prepare(call, arrival, &request, err);
    if (code != SL_OK) {
        /* Without memory for the word the client takes it for unknown, which is never wrong. */
        (void)!sl_metadata_add(&call->trailing, call->arena, SL_OUTCOME_KEY,
                               sl_outcome_name(SL_OUTCOME_NOT_EXECUTED));
        return code;
    }
    const struct sl_server_method *target = call->target;
    return target->dispatch(target->handlers, target->self, call, request, err);
}

/* Without memory for the call itself it cannot be answered in its own words. */
static void turn_away(const struct sl_arrival *arrival)
{
    grpc_call_cancel_with_status(arrival->core, GRPC_STATUS_RESOURCE_EXHAUSTED, "out of memory",
                                 NULL);
    grpc_call_unref(arrival->core);
}

void sl_server_call_arrived(struct sl_server *server, const struct sl_server_method *target,
                            const struct sl_arrival *arrival)
{
    struct sl_error error = {0};
    struct sl_server_call *call = call_new(server);
    if (call == NULL) {
        turn_away(arrival);
        grpc_byte_buffer_destroy(arrival->payload);
        grpc_metadata_array_destroy(arrival->metadata);
        return;
    }
    call->target = target;
    call->core = arrival->core;
    call->deadline = arrival->deadline;
    /* One reason to stay for the answer, one for this function. */
    call->reasons_to_stay = 2;
    enum sl_code code = handle(call, arrival, &error);
    grpc_byte_buffer_destroy(arrival->payload);
    grpc_metadata_array_destroy(arrival->metadata);
    if (code != SL_OK && !call->is_answered) {
        error.code = code;
        sl_server_call_fail(call, &error);
    }
    if (!call->is_close_asked)
        watch_close(call);
    sl_server_call_leave(call);
}

/* ---- What handlers ask ---- */

grpc_call *sl_server_call_core(const struct sl_server_call *call)
{
    return call->core;
}

struct sl_arena *sl_server_call_arena(struct sl_server_call *call)
{
    return call->arena;
}

const struct sl_method *sl_server_call_method(const struct sl_server_call *call)
{
    return call->target->method;
}

const struct sl_metadata *sl_server_call_metadata(const struct sl_server_call *call)
{
    return &call->metadata;
}

const char *sl_server_call_traceparent(const struct sl_server_call *call)
{
    return sl_span_traceparent(call->observed.span,
                               sl_metadata_get(&call->metadata, "traceparent"));
}

int64_t sl_server_call_remaining_ms(const struct sl_server_call *call)
{
    gpr_timespec deadline = gpr_convert_clock_type(call->deadline, GPR_CLOCK_MONOTONIC);
    if (gpr_time_cmp(deadline, gpr_inf_future(GPR_CLOCK_MONOTONIC)) == 0)
        return INT64_MAX;
    gpr_timespec left = gpr_time_sub(deadline, gpr_now(GPR_CLOCK_MONOTONIC));
    int64_t left_ms = left.tv_sec * 1000 + left.tv_nsec / 1000000;
    return left_ms > 0 ? left_ms : 0;
}

bool sl_server_call_is_cancelled(const struct sl_server_call *call)
{
    return call->is_cancelled;
}

void sl_server_call_on_cancel(struct sl_server_call *call, void (*fn)(void *arg), void *arg)
{
    call->on_cancel = fn;
    call->cancel_arg = arg;
}

void sl_server_call_set_context(struct sl_server_call *call, void *context)
{
    call->context = context;
}

void *sl_server_call_context(const struct sl_server_call *call)
{
    return call->context;
}

enum sl_code sl_server_call_add_trailing(struct sl_server_call *call, const char *key,
                                         const char *value)
{
    return sl_metadata_add(&call->trailing, call->arena, key, value);
}

enum sl_code sl_server_call_add_trailing_bytes(struct sl_server_call *call, const char *key,
                                               const void *value, size_t length)
{
    return sl_metadata_add_bytes(&call->trailing, call->arena, key, value, length);
}

enum sl_code sl_server_call_add_initial(struct sl_server_call *call, const char *key,
                                        const char *value)
{
    if (call->has_sent_initial)
        return SL_FAILED_PRECONDITION;
    return sl_metadata_add(&call->initial, call->arena, key, value);
}
