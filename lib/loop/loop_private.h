#ifndef SL_LOOP_LOOP_PRIVATE_H
#define SL_LOOP_LOOP_PRIVATE_H

#include <grpc/grpc.h>
#include <stdatomic.h>
#include <stdint.h>

#include "loop/loop.h"
#include "loop/timer.h"

/** The started timers: a heap in which the earliest is first. Loop only. */
struct sl_timer_heap {
    struct sl_timer **timers;
    size_t count;
    size_t capacity;
    /** Counts starts: among equal times the timer that was started first is first. */
    uint64_t starts;
    /** While due timers run: the time they were due at; what is started meanwhile comes later. */
    int64_t round_ns;
    bool is_running;
};

/** Events that were taken from the queue to have it empty, and are run one by one. Loop only. */
struct sl_taken_events {
    grpc_event *events;
    size_t next, count, capacity;
    /** Events since the queue was last seen empty. */
    size_t since_empty;
};

struct sl_loop {
    grpc_completion_queue *queue;
    /** A channel without connections and a call on it, which is never made: the way in for posts.
     */
    grpc_channel *lame;
    grpc_call *door;
    const struct sl_clock *clock;
    struct sl_timer_heap timers;
    struct sl_taken_events taken;
    /** What sl_loop_is_current() compares: an address in the thread that runs the loop. */
    _Atomic(const void *) owner;
    _Atomic bool is_stopping;
    _Atomic long pending_posts;
};

/** Nanoseconds until the first timer is due, 0 where it is, INT64_MAX where there is none. */
int64_t sl_timer_heap_wait_ns(const struct sl_loop *loop);

/** Runs what is due now; what is started meanwhile waits for the next round. */
void sl_timer_heap_run(struct sl_loop *loop);

void sl_timer_heap_done(struct sl_timer_heap *heap);

#endif
