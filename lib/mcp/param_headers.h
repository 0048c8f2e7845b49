#ifndef SL_MCP_PARAM_HEADERS_H
#define SL_MCP_PARAM_HEADERS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "http/headers.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Members of a message that are repeated in headers, so that a proxy can read them. Source: MCP
 * 2026-07-28, basic/transports, "Request Metadata" and "Custom Headers from Tool Parameters".
 */

/** A value as it may stand in a header: itself, or "=?base64?...?=". Owned by arena; NULL when
 * memory is out. */
const char *sl_mcp_encode_header(const char *value, struct sl_arena *arena);

/** What a header's value stands for; NULL where it is base64 that is none. Owned by arena, or the
 * value itself. */
const char *sl_mcp_decode_header(const char *value, struct sl_arena *arena);

/** Whether every x-mcp-header of a tool's inputSchema is one that can be sent. SL_INVALID_ARGUMENT:
 * err says which is not. */
SL_MUST_USE enum sl_code sl_mcp_check_param_headers(const json_t *schema, struct sl_error *err);

/** Adds a header "Mcp-Param-..." for each argument that the schema wants repeated. */
SL_MUST_USE enum sl_code sl_mcp_add_param_headers(const json_t *schema, const json_t *arguments,
                                                  struct sl_headers *headers,
                                                  struct sl_arena *arena);

/** Whether the headers that came say what the arguments say. SL_INVALID_ARGUMENT: err says which
 * does not. */
SL_MUST_USE enum sl_code sl_mcp_match_param_headers(const json_t *schema, const json_t *arguments,
                                                    const struct sl_headers *headers,
                                                    struct sl_arena *arena, struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
