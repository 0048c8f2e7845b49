#ifndef SL_HTTP_PROBE_H
#define SL_HTTP_PROBE_H

#include <stdint.h>

#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Asks for a page and waits for any answer, whatever its status: what a program's --health does.
 * For programs that have no loop of their own yet.
 *
 * timeout_ms  milliseconds for all of it.
 * Errors: SL_UNAVAILABLE, SL_DEADLINE_EXCEEDED.
 */
SL_MUST_USE enum sl_code sl_http_probe(const char *url, int64_t timeout_ms, struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
