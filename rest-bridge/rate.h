#ifndef BRIDGE_RATE_H
#define BRIDGE_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * How often each client may ask: a token bucket for each, in a table of fixed size, so that no
 * number of clients makes it grow; where it is full, whoever was silent longest is forgotten. Loop
 * only.
 */
struct bridge_rates;

SL_MUST_USE enum sl_code bridge_rates_new(struct bridge_rates **ret_rates, struct sl_error *err);

/** rates may be NULL. */
void bridge_rates_free(struct bridge_rates *rates);

/** What a client is held to. */
struct bridge_allowance {
    /** Requests a second, above 0. */
    double rate;
    /** Requests at once after a silence, at least 1. */
    double burst;
};

/**
 * Takes one request off a client's bucket; false: there is none left.
 *
 * client     who: a key's name, or an address.
 * ret_after  seconds, whole, until there is one again; set where false is returned.
 */
bool bridge_rates_take(struct bridge_rates *rates, const char *client,
                       const struct bridge_allowance *allowance, int64_t now_ms,
                       int64_t *ret_after);

#ifdef __cplusplus
}
#endif

#endif
