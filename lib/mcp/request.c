#include <string.h>

#include "base/memory.h"
#include "mcp/client_private.h"
#include "mcp/jsonrpc.h"
#include "mcp/protocol.h"

/* The deadline of the exchange itself says more (whether a connection was there): let it come
 * first. */
#define DEADLINE_MARGIN_MS 200
/* How long a stream whose answer has come may take to end by itself, so that its connection is
 * kept. */
#define DRAIN_MS 1000

static void link_request(struct sl_mcp_request *request)
{
    struct sl_mcp_client *client = request->client;

    /* At the end: waiting requests go out in the order they came. */
    request->previous = client->last_request;
    if (request->previous)
        request->previous->next = request;
    else
        client->requests = request;
    client->last_request = request;
}

static void unlink_request(struct sl_mcp_request *request)
{
    struct sl_mcp_client *client = request->client;

    if (request->previous)
        request->previous->next = request->next;
    else
        client->requests = request->next;
    if (request->next)
        request->next->previous = request->previous;
    else
        client->last_request = request->previous;
    request->previous = NULL;
    request->next = NULL;
}

static void free_request(struct sl_mcp_request *request)
{
    sl_timer_stop(&request->timer);
    sl_timer_stop(&request->resume_timer);
    json_decref(request->message);
    json_decref(request->answer);
    sl_free(request->session_id);
    sl_text_done(&request->body);
    sl_text_done(&request->last_event_id);
    sl_sse_parser_done(&request->events);
    /* What outlives its client is off the wire later. */
    if (request->client)
        sl_arena_pool_give(&request->client->arenas, request->arena);
    else
        sl_arena_free(request->arena);
    sl_free(request);
}

void sl_mcp_request_collect(struct sl_mcp_request *request)
{
    if (request->state == SL_MCP_ENDED && !request->exchange)
        free_request(request);
}

static void stop_draining(void *arg)
{
    struct sl_mcp_request *request = arg;

    if (request->exchange)
        sl_http_cancel(request->exchange);
}

/* Lets a stream end by itself where its answer has come; cuts off everything else. */
static void let_go(struct sl_mcp_request *request)
{
    if (!request->exchange)
        return;
    if (request->answer && sl_timer_start(request->timer.loop, &request->timer, DRAIN_MS,
                                          stop_draining, request) == SL_OK)
        return;
    sl_http_cancel(request->exchange);
}

void sl_mcp_request_end(struct sl_mcp_request *request, const struct sl_error *error,
                        json_t *result)
{
    struct sl_mcp_client *client = request->client;

    if (request->state == SL_MCP_ENDED)
        return;
    unlink_request(request);
    request->state = SL_MCP_ENDED;
    sl_timer_stop(&request->timer);
    sl_timer_stop(&request->resume_timer);
    let_go(request);
    sl_mcp_client_ref(client);
    request->on_end(request, error, result);
    if (request->exchange)
        request->client = NULL;
    sl_mcp_request_collect(request);
    sl_mcp_client_unref(client);
}

void sl_mcp_request_fail(struct sl_mcp_request *request, enum sl_code code, enum sl_outcome outcome,
                         const char *format, ...)
{
    struct sl_error error = {.code = code};
    va_list rest;

    va_start(rest, format);
    sl_error_set_va(&error, code, format, rest);
    va_end(rest);
    sl_error_prefix(&error, "%s: %s", request->client->endpoint, request->label);
    error.code = code;
    error.outcome = outcome;
    sl_mcp_request_end(request, &error, NULL);
}

void sl_mcp_request_tell_cancelled(const struct sl_mcp_request *request, const char *reason)
{
    json_t *params;

    /* Without sessions hanging up says it. */
    if (request->state != SL_MCP_SENT || request->id == 0 || request->is_handshake ||
        request->client->era->is_stateless)
        return;
    params = json_pack("{s:I, s:s}", "requestId", (json_int_t)request->id, "reason", reason);
    sl_mcp_post_and_forget(request->client,
                           sl_jsonrpc_notification("notifications/cancelled", params));
}

static enum sl_outcome outcome_now(const struct sl_mcp_request *request)
{
    return request->state == SL_MCP_WAITING ? SL_OUTCOME_NOT_EXECUTED : SL_OUTCOME_UNKNOWN;
}

static void on_deadline(void *arg)
{
    struct sl_mcp_request *request = arg;

    sl_mcp_request_tell_cancelled(request, "the time for it is over");
    sl_mcp_request_fail(request, SL_DEADLINE_EXCEEDED, outcome_now(request),
                        "no answer within the time given");
}

void sl_mcp_request_watch(struct sl_mcp_request *request)
{
    /* Started already, so it is only moved. */
    if (sl_timer_start(request->client->loop, &request->timer, sl_mcp_time_left(request),
                       on_deadline, request) != SL_OK)
        return;
}

