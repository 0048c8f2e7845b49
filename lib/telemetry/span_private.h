#ifndef SL_TELEMETRY_SPAN_PRIVATE_H
#define SL_TELEMETRY_SPAN_PRIVATE_H

#include "telemetry/span.h"

#define SL_ATTRIBUTES_MAX 16

struct sl_span {
    struct sl_span *next;
    char trace_id[33], span_id[17], parent_id[17], traceparent[SL_TRACEPARENT_SIZE];
    char name[96], error[48];
    enum sl_span_kind kind;
    int64_t start_ns, end_ns, start_monotonic_ns;
    struct sl_attribute attributes[SL_ATTRIBUTES_MAX];
    size_t attribute_count;
};

/** span_queue.c: hands a span over; frees it where too many wait. */
void sl_spans_put(struct sl_span *span);

#endif
