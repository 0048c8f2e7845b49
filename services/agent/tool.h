#ifndef AGENT_TOOL_H
#define AGENT_TOOL_H

#include <jansson.h>
#include <stdbool.h>

#include "json/schema.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A tool as its MCP server describes it. Owned by the toolbox. Source: MCP 2025-11-25,
 * server/tools, "Tool". */
struct agent_tool {
    const char *name;
    const char *description;
    /** NULL where the server gave none. */
    json_t *input_schema;
    /** Compiled patterns of the schemas; NULL for none. Loop only. */
    struct sl_patterns *patterns;
    /** Everything the server said of it. */
    json_t *definition;
    bool is_read_only;
    bool is_idempotent;
    /** Says in its _meta that it honours "io.servicelane/idempotency-key". */
    bool honours_idempotency_key;
};

/** Reads one entry of tools/list; false where it is no tool. *ret_tool borrows from definition. */
bool agent_tool_read(json_t *definition, struct agent_tool *ret_tool);

/** Whether a call whose outcome is unknown may be made again, with or without the key it had. */
static inline bool agent_tool_is_repeatable(const struct agent_tool *tool, bool has_key)
{
    return tool != NULL && (tool->is_read_only || tool->is_idempotent ||
                            (has_key && tool->honours_idempotency_key));
}

#ifdef __cplusplus
}
#endif

#endif
