#ifndef SL_TESTS_MCP_TEST_TOOLS_H
#define SL_TESTS_MCP_TEST_TOOLS_H

#include <stddef.h>

#include "loop/timer.h"
#include "mcp/server.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The tools of the test server, for processes and for tests in one process.
 *   echo {...}           answers its arguments, and with {"with_headers": true} what came with the
 * call slow {milliseconds}  answers after that time fail {text}          refuses with text busy
 * says that it is busy add_tool {name}      adds a tool of that name, which does what echo does
 *   remove_tool {name}   removes it
 */
struct test_tools {
    struct sl_loop *loop;
    struct sl_mcp_server *server;
    /** Calls that reached a handler. */
    int calls;
    /** Slow calls that were cancelled while they waited. */
    int cancelled;
    /** Slow calls that wait. */
    int waiting;
    /** Names of tools that were added; they live as long as this. */
    char *names[64];
    size_t name_count;
};

extern const struct sl_mcp_tool test_tool_table[];
extern const size_t test_tool_count;

void test_tools_done(struct test_tools *tools);

#ifdef __cplusplus
}
#endif

#endif
