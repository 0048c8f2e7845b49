#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "orchestrator/agent_breaker.h"
#include "orchestrator/registry_private.h"

/* The instances of one agent, and what they come to together. */

void registry_worsen(struct finding *finding, enum orch_health health, const char *reason)
{
    if (health <= finding->health)
        return;
    size_t length = sl_utf8_cut(reason, strlen(reason), sizeof(finding->reason) - 1);
    finding->health = health;
    memcpy(finding->reason, reason, length);
    finding->reason[length] = '\0';
}

/* ---- Coming and going ---- */

static void instance_free(struct instance *instance)
{
    orch_agent_free(instance->agent);
    json_decref(instance->capabilities);
    sl_free(instance);
}

static enum sl_code instance_new(struct service *service, const struct orch_address *address,
                                 struct instance **ret_instance, struct sl_error *err)
{
    struct instance *instance = sl_alloc(sizeof(*instance));
    if (!instance)
        return sl_error_no_memory(err);
    *instance = (struct instance){.service = service, .address = *address};
    registry_worsen(&instance->last, ORCH_UNHEALTHY, "not asked yet");
    enum sl_code code =
        service->is_rest
            ? orch_agent_rest_new(service->registry->http, service->target, &instance->agent, err)
            : registry_dial(service, address, &instance->agent, err);
    if (code != SL_OK) {
        instance_free(instance);
        return code;
    }
    *ret_instance = instance;
    return SL_OK;
}

static bool has_address(const struct orch_addresses *addresses, const char *text)
{
    for (size_t i = 0; i < addresses->count; i++)
        if (strcmp(addresses->entries[i].text, text) == 0)
            return true;
    return false;
}

static bool has_instance(const struct service *service, const char *address)
{
    for (size_t i = 0; i < service->instance_count; i++)
        if (strcmp(service->instances[i]->address.text, address) == 0)
            return true;
    return false;
}

static void drop_missing(struct service *service, const struct orch_addresses *addresses)
{
    size_t kept = 0;
    for (size_t i = 0; i < service->instance_count; i++) {
        struct instance *instance = service->instances[i];
        if (has_address(addresses, instance->address.text)) {
            service->instances[kept++] = instance;
            continue;
        }
        sl_log(SL_LOG_INFO, "agent's instance is gone", sl_field_string("agent", service->name),
               sl_field_string("address", instance->address.text));
        instance_free(instance);
    }
    service->instance_count = kept;
}

/* gRPC looks a name up again only when a connection is lost: a new channel does, and shares the
 * connections that there are. */
static void renew_channel(struct service *service)
{
    struct orch_agent *agent = NULL;
    struct sl_error error = {0};
    if (registry_dial(service, NULL, &agent, &error) == SL_OK)
        orch_agent_breaker_replace(service->agent, agent);
    else
        sl_log(SL_LOG_WARN, "agent's channel not renewed", sl_field_string("agent", service->name),
               sl_field_string("error", error.message));
}

static bool are_equal(const struct orch_addresses *left, const struct orch_addresses *right)
{
    if (left->count != right->count)
        return false;
    for (size_t i = 0; i < left->count; i++)
        if (strcmp(left->entries[i].text, right->entries[i].text) != 0)
            return false;
    return true;
}

void registry_take_addresses(struct service *service, const struct orch_addresses *addresses)
{
    bool was_known = service->addresses.count > 0;
    if (are_equal(&service->addresses, addresses))
        return;
    service->addresses = *addresses;
    drop_missing(service, addresses);
    for (size_t i = 0; i < addresses->count; i++) {
        struct instance **place = &service->instances[service->instance_count];
        struct sl_error error = {0};
        if (has_instance(service, addresses->entries[i].text))
            continue;
        if (instance_new(service, &addresses->entries[i], place, &error) == SL_OK)
            service->instance_count++;
        else
            sl_log(SL_LOG_WARN, "agent's instance left out",
                   sl_field_string("agent", service->name),
                   sl_field_string("address", addresses->entries[i].text),
                   sl_field_string("error", error.message));
    }
    if (was_known && !service->is_rest)
        renew_channel(service);
}

void registry_drop_instances(struct service *service)
{
    for (size_t i = 0; i < service->instance_count; i++)
        instance_free(service->instances[i]);
    service->instance_count = 0;
}

bool registry_is_shadow(const struct instance *instance)
{
    const struct service *service = instance->service;
    for (size_t i = 0; i < service->instance_count && !instance->has_answered; i++) {
        const struct instance *other = service->instances[i];
        if (other->has_answered && other->address.family != instance->address.family)
            return true;
    }
    return false;
}

bool registry_is_missing(const struct instance *instance)
{
    return instance->last.health == ORCH_UNHEALTHY && !registry_is_shadow(instance);
}

/* ---- What they come to ---- */

static const char *store_of(const struct instance *instance)
{
    const char *store_id = sl_json_string(instance->capabilities, "store_id");
    return store_id ? store_id : "";
}

