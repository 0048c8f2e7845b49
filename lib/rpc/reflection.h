#ifndef SL_RPC_REFLECTION_H
#define SL_RPC_REFLECTION_H

#include "base/error.h"

/**
 * grpc.reflection.v1 and v1alpha of one server: tools ask which services there are and how their
 * messages look. Loop only.
 * Source: grpc/doc/server-reflection.md
 */
struct sl_reflection;
struct sl_server;

/** Registers itself with the server. */
SL_MUST_USE enum sl_code sl_reflection_new(struct sl_server *server,
                                           struct sl_reflection **ret_reflection,
                                           struct sl_error *err);
void sl_reflection_free(struct sl_reflection *reflection);

/** Ends the calls of those who ask: they would stay for ever. */
void sl_reflection_stop(struct sl_reflection *reflection);

#endif
