#include "rpc/call.h"

#include <string.h>

#include "rpc/buffer.h"
#include "rpc/call_private.h"
#include "rpc/channel_private.h"
#include "rpc/metadata_private.h"
#include "rpc/server_call_private.h"

/* ---- Life ---- */

static struct sl_call *call_new(struct sl_channel *channel, const struct sl_method *method)
{
    struct sl_arena *arena = sl_arena_new();
    struct sl_call *call = arena == NULL ? NULL : sl_arena_alloc(arena, sizeof(*call));
    if (call == NULL) {
        sl_arena_free(arena);
        return NULL;
    }
    call->arena = arena;
    call->channel = channel;
    call->method = method;
    call->references = 1;
    call->status_text = grpc_empty_slice();
    grpc_metadata_array_init(&call->initial_array);
    grpc_metadata_array_init(&call->trailing_array);
    sl_channel_ref(channel);
    return call;
}

void sl_call_ref(struct sl_call *call)
{
    call->references++;
}

void sl_call_unref(struct sl_call *call)
{
    if (call == NULL || --call->references > 0)
        return;
    if (call->core != NULL)
        grpc_call_unref(call->core);
    grpc_byte_buffer_destroy(call->received);
    grpc_metadata_array_destroy(&call->initial_array);
    grpc_metadata_array_destroy(&call->trailing_array);
    grpc_slice_unref(call->status_text);
    if (call->owns_message_arena)
        sl_arena_free(call->message_arena);
    struct sl_channel *channel = call->channel;
    sl_arena_free(call->arena);
    sl_channel_unref(channel);
}

SL_DEFINE_CLEANUP(call_cleanup, struct sl_call, sl_call_unref)

void sl_call_start_batch(struct sl_call *call, struct sl_call_batch *batch, const grpc_op *ops,
                         size_t count)
{
    batch->call = call;
    call->batches_under_way++;
    grpc_call_error error = grpc_call_start_batch(call->core, ops, count, batch, NULL);
    if (error == GRPC_CALL_OK)
        return;
    /* gRPC takes any batch that this library makes; were one refused, the call could only be ended.
     */
    call->batches_under_way--;
    struct sl_error broken;
    sl_error_set(&broken, SL_INTERNAL, "gRPC refused a batch of %s: %s", call->method->path,
                 grpc_call_error_to_string(error));
    sl_call_break(call, &broken);
}

void sl_call_batch_done(struct sl_call *call)
{
    if (--call->batches_under_way > 0 || !call->has_status || call->is_over)
        return;
    call->is_over = true;
    sl_call_report(call);
    sl_call_unref(call);
}

void sl_call_break(struct sl_call *call, const struct sl_error *error)
{
    if (call->local_error.code == SL_OK)
        call->local_error = *error;
    grpc_call_cancel(call->core, NULL);
}

void sl_call_cancel(struct sl_call *call)
{
    if (call->is_over)
        return;
    grpc_call_cancel_with_status(call->core, GRPC_STATUS_CANCELLED, "cancelled by the caller",
                                 NULL);
}

/* ---- Start ---- */

static gpr_timespec deadline_of(const struct sl_channel *channel,
                                const struct sl_call_options *options)
{
    int64_t timeout_ms = channel->default_timeout_ms;
    if (options->timeout_ms != 0)
        timeout_ms = options->timeout_ms;
    if (timeout_ms < 0)
        return gpr_inf_future(GPR_CLOCK_MONOTONIC);
    return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                        gpr_time_from_millis(timeout_ms, GPR_TIMESPAN));
}

/* gRPC takes the earlier deadline of the two, and cancels the child with its parent. */
static grpc_call *create_core(struct sl_channel *channel, const struct sl_method *method,
                              const struct sl_call_options *options, grpc_completion_queue *queue)
{
    grpc_call *parent = options->parent != NULL ? sl_server_call_core(options->parent) : NULL;
    uint32_t passed_on = parent != NULL ? GRPC_PROPAGATE_DEADLINE | GRPC_PROPAGATE_CANCELLATION : 0;
    return grpc_channel_create_call(channel->core, parent, passed_on, queue,
                                    grpc_slice_from_static_string(method->path), NULL,
                                    deadline_of(channel, options), NULL);
}

static void request_done(struct sl_completion *completion, bool ok)
{
    struct sl_call *call = ((struct sl_call_batch *)completion)->call;
    call->may_have_left = ok;
    sl_call_batch_done(call);
}

