#include "loop/timer.h"

#include <assert.h>

#include "base/memory.h"
#include "loop/loop_private.h"

/* Far enough to be "never", near enough that sums of two do not overflow. */
static const int64_t FAR_NS = INT64_MAX / 4;

static bool is_before(const struct sl_timer *a, const struct sl_timer *b)
{
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}

static void put(struct sl_timer_heap *heap, size_t slot, struct sl_timer *timer)
{
    heap->timers[slot - 1] = timer;
    timer->slot = slot;
}

static void move_up(struct sl_timer_heap *heap, struct sl_timer *timer)
{
    size_t slot = timer->slot;
    while (slot > 1 && is_before(timer, heap->timers[slot / 2 - 1])) {
        put(heap, slot, heap->timers[slot / 2 - 1]);
        slot /= 2;
    }
    put(heap, slot, timer);
}

static void move_down(struct sl_timer_heap *heap, struct sl_timer *timer)
{
    size_t slot = timer->slot;
    for (;;) {
        size_t child = slot * 2;
        if (child > heap->count)
            break;
        if (child < heap->count && is_before(heap->timers[child], heap->timers[child - 1]))
            child++;
        if (!is_before(heap->timers[child - 1], timer))
            break;
        put(heap, slot, heap->timers[child - 1]);
        slot = child;
    }
    put(heap, slot, timer);
}

static bool reserve_one(struct sl_timer_heap *heap)
{
    if (heap->count < heap->capacity)
        return true;
    size_t capacity = heap->capacity == 0 ? 64 : heap->capacity * 2;
    struct sl_timer **timers = sl_realloc(heap->timers, capacity * sizeof(*timers));
    if (timers == NULL)
        return false;
    heap->timers = timers;
    heap->capacity = capacity;
    return true;
}

enum sl_code sl_timer_start(struct sl_loop *loop, struct sl_timer *timer, int64_t delay_ms,
                            void (*fn)(void *arg), void *arg)
{
    struct sl_timer_heap *heap = &loop->timers;
    if (timer->slot == 0 && !reserve_one(heap))
        return SL_RESOURCE_EXHAUSTED;
    sl_timer_stop(timer);

    int64_t delay_ns = delay_ms <= 0                  ? 0
                       : delay_ms >= FAR_NS / 1000000 ? FAR_NS
                                                      : delay_ms * 1000000;
    timer->due_ns = sl_clock_monotonic_ns(loop->clock) + delay_ns;
    /* A timer that starts itself anew with 0 must not keep the loop from everything else. */
    if (heap->is_running && timer->due_ns <= heap->round_ns)
        timer->due_ns = heap->round_ns + 1;
    timer->order = heap->starts++;
    timer->fn = fn;
    timer->arg = arg;
    timer->loop = loop;
    heap->count++;
    put(heap, heap->count, timer);
    move_up(heap, timer);
    return SL_OK;
}

void sl_timer_stop(struct sl_timer *timer)
{
    if (timer->slot == 0)
        return;
    struct sl_timer_heap *heap = &timer->loop->timers;
    struct sl_timer *last = heap->timers[heap->count - 1];
    size_t slot = timer->slot;
    heap->count--;
    timer->slot = 0;
    if (last == timer)
        return;
    put(heap, slot, last);
    move_up(heap, last);
    move_down(heap, last);
}

int64_t sl_timer_heap_wait_ns(const struct sl_loop *loop)
{
    const struct sl_timer_heap *heap = &loop->timers;
    if (heap->count == 0)
        return INT64_MAX;
    int64_t wait_ns = heap->timers[0]->due_ns - sl_clock_monotonic_ns(loop->clock);
    return wait_ns > 0 ? wait_ns : 0;
}

void sl_timer_heap_run(struct sl_loop *loop)
{
    struct sl_timer_heap *heap = &loop->timers;
    if (heap->count == 0)
        return;
    heap->round_ns = sl_clock_monotonic_ns(loop->clock);
    heap->is_running = true;
    while (heap->count > 0 && heap->timers[0]->due_ns <= heap->round_ns) {
        struct sl_timer *timer = heap->timers[0];
        sl_timer_stop(timer);
        timer->fn(timer->arg);
    }
    heap->is_running = false;
}

void sl_timer_heap_done(struct sl_timer_heap *heap)
{
    assert(heap->count == 0 && "a timer is still started on a loop that is freed");
    sl_free(heap->timers);
}
