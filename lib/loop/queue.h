#ifndef SL_LOOP_QUEUE_H
#define SL_LOOP_QUEUE_H

#include <grpc/grpc.h>
#include <stdbool.h>

#include "loop/loop.h"

#ifdef __cplusplus
extern "C" {
#endif

/** grpc_init(), with its threads and its log lines under control; undone by grpc_shutdown(). Any
 * thread. */
void sl_grpc_init(void);

/** A tag of the loop's completion queue: every operation that lib/rpc starts carries the address of
 * one. */
struct sl_completion {
    /** Runs once, on the loop; ok is gRPC's: false where the operation did not go through. */
    void (*fn)(struct sl_completion *completion, bool ok);
};

/** The queue that the loop runs. Borrowed until sl_loop_free(). For lib/rpc only. */
grpc_completion_queue *sl_loop_queue(struct sl_loop *loop);

#ifdef __cplusplus
}
#endif

#endif
