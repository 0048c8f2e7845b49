#ifndef BRIDGE_BRIDGE_H
#define BRIDGE_BRIDGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "guard/settings.h"
#include "loop/loop.h"
#include "rpc/method.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * HTTP/JSON listeners, each in front of one gRPC service. Life: bridge_new(), requests are served,
 * bridge_stop_start(), its callback, bridge_free(). Loop only.
 */
struct bridge;

struct bridge_listener_options {
    /** Required. What answers call the service: "payment". Borrowed for ever. */
    const char *name;
    /** Required. host:port to bind; port 0 lets the system choose. */
    const char *listen;
    /** Required. gRPC target. */
    const char *target;
    /** Required. The service whose routes are served. Static. */
    const struct sl_service *service;
};

struct bridge_options {
    const struct bridge_listener_options *listeners;
    size_t listener_count;
    /** Required. Milliseconds for an operation that says nothing else; the RPC's deadline is 2 s
     * later. */
    int64_t request_timeout_ms;
    /** Required. Milliseconds that a workflow is waited for. */
    int64_t workflow_timeout_ms;
    /** Optional. Who may call, TLS of the listeners and towards the services. Borrowed until
     * return.
     */
    const struct sl_guard_settings *guard;
    /** Optional. As in rest-bridge/door.h. */
    double rate, burst;
    const char *cors_origins, *allowed_hosts;
};

/** options is borrowed until return. SL_UNAVAILABLE: an address is taken; err names it. */
SL_MUST_USE enum sl_code bridge_new(struct sl_loop *loop, const struct bridge_options *options,
                                    struct bridge **ret_bridge, struct sl_error *err);

/** The port that listener `index` has bound. */
int bridge_port(const struct bridge *bridge, size_t index);

/**
 * Takes no new connections, waits grace_ms milliseconds for what is under way, answers the rest 503
 * and cancels its calls; then done(arg) runs once. Called once.
 */
void bridge_stop_start(struct bridge *bridge, int64_t grace_ms, void (*done)(void *arg), void *arg);

/** After stop is done, or where nothing was served. bridge may be NULL. */
void bridge_free(struct bridge *bridge);

#ifdef __cplusplus
}
#endif

#endif
