#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "json/reflect.h"

/*
 * The messages that ProtoJSON gives a form of their own (protobuf.dev, "ProtoJSON Format"). Their
 * fields are reached by position: seconds and nanos, value, paths.
 */

/* 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z. */
#define MIN_SECONDS (-62135596800)
#define MAX_SECONDS 253402300799
/* About 10,000 years. */
#define MAX_DURATION_SECONDS 315576000000
#define NANOS 1000000000
#define SECONDS_A_DAY 86400

static int64_t *seconds_of(const ProtobufCMessage *message)
{
    return (int64_t *)(uintptr_t)sl_member(message, message->descriptor->fields[0].offset);
}

static int32_t *nanos_of(const ProtobufCMessage *message)
{
    return (int32_t *)(uintptr_t)sl_member(message, message->descriptor->fields[1].offset);
}

/* ".5" as ".500": three, six or nine digits; nothing for 0. */
static void append_fraction(struct sl_text *out, int32_t nanos)
{
    if (nanos == 0)
        return;
    if (nanos % 1000000 == 0)
        sl_text_printf(out, ".%03d", nanos / 1000000);
    else if (nanos % 1000 == 0)
        sl_text_printf(out, ".%06d", nanos / 1000);
    else
        sl_text_printf(out, ".%09d", nanos);
}

/* Digits after a point as billionths; *text moves past them. False where there are none, or over
 * nine. */
static bool read_fraction(const char **text, int32_t *ret_nanos)
{
    int32_t nanos = 0;
    int digits = 0;

    *ret_nanos = 0;
    if (**text != '.')
        return true;
    for ((*text)++; isdigit((unsigned char)**text); (*text)++, digits++) {
        if (digits == 9)
            return false;
        nanos = nanos * 10 + (**text - '0');
    }
    if (digits == 0)
        return false;
    for (; digits < 9; digits++)
        nanos *= 10;
    *ret_nanos = nanos;
    return true;
}

static enum sl_code made_text(struct sl_text *text, json_t **ret_json, struct sl_error *err)
{
    if (sl_text_failed(text))
        return sl_error_no_memory(err);
    return sl_json_made(json_string(sl_text_string(text)), ret_json, err);
}

static enum sl_code write_timestamp(struct sl_message_writing *writing,
                                    const ProtobufCMessage *message, json_t **ret_json)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text text = {0};
    int64_t seconds = *seconds_of(message);
    int32_t nanos = *nanos_of(message);
    time_t time = (time_t)seconds;
    struct tm parts;

    if (seconds < MIN_SECONDS || seconds > MAX_SECONDS || nanos < 0 || nanos >= NANOS ||
        !gmtime_r(&time, &parts))
        return sl_error_set(writing->err, SL_INVALID_ARGUMENT,
                            "google.protobuf.Timestamp: %lld s and %d ns are given, a time in the "
                            "years 1 to 9999 is wanted",
                            (long long)seconds, nanos);
    sl_text_printf(&text, "%04d-%02d-%02dT%02d:%02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1,
                   parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    append_fraction(&text, nanos);
    sl_text_append_char(&text, 'Z');
    return made_text(&text, ret_json, writing->err);
}

/* A field of two digits within [minimum, maximum]. */
static bool read_two(const char **text, int minimum, int maximum, int *ret_number)
{
    if (!isdigit((unsigned char)(*text)[0]) || !isdigit((unsigned char)(*text)[1]))
        return false;
    *ret_number = ((*text)[0] - '0') * 10 + ((*text)[1] - '0');
    *text += 2;
    return *ret_number >= minimum && *ret_number <= maximum;
}

static bool read_char(const char **text, char wanted)
{
    if (toupper((unsigned char)**text) != wanted)
        return false;
    (*text)++;
    return true;
}

/* "Z" or "+02:00" as seconds east. */
static bool read_offset(const char **text, int64_t *ret_seconds)
{
    char sign = **text;
    int hours = 0;
    int minutes = 0;

    *ret_seconds = 0;
    if (read_char(text, 'Z'))
        return true;
    if (sign != '+' && sign != '-')
        return false;
    (*text)++;
    if (!read_two(text, 0, 23, &hours) || !read_char(text, ':') || !read_two(text, 0, 59, &minutes))
        return false;
    *ret_seconds = (sign == '-' ? -60 : 60) * (int64_t)(hours * 60 + minutes);
    return true;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && is_leap ? 29 : days[month - 1];
}

