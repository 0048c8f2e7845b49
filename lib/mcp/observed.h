#ifndef SL_MCP_OBSERVED_H
#define SL_MCP_OBSERVED_H

#include "mcp/client_private.h"
#include "mcp/server_private.h"
#include "telemetry/metrics.h"
#include "telemetry/span.h"

/* Metrics and spans of tools/call, at both ends (lib/telemetry). Source: OpenTelemetry, semantic
 * conventions for MCP and for GenAI (execute_tool). */

/** A span of a call of this tool; NULL where parent, which may be NULL, is none that is sampled (at
 * the client), or nothing is traced. */
struct sl_span *sl_mcp_observe_begin(enum sl_span_kind kind, const char *tool, const char *parent);

/** The client's call has ended so. */
void sl_mcp_observe_end(struct sl_mcp_request *request, const struct sl_error *error,
                        bool is_refused);

/** The server was asked to call a tool that it has; params: of the request. */
void sl_mcp_observe_tool(struct sl_mcp_tool_request *request, const json_t *params);

/** It answers with this JSON-RPC message, NULL where memory is out. */
void sl_mcp_observe_answer(struct sl_mcp_tool_request *request, const json_t *message);

#endif
