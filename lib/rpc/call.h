#ifndef SL_RPC_CALL_H
#define SL_RPC_CALL_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "rpc/channel.h"
#include "rpc/metadata.h"
#include "rpc/method.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A call at a client, from start to its final status. Counted references; loop only. */
struct sl_call;
struct sl_server_call;

struct sl_call_options {
    /** Optional. Milliseconds for the whole call; 0 means the channel's default, less than 0 no
     * limit. */
    int64_t timeout_ms;
    /** Optional. Sent as initial metadata. Borrowed until start returns. */
    const struct sl_metadata *metadata;
    /** Optional. The incoming call that this one is made for: its deadline and cancellation are
     * passed on. */
    const struct sl_server_call *parent;
    /** Optional. Waits for a connection instead of failing with SL_UNAVAILABLE. */
    bool wait_for_ready;
    /** Optional. Sends the messages of this call compressed (gzip), where that makes them smaller.
     * Servers that cannot read it answer SL_UNIMPLEMENTED. */
    bool is_compressed;
};

/** How a call ended. Borrowed until the callback returns. */
struct sl_call_info {
    /**
     * code SL_OK on success. outcome is not_executed where the request provably never left, or
     * where the server says so (SL_OUTCOME_KEY); settled on success, or where the
     * server says so.
     */
    struct sl_error error;
    const struct sl_metadata *initial_metadata;
    const struct sl_metadata *trailing_metadata;
    /** Address of the peer; "" where there was none. */
    const char *peer;
    /** grpc-status-details-bin (a packed google.rpc.Status), NULL where absent. */
    const void *details;
    size_t details_length;
};

/** What a reader of a stream wants next. */
enum sl_flow {
    /** Read the next message. */
    SL_FLOW_NEXT,
    /** Read none until sl_call_resume(): backpressure. */
    SL_FLOW_PAUSE,
    /** Cancel the call. */
    SL_FLOW_CANCEL,
};

/* ---- For generated stubs and for callers that go by descriptors (the bridge) ---- */

/** response is NULL unless info->error.code is SL_OK. Both are borrowed until return. */
typedef void sl_unary_done_fn(const struct sl_call_info *info, const ProtobufCMessage *response,
                              void *arg);

/**
 * Starts a unary call; request is packed before this returns. A client-streaming one is started
 * with request NULL: sl_call_send() gives its requests, sl_call_close_send() ends them.
 *
 * options   borrowed; NULL means defaults.
 * done      on SL_OK runs exactly once, on the loop, never inside this call; on failure never.
 * ret_call  may be NULL; else a reference for sl_call_cancel() and sl_call_unref().
 */
SL_MUST_USE enum sl_code
sl_call_unary_start(struct sl_channel *channel, const struct sl_method *method,
                    const struct sl_call_options *options, const ProtobufCMessage *request,
                    sl_unary_done_fn *done, void *arg, struct sl_call **ret_call);

/**
 * Makes a unary call and waits: for command lines and tests. Never on the loop, any other thread.
 *
 * arena  owns *ret_response. Returns SL_OK or the peer's code; outputs untouched on failure.
 */
SL_MUST_USE enum sl_code sl_call_unary(struct sl_channel *channel, const struct sl_method *method,
                                       const struct sl_call_options *options,
                                       const ProtobufCMessage *request, struct sl_arena *arena,
                                       ProtobufCMessage **ret_response, struct sl_error *err);

struct sl_stream_callbacks {
    /** Required. One message of the stream; borrowed until this returns. */
    enum sl_flow (*on_message)(const ProtobufCMessage *message, void *arg);
    /** Required. Runs exactly once, last, with the final status. */
    void (*on_done)(const struct sl_call_info *info, void *arg);
};

/** Starts a server-streaming call; as sl_call_unary_start(); callbacks is copied. */
SL_MUST_USE enum sl_code sl_call_stream_start(struct sl_channel *channel,
                                              const struct sl_method *method,
                                              const struct sl_call_options *options,
                                              const ProtobufCMessage *request,
                                              const struct sl_stream_callbacks *callbacks,
                                              void *arg, struct sl_call **ret_call);

/* ---- Streams of requests: client-streaming and bidirectional methods ---- */

/**
 * Starts a call of any shape without a request: sl_call_send() gives those, sl_call_close_send()
 * ends them. Otherwise as sl_call_stream_start(); a method with one response has one on_message at
 * most.
 */
SL_MUST_USE enum sl_code sl_call_open_start(struct sl_channel *channel,
                                            const struct sl_method *method,
                                            const struct sl_call_options *options,
                                            const struct sl_stream_callbacks *callbacks, void *arg,
                                            struct sl_call **ret_call);

/** is_sent false: the call is ending, nothing more can be sent; its status is on the way. */
typedef void sl_call_sent_fn(bool is_sent, void *arg);

/**
 * Packs one request. on_sent runs once, on the loop, never inside this call, before on_done, when
 * the next may be sent: one at a time, so that a slow reader slows the writer. Errors:
 * SL_FAILED_PRECONDITION (one is under way, or sending was closed), SL_CANCELLED (the call has
 * ended); then on_sent never runs.
 */
SL_MUST_USE enum sl_code sl_call_send(struct sl_call *call, const ProtobufCMessage *message,
                                      sl_call_sent_fn *on_sent, void *arg);

/** In a call that was started with is_compressed: whether messages sent from here on are
 * compressed. */
void sl_call_set_compressed(struct sl_call *call, bool is_compressed);

/** Whether the message that came last came compressed; the caller never sees it otherwise. */
bool sl_call_was_compressed(const struct sl_call *call);

/** Says that no more requests come, after the one that is under way. Again: nothing. */
void sl_call_close_send(struct sl_call *call);

/** Reads on after SL_FLOW_PAUSE. */
void sl_call_resume(struct sl_call *call);

/** Ends the call with SL_CANCELLED; its callback still comes. Nothing where it has ended. */
void sl_call_cancel(struct sl_call *call);

void sl_call_ref(struct sl_call *call);
/** call may be NULL. Dropping a reference does not cancel. */
void sl_call_unref(struct sl_call *call);

#ifdef __cplusplus
}
#endif

#endif
