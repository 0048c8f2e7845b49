#ifndef SL_TESTS_MCP_CONFORMANCE_TOOLS_H
#define SL_TESTS_MCP_CONFORMANCE_TOOLS_H

#include "test_tools.h"

/** The tools that the official conformance suite calls by name; self is a struct test_tools. */
extern const struct sl_mcp_tool conformance_tool_table[];
extern const size_t conformance_tool_count;

#endif
