#include <string.h>

#include "base/id.h"
#include "base/memory.h"
#include "mcp/client_private.h"
#include "mcp/jsonrpc.h"

/* What the server says by itself, on a stream that stays open. Source: MCP 2025-11-25,
 * basic/transports, "Listening for Messages from the Server"; MCP 2026-07-28,
 * basic/patterns/subscriptions. */

#define HEAD_TIMEOUT_MS 30000
/* Servers write a comment now and then; ten minutes of nothing are a dead peer. */
#define IDLE_TIMEOUT_MS (10 * 60 * 1000)
#define FIRST_BACKOFF_MS 1000
#define MAX_BACKOFF_MS 60000
#define MAX_EVENT_BYTES ((size_t)1024 * 1024)

struct sl_mcp_listener {
    /** NULL once stopped: then it only waits for its exchange to end. */
    struct sl_mcp_client *client;
    struct sl_http_exchange *exchange;
    struct sl_timer timer;
    struct sl_sse_parser events;
    struct sl_text last_event_id;
    int64_t backoff_ms;
    /** Whether the server has this stream at all, and has had it before. */
    bool is_open, was_open, is_refused;
};

static void connect_stream(void *arg);

static void free_listener(struct sl_mcp_listener *listener)
{
    sl_timer_stop(&listener->timer);
    sl_sse_parser_done(&listener->events);
    sl_text_done(&listener->last_event_id);
    sl_free(listener);
}

static enum sl_http_flow on_head(int status, const struct sl_headers *headers, void *arg)
{
    struct sl_mcp_listener *listener = arg;
    bool was_open = listener->was_open;

    if (!listener->client)
        return SL_HTTP_ABORT;
    if (status != 200 ||
        !sl_mcp_is_media_type(sl_headers_get(headers, "Content-Type"), "text/event-stream")) {
        /* 405: the server has no such stream. 400 and 404: the session is stale, which the next
         * request finds out. A success that is no stream: an answer instead of a subscription. */
        listener->is_refused = (status / 100 == 4 && status != 429) || status / 100 == 2;
        return SL_HTTP_ABORT;
    }
    listener->is_open = true;
    listener->was_open = true;
    listener->backoff_ms = FIRST_BACKOFF_MS;
    /* What was said while the stream was down may be lost. */
    if (was_open)
        listener->client->on_tools_changed(listener->client->arg);
    return listener->client ? SL_HTTP_CONTINUE : SL_HTTP_ABORT;
}

static void on_event(const struct sl_sse_event *event, void *arg)
{
    struct sl_mcp_listener *listener = arg;
    struct sl_json_limits limits = {.max_depth = SL_JSONRPC_MAX_DEPTH};
    SL_CLEANUP(sl_json_cleanup) json_t *json = NULL;

    if (*event->id) {
        sl_text_clear(&listener->last_event_id);
        sl_text_append(&listener->last_event_id, event->id);
    }
    if (!listener->client || event->data_length == 0)
        return;
    if (sl_json_parse(event->data, event->data_length, &limits, &json, NULL) == SL_OK)
        sl_mcp_take_server_message(listener->client, json);
}

static enum sl_http_flow on_data(const void *bytes, size_t length, void *arg)
{
    struct sl_mcp_listener *listener = arg;
    struct sl_error error = {0};

    listener->events.max_event_bytes = MAX_EVENT_BYTES;
    if (sl_sse_parser_feed(&listener->events, bytes, length, on_event, listener, &error) != SL_OK)
        return SL_HTTP_ABORT;
    return listener->client ? SL_HTTP_CONTINUE : SL_HTTP_ABORT;
}

