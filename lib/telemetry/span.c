#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/memory.h"
#include "base/text.h"
#include "telemetry/span_private.h"

/* The process's sink is on; see docs/adr. */
static atomic_bool is_on;

void sl_tracing_start(void)
{
    atomic_store(&is_on, true);
}

bool sl_tracing_is_on(void)
{
    return atomic_load_explicit(&is_on, memory_order_relaxed);
}

/* ---- traceparent ---- */

/* A field of lower-case hexadecimal digits, and whether it has another than 0. */
static bool is_hex(const char *text, size_t length, bool *ret_is_zero)
{
    bool is_zero = true;
    for (size_t i = 0; i < length; i++) {
        bool is_digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
        if (!is_digit)
            return false;
        is_zero = is_zero && text[i] == '0';
    }
    *ret_is_zero = is_zero;
    return true;
}

bool sl_traceparent_is_valid(const char *text)
{
    bool is_zero = false, is_no_trace = false, is_no_span = false;
    size_t length = text ? strnlen(text, 256) : 0;
    if (length < 55 || length == 256 || text[2] != '-' || text[35] != '-' || text[52] != '-')
        return false;
    if (!is_hex(text, 2, &is_zero) || !is_hex(text + 3, 32, &is_no_trace) ||
        !is_hex(text + 36, 16, &is_no_span) || !is_hex(text + 53, 2, &is_zero))
        return false;
    bool is_version_0 = memcmp(text, "00", 2) == 0;
    bool is_long = length > 55;
    if (memcmp(text, "ff", 2) == 0 || (is_version_0 && is_long) || (is_long && text[55] != '-'))
        return false;
    return !is_no_trace && !is_no_span;
}

static bool is_sampled(const char *traceparent)
{
    char digit = traceparent[54];
    int value = digit <= '9' ? digit - '0' : digit - 'a' + 10;
    return (value & 1) != 0;
}

static void random_hex(char *out, size_t bytes)
{
    unsigned char random[16];
    sl_random_bytes(random, bytes);
    random[0] |= 1; /* never all zero */
    for (size_t i = 0; i < bytes; i++)
        snprintf(out + 2 * i, 3, "%02x", random[i]);
}

/* ---- Life ---- */

struct sl_span *sl_span_start(enum sl_span_kind kind, const char *name, const char *parent)
{
    bool has_parent = sl_tracing_is_on() && sl_traceparent_is_valid(parent);
    if (!sl_tracing_is_on() || (has_parent && !is_sampled(parent)))
        return NULL;
    struct sl_span *span = sl_alloc(sizeof(*span));
    if (!span)
        return NULL;
    span->kind = kind;
    if (has_parent) {
        memcpy(span->trace_id, parent + 3, 32);
        memcpy(span->parent_id, parent + 36, 16);
    } else {
        random_hex(span->trace_id, 16);
    }
    random_hex(span->span_id, 8);
    snprintf(span->traceparent, sizeof(span->traceparent), "00-%s-%s-01", span->trace_id,
             span->span_id);
    memcpy(span->name, name, sl_utf8_cut(name, strlen(name), sizeof(span->name) - 1));
    span->start_ns = sl_clock_wall_ns(sl_clock_system());
    span->start_monotonic_ns = sl_clock_monotonic_ns(sl_clock_system());
    return span;
}

const char *sl_span_traceparent(const struct sl_span *span, const char *fallback)
{
    return span ? span->traceparent : fallback;
}

static struct sl_attribute *add(struct sl_span *span, const char *key)
{
    if (!span || span->attribute_count == SL_ATTRIBUTES_MAX)
        return NULL;
    struct sl_attribute *attribute = &span->attributes[span->attribute_count++];
    attribute->key = key;
    return attribute;
}

void sl_span_set(struct sl_span *span, const char *key, const char *value)
{
    struct sl_attribute *attribute = value ? add(span, key) : NULL;
    if (!attribute)
        return;
    attribute->kind = SL_ATTRIBUTE_TEXT;
    memcpy(attribute->text, value, sl_utf8_cut(value, strlen(value), sizeof(attribute->text) - 1));
}

void sl_span_set_int(struct sl_span *span, const char *key, int64_t value)
{
    struct sl_attribute *attribute = add(span, key);
    if (!attribute)
        return;
    attribute->kind = SL_ATTRIBUTE_INT;
    attribute->integer = value;
}

void sl_span_end(struct sl_span *span, const char *error)
{
    if (!span)
        return;
    int64_t elapsed_ns = sl_clock_monotonic_ns(sl_clock_system()) - span->start_monotonic_ns;
    span->end_ns = span->start_ns + elapsed_ns;
    if (error)
        snprintf(span->error, sizeof(span->error), "%s", error);
    sl_spans_put(span);
}

void sl_span_look(const struct sl_span *span, struct sl_span_view *ret_view)
{
    *ret_view = (struct sl_span_view){
        .trace_id = span->trace_id,
        .span_id = span->span_id,
        .parent_id = span->parent_id,
        .name = span->name,
        .kind = span->kind,
        .start_ns = span->start_ns,
        .end_ns = span->end_ns,
        .attributes = span->attributes,
        .attribute_count = span->attribute_count,
        .error = *span->error ? span->error : NULL,
    };
}
