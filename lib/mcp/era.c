#include <string.h>

#include "mcp/client_private.h"
#include "mcp/jsonrpc.h"
#include "mcp/protocol.h"

/*
 * Which era a server is of: asked once with server/discover, which a server of 2026-07-28 answers
 * and an older one does not know; then remembered until the server turns out to be another. Source:
 * MCP 2026-07-28, basic/versioning, "Backward Compatibility with Initialization-Based Versions".
 */

static void settle(struct sl_mcp_client *client, const struct sl_mcp_era *era)
{
    struct sl_error error = {0};

    if (client->is_era_fixed && era != client->era) {
        sl_error_set(&error, SL_UNIMPLEMENTED, "%s: the server does not speak revision %s of MCP",
                     client->endpoint, SL_MCP_STATELESS_REVISION);
        sl_mcp_session_failed(client, &error);
        return;
    }
    client->era = era;
    if (era == &sl_mcp_era_stateless) {
        client->revision = SL_MCP_STATELESS_REVISION;
        sl_mcp_session_opened(client);
    } else if (era->open(client, &error) != SL_OK) {
        sl_mcp_session_failed(client, &error);
    }
}

static bool lists(const json_t *revisions, const char *revision)
{
    for (size_t i = 0; i < json_array_size(revisions); i++) {
        if (sl_text_equals(json_string_value(json_array_get(revisions, i)), revision))
            return true;
    }
    return false;
}

static bool lists_any_with_sessions(const json_t *revisions)
{
    for (size_t i = 0; i < json_array_size(revisions); i++) {
        if (sl_mcp_find_revision(json_string_value(json_array_get(revisions, i))))
            return true;
    }
    return false;
}

/* The server says what it speaks: the newest of both. False: nothing that is spoken here. */
static bool choose(struct sl_mcp_client *client, const json_t *revisions)
{
    if (lists(revisions, SL_MCP_STATELESS_REVISION))
        settle(client, &sl_mcp_era_stateless);
    else if (lists_any_with_sessions(revisions))
        settle(client, &sl_mcp_era_sessions);
    else
        return false;
    return true;
}

static void fail_to_choose(struct sl_mcp_client *client, const json_t *revisions)
{
    struct sl_error error = {0};
    const char *first = json_string_value(json_array_get(revisions, 0));

    sl_error_set(&error, SL_UNIMPLEMENTED,
                 "%s: server/discover: the server speaks revision %.40s of MCP, %s, %s, 2025-06-18 "
                 "or 2025-03-26 is wanted",
                 client->endpoint, first ? first : "(none named)", SL_MCP_STATELESS_REVISION,
                 SL_MCP_LATEST_REVISION);
    sl_mcp_session_failed(client, &error);
}

/* Faults that say nothing of the era: nobody answered, or the answer is about who asks or when. */
static bool is_about_something_else(const struct sl_mcp_request *request,
                                    const struct sl_error *error)
{
    static const int statuses[] = {401, 403, 429, 503};

    if (request->status == 0 || error->code == SL_DEADLINE_EXCEEDED ||
        error->code == SL_CANCELLED || error->code == SL_RESOURCE_EXHAUSTED)
        return true;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(statuses); i++) {
        if (request->status == statuses[i])
            return true;
    }
    /* A server of this era does not like the request itself: a handshake would not help. */
    return request->error_number == SL_JSONRPC_HEADER_MISMATCH ||
           request->error_number == SL_JSONRPC_MISSING_CAPABILITY;
}

static void on_refused(struct sl_mcp_request *request, const struct sl_error *error)
{
    struct sl_mcp_client *client = request->client;
    const json_t *supported = json_object_get(request->error_data, "supported");
    struct sl_error failure = *error;

    if (is_about_something_else(request, error)) {
        sl_mcp_session_failed(client, error);
        return;
    }
    if (request->error_number != SL_JSONRPC_UNSUPPORTED_REVISION || !json_is_array(supported)) {
        settle(client, &sl_mcp_era_sessions);
        return;
    }
    /* Once more where the revision that was refused is offered. */
    if (lists(supported, SL_MCP_STATELESS_REVISION) && client->discoveries == 1) {
        if (sl_mcp_era_unknown.open(client, &failure) != SL_OK)
            sl_mcp_session_failed(client, &failure);
    } else if (!choose(client, supported)) {
        fail_to_choose(client, supported);
    }
}

static void on_discovered(struct sl_mcp_request *request, const struct sl_error *error,
                          json_t *result)
{
    struct sl_mcp_client *client = request->client;
    const json_t *revisions = json_object_get(result, "supportedVersions");
    json_t *info;

    if (client->is_closing)
        return;
    if (error->code != SL_OK) {
        on_refused(request, error);
    } else if (!json_is_array(revisions)) {
        /* A server that answers anything with anything. */
        settle(client, &sl_mcp_era_sessions);
    } else {
        info = json_object_get(json_object_get(result, "_meta"), SL_MCP_META_SERVER_INFO);
        sl_mcp_client_take_info(client, info ? info : json_object_get(result, "serverInfo"));
        if (!choose(client, revisions))
            fail_to_choose(client, revisions);
    }
}

static enum sl_code discover(struct sl_mcp_client *client, struct sl_error *err)
{
    struct sl_mcp_request_options options = {
        .method = "server/discover",
        .params = json_object(),
        .label = "server/discover",
        .timeout_ms = client->default_timeout_ms,
        .is_handshake = true,
        .is_repeatable = true,
        .on_end = on_discovered,
    };

    if (!options.params)
        return sl_error_no_memory(err);
    client->discoveries++;
    return sl_mcp_request_start(client, &options, NULL, err);
}

static enum sl_code open_unknown(struct sl_mcp_client *client, struct sl_error *err)
{
    return discover(client, err);
}

static enum sl_code add_headers(struct sl_mcp_request *request, struct sl_headers *headers,
                                struct sl_error *err)
{
    return sl_mcp_era_stateless.add_headers(request, headers, err);
}

static enum sl_code prepare(struct sl_mcp_request *request, struct sl_error *err)
{
    return sl_mcp_era_stateless.prepare(request, err);
}

static bool is_never_stale(const struct sl_mcp_request *request)
{
    (void)request;
    return false;
}

static void close_nothing(struct sl_mcp_client *client)
{
    (void)client;
}

const struct sl_mcp_era sl_mcp_era_unknown = {
    .open = open_unknown,
    .prepare = prepare,
    .add_headers = add_headers,
    .is_stale = is_never_stale,
    .close = close_nothing,
};

void sl_mcp_era_forget(struct sl_mcp_client *client)
{
    client->discoveries = 0;
    if (!client->is_era_fixed)
        client->era = &sl_mcp_era_unknown;
}
