#ifndef SL_RPC_HEALTH_H
#define SL_RPC_HEALTH_H

#include <stdbool.h>

#include "base/error.h"

/**
 * grpc.health.v1.Health of one server: Check says a service's state, Watch says it again whenever
 * it changes. Loop only. Source: grpc/doc/health-checking.md
 */
struct sl_health;
struct sl_server;

/** Registers itself with the server. */
SL_MUST_USE enum sl_code sl_health_new(struct sl_server *server, struct sl_health **ret_health,
                                       struct sl_error *err);
void sl_health_free(struct sl_health *health);

/** A service that is there, serving. Copied. */
SL_MUST_USE enum sl_code sl_health_add(struct sl_health *health, const char *service);

/** Adds the service where it is not known; out of memory leaves it unknown, which is not serving.
 */
void sl_health_set(struct sl_health *health, const char *service, bool is_serving);

/** Nothing is serving any more; those who watch are told, and their calls end. Whether there were
 * any. */
bool sl_health_stop(struct sl_health *health);

#endif
