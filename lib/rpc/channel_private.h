#ifndef SL_RPC_CHANNEL_PRIVATE_H
#define SL_RPC_CHANNEL_PRIVATE_H

#include <grpc/grpc.h>
#include <stdatomic.h>

#include "rpc/channel.h"

struct sl_channel {
    grpc_channel *core;
    /** NULL where the channel is only called with the waiting functions. */
    struct sl_loop *loop;
    char *target;
    int64_t default_timeout_ms;
    size_t max_message_bytes;
    /** gRPC may make a call several times, so that a failed one says little about the ones before.
     */
    bool may_retry;
    /** The owner's and one for each call in flight: calls go on to their end after
     * sl_channel_free(). */
    _Atomic int references;
};

void sl_channel_ref(struct sl_channel *channel);
void sl_channel_unref(struct sl_channel *channel);

#endif
