#include "rpc/buffer.h"
#include "rpc/call_private.h"

static void end_sending(struct sl_call *call);

static void closed(struct sl_completion *completion, bool ok)
{
    (void)ok;
    sl_call_batch_done(((struct sl_call_batch *)completion)->call);
}

static void sent(struct sl_completion *completion, bool ok)
{
    struct sl_call *call = ((struct sl_call_batch *)completion)->call;
    sl_call_sent_fn *on_sent = call->on_sent;
    call->is_sending = false;
    call->on_sent = NULL;
    if (call->wants_send_close)
        end_sending(call);
    if (on_sent != NULL)
        on_sent(ok, call->sent_arg);
    sl_call_batch_done(call);
}

static void end_sending(struct sl_call *call)
{
    const grpc_op op = {.op = GRPC_OP_SEND_CLOSE_FROM_CLIENT};
    call->wants_send_close = false;
    call->send.completion.fn = closed;
    sl_call_start_batch(call, &call->send, &op, 1);
}

enum sl_code sl_call_send(struct sl_call *call, const ProtobufCMessage *message,
                          sl_call_sent_fn *on_sent, void *arg)
{
    if (call->is_over || call->has_status)
        return SL_CANCELLED;
    if (call->is_sending || call->is_send_closed)
        return SL_FAILED_PRECONDITION;
    grpc_byte_buffer *buffer = sl_buffer_pack(message);
    const grpc_op op = {.op = GRPC_OP_SEND_MESSAGE,
                        .flags = call->sends_uncompressed ? GRPC_WRITE_NO_COMPRESS : 0,
                        .data.send_message.send_message = buffer};
    call->is_sending = true;
    call->on_sent = on_sent;
    call->sent_arg = arg;
    call->send.completion.fn = sent;
    sl_call_start_batch(call, &call->send, &op, 1);
    grpc_byte_buffer_destroy(buffer);
    return SL_OK;
}

void sl_call_set_compressed(struct sl_call *call, bool is_compressed)
{
    call->sends_uncompressed = !is_compressed;
}

void sl_call_close_send(struct sl_call *call)
{
    if (call->is_over || call->has_status || call->is_send_closed)
        return;
    call->is_send_closed = true;
    if (call->is_sending)
        call->wants_send_close = true;
    else
        end_sending(call);
}
