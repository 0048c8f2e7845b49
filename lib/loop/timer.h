#ifndef SL_LOOP_TIMER_H
#define SL_LOOP_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop/loop.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Something to be done later. The owner's storage, zeroed at first; loop only. */
struct sl_timer {
    void (*fn)(void *arg);
    void *arg;
    struct sl_loop *loop;
    int64_t due_ns;
    /** Which start this was: of timers due at the same time the one started first runs first. */
    uint64_t order;
    /** Place in the heap plus one; 0 while not started. */
    size_t slot;
};

/**
 * Calls fn(arg) on the loop, once, delay_ms milliseconds from now (0: at the next turn), never
 * inside this call. A timer that is started already is moved. Out of memory: SL_RESOURCE_EXHAUSTED.
 */
SL_MUST_USE enum sl_code sl_timer_start(struct sl_loop *loop, struct sl_timer *timer,
                                        int64_t delay_ms, void (*fn)(void *arg), void *arg);

/** fn is not called any more. Nothing happens where the timer is not started. */
void sl_timer_stop(struct sl_timer *timer);

static inline bool sl_timer_is_started(const struct sl_timer *timer)
{
    return timer->slot != 0;
}

#ifdef __cplusplus
}
#endif

#endif
