#ifndef SL_RPC_CHANNEL_H
#define SL_RPC_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "loop/loop.h"
#include "rpc/tls.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Connections to a service: any number of addresses, balanced round robin, made when needed. */
struct sl_channel;

struct sl_channel_options {
    /** Required. A gRPC target: "localhost:50083", "dns:///parts:50085",
     * "ipv4:10.0.0.1:1,10.0.0.2:1". Copied. */
    const char *target;
    /** Optional. Milliseconds for a call that says nothing else; 0 means 30,000, less than 0 no
     * limit. */
    int64_t default_timeout_ms;
    /** Optional. Largest message taken, bytes; 0 means 4 MiB. */
    size_t max_message_bytes;
    /** Optional. Full name of the service whose grpc.health.v1.Watch decides which addresses are
     * used; NULL: none. Copied. */
    const char *health_service;
    /** Optional. More of the service config, JSON members such as "\"methodConfig\": [...]".
     * Copied. */
    const char *service_config_members;
    /**
     * Optional. Milliseconds of silence after which the peer is asked whether it is still there,
     * also while no call is made; 0: never. Servers may hang up on clients that ask more often than
     * they like: every 5 seconds is the most that those of this library take, every 5 minutes what
     * others take by default.
     */
    int64_t keepalive_ms;
    /** Optional. Milliseconds until a peer that does not answer that is given up; 0 means 20,000.
     */
    int64_t keepalive_timeout_ms;
    /** TLS. Borrowed until the channel is made. Required, unless is_insecure. */
    const struct sl_tls_options *tls;
    /** Plain text, which anybody on the way can read and change: for loopback and networks that are
     * trusted as a whole. Instead of tls, never with it. */
    bool is_insecure;
};

/**
 * loop      where calls complete; NULL for a channel that is only called with the waiting
 * functions. options   borrowed until the call returns. Errors: SL_INVALID_ARGUMENT (target,
 * service config, a TLS file, which err names; neither tls nor is_insecure, or both),
 * SL_RESOURCE_EXHAUSTED.
 */
SL_MUST_USE enum sl_code sl_channel_new(struct sl_loop *loop,
                                        const struct sl_channel_options *options,
                                        struct sl_channel **ret_channel, struct sl_error *err);

/** Calls in flight go on to their end. channel may be NULL. Loop only. */
void sl_channel_free(struct sl_channel *channel);

/** As given. */
const char *sl_channel_target(const struct sl_channel *channel);

#ifdef __cplusplus
}
#endif

#endif
