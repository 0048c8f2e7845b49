#include "orchestrator/registry.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "loop/timer.h"

/* How soon one that is not healthy is asked again: at first, and when it stays away. */
#define RECHECK_MS 250
#define RECHECK_LATER_MS 1000
#define QUICK_RECHECKS 40

struct service {
    struct orch_registry *registry;
    char *name, *target;
    struct orch_agent *agent;
    struct sl_timer timer;
    enum orch_health health;
    char reason[300];
    int64_t last_check_ns;
    json_t *capabilities;
    bool was_told;

    /* The check under way: two questions at once. */
    struct orch_agent_call *health_call, *capabilities_call;
    int questions_open;
    /** Checks in a row that did not find it healthy. */
    int unhealthy_checks;
    enum orch_health found;
    char found_reason[300];
    bool is_suspect;
};

struct orch_registry {
    struct sl_loop *loop;
    int64_t interval_ms, check_timeout_ms;
    struct orch_snapshot *snapshot;
    bool is_stopped;
    /** Every agent was heard once, or that was waited for long enough. */
    bool is_heard;
    struct sl_timer grace;
    struct orch_registry_waiter *waiters;
    size_t service_count;
    struct service services[];
};

static void check_start(void *arg);

/* ---- What a check found ---- */

static void rebuild_snapshot(struct orch_registry *registry)
{
    struct orch_snapshot_source sources[64];
    struct orch_snapshot *snapshot = NULL;
    struct sl_error error = {0};
    for (size_t i = 0; i < registry->service_count; i++) {
        const struct service *service = &registry->services[i];
        sources[i] = (struct orch_snapshot_source){service->name, service->health != ORCH_UNHEALTHY,
                                                   service->capabilities};
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
    if (service->health == ORCH_HEALTHY)
        sl_log(SL_LOG_INFO, "agent healthy", sl_field_string("agent", service->name),
               sl_field_string("target", service->target));
    else
        sl_log(SL_LOG_WARN, service->health == ORCH_DEGRADED ? "agent degraded" : "agent missing",
               sl_field_string("agent", service->name), sl_field_string("target", service->target),
               sl_field_string("reason", service->reason));
}

static void worsen(struct service *service, enum orch_health health, const char *reason)
{
    if (health <= service->found)
        return;
    service->found = health;
    snprintf(service->found_reason, sizeof(service->found_reason), "%s", reason);
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

static int64_t next_delay_ms(struct service *service)
{
    int64_t interval_ms = service->registry->interval_ms;
    bool is_hurried = service->health != ORCH_HEALTHY || service->is_suspect;
    service->is_suspect = false;
    service->unhealthy_checks = is_hurried ? service->unhealthy_checks + 1 : 0;
    if (!is_hurried)
        return interval_ms;
    int64_t delay_ms = service->unhealthy_checks < QUICK_RECHECKS ? RECHECK_MS : RECHECK_LATER_MS;
    return delay_ms < interval_ms ? delay_ms : interval_ms;
}

static void check_done(struct service *service)
{
    struct orch_registry *registry = service->registry;
    bool is_changed = !service->was_told || service->health != service->found;
    service->last_check_ns = sl_clock_wall_ns(sl_loop_clock(registry->loop));
    service->health = service->found;
    memcpy(service->reason, service->found_reason, sizeof(service->reason));
    if (registry->is_stopped)
        return;
    if (is_changed)
        log_change(service);
    service->was_told = true;
    rebuild_snapshot(registry);
    see_whether_heard(registry);
    if (sl_timer_start(registry->loop, &service->timer, next_delay_ms(service), check_start,
                       service) != SL_OK)
        sl_log(SL_LOG_ERROR, "agent not checked any more", sl_field_string("agent", service->name));
}

static void answer_done(struct service *service)
{
    if (--service->questions_open == 0)
        check_done(service);
}

static void on_health(const struct orch_agent_answer *answer, void *arg)
{
    struct service *service = arg;
    const char *status = sl_json_string(answer->message, "status");
    const char *reason = sl_json_string(answer->message, "reason");
    service->health_call = NULL;
    if (answer->error.code != SL_OK)
        worsen(service, ORCH_UNHEALTHY, answer->error.message);
    else if (!sl_text_equals(status, "healthy"))
        worsen(service, ORCH_DEGRADED, reason ? reason : "the agent does not say why");
    answer_done(service);
}

static void on_capabilities(const struct orch_agent_answer *answer, void *arg)
{
    struct service *service = arg;
    service->capabilities_call = NULL;
    if (answer->error.code != SL_OK) {
        worsen(service, ORCH_DEGRADED, answer->error.message);
    } else {
        json_decref(service->capabilities);
        service->capabilities = json_incref(answer->message);
    }
    answer_done(service);
}

/* ---- Asking ---- */

static void ask(struct service *service, enum orch_agent_method method, orch_agent_done_fn *done,
                struct orch_agent_call **ret_call)
{
    struct orch_agent_request request = {.method = method,
                                         .timeout_ms = service->registry->check_timeout_ms};
    struct sl_error error = {0};
    enum sl_code code =
        orch_agent_call_start(service->agent, &request, done, service, ret_call, &error);
    if (code == SL_OK)
        service->questions_open++;
    else
        worsen(service, ORCH_UNHEALTHY, error.message);
}

static void check_start(void *arg)
{
    struct service *service = arg;
    service->found = ORCH_HEALTHY;
    service->found_reason[0] = '\0';
    service->questions_open = 1;
    ask(service, ORCH_AGENT_HEALTH, on_health, &service->health_call);
    ask(service, ORCH_AGENT_CAPABILITIES, on_capabilities, &service->capabilities_call);
    answer_done(service);
}

void orch_registry_suspect(struct orch_registry *registry, const char *name)
{
    for (size_t i = 0; i < registry->service_count && !registry->is_stopped; i++) {
        struct service *service = &registry->services[i];
        if (!sl_text_equals(service->name, name))
            continue;
        service->is_suspect = service->questions_open > 0;
        if (!service->is_suspect && service->health == ORCH_HEALTHY &&
            sl_timer_start(registry->loop, &service->timer, 0, check_start, service) != SL_OK)
            sl_log(SL_LOG_WARN, "agent not checked", sl_field_string("agent", name));
    }
}

/* ---- Life ---- */

static enum sl_code init_service(struct orch_registry *registry, struct service *service,
                                 const struct orch_registry_service *from, struct sl_error *err)
{
    service->registry = registry;
    service->health = ORCH_UNHEALTHY;
    snprintf(service->reason, sizeof(service->reason), "not asked yet");
    service->name = sl_strdup(from->name);
    service->target = sl_strdup(from->target);
    if (!service->name || !service->target)
        return sl_error_no_memory(err);
    if (orch_agent_grpc_new(registry->loop, from->target, &service->agent, err) != SL_OK)
        return sl_error_prefix(err, "agent %s at %s", from->name, from->target);
    return SL_OK;
}

enum sl_code orch_registry_new(struct sl_loop *loop, const struct orch_registry_options *options,
                               struct orch_registry **ret_registry, struct sl_error *err)
{
    if (options->service_count > 64)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "%zu services, at most 64 are wanted",
                            options->service_count);
    size_t size = options->service_count * sizeof(struct service);
    struct orch_registry *registry = sl_alloc(sizeof(*registry) + size);
    if (!registry)
        return sl_error_no_memory(err);
    registry->loop = loop;
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
        check_start(&registry->services[i]);
}

void orch_registry_stop(struct orch_registry *registry)
{
    registry->is_stopped = true;
    be_heard(registry);
    for (size_t i = 0; i < registry->service_count; i++) {
        struct service *service = &registry->services[i];
        sl_timer_stop(&service->timer);
        if (service->health_call)
            orch_agent_cancel(service->agent, service->health_call);
        if (service->capabilities_call)
            orch_agent_cancel(service->agent, service->capabilities_call);
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

void orch_registry_state(const struct orch_registry *registry, size_t index,
                         struct orch_registry_state *ret_state)
{
    const struct service *service = &registry->services[index];
    *ret_state = (struct orch_registry_state){
        .name = service->name,
        .target = service->target,
        .health = service->health,
        .reason = service->health == ORCH_HEALTHY ? NULL : service->reason,
        .last_check_ns = service->last_check_ns,
        .capabilities = service->capabilities,
    };
}
