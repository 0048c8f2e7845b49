#ifndef SL_RPC_SERVER_CALL_H
#define SL_RPC_SERVER_CALL_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "rpc/metadata.h"
#include "rpc/method.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A call at the server, from its arrival until it was answered. A handler that returns other than
 * SL_OK has thereby answered; one that returns SL_OK answers now or later, exactly once: a unary
 * call with sl_server_call_reply(), a streaming one with sl_server_call_end(), either with
 * sl_server_call_fail(). After that the pointer is dead. A cancelled call still has to be answered.
 * Loop only.
 */
struct sl_server_call;

/** Lives as long as the call; owns the request. */
struct sl_arena *sl_server_call_arena(struct sl_server_call *call);

const struct sl_method *sl_server_call_method(const struct sl_server_call *call);

/** What the client sent. Owned by the call. */
const struct sl_metadata *sl_server_call_metadata(const struct sl_server_call *call);

/** The W3C trace context that calls made for this one pass on: its span's, else what the client sent;
 * NULL where there is none. Owned by the call. */
const char *sl_server_call_traceparent(const struct sl_server_call *call);

/** "ipv4:127.0.0.1:54321". Owned by the call. */
const char *sl_server_call_peer(struct sl_server_call *call);

/** Who the client is, by the certificate that it showed and that was verified. */
struct sl_peer_identity {
    /** The subject's CN, "" where it has none. */
    const char *common_name;
    /** Subject alternative names: hosts, URIs (SPIFFE IDs), mail addresses, IP addresses. */
    const char *const *names;
    size_t name_count;
};

/**
 * Owned by the call. NULL: the client showed no certificate (plain text, or TLS that does not ask
 * for one), or there was no memory to say whose it is.
 */
const struct sl_peer_identity *sl_server_call_peer_identity(struct sl_server_call *call);

/** Milliseconds until the client's deadline, 0 when it has passed, INT64_MAX where there is none.
 */
int64_t sl_server_call_remaining_ms(const struct sl_server_call *call);

/** Whether the client left, or its deadline passed. */
bool sl_server_call_is_cancelled(const struct sl_server_call *call);

/** fn(arg) runs at most once, on the loop, when the client leaves before the answer; NULL takes it
 * back. */
void sl_server_call_on_cancel(struct sl_server_call *call, void (*fn)(void *arg), void *arg);

/** For interceptors: something of theirs that goes with the call, such as who calls. */
void sl_server_call_set_context(struct sl_server_call *call, void *context);
void *sl_server_call_context(const struct sl_server_call *call);

/** Sent with the answer, as trailing metadata. Copied. */
SL_MUST_USE enum sl_code sl_server_call_add_trailing(struct sl_server_call *call, const char *key,
                                                     const char *value);
/** The same for any bytes, under a key that ends in "-bin", such as "grpc-status-details-bin". */
SL_MUST_USE enum sl_code sl_server_call_add_trailing_bytes(struct sl_server_call *call,
                                                           const char *key, const void *value,
                                                           size_t length);
/** Sent before the first message, as initial metadata. Copied. After that: SL_FAILED_PRECONDITION.
 */
SL_MUST_USE enum sl_code sl_server_call_add_initial(struct sl_server_call *call, const char *key,
                                                    const char *value);

/** Packs response and ends a unary call with OK. */
void sl_server_call_reply(struct sl_server_call *call, const ProtobufCMessage *response);

/**
 * Ends the call with a status other than OK. error is borrowed until return. Its outcome is not
 * sent: it may be that of a call made for this one; add SL_OUTCOME_KEY to the trailing metadata to
 * say it.
 */
void sl_server_call_fail(struct sl_server_call *call, const struct sl_error *error);

/**
 * The same with details for programs: a packed google.rpc.Status, sent as grpc-status-details-bin.
 * Copied; without memory for them the call ends without.
 */
void sl_server_call_fail_with(struct sl_server_call *call, const struct sl_error *error,
                              const void *details, size_t length);

/**
 * Whether messages sent from here on are compressed (gzip), where the client reads that and it
 * makes them smaller. SL_FAILED_PRECONDITION: wanted for the first time after the first message.
 */
SL_MUST_USE enum sl_code sl_server_call_set_compressed(struct sl_server_call *call,
                                                       bool is_compressed);

/** Whether the message that came last came compressed; the handler never sees it otherwise. */
bool sl_server_call_was_compressed(const struct sl_server_call *call);

/** is_sent false: the client left, nothing more can be sent; the call still has to be ended. */
typedef void sl_sent_fn(bool is_sent, void *arg);

/**
 * Packs one message of a stream. on_sent runs once, on the loop, never inside this call, when the
 * next may be sent: one at a time. Errors: SL_CANCELLED (they left), SL_FAILED_PRECONDITION (one is
 * under way), SL_RESOURCE_EXHAUSTED; then on_sent never runs.
 */
SL_MUST_USE enum sl_code sl_server_call_send(struct sl_server_call *call,
                                             const ProtobufCMessage *message, sl_sent_fn *on_sent,
                                             void *arg);

/**
 * One request of a stream, borrowed until this returns. message NULL: there are no more, or with
 * error this one is not acceptable (what to end the call with); sl_server_call_is_cancelled() tells
 * whether the client left. The call still has to be ended.
 */
typedef void sl_received_fn(const ProtobufCMessage *message, const struct sl_error *error,
                            void *arg);

/**
 * Asks for the next request of a client-streaming or bidirectional call, whose handler is given
 * NULL for a request. on_received runs once, on the loop, never inside this call; not after the
 * call was ended. Nothing is read ahead: a slow handler slows the client. SL_FAILED_PRECONDITION:
 * asked already.
 */
SL_MUST_USE enum sl_code sl_server_call_receive(struct sl_server_call *call,
                                                sl_received_fn *on_received, void *arg);

/** Ends a streaming call after what was sent; status NULL or with SL_OK means OK. */
void sl_server_call_end(struct sl_server_call *call, const struct sl_error *status);

#ifdef __cplusplus
}
#endif

#endif
