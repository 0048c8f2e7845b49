#include <pthread.h>

#include "base/memory.h"
#include "telemetry/metrics.h"
#include "telemetry/span_private.h"

/* Ended spans that wait to be exported: bounded, so that a collector that is away costs spans and
 * never memory. The process's sink; guarded by mutex. */
static struct {
    pthread_mutex_t mutex;
    struct sl_span *first, *last;
    size_t count;
} queue = {.mutex = PTHREAD_MUTEX_INITIALIZER};

void sl_spans_put(struct sl_span *span)
{
    pthread_mutex_lock(&queue.mutex);
    bool is_full = queue.count == SL_SPANS_WAITING_MAX;
    if (!is_full && queue.last)
        queue.last->next = span;
    else if (!is_full)
        queue.first = span;
    if (!is_full) {
        queue.last = span;
        queue.count++;
    }
    pthread_mutex_unlock(&queue.mutex);
    if (!is_full)
        return;
    sl_metric_add(SL_METRIC_SPANS, 1, "dropped", NULL);
    sl_free(span);
}

struct sl_span *sl_spans_take(size_t limit, size_t *ret_count)
{
    size_t count = 0;
    pthread_mutex_lock(&queue.mutex);
    struct sl_span *first = queue.first, *last = NULL;
    for (struct sl_span *span = first; span && count < limit; span = span->next, count++)
        last = span;
    if (last) {
        queue.first = last->next;
        queue.last = queue.first ? queue.last : NULL;
        last->next = NULL;
    } else {
        first = NULL;
    }
    queue.count -= count;
    pthread_mutex_unlock(&queue.mutex);
    *ret_count = count;
    return first;
}

struct sl_span *sl_span_next(const struct sl_span *span)
{
    return span->next;
}

void sl_spans_free(struct sl_span *first)
{
    while (first) {
        struct sl_span *next = first->next;
        sl_free(first);
        first = next;
    }
}

size_t sl_spans_waiting(void)
{
    pthread_mutex_lock(&queue.mutex);
    size_t count = queue.count;
    pthread_mutex_unlock(&queue.mutex);
    return count;
}
