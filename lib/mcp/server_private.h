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
 * methods.c: the methods. tool_request.c: a tool call and its checks; tool_answer.c: its answer.
 * sessions.c: who is connected, and their streams. metadata.c, subscriptions.c: requests without a
 * session, and their streams. origin.c: who may call from a browser.
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

struct sl_mcp_subscription;

/** Owned by the arena of its incoming. */
struct sl_span;

struct sl_mcp_tool_request {
    /** NULL once the server is gone. */
    struct sl_mcp_server *server;
    struct sl_mcp_tool_request *previous, *next;
    struct sl_http_incoming *incoming;
    json_t *id;
    json_t *arguments;
    const char *name;
    /** NULL where the request is without session. */
    const char *session_id;
    const char *idempotency_key;
    /** NULL where nobody asks for notifications. */
    json_t *progress_token;
    bool may_stream, is_streaming, is_cancelled;
    /** Seconds it waits, as far as counted. */
    int waited_s;
    int64_t began_ns;
    struct sl_span *span;
};

struct sl_mcp_server {
    struct sl_loop *loop;
    struct sl_http_server *http;
    struct sl_arena *arena;
    const char *listen_host, *name, *version;
    size_t page_size;
    sl_http_handler_fn *fallback;
    void *self;
    struct sl_mcp_server_tool **tools;
    size_t tool_count, tool_capacity;
    struct sl_mcp_sessions sessions;
    struct sl_mcp_tool_request *pending;
    struct sl_mcp_subscription *subscriptions;
    struct sl_timer timer;
    /** Looks after the pending ones. */
    struct sl_timer pending_timer;
    bool is_stopping;
};

/** One POST being handled. On the stack of the handler. */
struct sl_mcp_post {
    struct sl_mcp_server *server;
    struct sl_http_incoming *incoming;
    const struct sl_http_incoming_request *request;
    /** NULL for initialize, and without sessions. */
    struct sl_mcp_session *session;
    /** Of 2026-07-28. */
    bool is_stateless;
    struct sl_jsonrpc_message message;
};

/* ---- endpoint.c ---- */

sl_http_handler_fn sl_mcp_handle;
sl_http_refusal_fn sl_mcp_refusal;
/** Answers with JSON (taken). headers may be NULL. */
void sl_mcp_reply(struct sl_http_incoming *incoming, int status, const struct sl_headers *headers,
                  json_t *json);
/** Whether the client takes an event stream. */
bool sl_mcp_accepts_stream(const struct sl_headers *headers);
/** The head of an event stream; false when memory is out. */
bool sl_mcp_add_stream_headers(struct sl_headers *headers, struct sl_arena *arena);
/** Answers a request with a result (taken) or an error. */
void sl_mcp_reply_result(const struct sl_mcp_post *post, json_t *result);
void sl_mcp_reply_error(const struct sl_mcp_post *post, enum sl_jsonrpc_code code,
                        const char *format, ...) SL_PRINTF(3, 4);

/* ---- metadata.c ---- */

/** Whether the message is of 2026-07-28, by its header or its _meta. */
bool sl_mcp_is_stateless(const struct sl_mcp_post *post);
/** True where _meta and headers are whole and agree; else the request is answered. */
bool sl_mcp_check_metadata(const struct sl_mcp_post *post);
bool sl_mcp_check_tool_metadata(const struct sl_mcp_post *post,
                                const struct sl_mcp_server_tool *tool);
/** A new reference; NULL when memory is out. */
json_t *sl_mcp_spoken_revisions(void);
/** Adds to a result (taken) what each one has in 2026-07-28; NULL when memory is out. */
json_t *sl_mcp_finish_result(const struct sl_mcp_server *server, json_t *result);

/* ---- subscriptions.c ---- */

void sl_mcp_subscribe(struct sl_mcp_post *post);
void sl_mcp_subscriptions_notify(struct sl_mcp_server *server, const char *method);
void sl_mcp_subscriptions_keep_alive(struct sl_mcp_server *server);
/** Ends every one, with a word of goodbye. */
void sl_mcp_subscriptions_close(struct sl_mcp_server *server);

/* ---- methods.c ---- */

void sl_mcp_dispatch(struct sl_mcp_post *post);
void sl_mcp_notify(struct sl_mcp_post *post);

/* ---- tool_request.c ---- */

void sl_mcp_call_tool(struct sl_mcp_post *post);
/** Marks the session's request of that id as cancelled. */
void sl_mcp_mark_cancelled(struct sl_mcp_server *server, const char *session_id, const json_t *id);
/** No answer goes anywhere any more. */
void sl_mcp_detach_tool_requests(struct sl_mcp_server *server);
/** Takes it off the list of those that wait. */
void sl_mcp_unlink_tool_request(struct sl_mcp_tool_request *request);

/* ---- tool_answer.c ---- */

/** Makes the answer a stream, where the client takes one: a client that hangs up is seen there
 * only. */
void sl_mcp_tool_stream_begin(struct sl_mcp_tool_request *request);
/** A sign of life on the stream. */
void sl_mcp_tool_stream_keep_alive(struct sl_mcp_tool_request *request);

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
