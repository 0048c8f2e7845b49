#ifndef SL_OBSERVE_OBSERVE_H
#define SL_OBSERVE_OBSERVE_H

#include "base/error.h"
#include "loop/loop.h"
#include "observe/settings.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * What makes a process observable: its /metrics, and the export of its spans. What is measured and
 * traced stands where it happens (lib/telemetry). Loop only.
 */
struct sl_observe;

/**
 * Starts what the settings ask for; *ret_observe is there even where that is nothing.
 *
 * program  "parts-agent": the service's name in traces, and its number where programs share a
 *          SERVICELANE_METRICS_LISTEN of host:port+ (orchestrator 0, rest-bridge 1, payment-agent
 * 2, parts-agent 3, repair-orders-agent 4, payment-mcp 5, parts-mcp 6, repair-orders-mcp 7).
 * Errors: SL_INVALID_ARGUMENT names the variable; SL_UNAVAILABLE: the address cannot be bound.
 */
SL_MUST_USE enum sl_code sl_observe_new(struct sl_loop *loop,
                                        const struct sl_observe_settings *settings,
                                        const char *program, struct sl_observe **ret_observe,
                                        struct sl_error *err);

/** Where /metrics is, 0 where it is not served. */
int sl_observe_port(const struct sl_observe *observe);

/** Sends the spans that wait, for a second at most, and stops. While the loop does not run. observe
 * may be NULL. */
void sl_observe_free(struct sl_observe *observe);

#ifdef __cplusplus
}
#endif

#endif
