#include "store/store.h"

#include <assert.h>
#include <string.h>

#include "base/id.h"
#include "base/memory.h"
#include "store/worker.h"

/* How long closing waits for a post that is on its way to the loop. */
#define CLOSE_POST_TIMEOUT_MS 10000

/**
 * Two workers hand batches that are over to `finished`; one task, posted where it is not under way
 * already, brings their callbacks to the loop: one post for a whole batch.
 */
struct sl_store {
    struct sl_loop *loop;
    char *path;
    char id[SL_UUID_SIZE];
    struct sl_worker_state state;
    struct sl_worker writer;
    struct sl_worker reader;
    /** Loop only. */
    bool is_closing;
    bool is_delivering;
    /** Guards what follows. */
    pthread_mutex_t mutex;
    pthread_cond_t unit_over;
    struct sl_units finished;
    struct sl_task task;
    /** The task is not on its way to the loop. */
    bool is_task_free;
};

/* Units that a thread waits for are woken, the others go to the loop. Runs on a worker's thread. */
static void finish_batch(void *arg, struct sl_units *batch)
{
    struct sl_store *store = arg;
    struct sl_units for_loop = {0};
    pthread_mutex_lock(&store->mutex);
    for (struct sl_unit *unit = batch->first, *next = NULL; unit != NULL; unit = next) {
        next = unit->next;
        if (unit->is_over != NULL)
            *unit->is_over = true;
        else
            sl_units_append(&for_loop, unit);
    }
    pthread_cond_broadcast(&store->unit_over);
    bool has_news = for_loop.first != NULL;
    sl_units_join(&store->finished, &for_loop);
    if (has_news && store->is_task_free) {
        store->is_task_free = false;
        sl_loop_post(store->loop, &store->task);
    }
    pthread_mutex_unlock(&store->mutex);
}

/* Runs the callbacks of what is over. */
static void deliver(struct sl_store *store)
{
    pthread_mutex_lock(&store->mutex);
    struct sl_unit *unit = store->finished.first;
    store->finished = (struct sl_units){0};
    pthread_mutex_unlock(&store->mutex);
    store->is_delivering = true;
    while (unit != NULL) {
        struct sl_unit *next = unit->next;
        if (unit->done != NULL)
            unit->done(&unit->error, unit->arg);
        sl_free(unit);
        unit = next;
    }
    store->is_delivering = false;
}

static void run_task(struct sl_task *task)
{
    struct sl_store *store =
        (struct sl_store *)(void *)((char *)task - offsetof(struct sl_store, task));
    pthread_mutex_lock(&store->mutex);
    store->is_task_free = true;
    pthread_mutex_unlock(&store->mutex);
    deliver(store);
}

static enum sl_code start_workers(struct sl_store *store, struct sl_error *err)
{
    store->writer.is_writer = true;
    struct sl_worker *workers[] = {&store->writer, &store->reader};
    for (size_t i = 0; i < SL_ARRAY_LENGTH(workers); i++) {
        workers[i]->state = &store->state;
        workers[i]->finish = finish_batch;
        workers[i]->arg = store;
        SL_TRY(sl_worker_start(workers[i], err));
    }
    return SL_OK;
}

static enum sl_code open_all(struct sl_store *store, const struct sl_store_options *options,
                             struct sl_error *err)
{
    SL_TRY(sl_database_prepare_file(store->path, err));
    SL_TRY(sl_database_open(store->path, false, &store->writer.db, err));
    SL_TRY(sl_database_migrate(&store->writer.db, options->migrations, options->migration_count,
                               store->id, err));
    SL_TRY(sl_database_open(store->path, true, &store->reader.db, err));
    return start_workers(store, err);
}

static void free_store(struct sl_store *store)
{
    pthread_cond_destroy(&store->unit_over);
    pthread_mutex_destroy(&store->mutex);
    sl_free(store->path);
    sl_free(store);
}

enum sl_code sl_store_open(struct sl_loop *loop, const struct sl_store_options *options,
                           struct sl_store **ret_store, struct sl_error *err)
{
    struct sl_store *store = sl_alloc(sizeof(*store));
    if (store == NULL)
        return sl_error_no_memory(err);
    store->loop = loop;
    store->task.run = run_task;
    store->is_task_free = true;
    atomic_init(&store->state.is_healthy, true);
    atomic_init(&store->state.forced_failure, SL_OK);
    pthread_mutex_init(&store->mutex, NULL);
    pthread_cond_init(&store->unit_over, NULL);
    store->path = sl_strdup(options->path);
    enum sl_code code =
        store->path != NULL ? open_all(store, options, err) : sl_error_no_memory(err);
    if (code != SL_OK) {
        sl_worker_stop(&store->writer);
        sl_worker_stop(&store->reader);
        free_store(store);
        return code;
    }
    *ret_store = store;
    return SL_OK;
}

void sl_store_close(struct sl_store *store)
{
    if (store == NULL)
        return;
    assert(!store->is_delivering);
    store->is_closing = true;
    sl_worker_stop(&store->reader);
    sl_worker_stop(&store->writer);
    deliver(store);
    /* The task's storage is ours: it may go only when the loop has run it. Where the loop does not
     * come to it any more, leaking is the lesser evil. */
    if (!store->is_task_free &&
        !sl_loop_run_until(store->loop, &store->is_task_free, CLOSE_POST_TIMEOUT_MS))
        return;
    free_store(store);
}

static struct sl_unit *new_unit(sl_work_fn *work, sl_work_done_fn *done, void *arg)
{
    struct sl_unit *unit = sl_alloc(sizeof(*unit));
    if (unit == NULL)
        return NULL;
    unit->work = work;
    unit->done = done;
    unit->arg = arg;
    return unit;
}

static enum sl_code start(struct sl_store *store, struct sl_worker *worker, struct sl_unit *unit)
{
    if (unit == NULL)
        return SL_RESOURCE_EXHAUSTED;
    if (store->is_closing) {
        sl_free(unit);
        return SL_UNAVAILABLE;
    }
    sl_worker_add(worker, unit);
    return SL_OK;
}

enum sl_code sl_store_write_start(struct sl_store *store, sl_work_fn *work, sl_work_done_fn *done,
                                  void *arg)
{
    return start(store, &store->writer, new_unit(work, done, arg));
}

enum sl_code sl_store_read_start(struct sl_store *store, sl_work_fn *work, sl_work_done_fn *done,
                                 void *arg)
{
    return start(store, &store->reader, new_unit(work, done, arg));
}

enum sl_code sl_store_write(struct sl_store *store, sl_work_fn *work, void *arg,
                            struct sl_error *err)
{
    bool is_over = false;
    struct sl_unit unit = {.work = work, .arg = arg, .is_over = &is_over};
    if (store->is_closing)
        return sl_error_set(err, SL_UNAVAILABLE, "%s: the database is closing", store->path);
    sl_worker_add(&store->writer, &unit);
    pthread_mutex_lock(&store->mutex);
    while (!is_over)
        pthread_cond_wait(&store->unit_over, &store->mutex);
    pthread_mutex_unlock(&store->mutex);
    if (unit.error.code != SL_OK && err != NULL)
        *err = unit.error;
    return unit.error.code;
}

const char *sl_store_id(const struct sl_store *store)
{
    return store->id;
}

bool sl_store_is_healthy(const struct sl_store *store)
{
    return atomic_load(&store->state.is_healthy);
}

void sl_store_fail_commits(struct sl_store *store, enum sl_code code)
{
    atomic_store(&store->state.forced_failure, (int)code);
}
