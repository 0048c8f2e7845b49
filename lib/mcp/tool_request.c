#include <string.h>

#include "mcp/protocol.h"
#include "mcp/observed.h"
#include "mcp/server_private.h"
#include "json/schema.h"

/* tools/call: the checks before a handler runs, and those that wait for their answers. */

#define TICK_MS 1000

struct sl_arena *sl_mcp_request_arena(struct sl_mcp_tool_request *request)
{
    return sl_http_incoming_arena(request->incoming);
}

const char *sl_mcp_request_tool(const struct sl_mcp_tool_request *request)
{
    return request->name;
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

static void look_after_pending(void *arg);

static void start_timer(struct sl_mcp_server *server)
{
    /* Without memory for a timer a client that hangs up goes unseen. */
    if (sl_timer_start(server->loop, &server->pending_timer, TICK_MS, look_after_pending, server) !=
        SL_OK)
        return;
}

/* The answer of what takes long becomes a stream: it says that all is well, and shows a client that
 * hangs up, which is how one without a session cancels. Source: MCP 2026-07-28,
 * basic/patterns/cancellation. */
static void look_after_pending(void *arg)
{
    struct sl_mcp_server *server = arg;
    bool has_any = false;

    for (struct sl_mcp_tool_request *r = server->pending; r; r = r->next) {
        has_any = true;
        if (r->is_streaming)
            sl_mcp_tool_stream_keep_alive(r);
        else if (r->waited_s++ > 0 && !r->session_id)
            sl_mcp_tool_stream_begin(r);
    }
    if (has_any)
        start_timer(server);
}

static void link_pending(struct sl_mcp_server *server, struct sl_mcp_tool_request *request)
{
    if (!sl_timer_is_started(&server->pending_timer))
        start_timer(server);
    request->next = server->pending;
    if (server->pending)
        server->pending->previous = request;
    server->pending = request;
}

void sl_mcp_unlink_tool_request(struct sl_mcp_tool_request *request)
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
        if (r->session_id && strcmp(r->session_id, session_id) == 0 && json_equal(r->id, id))
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
        text = describe_faults(&faults, request->name, arena);
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

static json_t *find_progress_token(const json_t *params)
{
    json_t *token = json_object_get(json_object_get(params, "_meta"), SL_MCP_META_PROGRESS_TOKEN);

    return json_is_string(token) || json_is_integer(token) ? token : NULL;
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
    request->name = sl_json_string(params, "name");
    if (post->session)
        request->session_id = sl_arena_strdup(arena, post->session->id);
    request->may_stream = sl_mcp_accepts_stream(post->request->headers);
    request->progress_token = find_progress_token(params);
    request->idempotency_key = sl_json_string(json_object_get(params, "_meta"), SL_MCP_META_KEY);
    request->arguments = json_object_get(params, "arguments");
    if (!request->arguments)
        request->arguments = sl_json_own(arena, json_object());
    return (request->session_id || !post->session) && request->arguments ? request : NULL;
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
    if (post->is_stateless && !sl_mcp_check_tool_metadata(post, tool))
        return;
    request = make_request(post);
    if (!request) {
        sl_mcp_reply(post->incoming, 500, NULL, NULL);
        return;
    }
    sl_mcp_observe_tool(request, post->message.params);
    link_pending(post->server, request);
    if (check_arguments(request, tool->input_schema))
        tool->tool.handler(post->server->self, request);
}
