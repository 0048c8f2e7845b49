#ifndef SL_RPC_PROBE_H
#define SL_RPC_PROBE_H

#include <stdint.h>

#include "base/error.h"
#include "rpc/tls.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Asks the server at an address for its health (grpc.health.v1.Health/Check of "") and waits: what
 * a program's --health does. Never on the loop.
 *
 * address     "host:port" to dial.
 * tls         NULL for plain text.
 * timeout_ms  milliseconds for all of it.
 * Errors: SL_UNAVAILABLE (nobody answers, or it says that it is not serving), SL_DEADLINE_EXCEEDED.
 */
SL_MUST_USE enum sl_code sl_rpc_probe(const char *address, const struct sl_tls_options *tls,
                                      int64_t timeout_ms, struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
