#ifndef SL_LOOP_LOOP_H
#define SL_LOOP_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The one thread that owns a process's state: a gRPC completion queue with a timer heap beside it.
 *
 * Life: sl_loop_new(); things are made on it; sl_loop_run() on one thread, which is "the loop" from
 * then on; something calls sl_loop_stop(); run returns; things are freed; sl_loop_free().
 * Handlers never block. "Loop only" below means: on that thread, or while the loop does not run.
 */
struct sl_loop;

/** clock is borrowed until sl_loop_free(); NULL means the system's. Errors: SL_RESOURCE_EXHAUSTED.
 */
SL_MUST_USE enum sl_code sl_loop_new(const struct sl_clock *clock, struct sl_loop **ret_loop,
                                     struct sl_error *err);

/** Shuts the queue down, drains it, frees. Nothing made on the loop may be left. loop may be NULL.
 */
void sl_loop_free(struct sl_loop *loop);

/** Runs events and timers until sl_loop_stop(). */
void sl_loop_run(struct sl_loop *loop);

/** Runs until *flag is true or timeout_ms went by; returns *flag. For tests and orderly ends. Loop
 * only. */
bool sl_loop_run_until(struct sl_loop *loop, const bool *flag, int64_t timeout_ms);

/** Makes sl_loop_run() return after the event at hand. Any thread. */
void sl_loop_stop(struct sl_loop *loop);

/** Whether the calling thread is the one that runs the loop. */
bool sl_loop_is_current(const struct sl_loop *loop);

const struct sl_clock *sl_loop_clock(const struct sl_loop *loop);

/** Monotonic milliseconds by the loop's clock. Any thread. */
int64_t sl_loop_now_ms(const struct sl_loop *loop);

/** What to run on the loop. The poster's storage, untouched by it from post until run is called. */
struct sl_task {
    /** Runs once, on the loop; task may be freed inside. */
    void (*run)(struct sl_task *task);
    /** The loop's own. */
    void *private_[2];
};

/**
 * Has task->run(task) called on the loop, after what is there already, never inside this call.
 * Cannot fail. Any thread, also the loop. Not after sl_loop_free() has begun.
 */
void sl_loop_post(struct sl_loop *loop, struct sl_task *task);

/** Posts that have not run yet; 0 before sl_loop_free(). Any thread. */
long sl_loop_pending_posts(const struct sl_loop *loop);

#ifdef __cplusplus
}
#endif

#endif
