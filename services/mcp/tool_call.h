#ifndef MCP_TOOL_CALL_H
#define MCP_TOOL_CALL_H

#include <string.h>

#include "base/clock.h"
#include "loop/loop.h"
#include "mcp/server.h"
#include "services/mcp/dealership.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Carries out one call: reads the arguments, which fit the tool's schema, and asks the dealership.
 */
typedef enum sl_code tool_operation_fn(const struct dealership *d, const json_t *arguments,
                                       json_t **ret_result, struct sl_error *err);

/** A tool and what it does. A tool that is not read-only runs in a write and honours idempotency
 * keys. */
struct tool {
    struct sl_mcp_tool declaration;
    tool_operation_fn *operation;
};

struct mailer;
struct desk_call;

/** A reference server's counter: where its tool calls arrive. Loop only. */
struct tool_desk {
    const char *server_name;
    struct sl_loop *loop;
    struct sl_store *store;
    const struct tool *tools;
    size_t tool_count;
    const char *data_dir;
    const char *link_base;
    bool has_own_page;
    /** NULL: no mail is sent. */
    const struct mailer *mailer;
    /** Calls whose mail is under way. */
    struct desk_call *mailing;
};

/** What an operation of this server works with, now; who asks is left out. */
static inline struct dealership tool_desk_dealership(const struct tool_desk *desk)
{
    struct dealership d;
    memset(&d, 0, sizeof(d));
    d.now_ms = sl_clock_wall_ms(sl_loop_clock(desk->loop));
    d.data_dir = desk->data_dir;
    d.link_base = desk->link_base;
    d.has_own_page = desk->has_own_page;
    return d;
}

/** The handler of every tool; self is a struct tool_desk. */
void tool_desk_handle(void *self, struct sl_mcp_tool_request *request);

/** JSON text out of JSON source, so that schemas stand in the C files as they are. */
#define JSON_TEXT(...) #__VA_ARGS__

#ifdef __cplusplus
}
#endif

#endif
