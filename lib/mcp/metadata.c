#include <string.h>

#include "mcp/param_headers.h"
#include "mcp/protocol.h"
#include "mcp/server_private.h"

/*
 * What a request of 2026-07-28 says about itself, in _meta and once more in headers: both have to
 * be there and agree, so that nobody is led past a proxy's rules. Source: MCP 2026-07-28, basic,
 * "_meta", and basic/transports, "Server Validation".
 */

static const json_t *meta_of(const struct sl_mcp_post *post)
{
    return json_object_get(post->message.params, "_meta");
}

static const char *header_of(const struct sl_mcp_post *post, const char *name)
{
    return sl_headers_get(post->request->headers, name);
}

bool sl_mcp_is_stateless(const struct sl_mcp_post *post)
{
    return sl_text_equals(header_of(post, SL_MCP_REVISION_HEADER), SL_MCP_STATELESS_REVISION) ||
           json_object_get(meta_of(post), SL_MCP_META_REVISION);
}

json_t *sl_mcp_spoken_revisions(void)
{
    return json_pack("[s, s, s, s]", SL_MCP_STATELESS_REVISION, SL_MCP_LATEST_REVISION,
                     "2025-06-18", "2025-03-26");
}

static bool refuse(const struct sl_mcp_post *post, enum sl_jsonrpc_code code, const char *what,
                   json_t *data)
{
    sl_mcp_reply(post->incoming, 400, NULL,
                 sl_jsonrpc_error(post->message.id, (int)code, what, data));
    return false;
}

static bool check_meta(const struct sl_mcp_post *post)
{
    const json_t *meta = meta_of(post);

    if (!sl_json_string(meta, SL_MCP_META_REVISION))
        return refuse(post, SL_JSONRPC_INVALID_PARAMS,
                      "_meta: " SL_MCP_META_REVISION " is missing or no string", NULL);
    if (!json_is_object(json_object_get(meta, SL_MCP_META_CAPABILITIES)))
        return refuse(post, SL_JSONRPC_INVALID_PARAMS,
                      "_meta: " SL_MCP_META_CAPABILITIES " is missing or no object", NULL);
    return true;
}

static bool check_revision(const struct sl_mcp_post *post)
{
    const char *asked = sl_json_string(meta_of(post), SL_MCP_META_REVISION);

    if (!sl_text_equals(header_of(post, SL_MCP_REVISION_HEADER), asked))
        return refuse(post, SL_JSONRPC_HEADER_MISMATCH,
                      "the header MCP-Protocol-Version does not say what _meta says", NULL);
    if (strcmp(asked, SL_MCP_STATELESS_REVISION) == 0)
        return true;
    return refuse(
        post, SL_JSONRPC_UNSUPPORTED_REVISION, "Unsupported protocol version",
        json_pack("{s:o, s:s}", "supported", sl_mcp_spoken_revisions(), "requested", asked));
}

static bool check_names(const struct sl_mcp_post *post)
{
    struct sl_arena *arena = sl_http_incoming_arena(post->incoming);
    const char *name = header_of(post, SL_MCP_NAME_HEADER);
    const char *wanted = sl_json_string(post->message.params, "name");

    if (!sl_text_equals(header_of(post, SL_MCP_METHOD_HEADER), post->message.method))
        return refuse(post, SL_JSONRPC_HEADER_MISMATCH, "the header Mcp-Method is not the method",
                      NULL);
    if (strcmp(post->message.method, "tools/call") != 0 || !wanted)
        return true;
    if (!name || !sl_text_equals(sl_mcp_decode_header(name, arena), wanted))
        return refuse(post, SL_JSONRPC_HEADER_MISMATCH, "the header Mcp-Name is not params.name",
                      NULL);
    return true;
}

bool sl_mcp_check_metadata(const struct sl_mcp_post *post)
{
    return check_meta(post) && check_revision(post) && check_names(post);
}

static bool has_capability(const struct sl_mcp_post *post, const char *name)
{
    return json_object_get(json_object_get(meta_of(post), SL_MCP_META_CAPABILITIES), name);
}

bool sl_mcp_check_tool_metadata(const struct sl_mcp_post *post,
                                const struct sl_mcp_server_tool *tool)
{
    struct sl_arena *arena = sl_http_incoming_arena(post->incoming);
    const char *capability = tool->tool.required_capability;
    struct sl_error error = {0};

    if (sl_mcp_match_param_headers(tool->input_schema,
                                   json_object_get(post->message.params, "arguments"),
                                   post->request->headers, arena, &error) != SL_OK)
        return refuse(post, SL_JSONRPC_HEADER_MISMATCH, error.message, NULL);
    if (!capability || has_capability(post, capability))
        return true;
    return refuse(post, SL_JSONRPC_MISSING_CAPABILITY,
                  "the tool needs a capability that the client does not declare",
                  json_pack("{s:{s:{}}}", "requiredCapabilities", capability));
}

json_t *sl_mcp_finish_result(const struct sl_mcp_server *server, json_t *result)
{
    json_t *info = json_pack("{s:{s:s, s:s}}", SL_MCP_META_SERVER_INFO, "name", server->name,
                             "version", server->version);
    json_t *meta = json_object_get(result, "_meta");
    int failed = !result || !info;

    if (!failed)
        failed = json_object_set_new(result, "resultType", json_string("complete"));
    if (!failed)
        failed = meta ? json_object_update(meta, info) : json_object_set(result, "_meta", info);
    json_decref(info);
    if (!failed)
        return result;
    json_decref(result);
    return NULL;
}
