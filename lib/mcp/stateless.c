#include "mcp/client_private.h"
#include "mcp/jsonrpc.h"
#include "mcp/param_headers.h"
#include "mcp/protocol.h"

/*
 * The era without sessions (MCP 2026-07-28): no handshake; each request says its revision, who asks
 * and what the client can do, and repeats in headers what a proxy may want to know. Source: MCP
 * 2026-07-28, basic, "_meta", and basic/transports, "Request Metadata".
 */

static enum sl_code open_stateless(struct sl_mcp_client *client, struct sl_error *err)
{
    /* Only where the revision was given: server/discover shows whether somebody is there. */
    return sl_mcp_era_unknown.open(client, err);
}

static json_t *meta_of(struct sl_mcp_client *client)
{
    if (!client->meta)
        client->meta =
            json_pack("{s:s, s:{s:s, s:s}, s:{}}", SL_MCP_META_REVISION, SL_MCP_STATELESS_REVISION,
                      SL_MCP_META_CLIENT_INFO, "name", client->name, "version", client->version,
                      SL_MCP_META_CAPABILITIES);
    return client->meta;
}

/* Members of our own in _meta (a key, a trace) stay. */
static enum sl_code add_meta(struct sl_mcp_request *request, struct sl_error *err)
{
    json_t *params = json_object_get(request->message, "params");
    json_t *meta = json_object_get(params, "_meta");
    json_t *own = meta_of(request->client);

    if (!params)
        return SL_OK;
    if (!meta) {
        meta = json_object();
        if (json_object_set_new(params, "_meta", meta) != 0)
            return sl_error_no_memory(err);
    }
    return own && json_object_update(meta, own) == 0 ? SL_OK : sl_error_no_memory(err);
}

static enum sl_code add_tool_headers(struct sl_mcp_request *request, struct sl_headers *headers,
                                     const json_t *params)
{
    const char *name = sl_json_string(params, "name");
    const json_t *tool = json_object_get(request->client->tools, name);
    const char *encoded = sl_mcp_encode_header(name, request->arena);

    if (!encoded)
        return SL_RESOURCE_EXHAUSTED;
    SL_TRY(sl_headers_refer(headers, request->arena, SL_MCP_NAME_HEADER, encoded));
    return sl_mcp_add_param_headers(json_object_get(tool, "inputSchema"),
                                    json_object_get(params, "arguments"), headers, request->arena);
}

static enum sl_code add_stateless_headers(struct sl_mcp_request *request,
                                          struct sl_headers *headers, struct sl_error *err)
{
    const char *method = sl_json_string(request->message, "method");
    const json_t *params = json_object_get(request->message, "params");
    enum sl_code code = sl_headers_refer(headers, request->arena, SL_MCP_REVISION_HEADER,
                                         SL_MCP_STATELESS_REVISION);

    if (code == SL_OK && method)
        code = sl_headers_refer(headers, request->arena, SL_MCP_METHOD_HEADER, method);
    if (code == SL_OK && sl_text_equals(method, "tools/call"))
        code = add_tool_headers(request, headers, params);
    return code == SL_OK ? SL_OK : sl_error_no_memory(err);
}

static bool is_known_error(json_int_t number)
{
    return number == SL_JSONRPC_HEADER_MISMATCH || number == SL_JSONRPC_MISSING_CAPABILITY ||
           (number <= SL_JSONRPC_INVALID_REQUEST && number >= SL_JSONRPC_INTERNAL_ERROR) ||
           number == SL_JSONRPC_PARSE_ERROR;
}

/* A refusal that is none of this era's comes from an older server in the place of the one that was
 * asked. */
static bool is_another_server(const struct sl_mcp_request *request)
{
    SL_CLEANUP(sl_json_cleanup) json_t *json = NULL;

    if (request->status != 400 && request->status != 404 && request->status != 405)
        return false;
    if (sl_json_parse(sl_text_string(&request->body), request->body.length, NULL, &json, NULL) !=
        SL_OK)
        return true;
    return !is_known_error(
        json_integer_value(json_object_get(json_object_get(json, "error"), "code")));
}

static void close_nothing(struct sl_mcp_client *client)
{
    (void)client;
}

/* subscriptions/listen, the one request whose answer stays open. Source: MCP 2026-07-28,
 * basic/patterns/subscriptions. */
static json_t *make_listen(struct sl_mcp_client *client)
{
    return sl_jsonrpc_request(++client->last_id, "subscriptions/listen",
                              json_pack("{s:{s:b}}", "notifications", "toolsListChanged", 1));
}

const struct sl_mcp_era sl_mcp_era_stateless = {
    .open = open_stateless,
    .prepare = add_meta,
    .add_headers = add_stateless_headers,
    .is_stale = is_another_server,
    .close = close_nothing,
    .make_listen = make_listen,
    .is_stateless = true,
};
