#ifndef SL_MCP_CLIENT_PRIVATE_H
#define SL_MCP_CLIENT_PRIVATE_H

#include "base/arena.h"
#include "base/text.h"
#include "http/sse.h"
#include "loop/timer.h"
#include "mcp/client.h"
#include "json/json.h"

/*
 * The client's parts. client.c: what callers see. tool_result.c: what tools answer. request.c: one
 * message, its deadline and its end. transfer.c: its HTTP exchanges. answer.c: what an answer
 * means. session.c, stateless.c: the two eras of servers (how a connection is opened, what each
 * request carries); era.c: which of them a server is of. tools.c: tools/list, and what is
 * remembered of it. listener.c: what the server says by itself.
 */

enum sl_mcp_request_state {
    /** Until the session is open. */
    SL_MCP_WAITING,
    SL_MCP_SENT,
    /** Its end was told; it lives until its exchange ends. */
    SL_MCP_ENDED,
};

/** result: of the JSON-RPC answer, NULL on failure and for notifications. Borrowed until return. */
typedef void sl_mcp_end_fn(struct sl_mcp_request *request, const struct sl_error *error,
                           json_t *result);

/** One message to the server and what comes of it. Owned by itself: freed when ended and off the
 * wire. */
struct sl_span;

struct sl_mcp_request {
    struct sl_mcp_client *client;
    struct sl_mcp_request *previous, *next;
    enum sl_mcp_request_state state;
    /** Owns the copies of headers and texts. */
    struct sl_arena *arena;
    /** The JSON-RPC message. */
    json_t *message;
    /** 0 where no answer is expected. */
    int64_t id;
    /** For errors: "tools/call create_payment_link". */
    const char *label;
    struct sl_headers headers;
    bool is_repeatable;
    /** Part of opening the session: does not wait for it. */
    bool is_handshake;
    bool are_big_integers_strings;
    sl_mcp_end_fn *on_end;
    /** Of on_end: the caller's callback and argument. */
    void *owner;
    sl_mcp_tool_done_fn *done;
    sl_mcp_progress_fn *on_progress;
    /** Of tools/call; owned by arena. */
    const char *tool;
    int64_t began_ns;
    struct sl_span *span;

    int64_t deadline_ms;
    struct sl_timer timer;
    struct sl_error cancelled;
    /** Opening that it waits for; session that it was sent in. */
    uint64_t opening, generation;
    /** Whether it was sent with a session's id, and whether once before in another. */
    bool has_session, has_changed_session;

    /* The exchange under way. */
    struct sl_http_exchange *exchange;
    int status;
    bool is_event_stream;
    bool is_json;
    /** Something may have reached the server in an exchange before this one. */
    bool is_resuming;
    char *session_id;
    struct sl_text body;
    struct sl_sse_parser events;
    struct sl_text last_event_id;
    struct sl_timer resume_timer;
    size_t drained_bytes;
    /** Why reading was given up; code SL_OK where it was not. */
    struct sl_error fault;
    /** The answer of an event stream. */
    json_t *answer;
    /** A JSON-RPC error's code, 0 where there was none, and its data, borrowed while its end is
     * told.
     */
    json_int_t error_number;
    const json_t *error_data;
};

enum sl_mcp_session_state { SL_MCP_CLOSED, SL_MCP_OPENING, SL_MCP_OPEN };

/** How requests are made in one era of the protocol. All functions: loop only. */
struct sl_mcp_era {
    /** Begins to open; ends in sl_mcp_session_opened() or sl_mcp_session_failed(). */
    enum sl_code (*open)(struct sl_mcp_client *client, struct sl_error *err);
    /** Optional. Adds to the message what this era wants, each time it is sent. */
    enum sl_code (*prepare)(struct sl_mcp_request *request, struct sl_error *err);
    /** Adds the headers that this era wants. */
    enum sl_code (*add_headers)(struct sl_mcp_request *request, struct sl_headers *headers,
                                struct sl_error *err);
    /** Whether the answer says that what was opened is stale. */
    bool (*is_stale)(const struct sl_mcp_request *request);
    /** Says goodbye, without waiting. */
    void (*close)(struct sl_mcp_client *client);
    /** Optional. The request whose answer is what the server says by itself (a new reference, NULL
     * when memory is out); where absent, that is a GET. */
    json_t *(*make_listen)(struct sl_mcp_client *client);
    /** Requests are cancelled by hanging up, and the server asks nothing. */
    bool is_stateless;
};

extern const struct sl_mcp_era sl_mcp_era_unknown;
extern const struct sl_mcp_era sl_mcp_era_sessions;
extern const struct sl_mcp_era sl_mcp_era_stateless;

/** The stream of what the server says by itself (GET). Owned by itself: freed when off the wire. */
struct sl_mcp_listener;

struct sl_mcp_client {
    struct sl_loop *loop;
    struct sl_http_client *http;
    struct sl_arena *arena;
    const char *endpoint, *name, *version;
    struct sl_headers headers;
    int64_t default_timeout_ms;
    void (*on_tools_changed)(void *arg);
    void *arg;

    /** Callbacks under way that look at the client afterwards. */
    int references;
    bool is_closing;
    struct sl_mcp_request *requests, *last_request;
    int64_t last_id;

