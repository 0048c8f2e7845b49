#include "rpc/health.h"

#include <string.h>

#include "base/memory.h"
#include "grpc/health/v1/health.pb-c.h"
#include "rpc/server.h"
#include "rpc/server_call.h"

#define STATUS(name) GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__##name

typedef Grpc__Health__V1__HealthCheckResponse__ServingStatus serving_status;

struct service_state {
    struct service_state *next;
    bool is_serving;
    char name[];
};

/* One Watch call: it is told each state that differs from the one it was told before. */
struct watcher {
    struct watcher *next;
    struct sl_health *health;
    struct sl_server_call *call;
    const char *service;
    int told;
    bool is_sending;
};

struct sl_health {
    struct service_state *services;
    struct watcher *watchers;
    bool is_stopped;
};

static struct service_state *find(const struct sl_health *health, const char *name)
{
    struct service_state *state = health->services;
    while (state != NULL && strcmp(state->name, name) != 0)
        state = state->next;
    return state;
}

static serving_status status_of(const struct sl_health *health, const char *name)
{
    const struct service_state *state = find(health, name);
    if (state == NULL)
        return STATUS(SERVICE_UNKNOWN);
    return state->is_serving && !health->is_stopped ? STATUS(SERVING) : STATUS(NOT_SERVING);
}

/* ---- Check ---- */

static enum sl_code check(const void *handlers, void *self, struct sl_server_call *call,
                          const ProtobufCMessage *request, struct sl_error *err)
{
    (void)handlers;
    const struct sl_health *health = self;
    const char *name = ((const Grpc__Health__V1__HealthCheckRequest *)request)->service;
    Grpc__Health__V1__HealthCheckResponse response = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__INIT;
    response.status = status_of(health, name);
    if (response.status == STATUS(SERVICE_UNKNOWN))
        return sl_error_set(err, SL_NOT_FOUND, "there is no service %s here", name);
    sl_server_call_reply(call, &response.base);
    return SL_OK;
}

/* ---- Watch ---- */

static void tell(struct watcher *watcher);

static void watcher_remove(struct watcher *watcher)
{
    struct watcher **slot = &watcher->health->watchers;
    while (*slot != watcher)
        slot = &(*slot)->next;
    *slot = watcher->next;
}

/* The watcher is in the call's arena and ends with it. */
static void watcher_end(struct watcher *watcher)
{
    struct sl_error status = {0};
    watcher_remove(watcher);
    sl_error_set(&status, SL_UNAVAILABLE, "the server is stopping");
    sl_server_call_end(watcher->call, &status);
}

static void watcher_left(void *arg)
{
    watcher_end(arg);
}

static void told(bool is_sent, void *arg)
{
    struct watcher *watcher = arg;
    watcher->is_sending = false;
    if (!is_sent || watcher->health->is_stopped)
        watcher_end(watcher);
    else
        tell(watcher);
}

static void tell(struct watcher *watcher)
{
    serving_status status = status_of(watcher->health, watcher->service);
    if (watcher->is_sending || watcher->told == (int)status)
        return;
    Grpc__Health__V1__HealthCheckResponse response = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__INIT;
    response.status = status;
    watcher->told = (int)status;
    watcher->is_sending = true;
    if (sl_server_call_send(watcher->call, &response.base, told, watcher) != SL_OK)
        watcher_end(watcher);
}

static void tell_all(struct sl_health *health)
{
    struct watcher *next;
    for (struct watcher *watcher = health->watchers; watcher != NULL; watcher = next) {
        next = watcher->next;
        tell(watcher);
    }
}

static enum sl_code watch(const void *handlers, void *self, struct sl_server_call *call,
                          const ProtobufCMessage *request, struct sl_error *err)
{
    (void)handlers;
    struct sl_health *health = self;
    struct watcher *watcher = sl_arena_alloc(sl_server_call_arena(call), sizeof(*watcher));
    if (watcher == NULL)
        return sl_error_no_memory(err);
    watcher->health = health;
    watcher->call = call;
    watcher->service = ((const Grpc__Health__V1__HealthCheckRequest *)request)->service;
    watcher->told = -1;
    watcher->next = health->watchers;
    health->watchers = watcher;
    sl_server_call_on_cancel(call, watcher_left, watcher);
    tell(watcher);
    return SL_OK;
}

/* ---- The service ---- */

static const struct sl_method CHECK;
static const struct sl_method WATCH;
static const struct sl_method *const METHODS[] = {&CHECK, &WATCH};
static const struct sl_service SERVICE = {
    .name = "grpc.health.v1.Health", .methods = METHODS, .method_count = 2};

static const struct sl_method CHECK = {
    .name = "Check",
    .path = "/grpc.health.v1.Health/Check",
    .service = &SERVICE,
    .request = &grpc__health__v1__health_check_request__descriptor,
    .response = &grpc__health__v1__health_check_response__descriptor};

static const struct sl_method WATCH = {
    .name = "Watch",
    .path = "/grpc.health.v1.Health/Watch",
    .service = &SERVICE,
    .request = &grpc__health__v1__health_check_request__descriptor,
    .response = &grpc__health__v1__health_check_response__descriptor,
    .is_server_streaming = true};

enum sl_code sl_health_new(struct sl_server *server, struct sl_health **ret_health,
                           struct sl_error *err)
{
    static sl_dispatch_fn *const DISPATCH[] = {check, watch};
    struct sl_health *health = sl_alloc(sizeof(*health));
    if (health == NULL || sl_health_add(health, "") != SL_OK ||
        sl_health_add(health, SERVICE.name) != SL_OK ||
        sl_server_register(server, &SERVICE, DISPATCH, NULL, 0, health) != SL_OK) {
        sl_health_free(health);
        return sl_error_no_memory(err);
    }
    *ret_health = health;
    return SL_OK;
}

void sl_health_free(struct sl_health *health)
{
    if (health == NULL)
        return;
    while (health->services != NULL) {
        struct service_state *state = health->services;
        health->services = state->next;
        sl_free(state);
    }
    sl_free(health);
}

enum sl_code sl_health_add(struct sl_health *health, const char *service)
{
    if (find(health, service) != NULL)
        return SL_OK;
    size_t size = strlen(service) + 1;
    struct service_state *state = sl_alloc(sizeof(*state) + size);
    if (state == NULL)
        return SL_RESOURCE_EXHAUSTED;
    memcpy(state->name, service, size);
    state->is_serving = true;
    state->next = health->services;
    health->services = state;
    return SL_OK;
}

void sl_health_set(struct sl_health *health, const char *service, bool is_serving)
{
    struct service_state *state =
        sl_health_add(health, service) == SL_OK ? find(health, service) : NULL;
    if (state == NULL)
        return;
    state->is_serving = is_serving;
    tell_all(health);
}

bool sl_health_stop(struct sl_health *health)
{
    bool is_watched = health->watchers != NULL;
    health->is_stopped = true;
    tell_all(health);
    /* Whoever was told "not serving" before is told nothing now, and so is not ended by that. */
    struct watcher *next;
    for (struct watcher *watcher = health->watchers; watcher != NULL; watcher = next) {
        next = watcher->next;
        if (!watcher->is_sending)
            watcher_end(watcher);
    }
    return is_watched;
}
