#ifndef AGENT_TOOLBOX_H
#define AGENT_TOOLBOX_H

#include <stddef.h>
#include <stdint.h>

#include "loop/loop.h"
#include "mcp/client.h"
#include "services/agent/tool.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The tools that the agent's MCP server offers: asked for at start, when the server says that they
 * changed, and at every interval. A server that is away is asked again soon, then ever more rarely,
 * at least once an interval; meanwhile the tools last known stay known. Loop only.
 */
struct agent_toolbox;

struct agent_toolbox_options {
    /** Required. Borrowed until agent_toolbox_free(). */
    struct sl_mcp_client *client;
    /** Required. For words; copied. */
    const char *endpoint;
    /** Required. Milliseconds between two looks. */
    int64_t interval_ms;
    /** Required. Milliseconds that a look may take. */
    int64_t timeout_ms;
};

/** Takes the first look at once. Errors: SL_RESOURCE_EXHAUSTED. */
SL_MUST_USE enum sl_code agent_toolbox_new(struct sl_loop *loop,
                                           const struct agent_toolbox_options *options,
                                           struct agent_toolbox **ret_toolbox,
                                           struct sl_error *err);

/** Looks no more; before the client is freed, because the loop may turn after that. toolbox may be
 * NULL. */
void agent_toolbox_stop(struct agent_toolbox *toolbox);

/** After the client is freed or without a request under way. toolbox may be NULL. */
void agent_toolbox_free(struct agent_toolbox *toolbox);

/** Looks again now: the server said that its tools changed, or a call could not reach it. */
void agent_toolbox_refresh(struct agent_toolbox *toolbox);

/** Borrowed until the loop's next turn. NULL where no tool of that name is known. */
const struct agent_tool *agent_toolbox_find(const struct agent_toolbox *toolbox, const char *name);

/** All tools known, in the server's order; borrowed until the loop's next turn. */
const struct agent_tool *agent_toolbox_tools(const struct agent_toolbox *toolbox,
                                             size_t *ret_count);

/** Whether the last look went well. */
bool agent_toolbox_is_connected(const struct agent_toolbox *toolbox);

/** Why the toolbox is not connected, naming the endpoint; NULL while it is. */
const char *agent_toolbox_reason(const struct agent_toolbox *toolbox);

const char *agent_toolbox_endpoint(const struct agent_toolbox *toolbox);

#ifdef __cplusplus
}
#endif

#endif