    const struct sl_mcp_era *era;
    /** The caller said which. */
    bool is_era_fixed;
    /** How often server/discover was asked in this opening. */
    int discoveries;
    enum sl_mcp_session_state state;
    /** NULL where the server gave none. */
    char *session_id;
    const char *revision;
    uint64_t opening, generation;
    struct sl_mcp_listener *listener;
    /** What each request of the stateless era has in _meta; NULL until the first. */
    json_t *meta;
    /** serverInfo; NULL where none was given. */
    json_t *info;
    /** As listed last, by name; NULL before. */
    json_t *tools;
    int64_t tools_ttl_ms;
    /** Those of requests to come. */
    struct sl_arena_pool arenas;
};

struct sl_mcp_client *sl_mcp_client_ref(struct sl_mcp_client *client);
void sl_mcp_client_unref(struct sl_mcp_client *client);

/* ---- client.c ---- */

/** SL_CANCELLED where the client is being freed. */
enum sl_code sl_mcp_client_check_open(const struct sl_mcp_client *client, struct sl_error *err);
/** Keeps serverInfo; info may be NULL. */
void sl_mcp_client_take_info(struct sl_mcp_client *client, json_t *info);

/* ---- request.c ---- */

struct sl_mcp_request_options {
    const char *method;
    /** Taken, also on failure. May be NULL. */
    json_t *params;
    /** For errors; borrowed until return. */
    const char *label;
    int64_t timeout_ms;
    bool is_notification, is_handshake, is_repeatable;
    const struct sl_headers *headers;
    sl_mcp_end_fn *on_end;
    void *owner;
};

/** A request that is sent when the session is open, or at once where it is part of opening. */
SL_MUST_USE enum sl_code sl_mcp_request_start(struct sl_mcp_client *client,
                                              const struct sl_mcp_request_options *options,
                                              struct sl_mcp_request **ret_request,
                                              struct sl_error *err);
/** Sends message (taken) and looks at no answer. */
void sl_mcp_post_and_forget(struct sl_mcp_client *client, json_t *message);
/** Tells the end, once, and lets go. */
void sl_mcp_request_end(struct sl_mcp_request *request, const struct sl_error *error,
                        json_t *result);
/** Tells an end made of code and text, with "<endpoint>: <label>: " before it. */
void sl_mcp_request_fail(struct sl_mcp_request *request, enum sl_code code, enum sl_outcome outcome,
                         const char *format, ...) SL_PRINTF(4, 5);
/** notifications/cancelled: the server may stop working on what nobody waits for (MCP,
 * basic/utilities). */
void sl_mcp_request_tell_cancelled(const struct sl_mcp_request *request, const char *reason);
/** Frees what has ended and is off the wire. */
void sl_mcp_request_collect(struct sl_mcp_request *request);
/** From the head of the answer on: the deadline is the request's own, not the exchange's. */
void sl_mcp_request_watch(struct sl_mcp_request *request);
/** Waits for the session, opening it where it is closed. */
enum sl_code sl_mcp_request_enqueue(struct sl_mcp_request *request, struct sl_error *err);

/* ---- transfer.c ---- */

enum sl_code sl_mcp_transfer_start(struct sl_mcp_request *request, struct sl_error *err);
/** Every header of an exchange: the era's, the request's, the client's. */
enum sl_code sl_mcp_add_all_headers(struct sl_mcp_request *request, struct sl_headers *ret_headers,
                                    struct sl_error *err);
/** Milliseconds until the deadline, at least 1. */
int64_t sl_mcp_time_left(const struct sl_mcp_request *request);
bool sl_mcp_is_media_type(const char *value, const char *type);

/* ---- answer.c ---- */

/** Makes what it can of a request whose exchange is over with an answer, and ends it. */
void sl_mcp_request_settle(struct sl_mcp_request *request);
/** Reads a message of an event stream; true where it is the request's answer, or none at all. */
bool sl_mcp_request_take_event(struct sl_mcp_request *request, const char *data, size_t length);
/** Handles what the server says beside answers. */
void sl_mcp_take_server_message(struct sl_mcp_client *client, json_t *json);

/* ---- tool_result.c ---- */

/** A tool's result and what it points into. Zeroed it is empty; sl_mcp_tool_value_done() frees. */
struct sl_mcp_tool_value {
    struct sl_mcp_tool_result result;
    json_t *value;
    struct sl_text text;
};

/** result: of a JSON-RPC answer; borrowed as long as ret_value is used. Errors: SL_DATA_LOSS. */
enum sl_code sl_mcp_read_tool_result(json_t *result, struct sl_mcp_tool_value *ret_value,
                                     struct sl_error *err);
void sl_mcp_tool_value_done(struct sl_mcp_tool_value *value);

/* ---- tools.c ---- */

/** Whether a tool's result is what its outputSchema promises; an unknown tool's is. SL_DATA_LOSS.
 */
enum sl_code sl_mcp_check_output(const struct sl_mcp_client *client, const char *tool,
                                 const json_t *result, struct sl_error *err);

/* ---- era.c ---- */

/** The server may be another one: it is asked again. */
void sl_mcp_era_forget(struct sl_mcp_client *client);

/* ---- session.c ---- */

enum sl_code sl_mcp_session_open(struct sl_mcp_client *client, struct sl_error *err);
void sl_mcp_session_opened(struct sl_mcp_client *client);
void sl_mcp_session_failed(struct sl_mcp_client *client, const struct sl_error *error);
/** Forgets a session that the server does not know any more. */
void sl_mcp_session_forget(struct sl_mcp_client *client);

/* ---- listener.c ---- */

void sl_mcp_listener_start(struct sl_mcp_client *client);
void sl_mcp_listener_stop(struct sl_mcp_client *client);

#endif
