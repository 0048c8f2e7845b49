#include "rest-bridge/bridge.h"

#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "rest-bridge/answer.h"
#include "rest-bridge/call.h"

/* ---- requests ---- */

/** The path with a slash more or less at its end; owned by arena, NULL where there is none such. */
static char *other_slash(const char *path, struct sl_arena *arena)
{
    size_t length = strlen(path);
    if (length <= 1)
        return NULL;
    return path[length - 1] == '/' ? sl_arena_strndup(arena, path, length - 1)
                                   : sl_arena_printf(arena, "%s/", path);
}

/** As FastAPI: a path that fits but for the slash at its end is redirected. False where it does
 * not. */
static bool redirect(const struct bridge_listener *listener, struct sl_http_incoming *incoming)
{
    const struct sl_http_incoming_request *request = sl_http_incoming_request(incoming);
    struct sl_arena *arena = sl_http_incoming_arena(incoming);
    const char *host = sl_headers_get(request->headers, "Host");
    char *path = other_slash(request->path, arena);
    struct bridge_match match = {0};
    struct sl_headers headers = {0};
    if (path == NULL || host == NULL ||
        bridge_routes_match(listener->routes, request->method, path, arena, &match) != SL_OK ||
        (match.route == NULL && match.allow == NULL))
        return false;
    const char *location = sl_arena_printf(arena, "http://%s%s%s%s", host, path,
                                           request->query[0] != '\0' ? "?" : "", request->query);
    if (location == NULL || sl_headers_add(&headers, arena, "Location", location) != SL_OK)
        return false;
    sl_http_reply(incoming, 307, &headers, NULL, 0);
    return true;
}

static void on_request(void *arg, struct sl_http_incoming *incoming,
                       const struct sl_http_incoming_request *request)
{
    struct bridge_listener *listener = arg;
    struct bridge_match match = {0};
    struct sl_arena *arena = sl_http_incoming_arena(incoming);
    if (bridge_routes_match(listener->routes, request->method, request->path, arena, &match) !=
        SL_OK)
        bridge_answer(incoming, 503, NULL);
    else if (match.route != NULL)
        bridge_call_start(listener, &match, incoming);
    else if (match.allow != NULL)
        bridge_answer_with(incoming, 405, "Method Not Allowed",
                           &(struct sl_header){"Allow", match.allow});
    else if (!redirect(listener, incoming))
        bridge_answer_detail(incoming, 404, "Not Found");
}

/* ---- life ---- */

static bool is_loopback(const char *listen)
{
    return strncmp(listen, "127.", 4) == 0 || strncmp(listen, "localhost:", 10) == 0 ||
           strncmp(listen, "[::1]:", 6) == 0;
}

static enum sl_code open_listener(struct bridge *bridge, struct bridge_listener *listener,
                                  const struct bridge_listener_options *options,
                                  struct sl_error *err)
{
    listener->bridge = bridge;
    listener->options = *options;
    listener->options.listen = sl_strdup(options->listen);
    listener->options.target = sl_strdup(options->target);
    if (listener->options.listen == NULL || listener->options.target == NULL)
        return sl_error_no_memory(err);
    struct sl_channel_options channel = {.target = options->target,
                                         .default_timeout_ms = bridge->request_timeout_ms,
                                         .health_service = options->service->name};
    struct sl_http_server_options server = {
        .listen = options->listen, .handler = on_request, .arg = listener};
    SL_TRY(bridge_routes_new(options->service, &listener->routes, err));
    SL_TRY(sl_channel_new(bridge->loop, &channel, &listener->channel, err));
    SL_TRY(sl_http_server_new(bridge->loop, &server, &listener->server, err));
    if (!is_loopback(options->listen))
        sl_log(SL_LOG_WARN,
               "open to the network without TLS and without keys: anybody who reaches "
               "it can move money",
               sl_field_string("service", options->name),
               sl_field_string("listen", options->listen));
    return SL_OK;
}

enum sl_code bridge_new(struct sl_loop *loop, const struct bridge_options *options,
                        struct bridge **ret_bridge, struct sl_error *err)
{
    struct bridge *bridge = sl_alloc(sizeof(*bridge));
    if (bridge == NULL)
        return sl_error_no_memory(err);
    bridge->loop = loop;
    bridge->request_timeout_ms = options->request_timeout_ms;
    bridge->workflow_timeout_ms = options->workflow_timeout_ms;
    bridge->listeners = sl_alloc_array(options->listener_count, sizeof(*bridge->listeners));
    enum sl_code code = bridge->listeners != NULL ? SL_OK : sl_error_no_memory(err);
    for (size_t i = 0; code == SL_OK && i < options->listener_count; i++) {
        bridge->listener_count++;
        code = open_listener(bridge, &bridge->listeners[i], &options->listeners[i], err);
    }
    if (code != SL_OK) {
        bridge_free(bridge);
        return code;
    }
    *ret_bridge = bridge;
    return SL_OK;
}

int bridge_port(const struct bridge *bridge, size_t index)
{
    return sl_http_server_port(bridge->listeners[index].server);
}

void bridge_free(struct bridge *bridge)
{
    if (bridge == NULL)
        return;
    for (size_t i = 0; i < bridge->listener_count; i++) {
        struct bridge_listener *listener = &bridge->listeners[i];
        sl_http_server_free(listener->server);
        sl_channel_free(listener->channel);
        bridge_routes_free(listener->routes);
        sl_free((char *)listener->options.listen);
        sl_free((char *)listener->options.target);
    }
    sl_free(bridge->listeners);
    sl_free(bridge);
}

/* ---- stopping: the listeners, then the calls that nobody waits for any more ---- */

static void finish_stop(struct bridge *bridge)
{
    void (*stopped)(void *arg) = bridge->stopped;
    bridge->stopped = NULL;
    if (stopped != NULL)
        stopped(bridge->stopped_arg);
}

void bridge_call_ended(struct bridge *bridge)
{
    if (bridge->is_stopping && bridge->running_servers == 0 && bridge->calls == NULL)
        finish_stop(bridge);
}

static void on_server_stopped(void *arg)
{
    struct bridge *bridge = arg;
    if (--bridge->running_servers > 0)
        return;
    for (struct bridge_call *call = bridge->calls; call != NULL; call = call->next) {
        if (call->call != NULL)
            sl_call_cancel(call->call);
    }
    bridge_call_ended(bridge);
}

void bridge_stop_start(struct bridge *bridge, int64_t grace_ms, void (*done)(void *arg), void *arg)
{
    bridge->is_stopping = true;
    bridge->stopped = done;
    bridge->stopped_arg = arg;
    bridge->running_servers = bridge->listener_count;
    for (size_t i = 0; i < bridge->listener_count; i++)
        sl_http_server_stop_start(bridge->listeners[i].server, grace_ms, on_server_stopped, bridge);
    if (bridge->listener_count == 0)
        finish_stop(bridge);
}
