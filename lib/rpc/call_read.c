#include "rpc/buffer.h"
#include "rpc/call_private.h"
#include "rpc/channel_private.h"
#include "rpc/inflate.h"

static struct sl_call *call_of(struct sl_completion *completion)
{
    return ((struct sl_call_batch *)completion)->call;
}

static grpc_op receive_initial_op(struct sl_call *call)
{
    return (grpc_op){.op = GRPC_OP_RECV_INITIAL_METADATA,
                     .data.recv_initial_metadata.recv_initial_metadata = &call->initial_array};
}

static grpc_op receive_message_op(struct sl_call *call)
{
    return (grpc_op){.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &call->received};
}

static grpc_op receive_status_op(struct sl_call *call)
{
    return (grpc_op){.op = GRPC_OP_RECV_STATUS_ON_CLIENT,
                     .data.recv_status_on_client = {.trailing_metadata = &call->trailing_array,
                                                    .status = &call->status,
                                                    .status_details = &call->status_text}};
}

/* Unpacks what was received; what cannot be unpacked is the server's fault, and it has run by now.
 */
static ProtobufCMessage *take_message(struct sl_call *call, struct sl_error *err)
{
    ProtobufCMessage *message = NULL;
    const struct sl_unpacking unpacking = {call->method->response, call->message_arena,
                                           call->channel->max_message_bytes};
    call->was_compressed = sl_buffer_is_compressed(call->received);
    enum sl_code code = sl_buffer_unpack(&unpacking, call->received, &message, err);
    grpc_byte_buffer_destroy(call->received);
    call->received = NULL;
    if (code == SL_OK)
        return message;
    if (code == SL_INVALID_ARGUMENT) {
        sl_error_prefix(err, "response of %s", call->method->path);
        err->code = SL_INTERNAL;
    }
    return NULL;
}

/* ---- One response ---- */

static void response_done(struct sl_completion *completion, bool ok)
{
    (void)ok;
    struct sl_call *call = call_of(completion);
    call->has_status = true;
    if (call->received != NULL && call->status == GRPC_STATUS_OK) {
        struct sl_error error = {0};
        call->unary_response = take_message(call, &error);
        if (call->unary_response == NULL && call->local_error.code == SL_OK)
            call->local_error = error;
    }
    sl_call_batch_done(call);
}

void sl_call_receive_response(struct sl_call *call)
{
    const grpc_op ops[] = {receive_initial_op(call), receive_message_op(call),
                           receive_status_op(call)};
    call->response.completion.fn = response_done;
    sl_call_start_batch(call, &call->response, ops, 3);
}

/* ---- A stream of responses ---- */

static void status_done(struct sl_completion *completion, bool ok)
{
    (void)ok;
    struct sl_call *call = call_of(completion);
    call->has_status = true;
    sl_call_batch_done(call);
}

static void read_next(struct sl_call *call)
{
    const grpc_op op = receive_message_op(call);
    call->is_reading = true;
    sl_call_start_batch(call, &call->message, &op, 1);
}

static void hand_over(struct sl_call *call)
{
    sl_arena_reset(call->message_arena);
    struct sl_error error = {0};
    const ProtobufCMessage *message = take_message(call, &error);
    if (message == NULL) {
        sl_call_break(call, &error);
        return;
    }
    switch (call->callbacks.on_message(message, call->arg)) {
    case SL_FLOW_NEXT:
        read_next(call);
        break;
    case SL_FLOW_PAUSE:
        call->is_paused = true;
        break;
    case SL_FLOW_CANCEL:
        sl_call_cancel(call);
        break;
    }
}

static void message_done(struct sl_completion *completion, bool ok)
{
    struct sl_call *call = call_of(completion);
    call->is_reading = false;
    /* Nothing received: the last message was the last. The status says why. */
    if (ok && call->received != NULL)
        hand_over(call);
    sl_call_batch_done(call);
}

void sl_call_receive_stream(struct sl_call *call)
{
    const grpc_op status = receive_status_op(call);
    call->status_batch.completion.fn = status_done;
    sl_call_start_batch(call, &call->status_batch, &status, 1);

    const grpc_op ops[] = {receive_initial_op(call), receive_message_op(call)};
    call->message.completion.fn = message_done;
    call->is_reading = true;
    sl_call_start_batch(call, &call->message, ops, 2);
}

bool sl_call_was_compressed(const struct sl_call *call)
{
    return call->was_compressed;
}

void sl_call_resume(struct sl_call *call)
{
    if (call->is_over || !call->is_paused)
        return;
    call->is_paused = false;
    read_next(call);
}
