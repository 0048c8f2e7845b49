#include "base/memory.h"
#include "mcp/client_private.h"
#include "mcp/jsonrpc.h"
#include "mcp/protocol.h"

/*
 * The era of sessions (MCP 2025-11-25 and before): initialize, notifications/initialized, and the
 * id that each request carries from then on. Source: MCP 2025-11-25, basic/lifecycle and
 * basic/transports, "Session Management".
 */

/* ---- Any era: who waits for the opening ---- */

enum sl_code sl_mcp_session_open(struct sl_mcp_client *client, struct sl_error *err)
{
    enum sl_code code;

    client->opening++;
    client->discoveries = 0;
    client->state = SL_MCP_OPENING;
    code = client->era->open(client, err);
    if (code != SL_OK)
        client->state = SL_MCP_CLOSED;
    return code;
}

static struct sl_mcp_request *find_waiting(const struct sl_mcp_client *client, uint64_t opening)
{
    struct sl_mcp_request *request = client->requests;

    while (request && (request->state != SL_MCP_WAITING || request->opening > opening ||
                       request->is_handshake))
        request = request->next;
    return request;
}

void sl_mcp_session_opened(struct sl_mcp_client *client)
{
    uint64_t opening = client->opening;
    struct sl_mcp_request *request;

    client->state = SL_MCP_OPEN;
    client->generation++;
    sl_mcp_client_ref(client);
    while (!client->is_closing && (request = find_waiting(client, opening)) != NULL) {
        struct sl_error error = {0};

        if (sl_mcp_transfer_start(request, &error) != SL_OK)
            sl_mcp_request_fail(request, error.code, SL_OUTCOME_NOT_EXECUTED, "%s", error.message);
    }
    if (!client->is_closing && client->on_tools_changed)
        sl_mcp_listener_start(client);
    sl_mcp_client_unref(client);
}

void sl_mcp_session_failed(struct sl_mcp_client *client, const struct sl_error *error)
{
    uint64_t opening = client->opening;
    struct sl_error copy = *error;
    struct sl_mcp_request *request;

    sl_mcp_session_forget(client);
    sl_mcp_era_forget(client);
    /* None of those that wait was sent. */
    copy.outcome = SL_OUTCOME_NOT_EXECUTED;
    sl_mcp_client_ref(client);
    while (!client->is_closing && (request = find_waiting(client, opening)) != NULL)
        sl_mcp_request_end(request, &copy, NULL);
    sl_mcp_client_unref(client);
}

void sl_mcp_session_forget(struct sl_mcp_client *client)
{
    sl_mcp_listener_stop(client);
    sl_free(SL_TAKE(client->session_id));
    client->revision = NULL;
    client->state = SL_MCP_CLOSED;
}

/* ---- The handshake ---- */

static void on_initialized(struct sl_mcp_request *request, const struct sl_error *error,
                           json_t *result)
{
    struct sl_mcp_client *client = request->client;

    (void)result;
    if (client->is_closing)
        return;
    if (error->code != SL_OK)
        sl_mcp_session_failed(client, error);
    else
        sl_mcp_session_opened(client);
}

static enum sl_code take_session(struct sl_mcp_client *client, struct sl_mcp_request *request,
                                 const json_t *result, struct sl_error *err)
{
    struct sl_mcp_request_options next = {
        .method = "notifications/initialized",
        .label = "notifications/initialized",
        .timeout_ms = sl_mcp_time_left(request),
        .is_notification = true,
        .is_handshake = true,
        .is_repeatable = true,
        .on_end = on_initialized,
    };
    const char *given = sl_json_string(result, "protocolVersion");
    const char *revision = sl_mcp_find_revision(given);

    if (!revision)
        return sl_error_set(err, SL_UNIMPLEMENTED,
                            "%s: initialize: the server speaks revision %.40s of MCP, " //
                            "%s, 2025-06-18 or 2025-03-26 is wanted",
                            client->endpoint, given ? given : "(none named)",
                            SL_MCP_LATEST_REVISION);
    client->revision = revision;
    sl_mcp_client_take_info(client, json_object_get(result, "serverInfo"));
    client->session_id = SL_TAKE(request->session_id);
    return sl_mcp_request_start(client, &next, NULL, err);
}

static void on_initialize(struct sl_mcp_request *request, const struct sl_error *error,
                          json_t *result)
{
    struct sl_mcp_client *client = request->client;
    struct sl_error failure = *error;

    if (client->is_closing)
        return;
    if (failure.code == SL_OK && take_session(client, request, result, &failure) == SL_OK)
        return;
    sl_mcp_session_failed(client, &failure);
}

static enum sl_code open_session(struct sl_mcp_client *client, struct sl_error *err)
{
    struct sl_mcp_request_options options = {
        .method = "initialize",
        .params = json_pack("{s:s, s:{}, s:{s:s, s:s}}", "protocolVersion", SL_MCP_LATEST_REVISION,
                            "capabilities", "clientInfo", "name", client->name, "version",
                            client->version),
        .label = "initialize",
        .timeout_ms = client->default_timeout_ms,
        .is_handshake = true,
        .is_repeatable = true,
        .on_end = on_initialize,
    };

    if (!options.params)
        return sl_error_no_memory(err);
    return sl_mcp_request_start(client, &options, NULL, err);
}

/* ---- What each request carries ---- */

static enum sl_code add_session_headers(struct sl_mcp_request *request, struct sl_headers *headers,
                                        struct sl_error *err)
{
    const struct sl_mcp_client *client = request->client;

    if (client->session_id)
        SL_TRY(sl_headers_add(headers, request->arena, SL_MCP_SESSION_HEADER, client->session_id));
    if (client->revision)
        SL_TRY(sl_headers_add(headers, request->arena, SL_MCP_REVISION_HEADER, client->revision));
    (void)err;
    return SL_OK;
}

/* 404 is the specification's word for a session that is gone; older servers say 400. A 400 that is
 * about the request itself is none. */
static bool is_stale_session(const struct sl_mcp_request *request)
{
    SL_CLEANUP(sl_json_cleanup) json_t *json = NULL;
    json_int_t code;

    if (!request->has_session)
        return false;
    if (request->status == 404)
        return true;
    if (request->status != 400)
        return false;
    if (sl_json_parse(sl_text_string(&request->body), request->body.length, NULL, &json, NULL) !=
        SL_OK)
        return true;
    code = json_integer_value(json_object_get(json_object_get(json, "error"), "code"));
    return code != SL_JSONRPC_INVALID_PARAMS && code != SL_JSONRPC_METHOD_NOT_FOUND &&
           code != SL_JSONRPC_PARSE_ERROR;
}

static void forget(const struct sl_error *error, const struct sl_http_response *response, void *arg)
{
    (void)error;
    (void)response;
    (void)arg;
}

static void close_session(struct sl_mcp_client *client)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    struct sl_mcp_request carrier = {.client = client, .arena = arena};
    struct sl_headers headers = {0};
    struct sl_http_request http = {
        .method = "DELETE",
        .url = client->endpoint,
        .headers = &headers,
        .timeout_ms = client->default_timeout_ms,
        .max_body_bytes = 65536,
    };

    /* Where it cannot be said, the session expires by itself. */
    if (client->session_id && arena && sl_mcp_add_all_headers(&carrier, &headers, NULL) == SL_OK &&
        sl_http_request_start(client->http, &http, forget, NULL, NULL, NULL) != SL_OK)
        return;
}

const struct sl_mcp_era sl_mcp_era_sessions = {
    .open = open_session,
    .add_headers = add_session_headers,
    .is_stale = is_stale_session,
    .close = close_session,
};
