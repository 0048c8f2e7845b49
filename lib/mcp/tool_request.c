#include <string.h>

#include "mcp/protocol.h"
#include "mcp/server_private.h"
#include "json/schema.h"

/* tools/call: the checks before a handler runs, and the ways it answers. */

struct sl_mcp_tool_request {
    /** NULL once the server is gone. */
    struct sl_mcp_server *server;
    struct sl_mcp_tool_request *previous, *next;
    struct sl_http_incoming *incoming;
    json_t *id;
    json_t *arguments;
    const char *tool;
    const char *session_id;
    const char *idempotency_key;
    bool is_cancelled;
};

struct sl_arena *sl_mcp_request_arena(struct sl_mcp_tool_request *request)
{
    return sl_http_incoming_arena(request->incoming);
}

const char *sl_mcp_request_tool(const struct sl_mcp_tool_request *request)
{
    return request->tool;
}

json_t *sl_mcp_request_arguments(const struct sl_mcp_tool_request *request)
{
    return request->arguments;
}

const char *sl_mcp_request_idempotency_key(const struct sl_mcp_tool_request *request)
{
    return request->idempotency_key;
}

const char *sl_mcp_request_header(const struct sl_mcp_tool_request *request, const char *name)
{
    return sl_headers_get(sl_http_incoming_request(request->incoming)->headers, name);
}

bool sl_mcp_request_is_cancelled(const struct sl_mcp_tool_request *request)
{
    return request->is_cancelled;
}

/* ---- Requests that wait for their answers ---- */

static void link_pending(struct sl_mcp_server *server, struct sl_mcp_tool_request *request)
{
    request->next = server->pending;
    if (server->pending)
        server->pending->previous = request;
    server->pending = request;
}

static void unlink_pending(struct sl_mcp_tool_request *request)
{
    if (!request->server)
        return;
    if (request->previous)
        request->previous->next = request->next;
    else
        request->server->pending = request->next;
    if (request->next)
        request->next->previous = request->previous;
}

void sl_mcp_mark_cancelled(struct sl_mcp_server *server, const char *session_id, const json_t *id)
{
    for (struct sl_mcp_tool_request *r = server->pending; r; r = r->next) {
        if (strcmp(r->session_id, session_id) == 0 && json_equal(r->id, id))
            r->is_cancelled = true;
    }
}

void sl_mcp_detach_tool_requests(struct sl_mcp_server *server)
{
    struct sl_mcp_tool_request *next;

    for (struct sl_mcp_tool_request *r = server->pending; r; r = next) {
        next = r->next;
        r->server = NULL;
    }
    server->pending = NULL;
}

/* ---- Answers ---- */

static void answer(struct sl_mcp_tool_request *request, json_t *message)
{
    unlink_pending(request);
    sl_mcp_reply(request->incoming, 200, NULL, message);
}

static json_t *text_result(const char *text, json_t *structured, bool is_error)
{
    return json_pack("{s:[{s:s, s:s}], s:o*, s:b}", "content", "type", "text", "text", text,
                     "structuredContent", structured, "isError", (int)is_error);
}

void sl_mcp_answer(struct sl_mcp_tool_request *request, json_t *value)
{
    char *text = sl_json_arena_text(value, SL_JSON_COMPACT, sl_mcp_request_arena(request));
    json_t *result;

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
    result = text_result(text, value, false);
    answer(request, result ? sl_jsonrpc_result(request->id, result) : NULL);
}

void sl_mcp_refuse(struct sl_mcp_tool_request *request, const char *text)
{
    json_t *result = text_result(text, NULL, true);

    answer(request, result ? sl_jsonrpc_result(request->id, result) : NULL);
}

void sl_mcp_busy(struct sl_mcp_tool_request *request, const char *text)
{
    json_t *data = json_pack("{s:b}", SL_MCP_NOT_EXECUTED, 1);

    answer(request, sl_jsonrpc_error(request->id, SL_JSONRPC_BUSY, text, data));
}

/* ---- The call ---- */

/* All faults in one text: "part_number: missing, but required; quantity: ...". */
static char *describe_faults(const struct sl_schema_faults *faults, const char *tool,
                             struct sl_arena *arena)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text text = {0};

    sl_text_printf(&text, "The arguments do not fit %s: ", tool);
    for (size_t i = 0; i < faults->count; i++)
        sl_text_printf(&text, "%s%s%s%s", i > 0 ? "; " : "", faults->entries[i].path,
                       *faults->entries[i].path ? ": " : "", faults->entries[i].message);
    return sl_text_failed(&text) ? NULL : sl_arena_strdup(arena, sl_text_string(&text));
}

/* True where the arguments fit; else the request is answered. */
static bool check_arguments(struct sl_mcp_tool_request *request, const json_t *schema)
{
    struct sl_arena *arena = sl_mcp_request_arena(request);
    struct sl_schema_faults faults = {0};
    char *text = NULL;

    if (sl_schema_check(schema, request->arguments, arena, &faults, NULL) == SL_OK) {
        if (faults.count == 0)
            return true;
        text = describe_faults(&faults, request->tool, arena);
    }
    if (text)
        sl_mcp_refuse(request, text);
    else
        sl_mcp_busy(request, "out of memory");
    return false;
}

static const char *check_params(const json_t *params)
{
    const json_t *arguments = json_object_get(params, "arguments");
    const json_t *meta = json_object_get(params, "_meta");
    const json_t *key = json_object_get(meta, SL_MCP_META_KEY);

    if (!sl_json_string(params, "name"))
        return "name is missing or no string";
    if (arguments && !json_is_object(arguments))
        return "arguments is no object";
    if (meta && !json_is_object(meta))
        return "_meta is no object";
    if (key && (!json_is_string(key) || json_string_length(key) == 0))
        return "_meta: " SL_MCP_META_KEY " is no text";
    return NULL;
}

static struct sl_mcp_tool_request *make_request(const struct sl_mcp_post *post)
{
    struct sl_arena *arena = sl_http_incoming_arena(post->incoming);
    struct sl_mcp_tool_request *request = sl_arena_alloc(arena, sizeof(*request));
    json_t *params = post->message.params;

    if (!request)
        return NULL;
    request->server = post->server;
    request->incoming = post->incoming;
    request->id = post->message.id;
    request->tool = sl_json_string(params, "name");
    request->session_id = sl_arena_strdup(arena, post->session->id);
    request->idempotency_key = sl_json_string(json_object_get(params, "_meta"), SL_MCP_META_KEY);
    request->arguments = json_object_get(params, "arguments");
    if (!request->arguments)
        request->arguments = sl_json_own(arena, json_object());
    return request->session_id && request->arguments ? request : NULL;
}

void sl_mcp_call_tool(struct sl_mcp_post *post)
{
    const char *fault = check_params(post->message.params);
    struct sl_mcp_tool_request *request;
    struct sl_mcp_server_tool *tool;

    if (fault) {
        sl_mcp_reply_error(post, SL_JSONRPC_INVALID_PARAMS, "%s", fault);
        return;
    }
    tool = sl_mcp_find_tool(post->server, sl_json_string(post->message.params, "name"), NULL);
    if (!tool) {
        sl_mcp_reply_error(post, SL_JSONRPC_INVALID_PARAMS, "Unknown tool: %.200s",
                           sl_json_string(post->message.params, "name"));
        return;
    }
    request = make_request(post);
    if (!request) {
        sl_mcp_reply(post->incoming, 500, NULL, NULL);
        return;
    }
    link_pending(post->server, request);
    if (check_arguments(request, tool->input_schema))
        tool->tool.handler(post->server->self, request);
}
