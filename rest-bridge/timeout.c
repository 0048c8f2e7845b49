#include "rest-bridge/timeout.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define MAX_DIGITS 8

static const struct {
    char unit;
    int64_t nanoseconds;
} units[] = {
    {'H', INT64_C(3600000000000)}, {'M', INT64_C(60000000000)}, {'S', INT64_C(1000000000)},
    {'m', INT64_C(1000000)},       {'u', INT64_C(1000)},        {'n', INT64_C(1)},
};

bool bridge_timeout_read(const char *text, int64_t *ret_ms)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > MAX_DIGITS || text[digits] == '\0' || text[digits + 1] != '\0')
        return false;
    int64_t number = strtoll(text, NULL, 10);
    for (size_t i = 0; i < SL_ARRAY_LENGTH(units); i++) {
        if (units[i].unit != text[digits])
            continue;
        /* 99,999,999 hours are 3.6e20 ns, more than 64 bits hold: hence the order of both. */
        int64_t ms = units[i].nanoseconds >= 1000000 ? number * (units[i].nanoseconds / 1000000)
                                                     : number * units[i].nanoseconds / 1000000;
        if (ms > BRIDGE_MAX_TIMEOUT_MS)
            ms = BRIDGE_MAX_TIMEOUT_MS;
        *ret_ms = ms > 0 ? ms : 1;
        return true;
    }
    return false;
}
