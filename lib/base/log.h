#ifndef SL_BASE_LOG_H
#define SL_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

enum sl_log_level { SL_LOG_DEBUG, SL_LOG_INFO, SL_LOG_WARN, SL_LOG_ERROR };

enum sl_field_kind { SL_FIELD_STRING, SL_FIELD_INT, SL_FIELD_DOUBLE, SL_FIELD_BOOL };

/** One named value of an event; made by the sl_field_ functions. Borrowed until sl_log_event()
 * returns. */
struct sl_field {
    const char *name;
    enum sl_field_kind kind;
    const char *string;
    int64_t integer;
    double number;
};

/** A text; a NULL value is left out of the event. */
static inline struct sl_field sl_field_string(const char *name, const char *value)
{
    struct sl_field field = {name, SL_FIELD_STRING, value, 0, 0};
    return field;
}
static inline struct sl_field sl_field_int(const char *name, int64_t value)
{
    struct sl_field field = {name, SL_FIELD_INT, NULL, value, 0};
    return field;
}
static inline struct sl_field sl_field_double(const char *name, double value)
{
    struct sl_field field = {name, SL_FIELD_DOUBLE, NULL, 0, value};
    return field;
}
static inline struct sl_field sl_field_bool(const char *name, bool value)
{
    struct sl_field field = {name, SL_FIELD_BOOL, NULL, value, 0};
    return field;
}

/**
 * Sets the process's name in every event and how they are written: one JSON line each on stderr,
 * text where stderr is a terminal. Once, before the first event. service is borrowed for ever.
 * level  "debug", "info", "warn", "error" or "off"; NULL means "info".
 */
SL_MUST_USE enum sl_code sl_log_init(const char *service, const char *level, struct sl_error *err);

/**
 * Writes one event. event is a fixed lower-case phrase ("agent started"), never made from input;
 * what varies goes into fields, of which sl_redact() takes e-mail addresses, tokens, keys and card
 * numbers. Any
 * thread.
 */
void sl_log_event(enum sl_log_level level, const char *event, const struct sl_field *fields,
                  size_t count);

/** Whether an event of this level would be written. */
bool sl_log_enabled(enum sl_log_level level);

/** sl_log(SL_LOG_INFO, "listening", sl_field_string("address", address)): at least one field. */
#define sl_log(level, event, ...)                                                                  \
    do {                                                                                           \
        if (sl_log_enabled(level)) {                                                               \
            const struct sl_field sl_fields_[] = {__VA_ARGS__};                                    \
            sl_log_event(level, event, sl_fields_, SL_ARRAY_LENGTH(sl_fields_));                   \
        }                                                                                          \
    } while (0)

#ifdef __cplusplus
}
#endif

#endif
