#include "orchestrator/registry.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "orchestrator/agent_breaker.h"
#include "orchestrator/registry_private.h"
#include "telemetry/metrics.h"

/* How soon one that is not as it should be is asked again: at first, and when that lasts; and where
 * only some of the instances are missing. */
#define RECHECK_MS 250
#define RECHECK_LATER_MS 1000
#define RECHECK_INSTANCE_MS 2000
#define QUICK_RECHECKS 40

/* ---- What a check found ---- */

const char *orch_health_name(enum orch_health health)
{
    static const char *const names[] = {"unhealthy", "healthy", "degraded", "unhealthy"};
    return names[health];
}

static void rebuild_snapshot(struct orch_registry *registry)
{
    struct orch_snapshot_source sources[ORCH_REGISTRY_MAX];
    struct orch_snapshot *snapshot = NULL;
    struct sl_error error = {0};
    for (size_t i = 0; i < registry->service_count; i++) {
        const struct service *service = &registry->services[i];
        sources[i] = (struct orch_snapshot_source){
            service->name, service->last.health != ORCH_UNHEALTHY, service->capabilities};
    }
    if (orch_snapshot_new(sources, registry->service_count, &snapshot, &error) != SL_OK) {
        sl_log(SL_LOG_ERROR, "capabilities not refreshed", sl_field_string("error", error.message));
        return;
    }
    orch_snapshot_unref(registry->snapshot);
    registry->snapshot = snapshot;
}

static void log_change(const struct service *service)
{
    if (service->last.health == ORCH_HEALTHY)
        sl_log(SL_LOG_INFO, "agent healthy", sl_field_string("agent", service->name),
               sl_field_string("target", service->target));
    else
        sl_log(SL_LOG_WARN,
               service->last.health == ORCH_DEGRADED ? "agent degraded" : "agent missing",
               sl_field_string("agent", service->name), sl_field_string("target", service->target),
               sl_field_string("reason", service->last.reason));
}

static void be_heard(void *arg)
{
    struct orch_registry *registry = arg;
    registry->is_heard = true;
    sl_timer_stop(&registry->grace);
    while (registry->waiters) {
        struct orch_registry_waiter *waiter = registry->waiters;
        registry->waiters = waiter->next;
        sl_loop_post(registry->loop, &waiter->task);
    }
}

static void see_whether_heard(struct orch_registry *registry)
{
    for (size_t i = 0; i < registry->service_count && !registry->is_heard; i++)
        if (!registry->services[i].capabilities)
            return;
    be_heard(registry);
}

void orch_registry_when_heard(struct orch_registry *registry, struct orch_registry_waiter *waiter)
{
    waiter->next = registry->waiters;
    registry->waiters = waiter;
    if (registry->is_heard)
        be_heard(registry);
}

static bool lacks_instances(const struct service *service)
{
    for (size_t i = 0; i < service->instance_count; i++)
        if (registry_is_missing(service->instances[i]))
            return true;
    return false;
}

static int64_t next_delay_ms(struct service *service)
{
    int64_t delay_ms = service->registry->interval_ms, wanted_ms = delay_ms;
    bool is_hurried = service->last.health != ORCH_HEALTHY || service->is_suspect;
    service->is_suspect = false;
    service->bad_checks = is_hurried ? service->bad_checks + 1 : 0;
    if (is_hurried)
        wanted_ms = service->bad_checks < QUICK_RECHECKS ? RECHECK_MS : RECHECK_LATER_MS;
    else if (lacks_instances(service))
        wanted_ms = RECHECK_INSTANCE_MS;
    return wanted_ms < delay_ms ? wanted_ms : delay_ms;
}

static void measure(const struct service *service)
{
    int counts[ORCH_UNHEALTHY + 1] = {0};
    for (size_t i = 0; i < service->instance_count; i++)
        if (!registry_is_shadow(service->instances[i]))
            counts[service->instances[i]->last.health]++;
    for (int health = ORCH_HEALTHY; health <= ORCH_UNHEALTHY; health++)
        sl_metric_set(SL_METRIC_AGENT_INSTANCES, counts[health], service->name,
                      orch_health_name((enum orch_health)health));
    sl_metric_set(SL_METRIC_AGENT_UP, service->last.health == ORCH_HEALTHY, service->name, NULL);
    sl_metric_set(SL_METRIC_BREAKER_STATE, orch_agent_breaker_state(service->agent)->state,
                  service->name, NULL);
}

