#ifndef SL_RPC_CALL_PRIVATE_H
#define SL_RPC_CALL_PRIVATE_H

#include <grpc/grpc.h>

#include "loop/queue.h"
#include "rpc/call.h"
#include "rpc/observed.h"

/*
 * A call at a client is a handful of batches, and is over when its status has come and each batch
 * it started has completed:
 *
 *   request    initial metadata; where there is one request, that and the end of sending with it
 *   response   one response: initial metadata, message and status in one batch
 *   message    a stream of responses: initial metadata with the first message, then one at a time
 *   status     a stream of responses: the status, which comes after the last message
 *   send       a stream of requests: one message, or the end, at a time
 *
 * What is sent and what is received never share a batch: whether the first one failed tells whether
 * the request can have left (call_status.c).
 */
struct sl_call_batch {
    struct sl_completion completion;
    struct sl_call *call;
};

struct sl_call {
    struct sl_channel *channel;
    const struct sl_method *method;
    grpc_call *core;
    /** Owns this struct, metadata, and the response where there is one. */
    struct sl_arena *arena;
    /** Where messages are unpacked: arena, the waiting caller's, or one emptied for each message.
     */
    struct sl_arena *message_arena;
    int references;
    int batches_under_way;

    /** One of the two, see sl_call_unary_start() and sl_call_stream_start(). */
    sl_unary_done_fn *unary_done;
    struct sl_stream_callbacks callbacks;
    void *arg;

    struct sl_observed observed;
    struct sl_call_batch request, response, message, status_batch, send;
    bool owns_message_arena;
    /** The request batch went through: the peer may have seen it. */
    bool may_have_left;
    bool has_status;
    bool is_over;
    bool is_reading, is_paused;
    bool is_sending, is_send_closed, wants_send_close;
    /** Of the messages that are sent, and of the last one that came. */
    bool sends_uncompressed, was_compressed;
    sl_call_sent_fn *on_sent;
    void *sent_arg;

    grpc_metadata_array initial_array, trailing_array;
    grpc_byte_buffer *received;
    grpc_status_code status;
    grpc_slice status_text;
    /** What this side found wrong with the call; it wins over the status. */
    struct sl_error local_error;
    ProtobufCMessage *unary_response;
};

/** What sl_call_begin() needs beside the channel and the method. */
struct sl_call_start {
    const struct sl_call_options *options;
    /** NULL: a stream of requests. */
    const ProtobufCMessage *request;
    sl_unary_done_fn *unary_done;
    const struct sl_stream_callbacks *callbacks;
    void *arg;
    /** NULL: the channel's loop. */
    grpc_completion_queue *queue;
    /** NULL: the call's own. */
    struct sl_arena *message_arena;
};

/** Starts the call; the caller's reference is ret_call's, which may be NULL. */
SL_MUST_USE enum sl_code sl_call_begin(struct sl_channel *channel, const struct sl_method *method,
                                       const struct sl_call_start *start,
                                       struct sl_call **ret_call);

/** Starts a batch of operations; completes it with `fn`. */
void sl_call_start_batch(struct sl_call *call, struct sl_call_batch *batch, const grpc_op *ops,
                         size_t count);

/** To be called when a batch has completed: ends the call where it was the last. */
void sl_call_batch_done(struct sl_call *call);

/** Cancels because of something found on this side; the first such error is the call's. */
void sl_call_break(struct sl_call *call, const struct sl_error *error);

/** call_read.c: begins to take what the peer sends. */
void sl_call_receive_response(struct sl_call *call);
void sl_call_receive_stream(struct sl_call *call);

/** call_wait.c: for callers that are their own loop, on a queue that lives as long as the call.
 * Waits for one event and runs it. */
void sl_call_wait(grpc_completion_queue *queue);
/** Destroys a queue on which nothing is under way any more. */
void sl_call_wait_end(grpc_completion_queue *queue);

/** call_status.c: calls unary_done or on_done. */
void sl_call_report(struct sl_call *call);

#endif
