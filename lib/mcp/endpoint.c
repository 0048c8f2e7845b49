#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "mcp/protocol.h"
#include "mcp/server_private.h"

/* HTTP's side: what a request has to look like before its message is read. Source: MCP 2025-11-25
 * and 2026-07-28, basic/transports, "Streamable HTTP". */

static void reply_status(struct sl_http_incoming *incoming, int status)
{
    sl_http_reply(incoming, status, NULL, NULL, 0);
}

void sl_mcp_reply(struct sl_http_incoming *incoming, int status, const struct sl_headers *headers,
                  json_t *json)
{
    SL_CLEANUP(sl_json_cleanup) json_t *owned = json;
    SL_CLEANUP(sl_free_cleanup) char *text = owned ? sl_json_text(owned, SL_JSON_COMPACT) : NULL;
    struct sl_headers all = headers ? *headers : (struct sl_headers){0};

    if (!text || sl_headers_add(&all, sl_http_incoming_arena(incoming), "Content-Type",
                                "application/json") != SL_OK)
        reply_status(incoming, 500);
    else
        sl_http_reply(incoming, status, &all, text, strlen(text));
}

void sl_mcp_reply_result(const struct sl_mcp_post *post, json_t *result)
{
    json_t *answer;

    if (result && post->is_stateless)
        result = sl_mcp_finish_result(post->server, result);
    answer = result ? sl_jsonrpc_result(post->message.id, result) : NULL;
    sl_mcp_reply(post->incoming, 200, NULL, answer);
}

void sl_mcp_reply_error(const struct sl_mcp_post *post, enum sl_jsonrpc_code code,
                        const char *format, ...)
{
    struct sl_error text = {0};
    va_list rest;

    va_start(rest, format);
    sl_error_set_va(&text, SL_INVALID_ARGUMENT, format, rest);
    va_end(rest);
    sl_mcp_reply(post->incoming, 200, NULL,
                 sl_jsonrpc_error(post->message.id, (int)code, text.message, NULL));
}

/* An error of the transport: no message was looked at, or it has no place. */
static void refuse(struct sl_http_incoming *incoming, int status, enum sl_jsonrpc_code code,
                   const char *what)
{
    sl_mcp_reply(incoming, status, NULL, sl_jsonrpc_error(NULL, (int)code, what, NULL));
}

void sl_mcp_refusal(void *arg, int status, const char *reason, struct sl_headers *headers,
                    struct sl_arena *arena, const char **ret_body)
{
    json_t *error = sl_jsonrpc_error(NULL, SL_JSONRPC_BAD_TRANSPORT, reason, NULL);
    char *body = sl_json_arena_text(error, SL_JSON_COMPACT, arena);

    (void)arg;
    (void)status;
    json_decref(error);
    if (body && sl_headers_add(headers, arena, "Content-Type", "application/json") == SL_OK)
        *ret_body = body;
}

/* Whether an Accept header lets a media type through; no header lets everything. */
static bool accepts(const struct sl_headers *headers, const char *type, const char *family)
{
    const char *accept = sl_headers_get(headers, "Accept");

    return !accept || strcasestr(accept, type) || strcasestr(accept, family) ||
           strstr(accept, "*/*");
}

bool sl_mcp_accepts_stream(const struct sl_headers *headers)
{
    return sl_headers_get(headers, "Accept") && accepts(headers, "text/event-stream", "text/*");
}

bool sl_mcp_add_stream_headers(struct sl_headers *headers, struct sl_arena *arena)
{
    return sl_headers_add(headers, arena, "Content-Type", "text/event-stream") == SL_OK &&
           sl_headers_add(headers, arena, "Cache-Control", "no-cache") == SL_OK &&
           sl_headers_add(headers, arena, "X-Accel-Buffering", "no") == SL_OK;
}

static bool is_json_body(const struct sl_headers *headers)
{
    static const char json[] = "application/json";
    const char *type = sl_headers_get(headers, "Content-Type");

    return type && strncasecmp(type, json, sizeof(json) - 1) == 0 &&
           (type[sizeof(json) - 1] == '\0' || strchr("; \t", type[sizeof(json) - 1]));
}

/* Finds the session that the request names, or answers why there is none. */
static struct sl_mcp_session *find_session(struct sl_mcp_server *server,
                                           struct sl_http_incoming *incoming,
                                           const struct sl_headers *headers)
{
    const char *id = sl_headers_get(headers, SL_MCP_SESSION_HEADER);
    struct sl_mcp_session *session = id ? sl_mcp_sessions_find(server, id) : NULL;

    if (!id)
        refuse(incoming, 400, SL_JSONRPC_BAD_TRANSPORT,
               "the header Mcp-Session-Id is missing: initialize gives one");
    else if (!session)
        refuse(incoming, 404, SL_JSONRPC_NO_SESSION,
               "there is no such session: initialize gives a new one");
    return session;
}

static bool has_known_revision(struct sl_http_incoming *incoming, const struct sl_headers *headers)
{
    const char *revision = sl_headers_get(headers, SL_MCP_REVISION_HEADER);

    if (!revision || sl_mcp_find_revision(revision))
        return true;
    refuse(incoming, 400, SL_JSONRPC_BAD_TRANSPORT,
           "MCP-Protocol-Version names a revision not spoken here: 2026-07-28, 2025-11-25, "
           "2025-06-18 and 2025-03-26 are");
    return false;
}

/* ---- POST ---- */

