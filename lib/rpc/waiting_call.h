#ifndef SL_RPC_WAITING_CALL_H
#define SL_RPC_WAITING_CALL_H

#include <protobuf-c/protobuf-c.h>

#include "base/error.h"
#include "rpc/call.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A stream, for callers that wait: command lines, tests, threads of their own. Life: open; send
 * and next in any order; free. Each of them waits; the call's deadline is what ends a wait that the
 * peer does not. One thread at a time, never the loop; only sl_waiting_call_cancel() may come from
 * another one.
 *
 * One thread that only sends to a peer that only answers fills what lies between them, and both
 * stand still until the deadline: send and read by turns there, or use sl_call_open_start().
 */
struct sl_waiting_call;

/**
 * Starts a call and does not wait yet.
 *
 * channel   with or without a loop; not freed before the call is.
 * options   borrowed until return; NULL means defaults.
 * request   packed before this returns; NULL where the method takes a stream of them.
 * Errors: SL_RESOURCE_EXHAUSTED. That there is no server, the others tell.
 */
SL_MUST_USE enum sl_code
sl_waiting_call_open(struct sl_channel *channel, const struct sl_method *method,
                     const struct sl_call_options *options, const ProtobufCMessage *request,
                     struct sl_waiting_call **ret_call, struct sl_error *err);

/**
 * Packs one request, and waits until the next may be sent. Errors: what the call ended with;
 * SL_CANCELLED, where it ended well or answers are unread: the peer takes no more requests, and
 * sl_waiting_call_next() or _finish() tells the rest; SL_FAILED_PRECONDITION: sending was closed.
 */
SL_MUST_USE enum sl_code sl_waiting_call_send(struct sl_waiting_call *call,
                                              const ProtobufCMessage *message,
                                              struct sl_error *err);

/** Says that no more requests come. Again: nothing. */
void sl_waiting_call_close_send(struct sl_waiting_call *call);

/**
 * Waits for the next answer of a stream of them; nothing is read ahead of it but one. *ret_message
 * is NULL when the call has ended with OK, and borrowed until the next call of this or free
 * otherwise. Errors: what the call ended with, after all that came before.
 */
SL_MUST_USE enum sl_code sl_waiting_call_next(struct sl_waiting_call *call,
                                              const ProtobufCMessage **ret_message,
                                              struct sl_error *err);

/** Closes sending and waits for the one answer to a stream of requests. *ret_response is borrowed
 * until free. Errors: what the call ended with; SL_FAILED_PRECONDITION where the method has a
 * stream of answers. */
SL_MUST_USE enum sl_code sl_waiting_call_finish(struct sl_waiting_call *call,
                                                const ProtobufCMessage **ret_response,
                                                struct sl_error *err);

/** How the call ended, with metadata and details; NULL before _next(), _finish() or _send() said
 * that it has. Borrowed until free. */
const struct sl_call_info *sl_waiting_call_info(const struct sl_waiting_call *call);

/** Ends the call with SL_CANCELLED, which those that wait for it return. Any thread. */
void sl_waiting_call_cancel(struct sl_waiting_call *call);

/** Cancels what has not ended. call may be NULL. */
void sl_waiting_call_free(struct sl_waiting_call *call);

#ifdef __cplusplus
}
#endif

#endif
