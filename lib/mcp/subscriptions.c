#include "base/memory.h"
#include "http/sse.h"
#include "mcp/protocol.h"
#include "mcp/server_private.h"

/* subscriptions/listen: a request whose answer stays open and says what changed. Source: MCP
 * 2026-07-28, basic/patterns/subscriptions. */

#define MAX_WAITING_BYTES ((size_t)1024 * 1024)

/** Owned by its incoming, which lives until the stream is ended. */
struct sl_mcp_subscription {
    struct sl_mcp_server *server;
    struct sl_mcp_subscription *previous, *next;
    struct sl_http_incoming *incoming;
    json_t *id;
    bool wants_tools;
};

static void end_subscription(struct sl_mcp_subscription *subscription)
{
    if (subscription->previous)
        subscription->previous->next = subscription->next;
    else
        subscription->server->subscriptions = subscription->next;
    if (subscription->next)
        subscription->next->previous = subscription->previous;
    sl_http_stream_end(subscription->incoming);
}

static void on_closed(void *arg)
{
    end_subscription(arg);
}

/* Sends message (taken). Without memory nobody is told, and clients find out at their next listing.
 * False: the stream is full and was ended. */
static bool send_message(struct sl_mcp_subscription *subscription, json_t *message)
{
    SL_CLEANUP(sl_json_cleanup) json_t *owned = message;
    SL_CLEANUP(sl_free_cleanup) char *text = owned ? sl_json_text(owned, SL_JSON_COMPACT) : NULL;
    SL_CLEANUP(sl_text_cleanup) struct sl_text event = {0};

    if (text)
        sl_sse_write(&event, "message", NULL, text);
    if (!text || sl_text_failed(&event) ||
        sl_http_stream_send(subscription->incoming, event.data, event.length) <= MAX_WAITING_BYTES)
        return true;
    end_subscription(subscription);
    return false;
}

static json_t *make_meta(const struct sl_mcp_subscription *subscription)
{
    return json_pack("{s:O}", SL_MCP_META_SUBSCRIPTION, subscription->id);
}

static json_t *make_acknowledgment(const struct sl_mcp_subscription *subscription)
{
    json_t *agreed =
        subscription->wants_tools ? json_pack("{s:b}", "toolsListChanged", 1) : json_object();

    return sl_jsonrpc_notification(
        "notifications/subscriptions/acknowledged",
        json_pack("{s:o, s:o}", "_meta", make_meta(subscription), "notifications", agreed));
}

void sl_mcp_subscribe(struct sl_mcp_post *post)
{
    struct sl_arena *arena = sl_http_incoming_arena(post->incoming);
    struct sl_mcp_subscription *subscription = sl_arena_alloc(arena, sizeof(*subscription));
    const json_t *filter = json_object_get(post->message.params, "notifications");
    struct sl_headers headers = {0};

    if (!json_is_object(filter)) {
        sl_mcp_reply_error(post, SL_JSONRPC_INVALID_PARAMS, "notifications is no object");
        return;
    }
    if (!subscription || !sl_mcp_add_stream_headers(&headers, arena)) {
        sl_mcp_reply(post->incoming, 500, NULL, NULL);
        return;
    }
    subscription->server = post->server;
    subscription->incoming = post->incoming;
    subscription->id = post->message.id;
    subscription->wants_tools = sl_json_bool(filter, "toolsListChanged", false);
    subscription->next = post->server->subscriptions;
    if (subscription->next)
        subscription->next->previous = subscription;
    post->server->subscriptions = subscription;
    sl_http_stream_begin(post->incoming, 200, &headers, on_closed, subscription);
    send_message(subscription, make_acknowledgment(subscription));
}

void sl_mcp_subscriptions_notify(struct sl_mcp_server *server, const char *method)
{
    struct sl_mcp_subscription *next;

    for (struct sl_mcp_subscription *s = server->subscriptions; s; s = next) {
        next = s->next;
        if (s->wants_tools)
            send_message(
                s, sl_jsonrpc_notification(method, json_pack("{s:o}", "_meta", make_meta(s))));
    }
}

void sl_mcp_subscriptions_keep_alive(struct sl_mcp_server *server)
{
    static const char comment[] = ": alive\n\n";
    struct sl_mcp_subscription *next;

    for (struct sl_mcp_subscription *s = server->subscriptions; s; s = next) {
        next = s->next;
        if (sl_http_stream_send(s->incoming, comment, sizeof(comment) - 1) > MAX_WAITING_BYTES)
            end_subscription(s);
    }
}

void sl_mcp_subscriptions_close(struct sl_mcp_server *server)
{
    while (server->subscriptions) {
        struct sl_mcp_subscription *first = server->subscriptions;
        json_t *result =
            json_pack("{s:s, s:o}", "resultType", "complete", "_meta", make_meta(first));

        if (send_message(first, result ? sl_jsonrpc_result(first->id, result) : NULL))
            end_subscription(first);
    }
}