/* Initial metadata; with the only request, where there is one, and the end of sending. */
static enum sl_code send_request(struct sl_call *call, const struct sl_call_options *options,
                                 const ProtobufCMessage *request)
{
    struct sl_metadata_wire wire;
    const struct sl_metadata *metadata = NULL;
    SL_TRY(sl_observed_sending(&call->observed, call->method, options->metadata, call->arena,
                               &metadata));
    SL_TRY(options->is_compressed ? sl_metadata_send_compressed(metadata, call->arena, &wire)
                                  : sl_metadata_send(metadata, call->arena, &wire));
    grpc_byte_buffer *buffer = request != NULL ? sl_buffer_pack(request) : NULL;
    uint32_t flags = options->wait_for_ready
                         ? GRPC_INITIAL_METADATA_WAIT_FOR_READY |
                               GRPC_INITIAL_METADATA_WAIT_FOR_READY_EXPLICITLY_SET
                         : 0;
    grpc_op ops[] = {
        {.op = GRPC_OP_SEND_INITIAL_METADATA,
         .flags = flags,
         .data.send_initial_metadata = {.count = wire.count, .metadata = wire.entries}},
        {.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = buffer},
        {.op = GRPC_OP_SEND_CLOSE_FROM_CLIENT},
    };
    call->request.completion.fn = request_done;
    call->is_send_closed = request != NULL;
    sl_call_start_batch(call, &call->request, ops, request != NULL ? 3 : 1);
    /* gRPC has references of its own. */
    sl_metadata_sent(&wire);
    grpc_byte_buffer_destroy(buffer);
    return SL_OK;
}

static bool prepare_message_arena(struct sl_call *call, const struct sl_call_start *start)
{
    call->message_arena = start->message_arena != NULL ? start->message_arena : call->arena;
    if (start->unary_done == NULL) {
        call->message_arena = sl_arena_new();
        call->owns_message_arena = true;
    }
    return call->message_arena != NULL;
}

enum sl_code sl_call_begin(struct sl_channel *channel, const struct sl_method *method,
                           const struct sl_call_start *start, struct sl_call **ret_call)
{
    static const struct sl_call_options DEFAULTS;
    const struct sl_call_options *options = start->options != NULL ? start->options : &DEFAULTS;
    grpc_completion_queue *queue =
        start->queue != NULL ? start->queue : sl_loop_queue(channel->loop);

    SL_CLEANUP(call_cleanup) struct sl_call *call = call_new(channel, method);
    if (call == NULL || !prepare_message_arena(call, start))
        return SL_RESOURCE_EXHAUSTED;
    call->unary_done = start->unary_done;
    if (start->callbacks != NULL)
        call->callbacks = *start->callbacks;
    call->arg = start->arg;
    call->core = create_core(channel, method, options, queue);
    if (call->core == NULL)
        return SL_RESOURCE_EXHAUSTED;
    SL_TRY(send_request(call, options, start->request));
    if (start->unary_done != NULL)
        sl_call_receive_response(call);
    else
        sl_call_receive_stream(call);
    if (ret_call != NULL) {
        sl_call_ref(call);
        *ret_call = call;
    }
    /* What is left belongs to the call in flight; sl_call_batch_done() drops it. */
    (void)SL_TAKE(call);
    return SL_OK;
}

enum sl_code sl_call_unary_start(struct sl_channel *channel, const struct sl_method *method,
                                 const struct sl_call_options *options,
                                 const ProtobufCMessage *request, sl_unary_done_fn *done, void *arg,
                                 struct sl_call **ret_call)
{
    const struct sl_call_start start = {
        .options = options, .request = request, .unary_done = done, .arg = arg};
    return sl_call_begin(channel, method, &start, ret_call);
}

enum sl_code sl_call_stream_start(struct sl_channel *channel, const struct sl_method *method,
                                  const struct sl_call_options *options,
                                  const ProtobufCMessage *request,
                                  const struct sl_stream_callbacks *callbacks, void *arg,
                                  struct sl_call **ret_call)
{
    const struct sl_call_start start = {
        .options = options, .request = request, .callbacks = callbacks, .arg = arg};
    return sl_call_begin(channel, method, &start, ret_call);
}

enum sl_code sl_call_open_start(struct sl_channel *channel, const struct sl_method *method,
                                const struct sl_call_options *options,
                                const struct sl_stream_callbacks *callbacks, void *arg,
                                struct sl_call **ret_call)
{
    const struct sl_call_start start = {.options = options, .callbacks = callbacks, .arg = arg};
    return sl_call_begin(channel, method, &start, ret_call);
}
