#ifndef SL_MCP_SERVER_PRIVATE_H
#define SL_MCP_SERVER_PRIVATE_H

#include "base/id.h"
#include "http/server.h"
#include "loop/timer.h"
#include "mcp/jsonrpc.h"
#include "mcp/server.h"
#include "json/json.h"

/*
 * The server's parts. server.c: its life and its tools. endpoint.c: HTTP's side of a request.
 * methods.c: the methods. tool_request.c: a tool call and its answer. sessions.c: who is connected,
 * and their streams. origin.c: who may call from a browser.
 */

struct sl_mcp_server_tool {
    struct sl_mcp_tool tool;
    json_t *input_schema;
    /** As tools/list shows it. */
    json_t *description;
};

struct sl_mcp_session {
    char id[SL_UUID_SIZE];
    const char *revision;
    int64_t last_used_ms;
    /** Neighbours in the order of use, newest first; the next one in the same bucket. */
    struct sl_mcp_session *newer, *older, *bucket_next;
    /** The GET stream; NULL where none is open. */
    struct sl_http_incoming *stream;
};

#define SL_MCP_SESSION_BUCKETS 1024

struct sl_mcp_sessions {
    struct sl_mcp_session *newest, *oldest;
    struct sl_mcp_session *buckets[SL_MCP_SESSION_BUCKETS];
    size_t count;
};

struct sl_mcp_server {
    struct sl_loop *loop;
    struct sl_http_server *http;
    struct sl_arena *arena;
    const char *listen_host, *name, *version;
    size_t page_size;
    void *self;
    struct sl_mcp_server_tool **tools;
    size_t tool_count, tool_capacity;
    struct sl_mcp_sessions sessions;
    struct sl_mcp_tool_request *pending;
    struct sl_timer timer;
    bool is_stopping;
};

/** One POST being handled. On the stack of the handler. */
struct sl_mcp_post {
    struct sl_mcp_server *server;
    struct sl_http_incoming *incoming;
    const struct sl_http_incoming_request *request;
    /** NULL for initialize. */
    struct sl_mcp_session *session;
    struct sl_jsonrpc_message message;
};

/* ---- endpoint.c ---- */

sl_http_handler_fn sl_mcp_handle;
sl_http_refusal_fn sl_mcp_refusal;
/** Answers with JSON (taken). headers may be NULL. */
void sl_mcp_reply(struct sl_http_incoming *incoming, int status, const struct sl_headers *headers,
                  json_t *json);
/** Answers a request with a result (taken) or an error. */
void sl_mcp_reply_result(const struct sl_mcp_post *post, json_t *result);
void sl_mcp_reply_error(const struct sl_mcp_post *post, enum sl_jsonrpc_code code,
                        const char *format, ...) SL_PRINTF(3, 4);

/* ---- methods.c ---- */

void sl_mcp_dispatch(struct sl_mcp_post *post);
void sl_mcp_notify(struct sl_mcp_post *post);

/* ---- tool_request.c ---- */

void sl_mcp_call_tool(struct sl_mcp_post *post);
/** Marks the session's request of that id as cancelled. */
void sl_mcp_mark_cancelled(struct sl_mcp_server *server, const char *session_id, const json_t *id);
/** No answer goes anywhere any more. */
void sl_mcp_detach_tool_requests(struct sl_mcp_server *server);

/* ---- server.c ---- */

struct sl_mcp_server_tool *sl_mcp_find_tool(const struct sl_mcp_server *server, const char *name,
                                            size_t *ret_index);

/* ---- sessions.c ---- */

/** A new session; the one unused the longest goes where there are 10,000. NULL when memory is out.
 */
struct sl_mcp_session *sl_mcp_sessions_add(struct sl_mcp_server *server, const char *revision);
/** NULL where there is none, or it has expired. Finding it is using it. */
struct sl_mcp_session *sl_mcp_sessions_find(struct sl_mcp_server *server, const char *id);
void sl_mcp_sessions_remove(struct sl_mcp_server *server, struct sl_mcp_session *session);
void sl_mcp_sessions_clear(struct sl_mcp_server *server);
/** Opens the session's stream, in place of one that it has. */
void sl_mcp_stream_open(struct sl_mcp_server *server, struct sl_mcp_session *session,
                        struct sl_http_incoming *incoming);
/** Ends every stream. */
void sl_mcp_streams_close(struct sl_mcp_server *server);
/** Sends a JSON-RPC notification to every stream. */
void sl_mcp_streams_notify(struct sl_mcp_server *server, const char *method);
/** Starts the timer that keeps streams alive and drops what has expired. */
enum sl_code sl_mcp_sessions_start(struct sl_mcp_server *server);

/* ---- origin.c ---- */

/** The host of "host:port" or "[address]:port", owned by arena; NULL when memory is out. */
char *sl_mcp_host_of(const char *authority, struct sl_arena *arena);
/** Whether the request's Origin and Host are ones that a page of somebody else cannot have. */
bool sl_mcp_origin_is_allowed(const struct sl_headers *headers, const char *listen_host,
                              struct sl_arena *arena);

#endif
