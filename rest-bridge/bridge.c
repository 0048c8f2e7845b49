#include "rest-bridge/bridge.h"

#include <string.h>

#include "auth/exposure.h"
#include "base/memory.h"
#include "guard/guard.h"
#include "rest-bridge/answer.h"
#include "rest-bridge/assets.h"
#include "rest-bridge/call.h"
#include "rest-bridge/openapi.h"

/** The page for people is served beside the routes of this one. */
#define PAGE_SERVICE "servicelane.orchestrator.v1.Orchestrator"

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
    const char *location =
        sl_arena_printf(arena, "%s://%s%s%s%s", listener->has_tls ? "https" : "http", host, path,
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
    const char *id = sl_headers_get(request->headers, "X-Request-Id");
    if (id != NULL)
        sl_http_answer_header(incoming, "X-Request-Id", id);
    if (bridge_routes_match(listener->routes, request->method, request->path, arena, &match) !=
        SL_OK)
        bridge_answer(incoming, 503, NULL);
    else if (!bridge_door_admit(listener->bridge->door, listener->is_loopback, &match, incoming))
        return;
    else if (match.route != NULL)
        bridge_call_start(listener, &match, incoming);
    else if (match.allow != NULL)
        bridge_answer_with(incoming, 405, "Method Not Allowed",
                           &(struct sl_header){"Allow", match.allow});
    else if (!bridge_assets_answer(listener->assets, incoming) && !redirect(listener, incoming))
        bridge_answer_detail(incoming, 404, "Not Found");
}

/* ---- life ---- */

/** The service's OpenAPI document and /docs; with the page where workflows are. */
static enum sl_code open_assets(struct bridge_listener *listener,
                                const struct sl_guard_settings *guard, struct sl_error *err)
{
    SL_CLEANUP(sl_free_cleanup) char *document = NULL;
    bool is_protected =
        guard != NULL && (guard->keys_file[0] != '\0' || guard->jwks_file[0] != '\0' ||
                          guard->jwt_secret_file[0] != '\0');
    struct bridge_openapi_options openapi = {.name = listener->options.name,
                                             .service = listener->options.service,
                                             .is_protected = is_protected};
    SL_TRY(bridge_openapi_text(&openapi, &document, err));
    struct bridge_assets_options assets = {
        .openapi = document,
        .has_page = strcmp(listener->options.service->name, PAGE_SERVICE) == 0};
    return bridge_assets_new(&assets, &listener->assets, err);
}

static enum sl_code open_channel(struct bridge_listener *listener,
                                 const struct sl_guard_settings *guard, struct sl_error *err)
{
    struct sl_tls_options tls;
    struct sl_channel_options channel = {.target = listener->options.target,
                                         .default_timeout_ms = listener->bridge->request_timeout_ms,
                                         .health_service = listener->options.service->name};
    sl_guard_channel_options(guard, &tls, &channel);
    return sl_channel_new(listener->bridge->loop, &channel, &listener->channel, err);
}

static enum sl_code open_http(struct bridge_listener *listener,
                              const struct sl_guard_settings *guard, struct sl_error *err)
{
    struct sl_http_server_options server = {
        .listen = listener->options.listen, .handler = on_request, .arg = listener};
    listener->has_tls = guard != NULL && guard->certificate_file[0] != '\0';
    listener->is_loopback = sl_listen_is_loopback(listener->options.listen);
    if (listener->has_tls) {
        server.certificate_file = guard->certificate_file;
        server.key_file = guard->key_file;
    }
    SL_TRY(sl_http_server_new(listener->bridge->loop, &server, &listener->server, err));
    sl_guard_say_exposure(guard, listener->options.listen);
    return SL_OK;
}

static enum sl_code open_listener(struct bridge *bridge, struct bridge_listener *listener,
                                  const struct bridge_listener_options *options,
                                  const struct sl_guard_settings *guard, struct sl_error *err)
{
    listener->bridge = bridge;
    listener->options = *options;
    listener->options.listen = sl_strdup(options->listen);
    listener->options.target = sl_strdup(options->target);
    if (listener->options.listen == NULL || listener->options.target == NULL)
        return sl_error_no_memory(err);
    SL_TRY(bridge_routes_new(options->service, &listener->routes, err));
    SL_TRY(open_assets(listener, guard, err));
    SL_TRY(open_channel(listener, guard, err));
    return open_http(listener, guard, err);
}

static enum sl_code open_door(struct bridge *bridge, const struct bridge_options *options,
                              struct sl_error *err)
{
    const struct bridge_door_options door = {
        .guard = options->guard,
        .rate = options->rate,
        .burst = options->burst,
        .cors_origins = options->cors_origins,
        .allowed_hosts = options->allowed_hosts,
    };
    return bridge_door_new(bridge->loop, &door, &bridge->door, err);
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
    enum sl_code code =
        bridge->listeners != NULL ? open_door(bridge, options, err) : sl_error_no_memory(err);
    for (size_t i = 0; code == SL_OK && i < options->listener_count; i++) {
        bridge->listener_count++;
        code = open_listener(bridge, &bridge->listeners[i], &options->listeners[i], options->guard,
                             err);
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
        bridge_assets_free(listener->assets);
        sl_free((char *)listener->options.listen);
        sl_free((char *)listener->options.target);
    }
    sl_free(bridge->listeners);
    bridge_door_free(bridge->door);
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
