#include "loop/loop.h"

#include <assert.h>
#include <grpc/support/time.h>

#include "base/memory.h"
#include "loop/loop_private.h"
#include "loop/queue.h"

/* A clock that is not the system's moves when a test says so: the loop looks that often. */
static const int64_t FOREIGN_CLOCK_POLL_NS = 5 * 1000 * 1000;
/*
 * The queue looks at its sockets only when it is empty, and a handler whose operations complete at
 * once (a stream that is sent as fast as it can be) keeps it from that for seconds. So after that
 * many events all that are there are taken out first, which has the sockets looked at.
 */
enum { EVENTS_PER_LOOK = 64, TAKEN_AT_FIRST = 256, TAKEN_AT_MOST = 65536 };
/* How long sl_loop_free() waits for operations that somebody forgot. */
static const int64_t DRAIN_TIMEOUT_MS = 10000;

/* Tags are addresses of tasks (marked in their lowest bit), of completions, or NULL: just wake up.
 */
static void *task_tag(struct sl_task *task)
{
    return (char *)task + 1;
}

static bool is_task_tag(const void *tag)
{
    return ((uintptr_t)tag & 1) != 0;
}

static const void *this_thread(void)
{
    static _Thread_local const char marker;
    return &marker;
}

static bool open_door(struct sl_loop *loop)
{
    loop->lame = grpc_lame_client_channel_create("loop", GRPC_STATUS_UNAVAILABLE, "never called");
    if (loop->lame == NULL)
        return false;
    loop->door = grpc_channel_create_call(loop->lame, NULL, 0, loop->queue,
                                          grpc_slice_from_static_string("/post"), NULL,
                                          gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
    return loop->door != NULL;
}

static void close_door(struct sl_loop *loop)
{
    if (loop->door != NULL)
        grpc_call_unref(loop->door);
    if (loop->lame != NULL)
        grpc_channel_destroy(loop->lame);
}

enum sl_code sl_loop_new(const struct sl_clock *clock, struct sl_loop **ret_loop,
                         struct sl_error *err)
{
    struct sl_loop *loop = sl_alloc(sizeof(*loop));
    if (loop == NULL)
        return sl_error_no_memory(err);
    sl_grpc_init();
    loop->clock = clock != NULL ? clock : sl_clock_system();
    loop->queue = grpc_completion_queue_create_for_next(NULL);
    if (loop->queue == NULL || !open_door(loop)) {
        sl_loop_free(loop);
        return sl_error_no_memory(err);
    }
    *ret_loop = loop;
    return SL_OK;
}

static void run_event(struct sl_loop *loop, const grpc_event *event)
{
    if (event->type != GRPC_OP_COMPLETE || event->tag == NULL)
        return;
    if (is_task_tag(event->tag)) {
        struct sl_task *task = (struct sl_task *)((char *)event->tag - 1);
        atomic_fetch_sub(&loop->pending_posts, 1);
        task->run(task);
        return;
    }
    struct sl_completion *completion = event->tag;
    completion->fn(completion, event->success != 0);
}

static gpr_timespec deadline_in_ns(int64_t wait_ns)
{
    if (wait_ns == INT64_MAX)
        return gpr_inf_future(GPR_CLOCK_MONOTONIC);
    return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_nanos(wait_ns, GPR_TIMESPAN));
}

static bool make_room(struct sl_taken_events *taken)
{
    if (taken->count < taken->capacity)
        return true;
    size_t capacity = taken->capacity == 0 ? TAKEN_AT_FIRST : taken->capacity * 2;
    grpc_event *events =
        capacity > TAKEN_AT_MOST ? NULL : sl_realloc(taken->events, capacity * sizeof(*events));
    if (events == NULL)
        return false;
    taken->events = events;
    taken->capacity = capacity;
    return true;
}

static void take_all(struct sl_loop *loop)
{
    struct sl_taken_events *taken = &loop->taken;
    const gpr_timespec now = gpr_inf_past(GPR_CLOCK_MONOTONIC);
    taken->next = taken->count = 0;
    taken->since_empty = 0;
    /* Twice empty: the first look may only find that somebody wanted the queue to be woken up. */
    for (int times_empty = 0; times_empty < 2 && make_room(taken);) {
        grpc_event event = grpc_completion_queue_next(loop->queue, now, NULL);
        if (event.type == GRPC_OP_COMPLETE)
            taken->events[taken->count++] = event;
        else
            times_empty++;
    }
}

