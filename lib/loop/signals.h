#ifndef SL_LOOP_SIGNALS_H
#define SL_LOOP_SIGNALS_H

#include "loop/loop.h"

#ifdef __cplusplus
extern "C" {
#endif

/** SIGINT, SIGTERM and SIGHUP as events of the loop. One a process. */
struct sl_signals;

/**
 * Calls on_signal(number, arg) on the loop for each of the three signals that arrives, whichever
 * thread it finds, and ignores SIGPIPE. Several of one kind that come before the loop got to them
 * are one.
 *
 * Errors: SL_FAILED_PRECONDITION (there is one already), SL_RESOURCE_EXHAUSTED.
 */
SL_MUST_USE enum sl_code sl_signals_new(struct sl_loop *loop,
                                        void (*on_signal)(int number, void *arg), void *arg,
                                        struct sl_signals **ret_signals, struct sl_error *err);

/** Gives the signals their former meaning back. Loop only; no callback comes after. signals may be
 * NULL. */
void sl_signals_free(struct sl_signals *signals);

#ifdef __cplusplus
}
#endif

#endif