void registry_checked(struct service *service)
{
    struct orch_registry *registry = service->registry;
    struct finding found;
    if (registry->is_stopped)
        return;
    registry_sum_up(service, &found);
    bool is_changed = !service->was_told || service->last.health != found.health;
    bool is_back = service->last.health == ORCH_UNHEALTHY && found.health != ORCH_UNHEALTHY;
    service->last = found;
    service->last_check_ns = sl_clock_wall_ns(sl_loop_clock(registry->loop));
    service->was_told = true;
    if (is_changed)
        log_change(service);
    if (is_back)
        orch_agent_breaker_revive(service->agent);
    measure(service);
    rebuild_snapshot(registry);
    see_whether_heard(registry);
    if (sl_timer_start(registry->loop, &service->timer, next_delay_ms(service), registry_check,
                       service) != SL_OK)
        sl_log(SL_LOG_ERROR, "agent not checked any more", sl_field_string("agent", service->name));
}

void orch_registry_suspect(struct orch_registry *registry, const char *name)
{
    for (size_t i = 0; i < registry->service_count && !registry->is_stopped; i++) {
        struct service *service = &registry->services[i];
        if (!sl_text_equals(service->name, name))
            continue;
        service->is_suspect = service->questions_open > 0;
        if (!service->is_suspect && service->last.health == ORCH_HEALTHY &&
            sl_timer_start(registry->loop, &service->timer, 0, registry_check, service) != SL_OK)
            sl_log(SL_LOG_WARN, "agent not checked", sl_field_string("agent", name));
    }
}

/* ---- Life ---- */

static bool is_url(const char *target)
{
    return strncmp(target, "http://", 7) == 0 || strncmp(target, "https://", 8) == 0;
}

enum sl_code registry_dial(const struct service *service, const struct orch_address *address,
                           struct orch_agent **ret_agent, struct sl_error *err)
{
    char target[ORCH_ADDRESS_SIZE + 8], host[256], port[16];
    struct sl_error ignored = {0};
    struct orch_agent_grpc_options options = {.target = service->target,
                                              .guard = service->registry->guard};
    if (address) {
        orch_address_target(address, target);
        options.target = target;
        /* Certificates bear the name, not the address that it stands for now. */
        bool has_name = orch_target_name(service->target, host, port, &ignored) == SL_OK;
        options.server_name = has_name ? host : NULL;
    }
    return orch_agent_grpc_new(service->registry->loop, &options, ret_agent, err);
}

static enum sl_code make_agent(struct service *service, struct sl_error *err)
{
    struct orch_registry *registry = service->registry;
    struct orch_agent *inner = NULL;
    if (service->is_rest)
        SL_TRY(orch_agent_rest_new(registry->http, service->target, &inner, err));
    else
        SL_TRY(registry_dial(service, NULL, &inner, err));
    enum sl_code code =
        orch_agent_breaker_new(registry->loop, service->name, inner, &service->agent, err);
    if (code != SL_OK)
        orch_agent_free(inner);
    return code;
}

static enum sl_code init_service(struct orch_registry *registry, struct service *service,
                                 const struct orch_registry_service *from, struct sl_error *err)
{
    service->registry = registry;
    registry_worsen(&service->last, ORCH_UNHEALTHY, "not asked yet");
    service->name = sl_strdup(from->name);
    service->target = sl_strdup(from->target);
    service->is_rest = is_url(from->target);
    if (!service->name || !service->target)
        return sl_error_no_memory(err);
    if (make_agent(service, err) != SL_OK)
        return sl_error_prefix(err, "agent %s at %s", from->name, from->target);
    return SL_OK;
}

