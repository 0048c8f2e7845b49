#ifndef SL_RPC_OBSERVED_H
#define SL_RPC_OBSERVED_H

#include "rpc/call.h"
#include "rpc/server_call.h"

struct sl_span;

/* Metrics and spans of calls (lib/telemetry), at both ends. Those of health and reflection are
 * left out. Source: OpenTelemetry, semantic conventions for RPC. */

/** A call that is observed: part of the call. */
struct sl_observed {
    /** NULL while nothing is traced. */
    struct sl_span *span;
    int64_t began_ns;
    bool is_counted;
};

/** A call arrived at the server; metadata is what came with it. */
void sl_observed_arrived(struct sl_observed *observed, const struct sl_method *method,
                         const struct sl_metadata *metadata);
/** It has ended; the client was told this. */
void sl_observed_answered(struct sl_observed *observed, const struct sl_method *method,
                          enum sl_code code);

/**
 * A call is about to be made. Where given has a traceparent that is sampled, it gets a span, and
 * ret_metadata is a copy of given, owned by arena, with that span's context; else given.
 */
SL_MUST_USE enum sl_code sl_observed_sending(struct sl_observed *observed,
                                             const struct sl_method *method,
                                             const struct sl_metadata *given,
                                             struct sl_arena *arena,
                                             const struct sl_metadata **ret_metadata);
/** It has ended so; peer is "ipv4:127.0.0.1:50083" or "". */
void sl_observed_ended(struct sl_observed *observed, const struct sl_method *method,
                       enum sl_code code, const char *peer);

#endif