bool sl_rfc3339_parse(const char *text, int64_t *ret_seconds, int32_t *ret_nanos)
{
    struct tm parts = {0};
    int century = 0;
    int year = 0;
    int64_t offset = 0;
    bool is_leap_second;

    if (!read_two(&text, 0, 99, &century) || !read_two(&text, 0, 99, &year) ||
        !read_char(&text, '-') || !read_two(&text, 1, 12, &parts.tm_mon) ||
        !read_char(&text, '-') ||
        !read_two(&text, 1, days_in(century * 100 + year, parts.tm_mon), &parts.tm_mday) ||
        !read_char(&text, 'T') || !read_two(&text, 0, 23, &parts.tm_hour) ||
        !read_char(&text, ':') || !read_two(&text, 0, 59, &parts.tm_min) ||
        !read_char(&text, ':') || !read_two(&text, 0, 60, &parts.tm_sec) ||
        !read_fraction(&text, ret_nanos) || !read_offset(&text, &offset) || *text)
        return false;
    parts.tm_year = century * 100 + year - 1900;
    parts.tm_mon--;
    is_leap_second = parts.tm_sec == 60;
    *ret_seconds = (int64_t)timegm(&parts) - offset;
    /* A leap second is the last of a day in UTC, which timegm() makes the first of the next. */
    if (is_leap_second && *ret_seconds % SECONDS_A_DAY != 0)
        return false;
    return *ret_seconds >= MIN_SECONDS && *ret_seconds <= MAX_SECONDS;
}

static enum sl_code read_timestamp(struct sl_message_reading *reading, const json_t *json,
                                   const struct sl_json_path *path, ProtobufCMessage *message)
{
    int64_t seconds = 0;
    int32_t nanos = 0;

    /* RFC 3339 lets "t" and "z" be small; ProtoJSON does not. */
    if (!json_is_string(json) || strpbrk(json_string_value(json), "tz") ||
        !sl_rfc3339_parse(json_string_value(json), &seconds, &nanos))
        return sl_json_fault(path, json, "a time like 2026-06-25T10:41:45Z", reading->err);
    *seconds_of(message) = seconds;
    *nanos_of(message) = nanos;
    return SL_OK;
}

static enum sl_code write_duration(struct sl_message_writing *writing,
                                   const ProtobufCMessage *message, json_t **ret_json)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text text = {0};
    int64_t seconds = *seconds_of(message);
    int32_t nanos = *nanos_of(message);
    bool is_negative = seconds < 0 || nanos < 0;

    if (seconds < -MAX_DURATION_SECONDS || seconds > MAX_DURATION_SECONDS || nanos <= -NANOS ||
        nanos >= NANOS || (is_negative && (seconds > 0 || nanos > 0)))
        return sl_error_set(writing->err, SL_INVALID_ARGUMENT,
                            "google.protobuf.Duration: %lld s and %d ns are given, equal signs and "
                            "at most 10,000 years are wanted",
                            (long long)seconds, nanos);
    sl_text_printf(&text, "%s%lld", is_negative ? "-" : "",
                   (long long)(is_negative ? -seconds : seconds));
    append_fraction(&text, is_negative ? -nanos : nanos);
    sl_text_append_char(&text, 's');
    return made_text(&text, ret_json, writing->err);
}

static bool parse_duration(const char *text, int64_t *ret_seconds, int32_t *ret_nanos)
{
    bool is_negative = *text == '-';
    int64_t seconds = 0;

    text += is_negative;
    if (!isdigit((unsigned char)*text))
        return false;
    for (; isdigit((unsigned char)*text); text++) {
        seconds = seconds * 10 + (*text - '0');
        if (seconds > MAX_DURATION_SECONDS)
            return false;
    }
    if (!read_fraction(&text, ret_nanos) || strcmp(text, "s") != 0)
        return false;
    *ret_seconds = is_negative ? -seconds : seconds;
    *ret_nanos = is_negative ? -*ret_nanos : *ret_nanos;
    return true;
}

static enum sl_code read_duration(struct sl_message_reading *reading, const json_t *json,
                                  const struct sl_json_path *path, ProtobufCMessage *message)
{
    int64_t seconds = 0;
    int32_t nanos = 0;

    if (!json_is_string(json) || !parse_duration(json_string_value(json), &seconds, &nanos))
        return sl_json_fault(path, json, "a duration like 1.5s", reading->err);
    *seconds_of(message) = seconds;
    *nanos_of(message) = nanos;
    return SL_OK;
}

/* Wrappers stand for the value in them. */
static enum sl_code write_wrapper(struct sl_message_writing *writing,
                                  const ProtobufCMessage *message, json_t **ret_json)
{
    const ProtobufCFieldDescriptor *field = &message->descriptor->fields[0];

    return sl_message_write_one(writing, field, sl_member(message, field->offset), ret_json);
}

static enum sl_code read_wrapper(struct sl_message_reading *reading, const json_t *json,
                                 const struct sl_json_path *path, ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *field = &message->descriptor->fields[0];

    return sl_message_read_one(reading, field, json, path, (char *)message + field->offset);
}

