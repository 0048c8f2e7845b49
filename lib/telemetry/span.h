#ifndef SL_TELEMETRY_SPAN_H
#define SL_TELEMETRY_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Spans of traces. Like the metrics a sink of the process: off until sl_tracing_start(), and then
 * sl_span_start() gives NULL, which every function below takes. A context travels as W3C
 * traceparent ("00-<trace id>-<span id>-<flags>"), with or without spans: what is not recorded here
 * is passed on unchanged.
 *
 * Names and attributes are names of methods, tools, services and models: never what a caller wrote.
 * A span is its owner's until it is ended; everything else is for any thread.
 * Source: W3C Trace Context; OpenTelemetry semantic conventions.
 */
struct sl_span;

/** The numbers are OTLP's. */
enum sl_span_kind { SL_SPAN_INTERNAL = 1, SL_SPAN_SERVER = 2, SL_SPAN_CLIENT = 3 };

#define SL_TRACEPARENT_SIZE 56

/** Spans wait for whoever takes them (sl_spans_take), at most SL_SPANS_WAITING_MAX. Once. */
void sl_tracing_start(void);
bool sl_tracing_is_on(void);
#define SL_SPANS_WAITING_MAX 4096

/**
 * Begins a span. parent is a traceparent: NULL, "" or one that is none begins a trace; one that is
 * not sampled gives NULL. name is copied.
 */
struct sl_span *sl_span_start(enum sl_span_kind kind, const char *name, const char *parent);

/** What to pass on: the span's own context; fallback (which may be NULL) where span is NULL. */
const char *sl_span_traceparent(const struct sl_span *span, const char *fallback);

/** key is static; value is copied, and cut where it is long; NULL is left out. At most 16. */
void sl_span_set(struct sl_span *span, const char *key, const char *value);
void sl_span_set_int(struct sl_span *span, const char *key, int64_t value);

/** Ends the span and hands it over. error: its error.type, such as "UNAVAILABLE"; NULL: it went
 * well. */
void sl_span_end(struct sl_span *span, const char *error);

/** Whether text is a traceparent. Source: W3C Trace Context, 3.2. */
bool sl_traceparent_is_valid(const char *text);

/* ---- For whoever exports them ---- */

enum sl_attribute_kind { SL_ATTRIBUTE_TEXT, SL_ATTRIBUTE_INT };
struct sl_attribute {
    const char *key;
    enum sl_attribute_kind kind;
    char text[96];
    int64_t integer;
};

/** What was recorded. */
struct sl_span_view {
    const char *trace_id, *span_id;
    /** "" of the first of a trace. */
    const char *parent_id;
    const char *name;
    enum sl_span_kind kind;
    int64_t start_ns, end_ns;
    const struct sl_attribute *attributes;
    size_t attribute_count;
    /** NULL: it went well. */
    const char *error;
};
void sl_span_look(const struct sl_span *span, struct sl_span_view *ret_view);

/** The oldest that wait, up to limit, linked by sl_span_next(); to be freed each. */
struct sl_span *sl_spans_take(size_t limit, size_t *ret_count);
struct sl_span *sl_span_next(const struct sl_span *span);
void sl_spans_free(struct sl_span *first);
size_t sl_spans_waiting(void);

#ifdef __cplusplus
}
#endif

#endif
