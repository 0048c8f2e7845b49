#include "mcp/client.h"

#include <string.h>

#include "base/memory.h"
#include "http/url.h"
#include "mcp/client_private.h"
#include "mcp/observed.h"
#include "mcp/protocol.h"

#define DEFAULT_TIMEOUT_MS 30000

static enum sl_code add_token(struct sl_mcp_client *client, const char *token, struct sl_error *err)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text value = {0};

    if (!token || !*token)
        return SL_OK;
    sl_text_printf(&value, "Bearer %s", token);
    if (sl_text_failed(&value))
        return sl_error_no_memory(err);
    if (sl_headers_add(&client->headers, client->arena, "Authorization", sl_text_string(&value)) !=
        SL_OK)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "%s: the bearer token is none that a header can hold",
                            client->endpoint);
    return SL_OK;
}

static enum sl_code choose_era(struct sl_mcp_client *client, const char *revision,
                               struct sl_error *err)
{
    client->era = &sl_mcp_era_unknown;
    client->is_era_fixed = revision != NULL;
    if (!revision)
        return SL_OK;
    if (strcmp(revision, SL_MCP_STATELESS_REVISION) == 0)
        client->era = &sl_mcp_era_stateless;
    else if (sl_mcp_find_revision(revision))
        client->era = &sl_mcp_era_sessions;
    else
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "revision %.40s of MCP is not spoken here; %s and %s are", revision,
                            SL_MCP_STATELESS_REVISION, SL_MCP_LATEST_REVISION);
    return SL_OK;
}

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
    SL_TRY(add_token(client, options->bearer_token, err));
    return choose_era(client, options->revision, err);
}

static void dispose(struct sl_mcp_client *client)
{
    sl_free(client->session_id);
    json_decref(client->meta);
    json_decref(client->info);
    json_decref(client->tools);
    sl_arena_pool_done(&client->arenas);
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

enum sl_code sl_mcp_client_check_open(const struct sl_mcp_client *client, struct sl_error *err)
{
    if (!client->is_closing)
        return SL_OK;
    return sl_error_set(err, SL_CANCELLED, "%s: the client is closed", client->endpoint);
}

void sl_mcp_client_take_info(struct sl_mcp_client *client, json_t *info)
{
    json_decref(client->info);
    client->info = json_incref(info);
}

void sl_mcp_client_server(const struct sl_mcp_client *client, struct sl_mcp_server_info *ret_info)
{
    *ret_info = (struct sl_mcp_server_info){
        .revision = client->revision,
        .name = sl_json_string(client->info, "name"),
        .version = sl_json_string(client->info, "version"),
    };
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
        (void)(sl_mcp_check_output(request->client, request->tool, result, &failure) == SL_OK &&
               sl_mcp_read_tool_result(result, &value, &failure) == SL_OK);
    sl_mcp_observe_end(request, &failure, value.result.is_error);
    if (failure.code != SL_OK && result)
        sl_error_prefix(&failure, "%s: %s", request->client->endpoint, request->label);
    request->done(&failure, failure.code == SL_OK ? &value.result : NULL, request->owner);
    sl_mcp_tool_value_done(&value);
}

static json_t *make_params(const struct sl_mcp_client *client, const struct sl_mcp_tool_call *call,
                           const char *traceparent)
{
    json_t *meta = json_object();
    json_t *params = json_pack("{s:s, s:O}", "name", call->tool, "arguments", call->arguments);
    int failed = !meta || !params;

    if (!failed && call->idempotency_key)
        failed |= json_object_set_new(meta, SL_MCP_META_KEY, json_string(call->idempotency_key));
    if (!failed && traceparent)
        failed |= json_object_set_new(meta, SL_MCP_META_TRACEPARENT, json_string(traceparent));
    /* The id that the request is about to get: unique among those under way. */
    if (!failed && call->on_progress)
        failed |= json_object_set_new(meta, SL_MCP_META_PROGRESS_TOKEN,
                                      json_integer(client->last_id + 1));
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

    SL_TRY(sl_mcp_client_check_open(client, err));
    sl_text_printf(&label, "tools/call %s", call->tool);
    options.label = sl_text_string(&label);
    struct sl_span *span = sl_mcp_observe_begin(SL_SPAN_CLIENT, call->tool, call->traceparent);
    options.params = make_params(client, call, sl_span_traceparent(span, call->traceparent));
    enum sl_code code = options.params ? sl_mcp_request_start(client, &options, &request, err)
                                       : sl_error_no_memory(err);
    if (code != SL_OK) {
        sl_span_end(span, sl_code_name(code));
        return code;
    }
    request->done = done;
    request->span = span;
    request->began_ns = sl_metric_now_ns();
    request->on_progress = call->on_progress;
    request->tool = request->label + strlen("tools/call ");
    request->are_big_integers_strings = true;
    if (ret_request)
        *ret_request = request;
    return SL_OK;
}
