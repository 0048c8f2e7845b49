#ifndef SL_OBSERVE_SETTINGS_H
#define SL_OBSERVE_SETTINGS_H

#include <stddef.h>

#include "base/config.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * What the environment says of metrics and traces: a member of a program's configuration, filled by
 * the variables below. Texts are "" where they are not set.
 */
struct sl_observe_settings {
    const char *metrics_listen;
    const char *otlp_endpoint, *otlp_headers, *service_name;
};

#define SL_OBSERVE_TEXT_(type, member, variable, sort, text, field)                                \
    .name = variable, .kind = sort, .is_optional = true, .description = text,                      \
    .offset = offsetof(type, member) + offsetof(struct sl_observe_settings, field)

/** Rows of a configuration table; `member` is its sl_observe_settings. */
#define SL_OBSERVE_VARIABLES(type, member)                                                         \
    {SL_OBSERVE_TEXT_(type, member, "SERVICELANE_METRICS_LISTEN", SL_CONFIG_STRING,                \
                      "host:port where /metrics is served for Prometheus; host:port+ where "       \
                      "several programs share it: each adds its number; empty: nowhere",           \
                      metrics_listen)},                                                            \
        {SL_OBSERVE_TEXT_(type, member, "OTEL_EXPORTER_OTLP_ENDPOINT", SL_CONFIG_URL,              \
                          "OpenTelemetry collector that gets traces (OTLP over HTTP, JSON); "      \
                          "empty: none",                                                           \
                          otlp_endpoint)},                                                         \
        {SL_OBSERVE_TEXT_(type, member, "OTEL_EXPORTER_OTLP_HEADERS", SL_CONFIG_STRING,            \
                          "headers for the collector: name=value,...", otlp_headers),              \
         .is_secret = true},                                                                       \
    {                                                                                              \
        SL_OBSERVE_TEXT_(type, member, "OTEL_SERVICE_NAME", SL_CONFIG_STRING,                      \
                         "service.name in traces; empty: the program's name", service_name)        \
    }

#ifdef __cplusplus
}
#endif

#endif
