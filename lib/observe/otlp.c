#include "observe/otlp.h"

#include <stdio.h>
#include <unistd.h>

/* Status of a span: 0 unset, 2 error. Source: trace.proto. */
#define STATUS_UNSET 0
#define STATUS_ERROR 2
/* W3C trace flags. */
#define FLAGS_SAMPLED 1

static json_t *text_attribute(const char *key, const char *value)
{
    return json_pack("{s:s, s:{s:s}}", "key", key, "value", "stringValue", value);
}

/* 64-bit integers are texts in ProtoJSON. */
static json_t *integer(int64_t value)
{
    char digits[24];
    snprintf(digits, sizeof(digits), "%lld", (long long)value);
    return json_string(digits);
}

static json_t *attribute(const struct sl_attribute *from)
{
    if (from->kind == SL_ATTRIBUTE_TEXT)
        return text_attribute(from->key, from->text);
    return json_pack("{s:s, s:{s:o}}", "key", from->key, "value", "intValue",
                     integer(from->integer));
}

static json_t *span_json(const struct sl_span *span)
{
    struct sl_span_view view;
    json_t *attributes = json_array();
    sl_span_look(span, &view);
    for (size_t i = 0; i < view.attribute_count; i++)
        json_array_append_new(attributes, attribute(&view.attributes[i]));
    if (view.error)
        json_array_append_new(attributes, text_attribute("error.type", view.error));
    return json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:o, s:o, s:o, s:{s:i}}", "traceId",
                     view.trace_id, "spanId", view.span_id, "parentSpanId", view.parent_id, "name",
                     view.name, "kind", (int)view.kind, "flags", FLAGS_SAMPLED, "startTimeUnixNano",
                     integer(view.start_ns), "endTimeUnixNano", integer(view.end_ns), "attributes",
                     attributes, "status", "code", view.error ? STATUS_ERROR : STATUS_UNSET);
}

static json_t *resource(const char *service_name)
{
    char host[256] = "";
    json_t *attributes = json_array();
    gethostname(host, sizeof(host) - 1);
    json_array_append_new(attributes, text_attribute("service.name", service_name));
    json_array_append_new(attributes, text_attribute("service.namespace", "servicelane"));
    json_array_append_new(attributes, text_attribute("service.version", SL_VERSION));
    json_array_append_new(attributes, text_attribute("host.name", host));
    json_array_append_new(attributes, json_pack("{s:s, s:{s:o}}", "key", "process.pid", "value",
                                                "intValue", integer((int64_t)getpid())));
    return json_pack("{s:o}", "attributes", attributes);
}

json_t *sl_otlp_request(const char *service_name, const struct sl_span *first)
{
    json_t *spans = json_array();
    for (const struct sl_span *span = first; span; span = sl_span_next(span))
        json_array_append_new(spans, span_json(span));
    return json_pack("{s:[{s:o, s:[{s:{s:s, s:s}, s:o}]}]}", "resourceSpans", "resource",
                     resource(service_name), "scopeSpans", "scope", "name", "servicelane",
                     "version", SL_VERSION, "spans", spans);
}
