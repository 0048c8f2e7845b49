#ifndef MCP_PARTS_TOOLS_H
#define MCP_PARTS_TOOLS_H

#include "services/mcp/reference_server.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct tool parts_tools[];
extern const size_t parts_tool_count;

extern const struct reference_definition parts_server;

#ifdef __cplusplus
}
#endif

#endif
