#include "rpc/observed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/metadata_private.h"
#include "telemetry/metrics.h"
#include "telemetry/span.h"

/* "servicelane.agent.v1.AgentService/Execute" */
static const char *name_of(const struct sl_method *method)
{
    return method->path + 1;
}

static struct sl_span *begin_span(enum sl_span_kind kind, const struct sl_method *method,
                                  const char *parent)
{
    struct sl_span *span = sl_span_start(kind, name_of(method), parent);
    sl_span_set(span, "rpc.system", "grpc");
    sl_span_set(span, "rpc.service", method->service->name);
    sl_span_set(span, "rpc.method", method->name);
    return span;
}

/* A server's own refusals are no errors of the server. Source: OpenTelemetry, gRPC, "gRPC
 * Status". */
static bool is_servers_fault(enum sl_code code)
{
    switch (code) {
    case SL_UNKNOWN:
    case SL_DEADLINE_EXCEEDED:
    case SL_UNIMPLEMENTED:
    case SL_INTERNAL:
    case SL_UNAVAILABLE:
    case SL_DATA_LOSS:
        return true;
    default:
        return false;
    }
}

/* ---- At the server ---- */

/* What is asked for again and again begins no trace of its own: health, lists, states. */
static bool is_polled(const struct sl_method *method)
{
    return strncmp(method->name, "Get", 3) == 0 || strncmp(method->name, "List", 4) == 0;
}

void sl_observed_arrived(struct sl_observed *observed, const struct sl_method *method,
                         const struct sl_metadata *metadata)
{
    const char *parent = sl_metadata_get(metadata, "traceparent");
    observed->began_ns = sl_metric_now_ns();
    observed->is_counted = true;
    sl_metric_move(SL_METRIC_RPC_SERVER_IN_FLIGHT, 1, NULL, NULL);
    if (parent != NULL || !is_polled(method))
        observed->span = begin_span(SL_SPAN_SERVER, method, parent);
}

void sl_observed_answered(struct sl_observed *observed, const struct sl_method *method,
                          enum sl_code code)
{
    if (!observed->is_counted)
        return;
    sl_metric_move(SL_METRIC_RPC_SERVER_IN_FLIGHT, -1, NULL, NULL);
    sl_metric_observe_since(SL_METRIC_RPC_SERVER_SECONDS, observed->began_ns, name_of(method),
                            sl_code_name(code));
    sl_span_set_int(observed->span, "rpc.grpc.status_code", code);
    sl_span_end(observed->span, is_servers_fault(code) ? sl_code_name(code) : NULL);
    *observed = (struct sl_observed){0};
}

/* ---- At the client ---- */

static enum sl_code replace_context(const struct sl_metadata *given, const char *traceparent,
                                    struct sl_arena *arena, const struct sl_metadata **ret_metadata)
{
    struct sl_metadata *copy = sl_arena_alloc(arena, sizeof(*copy));
    struct sl_metadata_entry *entries = sl_arena_alloc_array(arena, given->count, sizeof(*entries));
    char *value = sl_arena_strdup(arena, traceparent);
    if (copy == NULL || entries == NULL || value == NULL)
        return SL_RESOURCE_EXHAUSTED;
    for (size_t i = 0; i < given->count; i++) {
        entries[i] = given->entries[i];
        if (strcmp(entries[i].key, "traceparent") == 0)
            entries[i] = (struct sl_metadata_entry){"traceparent", value, strlen(value)};
    }
    *copy = (struct sl_metadata){entries, given->count, given->count};
    *ret_metadata = copy;
    return SL_OK;
}

enum sl_code sl_observed_sending(struct sl_observed *observed, const struct sl_method *method,
                                 const struct sl_metadata *given, struct sl_arena *arena,
                                 const struct sl_metadata **ret_metadata)
{
    const char *parent = sl_metadata_get(given, "traceparent");
    observed->began_ns = sl_metric_now_ns();
    if (parent != NULL)
        observed->span = begin_span(SL_SPAN_CLIENT, method, parent);
    *ret_metadata = given;
    if (observed->span == NULL)
        return SL_OK;
    return replace_context(given, sl_span_traceparent(observed->span, NULL), arena, ret_metadata);
}

/* "ipv4:127.0.0.1:50083"; gRPC writes other families in a way of its own. */
static void set_peer(struct sl_span *span, const char *peer)
{
    const char *colon = strrchr(peer, ':');
    char address[16];
    if (strncmp(peer, "ipv4:", 5) != 0 || colon == peer + 4)
        return;
    snprintf(address, sizeof(address), "%.*s", (int)(colon - peer - 5), peer + 5);
    sl_span_set(span, "network.peer.address", address);
    sl_span_set_int(span, "network.peer.port", strtol(colon + 1, NULL, 10));
}

void sl_observed_ended(struct sl_observed *observed, const struct sl_method *method,
                       enum sl_code code, const char *peer)
{
    sl_metric_observe_since(SL_METRIC_RPC_CLIENT_SECONDS, observed->began_ns, name_of(method),
                            sl_code_name(code));
    if (observed->span != NULL)
        set_peer(observed->span, peer);
    sl_span_set_int(observed->span, "rpc.grpc.status_code", code);
    sl_span_end(observed->span, code != SL_OK ? sl_code_name(code) : NULL);
    *observed = (struct sl_observed){0};
}
