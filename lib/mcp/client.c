#include "mcp/client.h"

#include <string.h>

#include "base/memory.h"
#include "http/url.h"
#include "mcp/client_private.h"
#include "mcp/protocol.h"

#define DEFAULT_TIMEOUT_MS 30000

static enum sl_code copy_options(struct sl_mcp_client *client,
                                 const struct sl_mcp_client_options *options, struct sl_error *err)
{
    struct sl_url url;

    client->arena = sl_arena_new();
    if (!client->arena)
        return sl_error_no_memory(err);
    SL_TRY(sl_url_parse(options->endpoint, client->arena, &url, err));
    client->endpoint = sl_arena_strdup(client->arena, options->endpoint);
    client->name = sl_arena_strdup(client->arena, options->client_name);
    client->version = sl_arena_strdup(client->arena, options->client_version);
    if (!client->endpoint || !client->name || !client->version)
        return sl_error_no_memory(err);
    for (size_t i = 0; options->headers && i < options->headers->count; i++)
        SL_TRY(sl_headers_add(&client->headers, client->arena, options->headers->entries[i].name,
                              options->headers->entries[i].value));
    return SL_OK;
}

static void dispose(struct sl_mcp_client *client)
{
    sl_free(client->session_id);
    sl_arena_free(client->arena);
    sl_free(client);
}

struct sl_mcp_client *sl_mcp_client_ref(struct sl_mcp_client *client)
{
    client->references++;
    return client;
}

void sl_mcp_client_unref(struct sl_mcp_client *client)
{
    if (--client->references == 0)
        dispose(client);
}

enum sl_code sl_mcp_client_new(struct sl_loop *loop, struct sl_http_client *http,
                               const struct sl_mcp_client_options *options,
                               struct sl_mcp_client **ret_client, struct sl_error *err)
{
    struct sl_mcp_client *client = sl_alloc(sizeof(*client));
    enum sl_code code;

    if (!client)
        return sl_error_no_memory(err);
    code = copy_options(client, options, err);
    if (code != SL_OK) {
        dispose(client);
        return code;
    }
    client->loop = loop;
    client->http = http;
    client->references = 1;
    client->default_timeout_ms =
        options->default_timeout_ms > 0 ? options->default_timeout_ms : DEFAULT_TIMEOUT_MS;
    client->on_tools_changed = options->on_tools_changed;
    client->arg = options->arg;
    client->era = &sl_mcp_era_sessions;
    *ret_client = client;
    return SL_OK;
}

void sl_mcp_client_free(struct sl_mcp_client *client)
{
    if (!client)
        return;
    client->is_closing = true;
    sl_mcp_listener_stop(client);
    while (client->requests)
        sl_mcp_request_fail(client->requests, SL_CANCELLED,
                            client->requests->state == SL_MCP_WAITING ? SL_OUTCOME_NOT_EXECUTED
                                                                      : SL_OUTCOME_UNKNOWN,
                            "the client is closed");
    client->era->close(client);
    sl_mcp_client_unref(client);
}

static enum sl_code check_open(const struct sl_mcp_client *client, struct sl_error *err)
{
    if (!client->is_closing)
        return SL_OK;
    return sl_error_set(err, SL_CANCELLED, "%s: the client is closed", client->endpoint);
}

static int64_t timeout_or_default(const struct sl_mcp_client *client, int64_t timeout_ms)
{
    return timeout_ms > 0 ? timeout_ms : client->default_timeout_ms;
}

/* ---- tools/call ---- */

static void on_tool_end(struct sl_mcp_request *request, const struct sl_error *error,
                        json_t *result)
{
    struct sl_mcp_tool_value value = {0};
    struct sl_error failure = *error;

    if (failure.code == SL_OK)
        (void)(sl_mcp_read_tool_result(result, &value, &failure) == SL_OK);
    if (failure.code != SL_OK && result)
        sl_error_prefix(&failure, "%s: %s", request->client->endpoint, request->label);
    request->done.tool(&failure, failure.code == SL_OK ? &value.result : NULL, request->owner);
    sl_mcp_tool_value_done(&value);
}

static json_t *make_params(const struct sl_mcp_tool_call *call)
{
    json_t *meta = json_object();
    json_t *params = json_pack("{s:s, s:O}", "name", call->tool, "arguments", call->arguments);
    int failed = !meta || !params;

    if (!failed && call->idempotency_key)
        failed |= json_object_set_new(meta, SL_MCP_META_KEY, json_string(call->idempotency_key));
    if (!failed && call->traceparent)
        failed |=
            json_object_set_new(meta, SL_MCP_META_TRACEPARENT, json_string(call->traceparent));
    if (!failed && json_object_size(meta) > 0)
        failed |= json_object_set(params, "_meta", meta);
    json_decref(meta);
    if (!failed)
        return params;
    json_decref(params);
    return NULL;
}

