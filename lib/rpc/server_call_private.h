#ifndef SL_RPC_SERVER_CALL_PRIVATE_H
#define SL_RPC_SERVER_CALL_PRIVATE_H

#include <grpc/grpc.h>

#include "loop/queue.h"
#include "rpc/metadata_private.h"
#include "rpc/observed.h"
#include "rpc/server_call.h"

struct sl_server;
struct sl_server_method;

struct sl_server_batch {
    struct sl_completion completion;
    struct sl_server_call *call;
};

/*
 * A call at the server lives until three things have happened: it was answered, gRPC said that it
 * is closed, and every batch has completed. Each batch under way and the handler that has not
 * answered yet count as one reason to stay.
 *
 * That it is closed is asked for with the answer, where the handler answers at once, which saves a
 * batch and an event; else by a batch of its own as soon as the handler has returned: that is how
 * cancellation is seen.
 */
struct sl_server_call {
    struct sl_server *server;
    /** NULL where the server has no such method. */
    const struct sl_server_method *target;
    grpc_call *core;
    struct sl_arena *arena;
    /** Where the messages of a stream of requests are unpacked, one after the other; made when
     * needed. */
    struct sl_arena *message_arena;
    struct sl_server_call *previous, *next;
    int reasons_to_stay;

    gpr_timespec deadline;
    struct sl_metadata metadata;
    const char *peer;
    /** What sl_server_call_peer_identity() answered. */
    const struct sl_peer_identity *identity;
    bool has_asked_identity;
    void *context;
    struct sl_observed observed;
    /** How many interceptors have seen it. */
    size_t seen_by;

    void (*on_cancel)(void *arg);
    void *cancel_arg;
    /** gRPC's verdict when the call is closed. */
    int was_cancelled;
    bool is_cancelled;
    bool is_answered;
    /** Some batch asks whether the call is closed. */
    bool is_close_asked;

    struct sl_server_batch close_batch, send_batch, receive_batch;
    struct sl_metadata initial, trailing;
    struct sl_metadata_wire initial_wire, trailing_wire;
    bool has_sent_initial;
    bool is_sending, is_receiving;
    /** Counted against the server's limit. */
    bool has_place;
    /** Of the messages that are sent, and of the last one that came. */
    bool wants_compression, sends_uncompressed, was_compressed;
    /** An answer that waits for the message before it. */
    bool wants_end;
    struct sl_error end;
    /** What the client is told. */
    enum sl_code told;
    sl_sent_fn *on_sent;
    void *sent_arg;
    grpc_byte_buffer *received;
    sl_received_fn *on_received;
    void *received_arg;
};

/** What arrived. All of it is taken. */
struct sl_arrival {
    grpc_call *core;
    grpc_metadata_array *metadata;
    gpr_timespec deadline;
    /** The request, NULL where there was none, or where requests are a stream. */
    grpc_byte_buffer *payload;
};

/** Takes a call that arrived and has it looked at by interceptors and its handler. */
void sl_server_call_arrived(struct sl_server *server, const struct sl_server_method *target,
                            const struct sl_arrival *arrival);

/** Starts a batch; completes it with batch->completion.fn. */
void sl_server_call_start_batch(struct sl_server_call *call, struct sl_server_batch *batch,
                                const grpc_op *ops, size_t count);

/** The operation that asks whether the call is closed; there is one of it in a call. */
grpc_op sl_server_call_ask_close(struct sl_server_call *call);

/** One reason less to stay; the last one frees the call. */
void sl_server_call_leave(struct sl_server_call *call);

grpc_call *sl_server_call_core(const struct sl_server_call *call);

#endif
