#include "mcp/observed.h"

#include <stdio.h>

#include "mcp/protocol.h"

struct sl_span *sl_mcp_observe_begin(enum sl_span_kind kind, const char *tool, const char *parent)
{
    char name[96];

    if (kind == SL_SPAN_CLIENT && !sl_traceparent_is_valid(parent))
        return NULL;
    snprintf(name, sizeof(name), "tools/call %.60s", tool);
    struct sl_span *span = sl_span_start(kind, name, parent);
    sl_span_set(span, "mcp.method.name", "tools/call");
    sl_span_set(span, "gen_ai.operation.name", "execute_tool");
    sl_span_set(span, "gen_ai.tool.name", tool);
    return span;
}

void sl_mcp_observe_end(struct sl_mcp_request *request, const struct sl_error *error,
                        bool is_refused)
{
    bool is_ok = error->code == SL_OK;
    const char *refused = is_refused ? "tool_error" : NULL;

    sl_metric_observe_since(SL_METRIC_MCP_CLIENT_SECONDS, request->began_ns, request->tool,
                            !is_ok       ? sl_code_name(error->code)
                            : is_refused ? "refused"
                                         : "ok");
    sl_span_end(request->span, is_ok ? refused : sl_code_name(error->code));
    request->span = NULL;
}

void sl_mcp_observe_tool(struct sl_mcp_tool_request *request, const json_t *params)
{
    const json_t *meta = json_object_get(params, "_meta");

    request->began_ns = sl_metric_now_ns();
    request->span = sl_mcp_observe_begin(SL_SPAN_SERVER, request->name,
                                         sl_json_string(meta, SL_MCP_META_TRACEPARENT));
}

void sl_mcp_observe_answer(struct sl_mcp_tool_request *request, const json_t *message)
{
    const json_t *result = json_object_get(message, "result");
    bool is_refused = sl_json_bool(result, "isError", false);
    const char *outcome = !result ? "error" : is_refused ? "refused" : "ok";

    sl_metric_observe_since(SL_METRIC_MCP_SERVER_SECONDS, request->began_ns, request->name,
                            outcome);
    sl_span_end(request->span, !result ? "error" : is_refused ? "tool_error" : NULL);
    request->span = NULL;
}