static void on_cancelled(void *arg)
{
    struct sl_mcp_request *request = arg;

    sl_mcp_request_tell_cancelled(request, "the caller does not wait any more");
    sl_mcp_request_fail(request, SL_CANCELLED, outcome_now(request), "cancelled by the caller");
}

void sl_mcp_cancel(struct sl_mcp_request *request)
{
    /* Told at the next turn: done never runs inside a call of its caller. A timer that is started
     * already is only moved, which needs no memory. */
    if (sl_timer_start(request->client->loop, &request->timer, 0, on_cancelled, request) != SL_OK)
        sl_timer_stop(&request->timer);
}

enum sl_code sl_mcp_request_enqueue(struct sl_mcp_request *request, struct sl_error *err)
{
    struct sl_mcp_client *client = request->client;

    if (request->is_handshake || client->state == SL_MCP_OPEN)
        return sl_mcp_transfer_start(request, err);
    request->state = SL_MCP_WAITING;
    if (client->state == SL_MCP_CLOSED)
        SL_TRY(sl_mcp_session_open(client, err));
    request->opening = client->opening;
    return SL_OK;
}

static enum sl_code copy_headers(struct sl_mcp_request *request, const struct sl_headers *headers,
                                 struct sl_error *err)
{
    for (size_t i = 0; headers && i < headers->count; i++) {
        if (sl_headers_add(&request->headers, request->arena, headers->entries[i].name,
                           headers->entries[i].value) != SL_OK)
            return sl_error_set(err, SL_INVALID_ARGUMENT, "%s: not a header that can be sent",
                                headers->entries[i].name);
    }
    return SL_OK;
}

static enum sl_code prepare(struct sl_mcp_request *request,
                            const struct sl_mcp_request_options *options, struct sl_error *err)
{
    request->arena = sl_arena_pool_take(&request->client->arenas);
    if (!request->arena)
        return sl_error_no_memory(err);
    request->label = sl_arena_strdup(request->arena, options->label);
    if (!request->label || !request->message)
        return sl_error_no_memory(err);
    SL_TRY(copy_headers(request, options->headers, err));
    if (sl_timer_start(request->client->loop, &request->timer,
                       options->timeout_ms + DEADLINE_MARGIN_MS, on_deadline, request) != SL_OK)
        return sl_error_no_memory(err);
    return SL_OK;
}

static struct sl_mcp_request *make_request(struct sl_mcp_client *client,
                                           const struct sl_mcp_request_options *options)
{
    struct sl_mcp_request *request = sl_alloc(sizeof(*request));

    if (!request) {
        json_decref(options->params);
        return NULL;
    }
    request->client = client;
    request->is_repeatable = options->is_repeatable;
    request->is_handshake = options->is_handshake;
    request->on_end = options->on_end;
    request->owner = options->owner;
    request->deadline_ms = sl_loop_now_ms(client->loop) + options->timeout_ms;
    request->timer.loop = client->loop;
    request->resume_timer.loop = client->loop;
    if (!options->is_notification)
        request->id = ++client->last_id;
    request->message = options->is_notification
                           ? sl_jsonrpc_notification(options->method, options->params)
                           : sl_jsonrpc_request(request->id, options->method, options->params);
    return request;
}

enum sl_code sl_mcp_request_start(struct sl_mcp_client *client,
                                  const struct sl_mcp_request_options *options,
                                  struct sl_mcp_request **ret_request, struct sl_error *err)
{
    struct sl_mcp_request *request = make_request(client, options);
    enum sl_code code;

    if (!request)
        return sl_error_no_memory(err);
    link_request(request);
    code = prepare(request, options, err);
    if (code == SL_OK)
        code = sl_mcp_request_enqueue(request, err);
    if (code != SL_OK) {
        unlink_request(request);
        free_request(request);
        return code;
    }
    if (ret_request)
        *ret_request = request;
    return SL_OK;
}

/* ---- Messages whose fate does not matter ---- */

static void forget(const struct sl_error *error, const struct sl_http_response *response, void *arg)
{
    (void)error;
    (void)response;
    (void)arg;
}

void sl_mcp_post_and_forget(struct sl_mcp_client *client, json_t *message)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    SL_CLEANUP(sl_json_cleanup) json_t *owned = message;
    char *text = owned && arena ? sl_json_arena_text(owned, SL_JSON_COMPACT, arena) : NULL;
    struct sl_mcp_request carrier = {.client = client, .arena = arena};
    struct sl_headers headers = {0};
    struct sl_http_request http = {
        .method = "POST",
        .url = client->endpoint,
        .headers = &headers,
        .body = text,
        .body_length = text ? strlen(text) : 0,
        .timeout_ms = client->default_timeout_ms,
        .max_body_bytes = 65536,
    };

    /* What cannot be told is not told: the server finds out by itself. */
    if (text && sl_mcp_add_all_headers(&carrier, &headers, NULL) == SL_OK &&
        sl_http_request_start(client->http, &http, forget, NULL, NULL, NULL) != SL_OK)
        return;
}
