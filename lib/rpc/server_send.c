#include <assert.h>
#include <string.h>

#include "rpc/buffer.h"
#include "rpc/inflate.h"
#include "rpc/server_private.h"

/* Of gRPC's levels the one that means gzip, where the client reads it, and nothing where it does
 * not. */
static const grpc_compression_level COMPRESSION = GRPC_COMPRESS_LEVEL_LOW;

/* The operations of one batch that sends, in the order in which the peer sees them. */
struct send_ops {
    grpc_op items[4];
    size_t count;
    grpc_byte_buffer *buffer;
    grpc_slice status_text;
};

static struct sl_server_call *call_of(struct sl_completion *completion)
{
    return ((struct sl_server_batch *)completion)->call;
}

/* Initial metadata goes with whatever is sent first; without memory for it, the call goes without.
 */
static void add_initial(struct sl_server_call *call, struct send_ops *ops)
{
    if (call->has_sent_initial)
        return;
    call->has_sent_initial = true;
    if (sl_metadata_send(&call->initial, call->arena, &call->initial_wire) != SL_OK)
        call->initial_wire.count = 0;
    ops->items[ops->count++] =
        (grpc_op){.op = GRPC_OP_SEND_INITIAL_METADATA,
                  .data.send_initial_metadata = {
                      .count = call->initial_wire.count,
                      .metadata = call->initial_wire.entries,
                      .maybe_compression_level = {call->wants_compression, COMPRESSION}}};
}

static void add_message(const struct sl_server_call *call, struct send_ops *ops,
                        const ProtobufCMessage *message)
{
    ops->buffer = sl_buffer_pack(message);
    ops->items[ops->count++] =
        (grpc_op){.op = GRPC_OP_SEND_MESSAGE,
                  .flags = call->sends_uncompressed ? GRPC_WRITE_NO_COMPRESS : 0,
                  .data.send_message.send_message = ops->buffer};
}

/* error NULL means OK. An answer whose metadata there is no memory for would be another answer. */
static void add_status(struct sl_server_call *call, struct send_ops *ops,
                       const struct sl_error *error)
{
    static const struct sl_error NO_MEMORY = {SL_RESOURCE_EXHAUSTED, SL_OUTCOME_UNKNOWN,
                                              "out of memory"};
    if (sl_metadata_send(&call->trailing, call->arena, &call->trailing_wire) != SL_OK) {
        call->trailing_wire.count = 0;
        error = &NO_MEMORY;
    }
    call->told = error != NULL ? error->code : SL_OK;
    ops->status_text = grpc_slice_from_copied_string(error != NULL ? error->message : "");
    ops->items[ops->count++] = (grpc_op){
        .op = GRPC_OP_SEND_STATUS_FROM_SERVER,
        .data.send_status_from_server = {.trailing_metadata_count = call->trailing_wire.count,
                                         .trailing_metadata = call->trailing_wire.entries,
                                         .status = (grpc_status_code)call->told,
                                         .status_details = &ops->status_text}};
    if (!call->is_close_asked)
        ops->items[ops->count++] = sl_server_call_ask_close(call);
}

static void start_sending(struct sl_server_call *call, struct send_ops *ops,
                          void (*done)(struct sl_completion *completion, bool ok))
{
    call->is_sending = true;
    call->send_batch.completion.fn = done;
    sl_server_call_start_batch(call, &call->send_batch, ops->items, ops->count);
    /* gRPC has references of its own. */
    grpc_byte_buffer_destroy(ops->buffer);
    grpc_slice_unref(ops->status_text);
}

/* ---- The answer ---- */

static void answer_done(struct sl_completion *completion, bool ok)
{
    struct sl_server_call *call = call_of(completion);
    call->is_sending = false;
    if (!ok)
        call->told = SL_CANCELLED;
    sl_server_call_leave(call);
}

/* From here on the handler is out: its pointer is dead, nothing of it is called any more. */
static void mark_answered(struct sl_server_call *call)
{
    assert(!call->is_answered && "a call is answered once");
    call->is_answered = true;
    call->on_cancel = NULL;
    call->on_sent = NULL;
    call->on_received = NULL;
}

static void send_end(struct sl_server_call *call, const struct sl_error *error)
{
    struct send_ops ops = {.status_text = grpc_empty_slice()};
    add_initial(call, &ops);
    add_status(call, &ops, error);
    start_sending(call, &ops, answer_done);
    sl_server_call_leave(call);
}

void sl_server_call_reply(struct sl_server_call *call, const ProtobufCMessage *response)
{
    mark_answered(call);
    struct send_ops ops = {.status_text = grpc_empty_slice()};
    add_initial(call, &ops);
    add_message(call, &ops, response);
    add_status(call, &ops, NULL);
    start_sending(call, &ops, answer_done);
    sl_server_call_leave(call);
}

