#ifndef SL_TELEMETRY_FAMILIES_H
#define SL_TELEMETRY_FAMILIES_H

#include "telemetry/metrics.h"

enum sl_metric_kind { SL_METRIC_COUNTER, SL_METRIC_GAUGE, SL_METRIC_HISTOGRAM };

/** What one metric is. */
struct sl_metric_family {
    const char *name;
    enum sl_metric_kind kind;
    /** NULL from the first that it has not. */
    const char *labels[2];
    const char *help;
};

extern const struct sl_metric_family sl_metric_families[SL_METRIC_COUNT];

/** Upper bounds of every histogram, in seconds; the last bucket, +Inf, is not among them. */
#define SL_METRIC_BOUNDS 14
extern const double sl_metric_bounds[SL_METRIC_BOUNDS];

#endif