static void wait_and_connect(struct sl_mcp_listener *listener)
{
    int64_t wait_ms = listener->backoff_ms;

    if (listener->is_open && listener->events.retry_ms > 0)
        wait_ms = listener->events.retry_ms;
    /* Not all agents at once after a server's restart. */
    wait_ms += (int64_t)sl_random_below((uint64_t)wait_ms / 4 + 1);
    if (!listener->is_open)
        listener->backoff_ms *= 2;
    if (listener->backoff_ms > MAX_BACKOFF_MS)
        listener->backoff_ms = MAX_BACKOFF_MS;
    listener->is_open = false;
    sl_sse_parser_done(&listener->events);
    listener->events = (struct sl_sse_parser){0};
    /* Out of memory: the periodic listing of tools goes on without notifications. */
    if (sl_timer_start(listener->client->loop, &listener->timer, wait_ms, connect_stream,
                       listener) != SL_OK)
        listener->is_refused = true;
}

static void on_done(const struct sl_error *error, const struct sl_http_response *response,
                    void *arg)
{
    struct sl_mcp_listener *listener = arg;

    (void)error;
    (void)response;
    listener->exchange = NULL;
    if (!listener->client)
        free_listener(listener);
    else if (!listener->is_refused)
        wait_and_connect(listener);
}

/* The stream's request: GET, or a POST of what the era has for it. */
static enum sl_code make_stream_request(struct sl_mcp_listener *listener,
                                        struct sl_mcp_request *carrier, struct sl_headers *headers,
                                        struct sl_http_request *http)
{
    const struct sl_mcp_era *era = listener->client->era;
    char *text;

    if (!era->make_listen) {
        http->method = "GET";
        SL_TRY(sl_headers_add(headers, carrier->arena, "Accept", "text/event-stream"));
        if (listener->last_event_id.length > 0)
            SL_TRY(sl_headers_add(headers, carrier->arena, "Last-Event-ID",
                                  sl_text_string(&listener->last_event_id)));
        return sl_mcp_add_all_headers(carrier, headers, NULL);
    }
    http->method = "POST";
    carrier->message = sl_json_own(carrier->arena, era->make_listen(listener->client));
    if (!carrier->message)
        return SL_RESOURCE_EXHAUSTED;
    SL_TRY(era->prepare(carrier, NULL));
    text = sl_json_arena_text(carrier->message, SL_JSON_COMPACT, carrier->arena);
    if (!text)
        return SL_RESOURCE_EXHAUSTED;
    http->body = text;
    http->body_length = strlen(text);
    return sl_mcp_add_all_headers(carrier, headers, NULL);
}

static void connect_stream(void *arg)
{
    struct sl_mcp_listener *listener = arg;
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    struct sl_mcp_request carrier = {.client = listener->client, .arena = arena};
    struct sl_headers headers = {0};
    struct sl_http_request http = {
        .url = listener->client->endpoint,
        .headers = &headers,
        .timeout_ms = HEAD_TIMEOUT_MS,
        .is_stream = true,
        .idle_timeout_ms = IDLE_TIMEOUT_MS,
        .on_head = on_head,
        .on_data = on_data,
    };

    if (!arena || make_stream_request(listener, &carrier, &headers, &http) != SL_OK ||
        sl_http_request_start(listener->client->http, &http, on_done, listener, &listener->exchange,
                              NULL) != SL_OK)
        wait_and_connect(listener);
}

void sl_mcp_listener_start(struct sl_mcp_client *client)
{
    struct sl_mcp_listener *listener;

    sl_mcp_listener_stop(client);
    listener = sl_alloc(sizeof(*listener));
    /* Without memory there are no notifications; tools are listed every now and then all the same.
     */
    if (!listener)
        return;
    listener->client = client;
    listener->backoff_ms = FIRST_BACKOFF_MS;
    client->listener = listener;
    connect_stream(listener);
}

void sl_mcp_listener_stop(struct sl_mcp_client *client)
{
    struct sl_mcp_listener *listener = SL_TAKE(client->listener);

    if (!listener)
        return;
    listener->client = NULL;
    sl_timer_stop(&listener->timer);
    if (listener->exchange)
        sl_http_cancel(listener->exchange);
    else
        free_listener(listener);
}
