#include "base/log.h"

#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/redact.h"
#include "base/text.h"

/* The log sink: the one mutable global of the house. */
static struct {
    const char *service;
    int minimum;
    bool is_terminal;
} sink = {"servicelane", SL_LOG_INFO, false};

static const char *const level_names[] = {"debug", "info", "warn", "error", "off"};

enum sl_code sl_log_init(const char *service, const char *level, struct sl_error *err)
{
    int minimum = SL_LOG_INFO;
    if (level && *level) {
        minimum = -1;
        for (int i = 0; i < (int)SL_ARRAY_LENGTH(level_names); i++)
            if (sl_text_equals_nocase(level, level_names[i]))
                minimum = i;
        if (minimum < 0)
            return sl_error_set(err, SL_INVALID_ARGUMENT,
                                "SERVICELANE_LOG: \"%s\" was given, one of debug, info, warn, "
                                "error, off is wanted",
                                level);
    }
    sink.service = service;
    sink.minimum = minimum;
    sink.is_terminal = isatty(STDERR_FILENO) == 1;
    return SL_OK;
}

bool sl_log_enabled(enum sl_log_level level)
{
    return (int)level >= sink.minimum;
}

static void append_quoted(struct sl_text *line, const char *value)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text shown = {0};
    sl_redact(&shown, value, strlen(value));
    sl_text_append_char(line, '"');
    for (const char *p = sl_text_string(&shown); *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c == '"' || c == '\\') {
            sl_text_append_char(line, '\\');
            sl_text_append_char(line, *p);
        } else if (c < 0x20 || c == 0x7F) {
            sl_text_printf(line, "\\u%04x", c);
        } else {
            sl_text_append_char(line, *p);
        }
    }
    sl_text_append_char(line, '"');
}

static void append_value(struct sl_text *line, const struct sl_field *field)
{
    switch (field->kind) {
    case SL_FIELD_STRING:
        append_quoted(line, sl_utf8_is_valid(field->string, strlen(field->string)) ? field->string
                                                                                   : "(not UTF-8)");
        break;
    case SL_FIELD_INT:
        sl_text_printf(line, "%" PRId64, field->integer);
        break;
    case SL_FIELD_DOUBLE:
        if (isfinite(field->number))
            sl_text_printf(line, "%.6g", field->number);
        else
            sl_text_append(line, "null");
        break;
    case SL_FIELD_BOOL:
        sl_text_append(line, field->integer ? "true" : "false");
        break;
    }
}

static bool is_left_out(const struct sl_field *field)
{
    return field->kind == SL_FIELD_STRING && !field->string;
}

static void write_json(struct sl_text *line, const char *time, enum sl_log_level level,
                       const char *event)
{
    sl_text_printf(line, "{\"time\":\"%s\",\"level\":\"%s\",\"service\":\"%s\",\"event\":", time,
                   level_names[level], sink.service);
    append_quoted(line, event);
}

void sl_log_event(enum sl_log_level level, const char *event, const struct sl_field *fields,
                  size_t count)
{
    if (!sl_log_enabled(level))
        return;
    char time[SL_TIME_SIZE];
    sl_time_format(sl_clock_wall_ns(sl_clock_system()), time);
    SL_CLEANUP(sl_text_cleanup) struct sl_text line = {0};
    if (sink.is_terminal)
        sl_text_printf(&line, "%.8s %-5s %s: %s", time + 11, level_names[level], sink.service,
                       event);
    else
        write_json(&line, time, level, event);
    for (size_t i = 0; i < count; i++) {
        if (is_left_out(&fields[i]))
            continue;
        sl_text_printf(&line, sink.is_terminal ? " %s=" : ",\"%s\":", fields[i].name);
        append_value(&line, &fields[i]);
    }
    sl_text_append(&line, sink.is_terminal ? "\n" : "}\n");
    /* One write a line: lines of several threads and processes stay whole. */
    if (!sl_text_failed(&line) && write(STDERR_FILENO, line.data, line.length) < 0)
        return;
}
