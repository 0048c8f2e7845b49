#ifndef SL_MCP_CLIENT_H
#define SL_MCP_CLIENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "http/client.h"
#include "http/headers.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A client of one MCP server over Streamable HTTP, of revision 2026-07-28 or of one with sessions:
 * found out by the first request (server/discover) and remembered. Sessions come and go by
 * themselves: a stale one (404 or 400) leads to a new one. Loop only.
 */
struct sl_mcp_client;

struct sl_mcp_client_options {
    /** Required. URL of the endpoint, such as "http://localhost:3002/mcp". Copied. */
    const char *endpoint;
    /** Optional. Sent with every request that brings no value of its own for the same name. Copied.
     */
    const struct sl_headers *headers;
    /** Required. clientInfo. Copied. */
    const char *client_name;
    const char *client_version;
    /** Optional. Milliseconds for a request that says nothing else; 0 means 30,000. */
    int64_t default_timeout_ms;
    /** Optional. Sent as "Authorization: Bearer ..."; NULL or "" for none. Copied. */
    const char *bearer_token;
    /** Optional. Speaks this revision without asking ("2026-07-28"; "2025-11-25" stands for all
     * with sessions). Borrowed until return. */
    const char *revision;
    /** Optional. The server said that its tools changed. */
    void (*on_tools_changed)(void *arg);
    void *arg;
};

SL_MUST_USE enum sl_code sl_mcp_client_new(struct sl_loop *loop, struct sl_http_client *http,
                                           const struct sl_mcp_client_options *options,
                                           struct sl_mcp_client **ret_client, struct sl_error *err);

/** Ends the session (DELETE, not awaited); requests under way end with SL_CANCELLED before this
 * returns. May be NULL. */
void sl_mcp_client_free(struct sl_mcp_client *client);

/** tools: a JSON array of all pages' tools as the server gave them. Borrowed until return (incref
 * to keep). */
typedef void sl_mcp_tools_fn(const struct sl_error *error, json_t *tools, void *arg);

/** tools/list, every page of it. done as everywhere. Source: MCP 2025-11-25, server/tools, "Listing
 * Tools". */
SL_MUST_USE enum sl_code sl_mcp_list_tools_start(struct sl_mcp_client *client, int64_t timeout_ms,
                                                 sl_mcp_tools_fn *done, void *arg,
                                                 struct sl_error *err);

/** How long the tools listed last may be taken for current: milliseconds from the listing on, the
 * shortest of its pages; 0 where the server says nothing. on_tools_changed ends it early. Source:
 * MCP 2026-07-28, server/utilities/caching. */
int64_t sl_mcp_client_tools_ttl_ms(const struct sl_mcp_client *client);

/** What is known of the server. Texts are borrowed until the next request ends; NULL where the
 * server said nothing, or was not asked yet. */
struct sl_mcp_server_info {
    /** Revision of MCP that is spoken with it. */
    const char *revision;
    const char *name;
    const char *version;
};
void sl_mcp_client_server(const struct sl_mcp_client *client, struct sl_mcp_server_info *ret_info);

/** What a tool says of its way while it is under way: progress grows; total is 0 and message NULL
 * where they are not given. arg: of the call. */
typedef void sl_mcp_progress_fn(double progress, double total, const char *message, void *arg);

struct sl_mcp_tool_call {
    /** Required. */
    const char *tool;
    /** Required. A JSON object. Borrowed until start returns. */
    json_t *arguments;
    /** Optional. Milliseconds for the whole call; 0 means the client's default. */
    int64_t timeout_ms;
    /** Optional. Goes into _meta as "io.servicelane/idempotency-key". */
    const char *idempotency_key;
    /** Optional. Goes into _meta as "traceparent". */
    const char *traceparent;
    /** Optional. Headers of this call, in place of the client's of the same names. Borrowed until
     * start returns. */
    const struct sl_headers *headers;
    /** Whether the call may be sent again by the transport: the tool is read-only or honours keys.
     */
    bool is_repeatable;
    /** Optional. Asks for notifications of progress; loop, before done. */
    sl_mcp_progress_fn *on_progress;
};

/**
 * How a tool call ended.
 *   error->code SL_OK         the tool answered; is_error says whether with a refusal
 *   SL_INVALID_ARGUMENT, ...  the server refused the request (JSON-RPC error): outcome not_executed
 *   SL_FAILED_PRECONDITION    the tool asks for input (input_required), which nobody here can give:
 *                             outcome not_executed
 *   SL_UNAVAILABLE, SL_DEADLINE_EXCEEDED, SL_CANCELLED, SL_DATA_LOSS (an answer that is none):
 *                             error->outcome says not_executed or unknown
 */
struct sl_mcp_tool_result {
    bool is_error;
    /** structuredContent, else the text parsed as JSON, else {"text": ...}. Borrowed until return.
     */
    json_t *value;
    /** The text of an is_error answer. Borrowed until return. */
    const char *error_text;
    /** _meta of the result, NULL where absent. */
    json_t *meta;
};

typedef void sl_mcp_tool_done_fn(const struct sl_error *error,
                                 const struct sl_mcp_tool_result *result, void *arg);

/** A call under way, for sl_mcp_cancel(). Dead when done has run. */
struct sl_mcp_request;

/** tools/call. done on SL_OK runs exactly once, on the loop, never inside; ret_request may be NULL.
 *  Source: MCP 2025-11-25, server/tools, "Calling Tools". */
SL_MUST_USE enum sl_code sl_mcp_call_tool_start(struct sl_mcp_client *client,
                                                const struct sl_mcp_tool_call *call,
                                                sl_mcp_tool_done_fn *done, void *arg,
                                                struct sl_mcp_request **ret_request,
                                                struct sl_error *err);

/** Tells the server (notifications/cancelled, or by hanging up) and ends with SL_CANCELLED; done
 * still runs. */
void sl_mcp_cancel(struct sl_mcp_request *request);

#ifdef __cplusplus
}
#endif

#endif
