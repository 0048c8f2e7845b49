#ifndef SL_MCP_PROTOCOL_H
#define SL_MCP_PROTOCOL_H

#include <stdbool.h>
#include <string.h>

/* What client and server of this folder have to spell the same. Source: MCP, basic/transports. */

/** The newest revision with sessions. */
#define SL_MCP_LATEST_REVISION "2025-11-25"
/** The revision without: each request says all about itself. */
#define SL_MCP_STATELESS_REVISION "2026-07-28"

#define SL_MCP_SESSION_HEADER "Mcp-Session-Id"
#define SL_MCP_REVISION_HEADER "MCP-Protocol-Version"
#define SL_MCP_METHOD_HEADER "Mcp-Method"
#define SL_MCP_NAME_HEADER "Mcp-Name"

/* Members of _meta. Source: MCP 2026-07-28, basic, "_meta". */
#define SL_MCP_META_REVISION "io.modelcontextprotocol/protocolVersion"
#define SL_MCP_META_CLIENT_INFO "io.modelcontextprotocol/clientInfo"
#define SL_MCP_META_CAPABILITIES "io.modelcontextprotocol/clientCapabilities"
#define SL_MCP_META_SERVER_INFO "io.modelcontextprotocol/serverInfo"
#define SL_MCP_META_SUBSCRIPTION "io.modelcontextprotocol/subscriptionId"
#define SL_MCP_META_PROGRESS_TOKEN "progressToken"
#define SL_MCP_META_KEY "io.servicelane/idempotency-key"
#define SL_MCP_META_HONOURS_KEY "io.servicelane/honours-idempotency-key"
#define SL_MCP_META_TRACEPARENT "traceparent"
/* Member of a JSON-RPC error's data: nothing was done. */
#define SL_MCP_NOT_EXECUTED "io.servicelane/not-executed"

/** The static name of a revision with sessions that is spoken here; NULL for another, or for NULL.
 */
static inline const char *sl_mcp_find_revision(const char *name)
{
    static const char *const revisions[] = {SL_MCP_LATEST_REVISION, "2025-06-18", "2025-03-26"};

    for (size_t i = 0; name && i < sizeof(revisions) / sizeof(revisions[0]); i++) {
        if (strcmp(revisions[i], name) == 0)
            return revisions[i];
    }
    return NULL;
}

#endif
