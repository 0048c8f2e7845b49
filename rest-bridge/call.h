#ifndef BRIDGE_CALL_H
#define BRIDGE_CALL_H

#include "http/server.h"
#include "loop/timer.h"
#include "rest-bridge/bridge.h"
#include "rest-bridge/contract.h"
#include "rest-bridge/door.h"
#include "rest-bridge/route.h"
#include "rpc/call.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Private to the bridge. */

struct bridge_listener {
    struct bridge *bridge;
    struct bridge_listener_options options;
    bool is_loopback, has_tls;
    struct bridge_routes *routes;
    struct bridge_assets *assets;
    struct sl_channel *channel;
    struct sl_http_server *server;
};

/**
 * One HTTP request and the RPC that answers it. It lives in the incoming's arena: with the answer
 * it is gone.
 */
struct bridge_call {
    struct bridge_listener *listener;
    struct bridge_call *previous, *next;
    struct sl_http_incoming *incoming;
    const struct bridge_route *route;
    const struct bridge_method_contract *contract;
    ProtobufCMessage *message;
    struct sl_metadata metadata;
    /** NULL while none is under way. */
    struct sl_call *call;
    /** Milliseconds allowed, and the loop's time when they are over. */
    int64_t timeout_ms, deadline_ms;
    /** What Grpc-Timeout says; 0 where there is none. */
    int64_t asked_timeout_ms;
    bool is_repeated;

    /* Streams. */
    const struct bridge_stream_format *format;
    struct sl_timer timer;
    bool has_begun, is_paused;
};

struct bridge {
    struct sl_loop *loop;
    int64_t request_timeout_ms, workflow_timeout_ms;
    struct bridge_door *door;
    struct bridge_listener *listeners;
    size_t listener_count;
    struct bridge_call *calls;
    size_t running_servers;
    bool is_stopping;
    void (*stopped)(void *arg);
    void *stopped_arg;
};

/** call.c: makes the RPC for a request that has a route, and answers. */
void bridge_call_start(struct bridge_listener *listener, const struct bridge_match *match,
                       struct sl_http_incoming *incoming);
/** Options of a call: what is left of its time, its metadata. */
struct sl_call_options bridge_call_options(const struct bridge_call *call);
/** Whether the RPC may be made once more, after UNAVAILABLE; says so once. */
bool bridge_call_may_repeat(struct bridge_call *call, enum sl_code code);
/** Answers with the status of a failed RPC; call is gone after. */
void bridge_call_fail(struct bridge_call *call, const struct sl_error *error);
/** What went wrong, in words; owned by arena. */
const char *bridge_call_error_text(const struct bridge_call *call, const struct sl_error *error);
/** Makes fields of the answer of what the service says beside it. Before it is answered. */
void bridge_call_take_metadata(struct bridge_call *call, const struct sl_call_info *info);
/** Takes the call off the bridge's list; before it is answered. */
void bridge_call_end(struct bridge_call *call);

/** stream.c: the same for a server-streaming RPC. */
void bridge_stream_start(struct bridge_call *call);

/** bridge.c: a call has ended while the bridge stops. */
void bridge_call_ended(struct bridge *bridge);

#ifdef __cplusplus
}
#endif

#endif
