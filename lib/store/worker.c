#include "store/worker.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <time.h>

#include "telemetry/metrics.h"

/* So that the first of a long batch does not wait much longer than for its own commit. */
#define BATCH_LIMIT 512

/* How often a writer whose disk fails looks by itself whether it does again. */
#define PROBE_INTERVAL_MS 500

#define STACK_BYTES ((size_t)1024 * 1024)

void sl_units_append(struct sl_units *units, struct sl_unit *unit)
{
    unit->next = NULL;
    if (units->last != NULL)
        units->last->next = unit;
    else
        units->first = unit;
    units->last = unit;
}

void sl_units_join(struct sl_units *units, struct sl_units *more)
{
    if (more->first == NULL)
        return;
    if (units->last != NULL)
        units->last->next = more->first;
    else
        units->first = more->first;
    units->last = more->last;
    *more = (struct sl_units){0};
}

/* Takes up to BATCH_LIMIT units off the front; the mutex is held. */
static struct sl_units take_batch(struct sl_units *waiting)
{
    struct sl_units batch = {.first = waiting->first, .last = waiting->first};
    for (int i = 1; i < BATCH_LIMIT && batch.last->next != NULL; i++)
        batch.last = batch.last->next;
    waiting->first = batch.last->next;
    if (waiting->first == NULL)
        waiting->last = NULL;
    batch.last->next = NULL;
    return batch;
}

static struct timespec probe_time(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_nsec += PROBE_INTERVAL_MS * 1000000L;
    at.tv_sec += at.tv_nsec / 1000000000L;
    at.tv_nsec %= 1000000000L;
    return at;
}

/* Waits for work, or while the disk fails until it is to be probed; the mutex is held. */
static void wait_for_work(struct sl_worker *worker)
{
    bool is_probing = worker->is_writer && !atomic_load(&worker->state->is_healthy);
    struct timespec until = probe_time();
    int result = 0;
    while (worker->waiting.first == NULL && !worker->is_stopping && result != ETIMEDOUT)
        result = is_probing ? pthread_cond_timedwait(&worker->wake, &worker->mutex, &until)
                            : pthread_cond_wait(&worker->wake, &worker->mutex);
}

/* The next batch; an empty one is a probe. false: the thread is to end. */
static bool next_batch(struct sl_worker *worker, struct sl_units *ret_batch)
{
    struct sl_units batch = {0};
    pthread_mutex_lock(&worker->mutex);
    wait_for_work(worker);
    if (worker->waiting.first != NULL)
        batch = take_batch(&worker->waiting);
    bool is_over = batch.first == NULL && worker->is_stopping;
    pthread_mutex_unlock(&worker->mutex);
    *ret_batch = batch;
    return !is_over;
}

static enum sl_code run_work(struct sl_worker *worker, struct sl_unit *unit)
{
    enum sl_code code = unit->work(&worker->db, unit->arg, &unit->error);
    assert(worker->db.open_statements == 0);
    sl_database_reset_statements(&worker->db);
    /* Work may return a code without words, or leave words of an attempt that it got over. */
    if (code == SL_OK)
        unit->error = (struct sl_error){0};
    else if (unit->error.message[0] == '\0')
        sl_error_set(&unit->error, code, "%s: the work failed", worker->db.path);
    unit->error.code = code;
    return code;
}

/* Runs a unit in its savepoint. An error is the connection's: the batch cannot go on. */
static enum sl_code run_write(struct sl_worker *worker, struct sl_unit *unit, struct sl_error *err)
{
    SL_TRY(sl_db_exec(&worker->db, err, "SAVEPOINT unit", ""));
    enum sl_code code = run_work(worker, unit);
    /* A full disk or lost memory makes SQLite roll all of the transaction back by itself. */
    if (sqlite3_get_autocommit(worker->db.handle) != 0)
        return code != SL_OK
                   ? sl_error_set(err, code, "%s", unit->error.message)
                   : sl_error_set(err, SL_INTERNAL, "%s: the transaction is gone", worker->db.path);
    if (code != SL_OK)
        SL_TRY(sl_db_exec(&worker->db, err, "ROLLBACK TO unit", ""));
    return sl_db_exec(&worker->db, err, "RELEASE unit", "");
}

static enum sl_code run_units(struct sl_worker *worker, struct sl_units *batch,
                              struct sl_error *err)
{
    for (struct sl_unit *unit = batch->first; unit != NULL; unit = unit->next) {
        if (worker->is_writer)
            SL_TRY(run_write(worker, unit, err));
        else
            (void)run_work(worker, unit);
    }
    return SL_OK;
}

/* The file's name without its folder: "orchestrator.db". */
static const char *name_of(const struct sl_worker *worker)
{
    const char *slash = strrchr(worker->db.path, '/');
    return slash != NULL ? slash + 1 : worker->db.path;
}

