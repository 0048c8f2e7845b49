#ifndef SL_MCP_SERVER_H
#define SL_MCP_SERVER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "http/headers.h"
#include "http/server.h"
#include "loop/loop.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * An MCP server with tools, over Streamable HTTP at /mcp, for clients of 2026-07-28 and of the
 * revisions with sessions (2025-11-25, 2025-06-18, 2025-03-26) at the same time. Loop only.
 */
struct sl_mcp_server;

/** A tool call that waits for its answer: exactly one of sl_mcp_answer() and sl_mcp_refuse(). */
struct sl_mcp_tool_request;

typedef void sl_mcp_tool_handler_fn(void *self, struct sl_mcp_tool_request *request);

/** One tool. Texts are borrowed until sl_mcp_server_free(). */
struct sl_mcp_tool {
    /** Required. */
    const char *name;
    const char *title;
    /** Required. */
    const char *description;
    /** Required. JSON text of the schema of the arguments; checked before the handler runs. */
    const char *input_schema;
    /** Optional. JSON text of the schema of structuredContent. */
    const char *output_schema;
    /** Annotations. */
    bool is_read_only;
    bool is_destructive;
    bool is_idempotent;
    /** Goes into _meta as "io.servicelane/honours-idempotency-key". */
    bool honours_idempotency_key;
    /** Optional. A capability ("sampling") without which a client of 2026-07-28 is refused. */
    const char *required_capability;
    /** Required. Runs on the loop, never blocks. */
    sl_mcp_tool_handler_fn *handler;
};

struct sl_mcp_server_options {
    /** Required. host:port; port 0 lets the system choose. */
    const char *listen;
    /** Required. serverInfo. */
    const char *server_name;
    const char *server_version;
    /** Optional. How many tools a page of tools/list has; 0 means all. */
    size_t page_size;
    /** Optional. Answers what is for another path than /mcp, with self as its argument; who may
     * call there is its own concern. */
    sl_http_handler_fn *fallback;
    /** Given to every handler. */
    void *self;
    /** Optional. Connections at most; 0 means lib/http's own limit (4,096). */
    unsigned max_connections;
};

/** SL_UNAVAILABLE: the address is taken or cannot be bound; err names it. SL_INVALID_ARGUMENT: a
 * schema is no JSON. */
SL_MUST_USE enum sl_code sl_mcp_server_new(struct sl_loop *loop,
                                           const struct sl_mcp_server_options *options,
                                           const struct sl_mcp_tool *tools, size_t tool_count,
                                           struct sl_mcp_server **ret_server, struct sl_error *err);

/** Adds a tool while all is running and tells every session (notifications/tools/list_changed). */
SL_MUST_USE enum sl_code sl_mcp_server_add_tool(struct sl_mcp_server *server,
                                                const struct sl_mcp_tool *tool,
                                                struct sl_error *err);
void sl_mcp_server_remove_tool(struct sl_mcp_server *server, const char *name);

int sl_mcp_server_port(const struct sl_mcp_server *server);
void sl_mcp_server_stop_start(struct sl_mcp_server *server, int64_t grace_ms,
                              void (*done)(void *arg), void *arg);
void sl_mcp_server_free(struct sl_mcp_server *server);

/* ---- A tool call ---- */

/** Lives as long as the request. */
struct sl_arena *sl_mcp_request_arena(struct sl_mcp_tool_request *request);
const char *sl_mcp_request_tool(const struct sl_mcp_tool_request *request);
/** The arguments, which fit the tool's schema. Borrowed until answered. */
json_t *sl_mcp_request_arguments(const struct sl_mcp_tool_request *request);
/** From _meta; NULL where absent. */
const char *sl_mcp_request_idempotency_key(const struct sl_mcp_tool_request *request);
/** HTTP header of the request; NULL where absent. */
const char *sl_mcp_request_header(const struct sl_mcp_tool_request *request, const char *name);
/** Whether the client cancelled or left; the answer is due all the same. */
bool sl_mcp_request_is_cancelled(const struct sl_mcp_tool_request *request);

/** Answers with structuredContent and the same as text. value is taken. */
void sl_mcp_answer(struct sl_mcp_tool_request *request, json_t *value);
/** Answers with content, a list of items (text, image, ...), and structuredContent, which may be
 * NULL. Both are taken. */
void sl_mcp_answer_content(struct sl_mcp_tool_request *request, json_t *content,
                           json_t *structured);
/** Tells how far the work is, where the client asked to hear of it. progress grows from call to
 * call; total may be 0, message NULL. Before the answer. */
void sl_mcp_progress(struct sl_mcp_tool_request *request, double progress, double total,
                     const char *message);
/** Answers isError with text: the tool refuses, which is final. */
void sl_mcp_refuse(struct sl_mcp_tool_request *request, const char *text);
/** Answers a JSON-RPC error that says that nothing was done and trying again later may help. */
void sl_mcp_busy(struct sl_mcp_tool_request *request, const char *text);

#ifdef __cplusplus
}
#endif

#endif
