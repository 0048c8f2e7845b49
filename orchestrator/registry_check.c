#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "orchestrator/registry_private.h"

/* A check of one agent: where its instances are, then two questions to each at once. */

static void check_done(struct service *service)
{
    for (size_t i = 0; i < service->instance_count; i++) {
        struct instance *instance = service->instances[i];
        bool is_moved = instance->last.health != instance->found.health;
        bool is_one_of_several = service->instance_count > 1;
        instance->last = instance->found;
        if (!is_moved || !is_one_of_several || registry_is_shadow(instance))
            continue;
        sl_log(instance->last.health == ORCH_HEALTHY ? SL_LOG_INFO : SL_LOG_WARN,
               "agent's instance moved", sl_field_string("agent", service->name),
               sl_field_string("address", instance->address.text),
               sl_field_string("status", orch_health_name(instance->last.health)),
               sl_field_string("reason", *instance->last.reason ? instance->last.reason : NULL));
    }
    registry_checked(service);
}

static void answer_done(struct service *service)
{
    if (--service->questions_open == 0)
        check_done(service);
}

/* ---- The questions ---- */

static void on_health(const struct orch_agent_answer *answer, void *arg)
{
    struct instance *instance = arg;
    const char *status = sl_json_string(answer->message, "status");
    const char *reason = sl_json_string(answer->message, "reason");
    instance->health_call = NULL;
    if (answer->error.code != SL_OK) {
        registry_worsen(&instance->found, ORCH_UNHEALTHY, answer->error.message);
    } else {
        instance->has_answered = true;
        if (!sl_text_equals(status, "healthy"))
            registry_worsen(&instance->found, ORCH_DEGRADED,
                            reason ? reason : "the agent does not say why");
    }
    answer_done(instance->service);
}

static void on_capabilities(const struct orch_agent_answer *answer, void *arg)
{
    struct instance *instance = arg;
    instance->capabilities_call = NULL;
    if (answer->error.code != SL_OK) {
        registry_worsen(&instance->found, ORCH_DEGRADED, answer->error.message);
    } else {
        json_decref(instance->capabilities);
        instance->capabilities = json_incref(answer->message);
    }
    answer_done(instance->service);
}

static void ask(struct instance *instance, enum orch_agent_method method, orch_agent_done_fn *done,
                struct orch_agent_call **ret_call)
{
    struct orch_agent_request request = {
        .method = method, .timeout_ms = instance->service->registry->check_timeout_ms};
    struct sl_error error = {0};
    if (orch_agent_call_start(instance->agent, &request, done, instance, ret_call, &error) == SL_OK)
        instance->service->questions_open++;
    else
        registry_worsen(&instance->found, ORCH_UNHEALTHY, error.message);
}

static void ask_instances(struct service *service)
{
    for (size_t i = 0; i < service->instance_count; i++) {
        struct instance *instance = service->instances[i];
        instance->found = (struct finding){.health = ORCH_HEALTHY};
        ask(instance, ORCH_AGENT_HEALTH, on_health, &instance->health_call);
        ask(instance, ORCH_AGENT_CAPABILITIES, on_capabilities, &instance->capabilities_call);
    }
}

/* ---- Where they are ---- */

/* A name that means nothing for the moment leaves the instances that were found before. */
static void on_resolved(const struct sl_error *error, const struct orch_addresses *addresses,
                        void *arg)
{
    struct service *service = arg;
    service->resolution = NULL;
    service->resolve_error = *error;
    if (!service->registry->is_stopped) {
        if (addresses)
            registry_take_addresses(service, addresses);
        ask_instances(service);
    }
    answer_done(service);
}

static enum sl_code find_instances(struct service *service, struct sl_error *err)
{
    if (!service->is_rest)
        return orch_resolve_start(service->registry->loop, service->target, on_resolved, service,
                                  &service->resolution, err);
    struct orch_addresses only = {.count = 1};
    size_t length = sl_utf8_cut(service->target, strlen(service->target), ORCH_ADDRESS_SIZE - 1);
    memcpy(only.entries[0].text, service->target, length);
    registry_take_addresses(service, &only);
    ask_instances(service);
    return SL_OK;
}

void registry_check(void *arg)
{
    struct service *service = arg;
    struct sl_error error = {0};
    service->questions_open = 1;
    bool is_later = find_instances(service, &error) == SL_OK && !service->is_rest;
    service->resolve_error = error;
    if (!is_later)
        answer_done(service);
}

void registry_check_cancel(struct service *service)
{
    if (service->resolution && orch_resolve_cancel(service->resolution)) {
        service->resolution = NULL;
        service->questions_open--;
    }
    for (size_t i = 0; i < service->instance_count; i++) {
        struct instance *instance = service->instances[i];
        if (instance->health_call)
            orch_agent_cancel(instance->agent, instance->health_call);
        if (instance->capabilities_call)
            orch_agent_cancel(instance->agent, instance->capabilities_call);
    }
}
