#include "telemetry/metrics.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "telemetry/families.h"
#include "telemetry/process.h"

#define BUCKETS 64

/** One family with one set of labels. */
struct series {
    struct series *next;
    char *labels[2];
    double value; /* of a histogram: the sum */
    uint64_t counts[SL_METRIC_BOUNDS + 1];
};

/* The process's sink, as lib/base/log is one: see docs/adr. Guarded by mutex. */
static struct {
    atomic_bool is_on;
    pthread_mutex_t mutex;
    struct series *series[SL_METRIC_COUNT][BUCKETS];
    size_t counts[SL_METRIC_COUNT];
} sink = {.mutex = PTHREAD_MUTEX_INITIALIZER};

void sl_metrics_start(void)
{
    atomic_store(&sink.is_on, true);
}

bool sl_metrics_are_on(void)
{
    return atomic_load_explicit(&sink.is_on, memory_order_relaxed);
}

int64_t sl_metric_now_ns(void)
{
    struct timespec now;
    if (!sl_metrics_are_on())
        return 0;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- Series; the mutex is held ---- */

static size_t hash(const char *const labels[2])
{
    uint64_t value = 1469598103934665603u; /* FNV-1a */
    for (int i = 0; i < 2; i++)
        for (const char *c = labels[i] ? labels[i] : ""; *c; c++)
            value = (value ^ (unsigned char)*c) * 1099511628211u;
    return (size_t)(value % BUCKETS);
}

static bool is_same(const struct series *series, const char *const labels[2])
{
    for (int i = 0; i < 2; i++)
        if (strcmp(series->labels[i], labels[i] ? labels[i] : "") != 0)
            return false;
    return true;
}

static struct series *series_new(const char *const labels[2])
{
    struct series *series = sl_alloc(sizeof(*series));
    for (int i = 0; series && i < 2; i++) {
        series->labels[i] = sl_strdup(labels[i] ? labels[i] : "");
        if (series->labels[i])
            continue;
        sl_free(series->labels[0]);
        sl_free(series);
        series = NULL;
    }
    return series;
}

static struct series *find(enum sl_metric metric, const char *first, const char *second)
{
    const struct sl_metric_family *family = &sl_metric_families[metric];
    const char *labels[2] = {family->labels[0] ? first : NULL, family->labels[1] ? second : NULL};
    for (int round = 0; round < 2; round++) {
        struct series **place = &sink.series[metric][hash(labels)];
        for (struct series *series = *place; series; series = series->next)
            if (is_same(series, labels))
                return series;
        if (sink.counts[metric] < SL_METRIC_SERIES_MAX || round == 1) {
            struct series *series = series_new(labels);
            if (!series)
                return NULL;
            series->next = *place;
            *place = series;
            sink.counts[metric]++;
            return series;
        }
        labels[0] = family->labels[0] ? "other" : NULL;
        labels[1] = family->labels[1] ? "other" : NULL;
    }
    return NULL;
}

/* ---- Measuring ---- */

enum change { ADD, SET, OBSERVE };

static void observe(struct series *series, double value)
{
    size_t bucket = 0;
    while (bucket < SL_METRIC_BOUNDS && value > sl_metric_bounds[bucket])
        bucket++;
    series->counts[bucket]++;
    series->value += value;
}

static void change(enum sl_metric metric, enum change how, double value,
                   const char *const labels[2])
{
    if (!sl_metrics_are_on())
        return;
    pthread_mutex_lock(&sink.mutex);
    struct series *series = find(metric, labels[0], labels[1]);
    if (series && how == ADD)
        series->value += value;
    else if (series && how == SET)
        series->value = value;
    else if (series)
        observe(series, value);
    pthread_mutex_unlock(&sink.mutex);
}

void sl_metric_add(enum sl_metric metric, double amount, const char *first, const char *second)
{
    change(metric, ADD, amount, (const char *const[2]){first, second});
}

void sl_metric_move(enum sl_metric metric, double amount, const char *first, const char *second)
{
    change(metric, ADD, amount, (const char *const[2]){first, second});
}

void sl_metric_set(enum sl_metric metric, double value, const char *first, const char *second)
{
    change(metric, SET, value, (const char *const[2]){first, second});
}

void sl_metric_observe(enum sl_metric metric, double value, const char *first, const char *second)
{
    change(metric, OBSERVE, value, (const char *const[2]){first, second});
}

void sl_metric_observe_since(enum sl_metric metric, int64_t then_ns, const char *first,
                             const char *second)
{
    int64_t now_ns = sl_metric_now_ns();
    if (now_ns == 0 || then_ns == 0)
        return;
    sl_metric_observe(metric, (double)(now_ns - then_ns) / 1e9, first, second);
}

/* ---- Writing ---- */

static void write_value(struct sl_text *out, const char *label)
{
    for (const char *c = label; *c; c++) {
        if (*c == '\\' || *c == '"')
            sl_text_append_char(out, '\\');
        if (*c == '\n')
            sl_text_append(out, "\\n");
        else
            sl_text_append_char(out, *c);
    }
}

/* {method="x",code="OK",le="0.1"} */
static void write_labels(struct sl_text *out, const struct sl_metric_family *family,
                         const struct series *series, const char *bound)
{
    const char *separator = "{";
    for (int i = 0; i < 2 && family->labels[i]; i++) {
        sl_text_printf(out, "%s%s=\"", separator, family->labels[i]);
        write_value(out, series->labels[i]);
        sl_text_append_char(out, '"');
        separator = ",";
    }
    if (bound)
        sl_text_printf(out, "%sle=\"%s\"", separator, bound);
    if (bound || family->labels[0])
        sl_text_append_char(out, '}');
}

static void write_line(struct sl_text *out, const struct sl_metric_family *family,
                       const struct series *series, double value)
{
    sl_text_append(out, family->name);
    write_labels(out, family, series, NULL);
    sl_text_printf(out, " %.17g\n", value);
}

static void write_histogram(struct sl_text *out, const struct sl_metric_family *family,
                            const struct series *series)
{
    uint64_t count = 0;
    for (size_t i = 0; i <= SL_METRIC_BOUNDS; i++) {
        char bound[32] = "+Inf";
        if (i < SL_METRIC_BOUNDS)
            snprintf(bound, sizeof(bound), "%g", sl_metric_bounds[i]);
        count += series->counts[i];
        sl_text_printf(out, "%s_bucket", family->name);
        write_labels(out, family, series, bound);
        sl_text_printf(out, " %llu\n", (unsigned long long)count);
    }
    sl_text_printf(out, "%s_sum", family->name);
    write_labels(out, family, series, NULL);
    sl_text_printf(out, " %.17g\n%s_count", series->value, family->name);
    write_labels(out, family, series, NULL);
    sl_text_printf(out, " %llu\n", (unsigned long long)count);
}

static void write_family(struct sl_text *out, size_t metric)
{
    static const char *const kinds[] = {"counter", "gauge", "histogram"};
    const struct sl_metric_family *family = &sl_metric_families[metric];
    sl_text_printf(out, "# HELP %s %s\n# TYPE %s %s\n", family->name, family->help, family->name,
                   kinds[family->kind]);
    for (size_t i = 0; i < BUCKETS; i++) {
        for (const struct series *one = sink.series[metric][i]; one; one = one->next) {
            if (family->kind == SL_METRIC_HISTOGRAM)
                write_histogram(out, family, one);
            else
                write_line(out, family, one, one->value);
        }
    }
}

void sl_metrics_write(struct sl_text *out)
{
    pthread_mutex_lock(&sink.mutex);
    for (size_t metric = 0; metric < SL_METRIC_COUNT; metric++)
        if (sink.counts[metric] > 0)
            write_family(out, metric);
    pthread_mutex_unlock(&sink.mutex);
    sl_process_write(out);
}
