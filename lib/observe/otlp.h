#ifndef SL_OBSERVE_OTLP_H
#define SL_OBSERVE_OTLP_H

#include "telemetry/span.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * An ExportTraceServiceRequest of these spans (linked by sl_span_next) as OTLP's JSON: a new
 * reference, NULL when memory is out. Pure. Source: OTLP specification, "JSON Protobuf Encoding";
 * opentelemetry/proto/trace/v1/trace.proto.
 */
json_t *sl_otlp_request(const char *service_name, const struct sl_span *first);

#ifdef __cplusplus
}
#endif

#endif
