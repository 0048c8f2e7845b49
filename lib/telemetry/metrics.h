#ifndef SL_TELEMETRY_METRICS_H
#define SL_TELEMETRY_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What a process counts and measures, for Prometheus. Like the log it is a sink of the process: off
 * until sl_metrics_start(), and then every call below costs one look at a flag. All that can be
 * measured stands in one table (families.c). Any thread.
 *
 * Labels are names of methods, tools, services, statuses: never what a caller wrote. A family keeps
 * at most SL_METRIC_SERIES_MAX series; what comes beyond is counted under "other".
 */

enum sl_metric {
    SL_METRIC_RPC_SERVER_SECONDS,    /* method, code */
    SL_METRIC_RPC_SERVER_IN_FLIGHT,  /* - */
    SL_METRIC_RPC_CLIENT_SECONDS,    /* method, code */
    SL_METRIC_HTTP_SERVER_SECONDS,   /* route, status */
    SL_METRIC_HTTP_SERVER_IN_FLIGHT, /* - */
    SL_METRIC_HTTP_CLIENT_SECONDS,   /* method, outcome */
    SL_METRIC_MCP_CLIENT_SECONDS,    /* tool, outcome */
    SL_METRIC_MCP_SERVER_SECONDS,    /* tool, outcome */
    SL_METRIC_LLM_SECONDS,           /* model, outcome */
    SL_METRIC_LLM_TOKENS,            /* model, kind */
    SL_METRIC_WORKFLOWS_ENDED,       /* status */
    SL_METRIC_WORKFLOW_SECONDS,      /* status */
    SL_METRIC_WORKFLOWS_RUNNING,     /* - */
    SL_METRIC_WORKFLOWS_WAITING,     /* - */
    SL_METRIC_STEPS_ENDED,           /* service, status */
    SL_METRIC_STEP_RETRIES,          /* service */
    SL_METRIC_BREAKER_STATE,         /* service */
    SL_METRIC_BREAKER_OPENINGS,      /* service */
    SL_METRIC_AGENT_UP,              /* service */
    SL_METRIC_AGENT_INSTANCES,       /* service, status */
    SL_METRIC_STORE_SYNC_SECONDS,    /* store */
    SL_METRIC_STORE_UNITS,           /* store */
    SL_METRIC_STORE_WAITING,         /* store */
    SL_METRIC_CALLBACKS,             /* outcome */
    SL_METRIC_SPANS,                 /* outcome */
    SL_METRIC_COUNT
};

#define SL_METRIC_SERIES_MAX 500

/** From here on the process measures. Once. */
void sl_metrics_start(void);
bool sl_metrics_are_on(void);

/* One call for each kind; first and second are the family's labels in order, NULL where it has
 * fewer. Copied. */

/** Counters. */
void sl_metric_add(enum sl_metric metric, double amount, const char *first, const char *second);
/** Gauges. */
void sl_metric_set(enum sl_metric metric, double value, const char *first, const char *second);
void sl_metric_move(enum sl_metric metric, double amount, const char *first, const char *second);
/** Histograms. */
void sl_metric_observe(enum sl_metric metric, double value, const char *first, const char *second);
/** Histograms of durations: seconds from then, which sl_metric_now_ns() gave, until now. */
void sl_metric_observe_since(enum sl_metric metric, int64_t then_ns, const char *first,
                             const char *second);
/** Monotonic nanoseconds; 0 while nothing is measured. */
int64_t sl_metric_now_ns(void);

/**
 * Appends all that was measured, and the process's memory, CPU, files and threads, in Prometheus'
 * text format. Source: prometheus.io, "Exposition formats", text-based format 0.0.4.
 */
void sl_metrics_write(struct sl_text *out);

#ifdef __cplusplus
}
#endif

#endif