enum sl_code orch_registry_new(struct sl_loop *loop, const struct orch_registry_options *options,
                               struct orch_registry **ret_registry, struct sl_error *err)
{
    if (options->service_count > ORCH_REGISTRY_MAX)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "%zu services, at most %d are wanted",
                            options->service_count, ORCH_REGISTRY_MAX);
    size_t size = options->service_count * sizeof(struct service);
    struct orch_registry *registry = sl_alloc(sizeof(*registry) + size);
    if (!registry)
        return sl_error_no_memory(err);
    registry->loop = loop;
    registry->http = options->http;
    registry->guard = options->guard;
    registry->interval_ms = options->interval_ms;
    registry->check_timeout_ms = options->check_timeout_ms;
    enum sl_code code = SL_OK;
    for (size_t i = 0; i < options->service_count && code == SL_OK; i++) {
        registry->service_count = i + 1;
        code = init_service(registry, &registry->services[i], &options->services[i], err);
    }
    if (code == SL_OK) {
        rebuild_snapshot(registry);
        code = registry->snapshot ? SL_OK : sl_error_no_memory(err);
    }
    if (code != SL_OK) {
        orch_registry_free(registry);
        return code;
    }
    *ret_registry = registry;
    return SL_OK;
}

void orch_registry_start(struct orch_registry *registry)
{
    if (sl_timer_start(registry->loop, &registry->grace, ORCH_REGISTRY_START_GRACE_MS, be_heard,
                       registry) != SL_OK)
        be_heard(registry);
    for (size_t i = 0; i < registry->service_count; i++)
        registry_check(&registry->services[i]);
}

void orch_registry_stop(struct orch_registry *registry)
{
    registry->is_stopped = true;
    be_heard(registry);
    for (size_t i = 0; i < registry->service_count; i++) {
        sl_timer_stop(&registry->services[i].timer);
        registry_check_cancel(&registry->services[i]);
    }
}

bool orch_registry_is_idle(const struct orch_registry *registry)
{
    for (size_t i = 0; i < registry->service_count; i++)
        if (registry->services[i].questions_open > 0)
            return false;
    return true;
}

void orch_registry_free(struct orch_registry *registry)
{
    if (!registry)
        return;
    for (size_t i = 0; i < registry->service_count; i++) {
        struct service *service = &registry->services[i];
        registry_drop_instances(service);
        orch_agent_free(service->agent);
        json_decref(service->capabilities);
        sl_free(service->name);
        sl_free(service->target);
    }
    orch_snapshot_unref(registry->snapshot);
    sl_free(registry);
}

/* ---- Looking ---- */

struct orch_agent *orch_registry_agent(struct orch_registry *registry, const char *name)
{
    for (size_t i = 0; i < registry->service_count; i++)
        if (sl_text_equals(registry->services[i].name, name))
            return registry->services[i].agent;
    return NULL;
}

struct orch_snapshot *orch_registry_snapshot(struct orch_registry *registry)
{
    return orch_snapshot_ref(registry->snapshot);
}

size_t orch_registry_count(const struct orch_registry *registry)
{
    return registry->service_count;
}

/* The instances that are shown, in order. */
static const struct instance *shown(const struct service *service, size_t place)
{
    for (size_t i = 0; i < service->instance_count; i++)
        if (!registry_is_shadow(service->instances[i]) && place-- == 0)
            return service->instances[i];
    return NULL;
}

void orch_registry_state(const struct orch_registry *registry, size_t index,
                         struct orch_registry_state *ret_state)
{
    const struct service *service = &registry->services[index];
    size_t count = 0;
    while (shown(service, count))
        count++;
    *ret_state = (struct orch_registry_state){
        .name = service->name,
        .target = service->target,
        .health = service->last.health,
        .reason = service->last.health == ORCH_HEALTHY ? NULL : service->last.reason,
        .last_check_ns = service->last_check_ns,
        .capabilities = service->capabilities,
        .circuit_breaker = orch_breaker_name(orch_agent_breaker_state(service->agent)->state),
        .instance_count = count,
    };
}

void orch_registry_instance(const struct orch_registry *registry, size_t index, size_t place,
                            struct orch_registry_instance *ret_instance)
{
    const struct instance *instance = shown(&registry->services[index], place);
    const char *store_id = sl_json_string(instance->capabilities, "store_id");
    *ret_instance = (struct orch_registry_instance){instance->address.text, instance->last.health,
                                                    store_id ? store_id : ""};
}
