#include <string.h>

#include "mcp/protocol.h"
#include "mcp/server_private.h"

/* The methods of a server with tools. Source: MCP 2025-11-25, basic/lifecycle, basic/utilities,
 * server/tools; MCP 2026-07-28, server/discover, server/utilities/caching. */

/* How long a listing may be taken for current; subscribers hear of changes before. */
#define TTL_MS 60000

static void initialize(struct sl_mcp_post *post)
{
    const char *asked = sl_json_string(post->message.params, "protocolVersion");
    const char *revision = sl_mcp_find_revision(asked);
    const struct sl_mcp_server *server = post->server;
    struct sl_mcp_session *session;
    struct sl_headers headers = {0};
    json_t *result;

    if (!asked) {
        sl_mcp_reply_error(post, SL_JSONRPC_INVALID_PARAMS,
                           "protocolVersion is missing or no string");
        return;
    }
    /* A client of another revision is offered the latest, and decides ("Version Negotiation"). */
    revision = revision ? revision : SL_MCP_LATEST_REVISION;
    session = sl_mcp_sessions_add(post->server, revision);
    if (!session || sl_headers_add(&headers, sl_http_incoming_arena(post->incoming),
                                   SL_MCP_SESSION_HEADER, session->id) != SL_OK) {
        sl_mcp_reply(post->incoming, 500, NULL, NULL);
        return;
    }
    result = json_pack("{s:s, s:{s:{s:b}}, s:{s:s, s:s}}", "protocolVersion", revision,
                       "capabilities", "tools", "listChanged", 1, "serverInfo", "name",
                       server->name, "version", server->version);
    sl_mcp_reply(post->incoming, 200, &headers,
                 result ? sl_jsonrpc_result(post->message.id, result) : NULL);
}

static void ping(struct sl_mcp_post *post)
{
    sl_mcp_reply_result(post, json_object());
}

/* The same for everybody who asks. */
static void reply_cacheable(const struct sl_mcp_post *post, json_t *result)
{
    if (result && post->is_stateless &&
        (json_object_set_new(result, "ttlMs", json_integer(TTL_MS)) != 0 ||
         json_object_set_new(result, "cacheScope", json_string("public")) != 0)) {
        json_decref(result);
        result = NULL;
    }
    sl_mcp_reply_result(post, result);
}

/* A cursor is the name of the last tool of the page before. */
static bool find_first(const struct sl_mcp_post *post, size_t *ret_first)
{
    const json_t *cursor = json_object_get(post->message.params, "cursor");

    *ret_first = 0;
    if (!cursor)
        return true;
    if (!json_is_string(cursor) ||
        !sl_mcp_find_tool(post->server, json_string_value(cursor), ret_first))
        return false;
    (*ret_first)++;
    return true;
}

static void list_tools(struct sl_mcp_post *post)
{
    const struct sl_mcp_server *server = post->server;
    json_t *tools = json_array();
    json_t *cursor = NULL;
    size_t end = server->tool_count;
    size_t first;

    if (!find_first(post, &first)) {
        json_decref(tools);
        sl_mcp_reply_error(post, SL_JSONRPC_INVALID_PARAMS, "cursor is none that was given here");
        return;
    }
    if (server->page_size > 0 && end - first > server->page_size)
        end = first + server->page_size;
    for (size_t i = first; i < end; i++)
        json_array_append(tools, server->tools[i]->description);
    if (end < server->tool_count)
        cursor = json_string(server->tools[end - 1]->tool.name);
    reply_cacheable(post, json_pack("{s:o, s:o*}", "tools", tools, "nextCursor", cursor));
}

static void discover(struct sl_mcp_post *post)
{
    reply_cacheable(post,
                    json_pack("{s:o, s:{s:{s:b}}}", "supportedVersions", sl_mcp_spoken_revisions(),
                              "capabilities", "tools", "listChanged", 1));
}

static const struct {
    const char *name;
    /** NULL where the method is not of this era. */
    void (*with_session)(struct sl_mcp_post *post);
    void (*stateless)(struct sl_mcp_post *post);
} methods[] = {
    {"initialize", initialize, NULL},       {"ping", ping, NULL},
    {"server/discover", NULL, discover},    {"subscriptions/listen", NULL, sl_mcp_subscribe},
    {"tools/list", list_tools, list_tools}, {"tools/call", sl_mcp_call_tool, sl_mcp_call_tool},
};

static void refuse_method(const struct sl_mcp_post *post)
{
    struct sl_error text = {0};

    sl_error_set(&text, SL_UNIMPLEMENTED, "there is no method %.100s", post->message.method);
    sl_mcp_reply(
        post->incoming, post->is_stateless ? 404 : 200, NULL,
        sl_jsonrpc_error(post->message.id, SL_JSONRPC_METHOD_NOT_FOUND, text.message, NULL));
}

void sl_mcp_dispatch(struct sl_mcp_post *post)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(methods); i++) {
        void (*handle)(struct sl_mcp_post *) =
            post->is_stateless ? methods[i].stateless : methods[i].with_session;

        if (handle && strcmp(methods[i].name, post->message.method) == 0) {
            handle(post);
            return;
        }
    }
    refuse_method(post);
}

void sl_mcp_notify(struct sl_mcp_post *post)
{
    if (strcmp(post->message.method, "notifications/cancelled") == 0)
        sl_mcp_mark_cancelled(post->server, post->session->id,
                              json_object_get(post->message.params, "requestId"));
}
