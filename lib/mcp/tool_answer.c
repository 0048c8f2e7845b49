#include "base/memory.h"
#include "http/sse.h"
#include "mcp/protocol.h"
#include "mcp/observed.h"
#include "mcp/server_private.h"
#include "json/schema.h"

/* How a tool answers: at once with JSON, or at the end of a stream on which it told of its
 * progress. Source: MCP 2025-11-25 and 2026-07-28, server/tools, and basic/patterns/progress. */

static void send_event(struct sl_mcp_tool_request *request, const json_t *message)
{
    SL_CLEANUP(sl_free_cleanup)
    char *text = message ? sl_json_text(message, SL_JSON_COMPACT) : NULL;
    SL_CLEANUP(sl_text_cleanup) struct sl_text event = {0};

    if (text)
        sl_sse_write(&event, "message", NULL, text);
    if (event.length > 0 && !sl_text_failed(&event))
        sl_http_stream_send(request->incoming, event.data, event.length);
}

/* Takes message. Where memory is out, the stream ends without an answer. */
static void answer(struct sl_mcp_tool_request *request, json_t *message)
{
    SL_CLEANUP(sl_json_cleanup) json_t *owned = message;

    sl_mcp_observe_answer(request, owned);
    sl_mcp_unlink_tool_request(request);
    if (request->is_streaming) {
        send_event(request, owned);
        sl_http_stream_end(request->incoming);
    } else {
        sl_mcp_reply(request->incoming, 200, NULL, json_incref(owned));
    }
}

/* What does not fit is a fault of the tool's own, and no answer ("Servers MUST provide structured
 * results that conform to this schema"). */
static bool is_as_promised(struct sl_mcp_tool_request *request, const json_t *result)
{
    const struct sl_mcp_server_tool *tool =
        request->server ? sl_mcp_find_tool(request->server, request->name, NULL) : NULL;
    const json_t *schema = tool ? json_object_get(tool->description, "outputSchema") : NULL;
    const json_t *value = json_object_get(result, "structuredContent");
    struct sl_schema_faults faults = {0};
    struct sl_error error = {0};

    if (!schema || sl_json_bool(result, "isError", false))
        return true;
    if (value &&
        sl_schema_check(schema, value, sl_mcp_request_arena(request), &faults, NULL) == SL_OK &&
        faults.count == 0)
        return true;
    sl_error_set(&error, SL_INTERNAL, "the answer of %s does not fit its outputSchema: %s: %s",
                 request->name, faults.count > 0 ? faults.entries[0].path : "structuredContent",
                 faults.count > 0 ? faults.entries[0].message : "missing");
    answer(request, sl_jsonrpc_error(request->id, SL_JSONRPC_INTERNAL_ERROR, error.message, NULL));
    return false;
}

/* Takes result. */
static void answer_result(struct sl_mcp_tool_request *request, json_t *result)
{
    if (result && !is_as_promised(request, result)) {
        json_decref(result);
        return;
    }
    if (result && !request->session_id && request->server)
        result = sl_mcp_finish_result(request->server, result);
    answer(request, result ? sl_jsonrpc_result(request->id, result) : NULL);
}

static json_t *text_result(const char *text, json_t *structured, bool is_error)
{
    return json_pack("{s:[{s:s, s:s}], s:o*, s:b}", "content", "type", "text", "text", text,
                     "structuredContent", structured, "isError", (int)is_error);
}

void sl_mcp_answer(struct sl_mcp_tool_request *request, json_t *value)
{
    char *text = sl_json_arena_text(value, SL_JSON_COMPACT, sl_mcp_request_arena(request));

    if (!text) {
        json_decref(value);
        answer(request, NULL);
        return;
    }
    /* Structured content is an object; another value goes as text alone. */
    if (!json_is_object(value)) {
        json_decref(value);
        value = NULL;
    }
    answer_result(request, text_result(text, value, false));
}

void sl_mcp_answer_content(struct sl_mcp_tool_request *request, json_t *content, json_t *structured)
{
    answer_result(request, json_pack("{s:o, s:o*, s:b}", "content", content, "structuredContent",
                                     structured, "isError", 0));
}

void sl_mcp_refuse(struct sl_mcp_tool_request *request, const char *text)
{
    answer_result(request, text_result(text, NULL, true));
}

void sl_mcp_busy(struct sl_mcp_tool_request *request, const char *text)
{
    json_t *data = json_pack("{s:b}", SL_MCP_NOT_EXECUTED, 1);

    answer(request, sl_jsonrpc_error(request->id, SL_JSONRPC_BUSY, text, data));
}

/* ---- The stream ---- */

static void on_closed(void *arg)
{
    struct sl_mcp_tool_request *request = arg;

    request->is_cancelled = true;
}

void sl_mcp_tool_stream_begin(struct sl_mcp_tool_request *request)
{
    struct sl_headers headers = {0};

    if (request->is_streaming || !request->may_stream || !request->server ||
        !sl_mcp_add_stream_headers(&headers, sl_mcp_request_arena(request)))
        return;
    request->is_streaming = true;
    sl_http_stream_begin(request->incoming, 200, &headers, on_closed, request);
    sl_mcp_tool_stream_keep_alive(request);
}

void sl_mcp_tool_stream_keep_alive(struct sl_mcp_tool_request *request)
{
    static const char comment[] = ": at work\n\n";

    sl_http_stream_send(request->incoming, comment, sizeof(comment) - 1);
}

void sl_mcp_progress(struct sl_mcp_tool_request *request, double progress, double total,
                     const char *message)
{
    SL_CLEANUP(sl_json_cleanup) json_t *notification = NULL;
    json_t *params;

    if (!request->progress_token)
        return;
    sl_mcp_tool_stream_begin(request);
    if (!request->is_streaming)
        return;
    params =
        json_pack("{s:O, s:f, s:o*, s:s*}", "progressToken", request->progress_token, "progress",
                  progress, "total", total > 0 ? json_real(total) : NULL, "message", message);
    notification = params ? sl_jsonrpc_notification("notifications/progress", params) : NULL;
    send_event(request, notification);
}
