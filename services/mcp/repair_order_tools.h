#ifndef MCP_REPAIR_ORDER_TOOLS_H
#define MCP_REPAIR_ORDER_TOOLS_H

#include "services/mcp/reference_server.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct tool repair_order_tools[];
extern const size_t repair_order_tool_count;

extern const struct reference_definition repair_orders_server;

#ifdef __cplusplus
}
#endif

#endif
