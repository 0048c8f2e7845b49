#ifndef ORCH_REGISTRY_PRIVATE_H
#define ORCH_REGISTRY_PRIVATE_H

#include "loop/timer.h"
#include "orchestrator/addresses.h"
#include "orchestrator/registry.h"

/* Inside the registry: registry.c (life, looking), registry_check.c (a check of one agent),
 * registry_instances.c (what its instances come to). */

/** What was found of an agent or of one instance. */
struct finding {
    enum orch_health health;
    /** "" while healthy. */
    char reason[400];
};

struct instance {
    struct service *service;
    struct orch_address address;
    struct orch_agent *agent;
    struct finding last, found;
    /** Last heard; NULL before. */
    json_t *capabilities;
    /** Ever. */
    bool has_answered;
    struct orch_agent_call *health_call, *capabilities_call;
};

struct service {
    struct orch_registry *registry;
    char *name, *target;
    /** Speaks REST: one instance, at its URL. */
    bool is_rest;
    /** Behind its circuit breaker; over all instances. */
    struct orch_agent *agent;
    struct finding last;
    int64_t last_check_ns;
    /** What every instance offers. */
    json_t *capabilities;
    bool was_told;

    /** Where they are, as last found; count 0 before. */
    struct orch_addresses addresses;
    struct instance *instances[ORCH_ADDRESSES_MAX];
    size_t instance_count;

    /* The check under way. */
    struct sl_timer timer;
    struct orch_resolution *resolution;
    int questions_open;
    struct sl_error resolve_error;
    /** Checks in a row that did not find all as it should be. */
    int bad_checks;
    bool is_suspect;
};

struct orch_registry {
    struct sl_loop *loop;
    struct sl_http_client *http;
    const struct sl_guard_settings *guard;
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

/* registry.c */
/** A connection to a gRPC target of this service; address: that of one instance, NULL for all. */
enum sl_code registry_dial(const struct service *service, const struct orch_address *address,
                           struct orch_agent **ret_agent, struct sl_error *err);
/** A check of this service is done. */
void registry_checked(struct service *service);

/* registry_check.c */
/** Asks all instances of a service; then registry_checked(). arg: the service. */
void registry_check(void *arg);
/** Ends the check under way. */
void registry_check_cancel(struct service *service);

/* registry_instances.c */
/** Instances as addresses say; those that stay keep what is known of them. No check under way. */
void registry_take_addresses(struct service *service, const struct orch_addresses *addresses);
void registry_drop_instances(struct service *service);
/** What the instances come to: health, reason, capabilities. */
void registry_sum_up(struct service *service, struct finding *ret_finding);
/** Whether an instance is one that should be there and is missing. */
bool registry_is_missing(const struct instance *instance);
/** Whether an address stands for no instance: the other family's of a name that means both. */
bool registry_is_shadow(const struct instance *instance);
/** Worse replaces better. */
void registry_worsen(struct finding *finding, enum orch_health health, const char *reason);

#endif
