#ifndef MCP_PAYMENT_TOOLS_H
#define MCP_PAYMENT_TOOLS_H

#include "services/mcp/reference_server.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct tool payment_tools[];
extern const size_t payment_tool_count;

extern const struct reference_definition payment_server;

#ifdef __cplusplus
}
#endif

#endif