static grpc_event next_event(struct sl_loop *loop, int64_t wait_ns)
{
    struct sl_taken_events *taken = &loop->taken;
    if (taken->next == taken->count && ++taken->since_empty >= EVENTS_PER_LOOK)
        take_all(loop);
    if (taken->next < taken->count)
        return taken->events[taken->next++];
    grpc_event event = grpc_completion_queue_next(loop->queue, deadline_in_ns(wait_ns), NULL);
    if (event.type == GRPC_QUEUE_TIMEOUT)
        taken->since_empty = 0;
    return event;
}

/* One event at most, then whatever timers are due; false when the queue is shut down. */
static bool turn(struct sl_loop *loop, int64_t limit_ns)
{
    int64_t wait_ns = sl_timer_heap_wait_ns(loop);
    if (wait_ns > limit_ns)
        wait_ns = limit_ns;
    if (loop->clock != sl_clock_system() && wait_ns > FOREIGN_CLOCK_POLL_NS)
        wait_ns = FOREIGN_CLOCK_POLL_NS;
    grpc_event event = next_event(loop, wait_ns);
    if (event.type == GRPC_QUEUE_SHUTDOWN)
        return false;
    run_event(loop, &event);
    sl_timer_heap_run(loop);
    return true;
}

/* Runs what is left; false where some operation never completes. */
static bool drain(struct sl_loop *loop)
{
    gpr_timespec limit = deadline_in_ns(DRAIN_TIMEOUT_MS * 1000000);
    while (loop->taken.next < loop->taken.count)
        run_event(loop, &loop->taken.events[loop->taken.next++]);
    for (;;) {
        grpc_event event = grpc_completion_queue_next(loop->queue, limit, NULL);
        if (event.type != GRPC_OP_COMPLETE)
            return event.type == GRPC_QUEUE_SHUTDOWN;
        run_event(loop, &event);
    }
}

void sl_loop_free(struct sl_loop *loop)
{
    if (loop == NULL)
        return;
    close_door(loop);
    bool is_drained = true;
    if (loop->queue != NULL) {
        grpc_completion_queue_shutdown(loop->queue);
        is_drained = drain(loop);
        assert(is_drained && "something made on the loop was not freed before it");
        /* Destroying a queue with operations under way would crash: better to leave it. */
        if (is_drained)
            grpc_completion_queue_destroy(loop->queue);
    }
    sl_free(loop->taken.events);
    sl_timer_heap_done(&loop->timers);
    if (is_drained)
        grpc_shutdown();
    sl_free(loop);
}

void sl_loop_run(struct sl_loop *loop)
{
    atomic_store(&loop->owner, this_thread());
    while (!atomic_exchange(&loop->is_stopping, false) && turn(loop, INT64_MAX))
        ;
    atomic_store(&loop->owner, NULL);
}

bool sl_loop_run_until(struct sl_loop *loop, const bool *flag, int64_t timeout_ms)
{
    const struct sl_clock *clock = sl_clock_system();
    int64_t end_ns = sl_clock_monotonic_ns(clock) + timeout_ms * 1000000;
    atomic_store(&loop->owner, this_thread());
    while (!*(const volatile bool *)flag) {
        int64_t left_ns = end_ns - sl_clock_monotonic_ns(clock);
        if (left_ns <= 0 || !turn(loop, left_ns))
            break;
    }
    atomic_store(&loop->owner, NULL);
    return *flag;
}

void sl_loop_stop(struct sl_loop *loop)
{
    atomic_store(&loop->is_stopping, true);
    grpc_call_start_batch(loop->door, NULL, 0, NULL, NULL);
}

bool sl_loop_is_current(const struct sl_loop *loop)
{
    return atomic_load(&loop->owner) == this_thread();
}

const struct sl_clock *sl_loop_clock(const struct sl_loop *loop)
{
    return loop->clock;
}

int64_t sl_loop_now_ms(const struct sl_loop *loop)
{
    return sl_clock_monotonic_ms(loop->clock);
}

void sl_loop_post(struct sl_loop *loop, struct sl_task *task)
{
    atomic_fetch_add(&loop->pending_posts, 1);
    grpc_call_error error = grpc_call_start_batch(loop->door, NULL, 0, task_tag(task), NULL);
    assert(error == GRPC_CALL_OK);
    (void)error;
}

long sl_loop_pending_posts(const struct sl_loop *loop)
{
    return atomic_load(&loop->pending_posts);
}

grpc_completion_queue *sl_loop_queue(struct sl_loop *loop)
{
    return loop->queue;
}