/* Source: MCP 2026-07-28, basic/transports, "Sending Messages". */
static void take_stateless(struct sl_mcp_post *post)
{
    post->is_stateless = true;
    if (post->message.kind == SL_JSONRPC_NOTIFICATION)
        reply_status(post->incoming, 202);
    else if (post->message.kind != SL_JSONRPC_REQUEST)
        refuse(post->incoming, 400, SL_JSONRPC_INVALID_REQUEST,
               "an answer is given, a request or a notification is wanted");
    else if (sl_mcp_check_metadata(post))
        sl_mcp_dispatch(post);
}

static void take_message(struct sl_mcp_post *post)
{
    bool is_initialize =
        post->message.kind == SL_JSONRPC_REQUEST && strcmp(post->message.method, "initialize") == 0;

    if (sl_mcp_is_stateless(post)) {
        take_stateless(post);
        return;
    }
    if (!is_initialize) {
        if (!has_known_revision(post->incoming, post->request->headers))
            return;
        post->session = find_session(post->server, post->incoming, post->request->headers);
        if (!post->session)
            return;
    }
    if (post->message.kind == SL_JSONRPC_REQUEST) {
        sl_mcp_dispatch(post);
        return;
    }
    if (post->message.kind == SL_JSONRPC_NOTIFICATION)
        sl_mcp_notify(post);
    reply_status(post->incoming, 202);
}

static void handle_post(struct sl_mcp_server *server, struct sl_http_incoming *incoming,
                        const struct sl_http_incoming_request *request)
{
    struct sl_mcp_post post = {.server = server, .incoming = incoming, .request = request};
    struct sl_json_limits limits = {.max_depth = SL_JSONRPC_MAX_DEPTH};
    struct sl_error error = {0};
    json_t *json = NULL;

    if (!is_json_body(request->headers)) {
        refuse(incoming, 415, SL_JSONRPC_BAD_TRANSPORT, "Content-Type: application/json is wanted");
    } else if (!accepts(request->headers, "application/json", "application/*")) {
        refuse(incoming, 406, SL_JSONRPC_BAD_TRANSPORT,
               "Accept: application/json, text/event-stream is wanted");
    } else if (sl_json_parse(request->body, request->body_length, &limits, &json, &error) !=
               SL_OK) {
        refuse(incoming, 400, SL_JSONRPC_PARSE_ERROR, error.message);
    } else if (!sl_json_own(sl_http_incoming_arena(incoming), json)) {
        reply_status(incoming, 500);
    } else if (sl_jsonrpc_read(json, &post.message, &error) != SL_OK) {
        sl_mcp_reply(
            incoming, 400, NULL,
            sl_jsonrpc_error(post.message.id, SL_JSONRPC_INVALID_REQUEST, error.message, NULL));
    } else {
        take_message(&post);
    }
}

/* ---- GET and DELETE ---- */

static void handle_get(struct sl_mcp_server *server, struct sl_http_incoming *incoming,
                       const struct sl_http_incoming_request *request)
{
    struct sl_mcp_session *session;

    if (!accepts(request->headers, "text/event-stream", "text/*")) {
        refuse(incoming, 406, SL_JSONRPC_BAD_TRANSPORT, "Accept: text/event-stream is wanted");
        return;
    }
    if (!has_known_revision(incoming, request->headers))
        return;
    session = find_session(server, incoming, request->headers);
    if (session)
        sl_mcp_stream_open(server, session, incoming);
}

static void handle_delete(struct sl_mcp_server *server, struct sl_http_incoming *incoming,
                          const struct sl_http_incoming_request *request)
{
    struct sl_mcp_session *session = find_session(server, incoming, request->headers);

    if (!session)
        return;
    sl_mcp_sessions_remove(server, session);
    reply_status(incoming, 204);
}

static void refuse_method(struct sl_http_incoming *incoming)
{
    struct sl_headers headers = {0};

    if (sl_headers_add(&headers, sl_http_incoming_arena(incoming), "Allow", "GET, POST, DELETE") !=
        SL_OK)
        reply_status(incoming, 500);
    else
        sl_mcp_reply(incoming, 405, &headers,
                     sl_jsonrpc_error(NULL, SL_JSONRPC_BAD_TRANSPORT,
                                      "GET, POST and DELETE are offered", NULL));
}

static const struct {
    const char *method;
    void (*handle)(struct sl_mcp_server *server, struct sl_http_incoming *incoming,
                   const struct sl_http_incoming_request *request);
} methods[] = {{"POST", handle_post}, {"GET", handle_get}, {"DELETE", handle_delete}};

void sl_mcp_handle(void *arg, struct sl_http_incoming *incoming,
                   const struct sl_http_incoming_request *request)
{
    struct sl_mcp_server *server = arg;

    if (server->fallback && strcmp(request->path, "/mcp") != 0) {
        server->fallback(server->self, incoming, request);
        return;
    }
    if (!sl_mcp_origin_is_allowed(request->headers, server->listen_host,
                                  sl_http_incoming_arena(incoming))) {
        refuse(incoming, 403, SL_JSONRPC_BAD_TRANSPORT,
               "this Origin or Host may not call: only pages of this host may");
        return;
    }
    if (strcmp(request->path, "/mcp") != 0) {
        refuse(incoming, 404, SL_JSONRPC_BAD_TRANSPORT, "MCP is at /mcp");
        return;
    }
    if (server->is_stopping) {
        refuse(incoming, 503, SL_JSONRPC_BAD_TRANSPORT, "the server is stopping");
        return;
    }
    for (size_t i = 0; i < SL_ARRAY_LENGTH(methods); i++) {
        if (strcmp(request->method, methods[i].method) == 0) {
            methods[i].handle(server, incoming, request);
            return;
        }
    }
    refuse_method(incoming);
}
