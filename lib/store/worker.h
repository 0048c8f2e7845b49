#ifndef SL_STORE_WORKER_H
#define SL_STORE_WORKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "store/database.h"

/* Inside lib/store only: a thread with a connection, and units of work that wait for it. */

/** One unit of work on its way from its start to its callback. */
struct sl_unit {
    struct sl_unit *next;
    sl_work_fn *work;
    sl_work_done_fn *done;
    void *arg;
    /** Set where a thread waits for this unit; guarded by the store's mutex. */
    bool *is_over;
    struct sl_error error;
};

/** Units in order of their start. */
struct sl_units {
    struct sl_unit *first;
    struct sl_unit *last;
};

void sl_units_append(struct sl_units *units, struct sl_unit *unit);
/** Moves everything of more behind units. */
void sl_units_join(struct sl_units *units, struct sl_units *more);

/** What the threads tell and are told besides work. Any thread. */
struct sl_worker_state {
    atomic_bool is_healthy;
    /** enum sl_code that commits fail with, for tests. */
    atomic_int forced_failure;
};

struct sl_worker {
    struct sl_db db;
    bool is_writer;
    struct sl_worker_state *state;
    /** Takes a batch that is over; runs on the worker's thread. */
    void (*finish)(void *arg, struct sl_units *batch);
    void *arg;
    pthread_t thread;
    bool is_started;
    /** Guards what follows. */
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    struct sl_units waiting;
    bool is_stopping;
};

/** Starts the thread; db, is_writer, state, finish and arg are set before. */
SL_MUST_USE enum sl_code sl_worker_start(struct sl_worker *worker, struct sl_error *err);

/** Queues a unit, which is taken. Any thread. */
void sl_worker_add(struct sl_worker *worker, struct sl_unit *unit);

/** Finishes what waits, joins the thread, closes the connection. Harmless where it was never
 * started. */
void sl_worker_stop(struct sl_worker *worker);

#endif