void sl_server_call_end(struct sl_server_call *call, const struct sl_error *status)
{
    mark_answered(call);
    const struct sl_error *error = status != NULL && status->code != SL_OK ? status : NULL;
    if (!call->is_sending) {
        send_end(call, error);
        return;
    }
    call->wants_end = true;
    if (error != NULL)
        call->end = *error;
}

void sl_server_call_fail(struct sl_server_call *call, const struct sl_error *error)
{
    struct sl_error status = *error;
    if (status.code == SL_OK)
        status.code = SL_UNKNOWN;
    sl_server_call_end(call, &status);
}

void sl_server_call_fail_with(struct sl_server_call *call, const struct sl_error *error,
                              const void *details, size_t length)
{
    (void)!sl_server_call_add_trailing_bytes(call, "grpc-status-details-bin", details, length);
    sl_server_call_fail(call, error);
}

enum sl_code sl_server_call_set_compressed(struct sl_server_call *call, bool is_compressed)
{
    if (is_compressed && call->has_sent_initial && !call->wants_compression)
        return SL_FAILED_PRECONDITION;
    call->wants_compression = call->wants_compression || is_compressed;
    call->sends_uncompressed = !is_compressed;
    return SL_OK;
}

bool sl_server_call_was_compressed(const struct sl_server_call *call)
{
    return call->was_compressed;
}

/* ---- Streams ---- */

static void message_sent(struct sl_completion *completion, bool ok)
{
    struct sl_server_call *call = call_of(completion);
    sl_sent_fn *on_sent = call->on_sent;
    call->is_sending = false;
    call->on_sent = NULL;
    if (call->wants_end)
        send_end(call, call->end.code != SL_OK ? &call->end : NULL);
    else if (on_sent != NULL)
        on_sent(ok, call->sent_arg);
    sl_server_call_leave(call);
}

enum sl_code sl_server_call_send(struct sl_server_call *call, const ProtobufCMessage *message,
                                 sl_sent_fn *on_sent, void *arg)
{
    if (call->is_cancelled)
        return SL_CANCELLED;
    if (call->is_sending)
        return SL_FAILED_PRECONDITION;
    struct send_ops ops = {.status_text = grpc_empty_slice()};
    add_initial(call, &ops);
    add_message(call, &ops, message);
    call->on_sent = on_sent;
    call->sent_arg = arg;
    start_sending(call, &ops, message_sent);
    return SL_OK;
}

static void hand_over(struct sl_server_call *call, sl_received_fn *on_received)
{
    struct sl_error error = {0};
    ProtobufCMessage *message = NULL;
    sl_arena_reset(call->message_arena);
    const struct sl_unpacking unpacking = {call->target->method->request, call->message_arena,
                                           call->server->max_message_bytes};
    call->was_compressed = sl_buffer_is_compressed(call->received);
    enum sl_code code = sl_buffer_unpack(&unpacking, call->received, &message, &error);
    grpc_byte_buffer_destroy(call->received);
    call->received = NULL;
    on_received(message, code == SL_OK ? NULL : &error, call->received_arg);
}

static void message_received(struct sl_completion *completion, bool ok)
{
    struct sl_server_call *call = call_of(completion);
    sl_received_fn *on_received = call->on_received;
    call->is_receiving = false;
    call->on_received = NULL;
    /* The end of a stream and a client that left look alike, but for this; the batch that closes
     * comes later. */
    if (!ok || grpc_call_failed_before_recv_message(call->core))
        call->is_cancelled = true;
    if (on_received != NULL && ok && call->received != NULL)
        hand_over(call, on_received);
    else if (on_received != NULL)
        on_received(NULL, NULL, call->received_arg);
    sl_server_call_leave(call);
}

enum sl_code sl_server_call_receive(struct sl_server_call *call, sl_received_fn *on_received,
                                    void *arg)
{
    if (call->is_receiving || !call->target->method->is_client_streaming)
        return SL_FAILED_PRECONDITION;
    if (call->message_arena == NULL && (call->message_arena = sl_arena_new()) == NULL)
        return SL_RESOURCE_EXHAUSTED;
    const grpc_op op = {.op = GRPC_OP_RECV_MESSAGE,
                        .data.recv_message.recv_message = &call->received};
    call->is_receiving = true;
    call->on_received = on_received;
    call->received_arg = arg;
    call->receive_batch.completion.fn = message_received;
    sl_server_call_start_batch(call, &call->receive_batch, &op, 1);
    return SL_OK;
}