static void measure(const struct sl_worker *worker, const struct sl_units *batch)
{
    int count = 0;
    if (!worker->is_writer || !sl_metrics_are_on())
        return;
    for (const struct sl_unit *unit = batch->first; unit != NULL; unit = unit->next)
        count++;
    sl_metric_add(SL_METRIC_STORE_UNITS, count, name_of(worker), NULL);
    sl_metric_move(SL_METRIC_STORE_WAITING, -count, name_of(worker), NULL);
}

static enum sl_code commit(struct sl_worker *worker, struct sl_error *err)
{
    int64_t began_ns = sl_metric_now_ns();
    enum sl_code forced = (enum sl_code)atomic_load(&worker->state->forced_failure);
    if (forced != SL_OK && worker->is_writer)
        return sl_error_set(err, forced, "%s: commits are made to fail", worker->db.path);
    enum sl_code code = sl_db_exec(&worker->db, err, "COMMIT", "");
    if (worker->is_writer)
        sl_metric_observe_since(SL_METRIC_STORE_SYNC_SECONDS, began_ns, name_of(worker), NULL);
    return code;
}

static void fail_all(struct sl_units *batch, const struct sl_error *err)
{
    for (struct sl_unit *unit = batch->first; unit != NULL; unit = unit->next)
        unit->error = *err;
}

/* One transaction for all of the batch: a sync costs the same for one unit as for hundreds. */
static void run_batch(struct sl_worker *worker, struct sl_units *batch)
{
    struct sl_error err = {0};
    /* IMMEDIATE takes the write lock at once, so that no unit can fail later because another
     * process wrote between its reading and its writing. */
    enum sl_code code =
        sl_db_exec(&worker->db, &err, worker->is_writer ? "BEGIN IMMEDIATE" : "BEGIN", "");
    err.outcome = SL_OUTCOME_NOT_EXECUTED;
    if (code == SL_OK) {
        err.outcome = SL_OUTCOME_UNKNOWN;
        code = batch->first != NULL ? run_units(worker, batch, &err)
                                    : sl_database_probe(&worker->db, &err);
        if (code == SL_OK)
            code = commit(worker, &err);
        if (code != SL_OK && sqlite3_get_autocommit(worker->db.handle) == 0)
            sqlite3_exec(worker->db.handle, "ROLLBACK", NULL, NULL, NULL);
    }
    if (worker->is_writer)
        atomic_store(&worker->state->is_healthy, code == SL_OK);
    measure(worker, batch);
    if (code != SL_OK)
        fail_all(batch, &err);
}

static void *worker_main(void *arg)
{
    struct sl_worker *worker = arg;
    for (;;) {
        struct sl_units batch;
        if (!next_batch(worker, &batch))
            return NULL;
        run_batch(worker, &batch);
        worker->finish(worker->arg, &batch);
    }
}

enum sl_code sl_worker_start(struct sl_worker *worker, struct sl_error *err)
{
    pthread_attr_t attributes;
    pthread_condattr_t clock;
    pthread_mutex_init(&worker->mutex, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&worker->wake, &clock);
    pthread_condattr_destroy(&clock);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    int result = pthread_create(&worker->thread, &attributes, worker_main, worker);
    pthread_attr_destroy(&attributes);
    if (result != 0) {
        pthread_cond_destroy(&worker->wake);
        pthread_mutex_destroy(&worker->mutex);
        return sl_error_set(err, SL_RESOURCE_EXHAUSTED, "%s: cannot start a thread: %s",
                            worker->db.path, strerror(result));
    }
    pthread_setname_np(worker->thread, worker->is_writer ? "store-writer" : "store-reader");
    worker->is_started = true;
    return SL_OK;
}

void sl_worker_add(struct sl_worker *worker, struct sl_unit *unit)
{
    if (worker->is_writer)
        sl_metric_move(SL_METRIC_STORE_WAITING, 1, name_of(worker), NULL);
    pthread_mutex_lock(&worker->mutex);
    sl_units_append(&worker->waiting, unit);
    pthread_cond_signal(&worker->wake);
    pthread_mutex_unlock(&worker->mutex);
}

void sl_worker_stop(struct sl_worker *worker)
{
    if (worker->is_started) {
        pthread_mutex_lock(&worker->mutex);
        worker->is_stopping = true;
        pthread_cond_signal(&worker->wake);
        pthread_mutex_unlock(&worker->mutex);
        pthread_join(worker->thread, NULL);
        pthread_cond_destroy(&worker->wake);
        pthread_mutex_destroy(&worker->mutex);
        worker->is_started = false;
    }
    if (worker->db.handle != NULL)
        sl_database_close(&worker->db);
}