static enum sl_code write_empty(struct sl_message_writing *writing, const ProtobufCMessage *message,
                                json_t **ret_json)
{
    (void)message;
    return sl_json_made(json_object(), ret_json, writing->err);
}

static enum sl_code read_empty(struct sl_message_reading *reading, const json_t *json,
                               const struct sl_json_path *path, ProtobufCMessage *message)
{
    (void)message;
    if (!json_is_object(json))
        return sl_json_fault(path, json, "an object", reading->err);
    return SL_OK;
}

/* Paths in one string, "user.displayName,photo". */
static enum sl_code write_mask(struct sl_message_writing *writing, const ProtobufCMessage *message,
                               json_t **ret_json)
{
    const ProtobufCFieldDescriptor *field = &message->descriptor->fields[0];
    size_t count = *(const size_t *)sl_member(message, field->quantifier_offset);
    const char *const *paths = *(const char *const *const *)sl_member(message, field->offset);
    SL_CLEANUP(sl_text_cleanup) struct sl_text text = {0};
    char camel[SL_NAME_SIZE];

    for (size_t i = 0; i < count; i++) {
        if (strlen(paths[i]) >= SL_NAME_SIZE)
            return sl_error_set(writing->err, SL_INVALID_ARGUMENT,
                                "google.protobuf.FieldMask: a path is longer than %d bytes",
                                SL_NAME_SIZE - 1);
        sl_camel_name(paths[i], camel);
        sl_text_printf(&text, "%s%s", i > 0 ? "," : "", camel);
    }
    return made_text(&text, ret_json, writing->err);
}

/* camelCase to snake_case. */
static char *snake_path(struct sl_arena *arena, const char *path, size_t length)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text text = {0};

    for (size_t i = 0; i < length; i++) {
        if (isupper((unsigned char)path[i]))
            sl_text_append_char(&text, '_');
        sl_text_append_char(&text, (char)tolower((unsigned char)path[i]));
    }
    return sl_text_failed(&text) ? NULL : sl_arena_strdup(arena, sl_text_string(&text));
}

static enum sl_code read_mask(struct sl_message_reading *reading, const json_t *json,
                              const struct sl_json_path *path, ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *field = &message->descriptor->fields[0];
    const char *text = json_string_value(json);
    char **paths;
    size_t count = 1;

    /* An underscore would not come back: a path in snake_case is none of ProtoJSON's. */
    if (!text || strchr(text, '_'))
        return sl_json_fault(path, json, "a string of camelCase paths with commas between",
                             reading->err);
    if (!*text)
        return SL_OK;
    for (const char *comma = strchr(text, ','); comma; comma = strchr(comma + 1, ','))
        count++;
    paths = sl_arena_alloc_array(reading->arena, count, sizeof(*paths));
    for (size_t i = 0; paths && i < count; i++) {
        size_t length = strcspn(text, ",");

        paths[i] = snake_path(reading->arena, text, length);
        if (!paths[i])
            return sl_error_no_memory(reading->err);
        text += length + 1;
    }
    if (!paths)
        return sl_error_no_memory(reading->err);
    *(size_t *)((char *)message + field->quantifier_offset) = count;
    *(char ***)((char *)message + field->offset) = paths;
    return SL_OK;
}

const struct sl_wellknown *sl_wellknown_find(const ProtobufCMessageDescriptor *type)
{
    static const char package[] = "google.protobuf.";
    static const struct sl_wellknown table[] = {
        {"Struct", sl_wellknown_write_struct, sl_wellknown_read_struct},
        {"Value", sl_wellknown_write_struct, sl_wellknown_read_struct},
        {"ListValue", sl_wellknown_write_struct, sl_wellknown_read_struct},
        {"Timestamp", write_timestamp, read_timestamp},
        {"Duration", write_duration, read_duration},
        {"Empty", write_empty, read_empty},
        {"FieldMask", write_mask, read_mask},
        {"DoubleValue", write_wrapper, read_wrapper},
        {"FloatValue", write_wrapper, read_wrapper},
        {"Int64Value", write_wrapper, read_wrapper},
        {"UInt64Value", write_wrapper, read_wrapper},
        {"Int32Value", write_wrapper, read_wrapper},
        {"UInt32Value", write_wrapper, read_wrapper},
        {"BoolValue", write_wrapper, read_wrapper},
        {"StringValue", write_wrapper, read_wrapper},
        {"BytesValue", write_wrapper, read_wrapper},
    };

    if (!sl_text_starts_with(type->name, package))
        return NULL;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(table); i++) {
        if (strcmp(type->name + sizeof(package) - 1, table[i].name) == 0)
            return &table[i];
    }
    return NULL;
}
