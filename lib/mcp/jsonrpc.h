#ifndef SL_MCP_JSONRPC_H
#define SL_MCP_JSONRPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * JSON-RPC 2.0 as MCP uses it: single messages, ids that are strings or integers and never null.
 */

/** Standard codes (JSON-RPC 2.0, 5.1), and MCP's own and ours in the range for servers. */
enum sl_jsonrpc_code {
    SL_JSONRPC_PARSE_ERROR = -32700,
    SL_JSONRPC_INVALID_REQUEST = -32600,
    SL_JSONRPC_METHOD_NOT_FOUND = -32601,
    SL_JSONRPC_INVALID_PARAMS = -32602,
    SL_JSONRPC_INTERNAL_ERROR = -32603,
    /* The request came without what the transport wants. */
    SL_JSONRPC_BAD_TRANSPORT = -32000,
    SL_JSONRPC_NO_SESSION = -32001,
    /* MCP 2026-07-28, schema: HeaderMismatch, MissingRequiredClientCapability,
     * UnsupportedProtocolVersion. */
    SL_JSONRPC_HEADER_MISMATCH = -32020,
    SL_JSONRPC_MISSING_CAPABILITY = -32021,
    SL_JSONRPC_UNSUPPORTED_REVISION = -32022,
    /* Nothing was done, and trying again later may help; data says so too. */
    SL_JSONRPC_BUSY = -32053,
};

/** How deep a message may nest: its own levels, and a value or a schema in it. */
#define SL_JSONRPC_MAX_DEPTH 64

enum sl_jsonrpc_kind {
    SL_JSONRPC_REQUEST,
    SL_JSONRPC_NOTIFICATION,
    SL_JSONRPC_RESULT,
    SL_JSONRPC_ERROR,
};

/** A message taken apart. All is borrowed from the JSON it was read from. */
struct sl_jsonrpc_message {
    enum sl_jsonrpc_kind kind;
    /** Of requests and results; NULL where an error has none. */
    json_t *id;
    /** Of requests and notifications. */
    const char *method;
    /** Of requests and notifications; NULL where absent. An object. */
    json_t *params;
    /** Of results. */
    json_t *result;
    /** Of errors: {code, message, data}. */
    json_t *error;
};

/** Errors: SL_INVALID_ARGUMENT, with what is wrong. ret_message may have its id set all the same,
 * for the answer. */
SL_MUST_USE enum sl_code sl_jsonrpc_read(json_t *json, struct sl_jsonrpc_message *ret_message,
                                         struct sl_error *err);

/* Builders. References given are taken, also on failure; NULL when memory is out. */

/** params may be NULL. */
json_t *sl_jsonrpc_request(int64_t id, const char *method, json_t *params);
json_t *sl_jsonrpc_notification(const char *method, json_t *params);
/** id is borrowed. */
json_t *sl_jsonrpc_result(json_t *id, json_t *result);
/** id is borrowed, NULL gives null; data may be NULL. */
json_t *sl_jsonrpc_error(json_t *id, int code, const char *message, json_t *data);

#ifdef __cplusplus
}
#endif

#endif
