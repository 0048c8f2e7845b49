#include "base/error.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const char *const code_names[] = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
};

const char *sl_code_name(enum sl_code code)
{
    if ((size_t)code >= SL_ARRAY_LENGTH(code_names))
        return "UNKNOWN";
    return code_names[code];
}

const char *sl_outcome_name(enum sl_outcome outcome)
{
    switch (outcome) {
    case SL_OUTCOME_NOT_EXECUTED:
        return "not_executed";
    case SL_OUTCOME_SETTLED:
        return "settled";
    case SL_OUTCOME_UNKNOWN:
        break;
    }
    return "unknown";
}

/* A message that was cut may end inside a character; take the rest of that away. */
static void cut_at_character(struct sl_error *err, int wanted)
{
    if (wanted < (int)sizeof(err->message))
        return;
    size_t length = strlen(err->message);
    err->message[sl_utf8_cut(err->message, length, length)] = '\0';
}

enum sl_code sl_error_set_va(struct sl_error *err, enum sl_code code, const char *format,
                             va_list arguments)
{
    if (!err)
        return code;
    err->code = code;
    err->outcome = SL_OUTCOME_UNKNOWN;
    cut_at_character(err, vsnprintf(err->message, sizeof(err->message), format, arguments));
    return code;
}

enum sl_code sl_error_set(struct sl_error *err, enum sl_code code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    sl_error_set_va(err, code, format, arguments);
    va_end(arguments);
    return code;
}

enum sl_code sl_error_prefix(struct sl_error *err, const char *format, ...)
{
    if (!err)
        return SL_UNKNOWN;
    struct sl_error old = *err;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(err->message, sizeof(err->message), format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof(err->message)) {
        *err = old;
        return old.code;
    }
    size_t at = (size_t)length;
    int rest = snprintf(err->message + at, sizeof(err->message) - at, ": %s", old.message);
    cut_at_character(err, length + rest);
    return old.code;
}

enum sl_code sl_error_no_memory(struct sl_error *err)
{
    return sl_error_set(err, SL_RESOURCE_EXHAUSTED, "out of memory");
}
