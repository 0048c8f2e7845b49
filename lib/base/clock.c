#include "base/clock.h"

#include <stdio.h>
#include <time.h>

#define NS_PER_S INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)

static int64_t read_clock(clockid_t id)
{
    struct timespec now = {0};
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int64_t system_monotonic_ns(void *self)
{
    (void)self;
    return read_clock(CLOCK_MONOTONIC);
}

static int64_t system_wall_ns(void *self)
{
    (void)self;
    return read_clock(CLOCK_REALTIME);
}

const struct sl_clock *sl_clock_system(void)
{
    static const struct sl_clock clock = {system_monotonic_ns, system_wall_ns, NULL};
    return &clock;
}

int64_t sl_clock_monotonic_ns(const struct sl_clock *clock)
{
    return clock->monotonic_ns(clock->self);
}

int64_t sl_clock_monotonic_ms(const struct sl_clock *clock)
{
    return sl_clock_monotonic_ns(clock) / NS_PER_MS;
}

int64_t sl_clock_wall_ns(const struct sl_clock *clock)
{
    return clock->wall_ns(clock->self);
}

int64_t sl_clock_wall_ms(const struct sl_clock *clock)
{
    return sl_clock_wall_ns(clock) / NS_PER_MS;
}

void sl_time_format(int64_t wall_ns, char out[SL_TIME_SIZE])
{
    int64_t seconds = wall_ns / NS_PER_S;
    int64_t rest = wall_ns % NS_PER_S;
    if (rest < 0) {
        rest += NS_PER_S;
        seconds--;
    }
    time_t whole = (time_t)seconds;
    struct tm parts = {0};
    gmtime_r(&whole, &parts);
    size_t length = strftime(out, SL_TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &parts);
    int micros = (int)(rest / 1000);
    if (micros)
        length += (size_t)snprintf(out + length, SL_TIME_SIZE - length, ".%06d", micros);
    snprintf(out + length, SL_TIME_SIZE - length, "Z");
}

/* Reads exactly `digits` digits; moves *at behind them. */
static bool read_digits(const char **at, int digits, int *ret_value)
{
    int value = 0;
    for (int i = 0; i < digits; i++) {
        char c = (*at)[i];
        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (c - '0');
    }
    *at += digits;
    *ret_value = value;
    return true;
}

static bool read_char(const char **at, char wanted)
{
    if (**at != wanted)
        return false;
    (*at)++;
    return true;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && is_leap ? 29 : days[month - 1];
}

static bool read_date_time(const char **at, struct tm *parts)
{
    int year = 0;
    int month = 0;
    if (!read_digits(at, 4, &year) || !read_char(at, '-') || !read_digits(at, 2, &month) ||
        !read_char(at, '-') || !read_digits(at, 2, &parts->tm_mday))
        return false;
    if (**at != 'T' && **at != 't' && **at != ' ')
        return false;
    (*at)++;
    if (!read_digits(at, 2, &parts->tm_hour) || !read_char(at, ':') ||
        !read_digits(at, 2, &parts->tm_min) || !read_char(at, ':') ||
        !read_digits(at, 2, &parts->tm_sec))
        return false;
    parts->tm_year = year - 1900;
    parts->tm_mon = month - 1;
    return year >= 1 && month >= 1 && month <= 12 && parts->tm_mday >= 1 &&
           parts->tm_mday <= days_in_month(year, month) && parts->tm_hour < 24 &&
           parts->tm_min < 60 && parts->tm_sec < 61;
}

static bool read_fraction(const char **at, int64_t *ret_ns)
{
    if (**at != '.')
        return true;
    (*at)++;
    int64_t unit = NS_PER_S / 10;
    int64_t ns = 0;
    if (**at < '0' || **at > '9')
        return false;
    for (; **at >= '0' && **at <= '9'; (*at)++) {
        ns += unit * (**at - '0');
        unit /= 10;
    }
    *ret_ns = ns;
    return true;
}

static bool read_offset(const char **at, int64_t *ret_seconds)
{
    if (read_char(at, 'Z') || read_char(at, 'z'))
        return true;
    int sign = **at == '+' ? 1 : **at == '-' ? -1 : 0;
    if (!sign)
        return false;
    (*at)++;
    int hours = 0;
    int minutes = 0;
    if (!read_digits(at, 2, &hours) || !read_char(at, ':') || !read_digits(at, 2, &minutes) ||
        hours > 23 || minutes > 59)
        return false;
    *ret_seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

bool sl_time_parse(const char *text, int64_t *ret_wall_ns)
{
    struct tm parts = {0};
    int64_t fraction = 0;
    int64_t offset = 0;
    if (!text || !read_date_time(&text, &parts) || !read_fraction(&text, &fraction) ||
        !read_offset(&text, &offset) || *text)
        return false;
    time_t seconds = timegm(&parts);
    /* What does not fit into nanoseconds since 1970 (1678 to 2261) is no time here. */
    if (seconds > INT64_MAX / NS_PER_S - 86400 || seconds < INT64_MIN / NS_PER_S + 86400)
        return false;
    *ret_wall_ns = ((int64_t)seconds - offset) * NS_PER_S + fraction;
    return true;
}