/* The first whose store is another than that of the one given; NULL where all keep one. Those that
 * are missing now count: what they did under a key is in their store. */
static const struct instance *find_other_store(const struct service *service,
                                               const struct instance *first)
{
    for (size_t i = 0; i < service->instance_count; i++) {
        const struct instance *instance = service->instances[i];
        if (instance->capabilities && strcmp(store_of(instance), store_of(first)) != 0)
            return instance;
    }
    return NULL;
}

static const struct instance *first_heard(const struct service *service)
{
    const struct instance *heard = NULL;
    for (size_t i = 0; i < service->instance_count; i++) {
        const struct instance *instance = service->instances[i];
        if (!instance->capabilities)
            continue;
        if (instance->last.health != ORCH_UNHEALTHY)
            return instance;
        heard = heard ? heard : instance;
    }
    return heard;
}

static bool do_all_offer(const struct service *service, const char *operation)
{
    for (size_t i = 0; i < service->instance_count && operation; i++) {
        const struct instance *instance = service->instances[i];
        bool is_offered = false;
        size_t k;
        json_t *name;
        if (!instance->capabilities || instance->last.health == ORCH_UNHEALTHY)
            continue;
        json_array_foreach(json_object_get(instance->capabilities, "operations"), k, name)
        {
            is_offered = is_offered || sl_text_equals(json_string_value(name), operation);
        }
        if (!is_offered)
            return false;
    }
    return true;
}

/* The entries of a list that every instance offers. member: where an entry's name is; NULL: it is
 * one. */
static json_t *common(const struct service *service, const json_t *entries, const char *member)
{
    json_t *kept = json_array(), *entry;
    size_t i;
    json_array_foreach(entries, i, entry)
    {
        const char *name = member ? sl_json_string(entry, member) : json_string_value(entry);
        if (do_all_offer(service, name))
            json_array_append(kept, entry);
    }
    return kept;
}

static bool do_all_honour(const struct service *service)
{
    for (size_t i = 0; i < service->instance_count; i++) {
        const json_t *capabilities = service->instances[i]->capabilities;
        if (capabilities && !sl_json_bool(capabilities, "honours_idempotency_key", false))
            return false;
    }
    return true;
}

static void merge_capabilities(struct service *service, const struct instance *first,
                               bool is_one_store)
{
    json_t *merged = json_copy(first->capabilities);
    const json_t *details = json_object_get(merged, "operation_details");
    json_t *offered = common(service, json_object_get(merged, "operations"), NULL);
    json_t *detailed = common(service, details, "name");
    bool is_honoured = is_one_store && do_all_honour(service);
    if (json_object_set_new(merged, "operations", offered) != 0 ||
        json_object_set_new(merged, "operation_details", detailed) != 0 ||
        json_object_set_new(merged, "honours_idempotency_key", json_boolean(is_honoured)) != 0) {
        json_decref(merged);
        return;
    }
    json_decref(service->capabilities);
    service->capabilities = merged;
}

static void add_reason(const struct service *service, const struct instance *instance,
                       enum orch_health health, struct finding *finding)
{
    struct sl_error words = {0};
    bool is_only = service->instance_count == 1;
    sl_error_set(&words, SL_UNKNOWN, "%s%s%s", is_only ? "" : instance->address.text,
                 is_only ? "" : ": ", instance->last.reason);
    registry_worsen(finding, health, words.message);
}

static void judge_health(const struct service *service, struct finding *finding)
{
    size_t answering = 0;
    for (size_t i = 0; i < service->instance_count; i++) {
        const struct instance *instance = service->instances[i];
        answering += instance->last.health != ORCH_UNHEALTHY;
        if (instance->last.health == ORCH_DEGRADED)
            add_reason(service, instance, ORCH_DEGRADED, finding);
    }
    if (answering > 0)
        return;
    if (service->resolve_error.code != SL_OK)
        registry_worsen(finding, ORCH_UNHEALTHY, service->resolve_error.message);
    else if (service->instance_count > 0)
        add_reason(service, service->instances[0], ORCH_UNHEALTHY, finding);
    else
        registry_worsen(finding, ORCH_UNHEALTHY, "it has no instance");
}

void registry_sum_up(struct service *service, struct finding *ret_finding)
{
    const struct instance *first = first_heard(service);
    const struct instance *other = first ? find_other_store(service, first) : NULL;
    struct sl_error words = {0};
    struct finding found = {.health = ORCH_HEALTHY};
    judge_health(service, &found);
    if (other) {
        sl_error_set(&words, SL_UNKNOWN,
                     "its instances keep different stores: %s has \"%.80s\", %s has \"%.80s\"; an "
                     "idempotency key holds within one of them only",
                     first->address.text, store_of(first), other->address.text, store_of(other));
        registry_worsen(&found, ORCH_DEGRADED, words.message);
    }
    if (first)
        merge_capabilities(service, first, other == NULL);
    *ret_finding = found;
}
