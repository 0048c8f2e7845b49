#ifndef SL_BASE_CLOCK_H
#define SL_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Where time comes from; tests bring their own. Any thread. */
struct sl_clock {
    /** Nanoseconds since some start; never goes back. */
    int64_t (*monotonic_ns)(void *self);
    /** Nanoseconds since 1970-01-01 UTC. */
    int64_t (*wall_ns)(void *self);
    void *self;
};

/** The machine's clocks. Static. */
const struct sl_clock *sl_clock_system(void);

int64_t sl_clock_monotonic_ms(const struct sl_clock *clock);
int64_t sl_clock_monotonic_ns(const struct sl_clock *clock);
int64_t sl_clock_wall_ns(const struct sl_clock *clock);
int64_t sl_clock_wall_ms(const struct sl_clock *clock);

/** "2026-06-25T10:41:45.123456Z" (RFC 3339, UTC, microseconds) has this size with its NUL. */
#define SL_TIME_SIZE 32

/** Prints wall_ns as RFC 3339 in UTC with microseconds; no fraction where it is zero. */
void sl_time_format(int64_t wall_ns, char out[SL_TIME_SIZE]);

/** Reads RFC 3339, any offset, up to nanoseconds; false where it is none. */
bool sl_time_parse(const char *text, int64_t *ret_wall_ns);

#ifdef __cplusplus
}
#endif

#endif