enum sl_code sl_mcp_call_tool_start(struct sl_mcp_client *client,
                                    const struct sl_mcp_tool_call *call, sl_mcp_tool_done_fn *done,
                                    void *arg, struct sl_mcp_request **ret_request,
                                    struct sl_error *err)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text label = {0};
    struct sl_mcp_request_options options = {
        .method = "tools/call",
        .timeout_ms = timeout_or_default(client, call->timeout_ms),
        .is_repeatable = call->is_repeatable,
        .headers = call->headers,
        .on_end = on_tool_end,
        .owner = arg,
    };
    struct sl_mcp_request *request = NULL;

    SL_TRY(check_open(client, err));
    sl_text_printf(&label, "tools/call %s", call->tool);
    options.label = sl_text_string(&label);
    options.params = make_params(call);
    if (!options.params)
        return sl_error_no_memory(err);
    SL_TRY(sl_mcp_request_start(client, &options, &request, err));
    request->done.tool = done;
    request->are_big_integers_strings = true;
    if (ret_request)
        *ret_request = request;
    return SL_OK;
}

/* ---- tools/list, page by page ---- */

#define MAX_PAGES 1000
#define MAX_TOOLS 10000

struct listing {
    struct sl_mcp_client *client;
    json_t *tools;
    int64_t deadline_ms;
    size_t pages;
    sl_mcp_tools_fn *done;
    void *arg;
};

static enum sl_code list_page(struct listing *listing, const char *cursor, struct sl_error *err);

static void end_listing(struct listing *listing, const struct sl_error *error)
{
    listing->done(error, error->code == SL_OK ? listing->tools : NULL, listing->arg);
    json_decref(listing->tools);
    sl_free(listing);
}

static enum sl_code take_page(struct listing *listing, json_t *result, const char **ret_cursor,
                              struct sl_error *err)
{
    json_t *tools = json_object_get(result, "tools");
    const char *endpoint = listing->client->endpoint;

    if (!json_is_array(tools))
        return sl_error_set(err, SL_DATA_LOSS, "%s: tools/list: the result has no list of tools",
                            endpoint);
    for (size_t i = 0; i < json_array_size(tools); i++) {
        if (!sl_json_string(json_array_get(tools, i), "name"))
            return sl_error_set(err, SL_DATA_LOSS, "%s: tools/list: a tool has no name", endpoint);
    }
    if (json_array_extend(listing->tools, tools) != 0)
        return sl_error_no_memory(err);
    *ret_cursor = sl_json_string(result, "nextCursor");
    /* A server that gives the same page for ever shall not fill the memory. */
    if (++listing->pages > MAX_PAGES || json_array_size(listing->tools) > MAX_TOOLS)
        return sl_error_set(err, SL_DATA_LOSS,
                            "%s: tools/list: more than %d pages or %d tools are given", endpoint,
                            MAX_PAGES, MAX_TOOLS);
    return SL_OK;
}

static void on_page(struct sl_mcp_request *request, const struct sl_error *error, json_t *result)
{
    struct listing *listing = request->owner;
    struct sl_error failure = *error;
    const char *cursor = NULL;

    if (failure.code == SL_OK && take_page(listing, result, &cursor, &failure) == SL_OK && cursor &&
        list_page(listing, cursor, &failure) == SL_OK)
        return;
    end_listing(listing, &failure);
}

static enum sl_code list_page(struct listing *listing, const char *cursor, struct sl_error *err)
{
    int64_t left_ms = listing->deadline_ms - sl_loop_now_ms(listing->client->loop);
    struct sl_mcp_request_options options = {
        .method = "tools/list",
        .params = cursor ? json_pack("{s:s}", "cursor", cursor) : json_object(),
        .label = "tools/list",
        .timeout_ms = left_ms > 1 ? left_ms : 1,
        .is_repeatable = true,
        .on_end = on_page,
        .owner = listing,
    };
    if (!options.params)
        return sl_error_no_memory(err);
    return sl_mcp_request_start(listing->client, &options, NULL, err);
}

enum sl_code sl_mcp_list_tools_start(struct sl_mcp_client *client, int64_t timeout_ms,
                                     sl_mcp_tools_fn *done, void *arg, struct sl_error *err)
{
    struct listing *listing;
    enum sl_code code;

    SL_TRY(check_open(client, err));
    listing = sl_alloc(sizeof(*listing));
    if (!listing)
        return sl_error_no_memory(err);
    listing->client = client;
    listing->tools = json_array();
    listing->deadline_ms = sl_loop_now_ms(client->loop) + timeout_or_default(client, timeout_ms);
    listing->done = done;
    listing->arg = arg;
    code = listing->tools ? list_page(listing, NULL, err) : sl_error_no_memory(err);
    if (code != SL_OK) {
        json_decref(listing->tools);
        sl_free(listing);
    }
    return code;
}
