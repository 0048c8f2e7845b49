#ifndef BRIDGE_TIMEOUT_H
#define BRIDGE_TIMEOUT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Longest that a call may take, milliseconds: whoever asks for more gets this. */
#define BRIDGE_MAX_TIMEOUT_MS ((int64_t)24 * 3600 * 1000)

/**
 * Reads a Grpc-Timeout: up to eight digits and a unit, H, M, S, m, u or n (gRPC over HTTP2,
 * "Requests"). Less than a millisecond is one.
 *
 * ret_ms  milliseconds, BRIDGE_MAX_TIMEOUT_MS at most; untouched where false is returned.
 */
bool bridge_timeout_read(const char *text, int64_t *ret_ms);

#ifdef __cplusplus
}
#endif

#endif
