#ifndef ORCH_REGISTRY_H
#define ORCH_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "http/client.h"
#include "loop/loop.h"
#include "orchestrator/agent.h"
#include "orchestrator/snapshot.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The agents: where they are, how they do, what they offer. Each of an agent's instances is asked
 * at start and every interval, and much more often while one is missing, so that what comes back is
 * seen soon. A missing agent never holds anything up, and is logged when it goes and when it
 * returns. Calls go to the instances in turn, through the agent's circuit breaker. Loop only.
 *
 * An agent is as healthy as what a call to it meets: unhealthy where no instance answers; degraded
 * where one that answers says so, or where they keep different stores, because an idempotency key
 * holds within one of them only. What it offers is what every instance offers that answers.
 */
struct orch_registry;

/** How a service does; the numbers are those of servicelane.agent.v1.HealthStatus. */
enum orch_health { ORCH_HEALTHY = 1, ORCH_DEGRADED = 2, ORCH_UNHEALTHY = 3 };

/** "healthy", "degraded" or "unhealthy". Static. */
const char *orch_health_name(enum orch_health health);

struct orch_registry_service {
    /** Required. "payment". Copied. */
    const char *name;
    /** Required. A gRPC target, or the http:// URL of an agent that speaks REST. Copied. */
    const char *target;
};

struct orch_registry_options {
    /** Required. Borrowed until the call returns. */
    const struct orch_registry_service *services;
    size_t service_count;
    /** Required. SERVICE_DISCOVERY_INTERVAL, milliseconds. */
    int64_t interval_ms;
    /** Required. HEALTH_CHECK_TIMEOUT, milliseconds. */
    int64_t check_timeout_ms;
    /** Optional. What is shown to the agents, and TLS. Borrowed until orch_registry_free(). */
    const struct sl_guard_settings *guard;
    /** Required where a target is a URL. Borrowed until orch_registry_free(). */
    struct sl_http_client *http;
};

/** Agents at most. */
#define ORCH_REGISTRY_MAX 64

SL_MUST_USE enum sl_code orch_registry_new(struct sl_loop *loop,
                                           const struct orch_registry_options *options,
                                           struct orch_registry **ret_registry,
                                           struct sl_error *err);

/** Begins to ask the agents. */
void orch_registry_start(struct orch_registry *registry);

/** Asks no more; what is under way is cancelled. Then the loop has to run until it is idle. */
void orch_registry_stop(struct orch_registry *registry);
bool orch_registry_is_idle(const struct orch_registry *registry);

/** When idle. registry may be NULL. */
void orch_registry_free(struct orch_registry *registry);

/** NULL for a service that is unknown. Borrowed until the registry is freed. */
struct orch_agent *orch_registry_agent(struct orch_registry *registry, const char *service);

/** What the agents can do, as last heard: a new reference. */
struct orch_snapshot *orch_registry_snapshot(struct orch_registry *registry);

/**
 * Posts task when every agent was heard once, at once where they were; at the latest START_GRACE_MS
 * after orch_registry_start(), because a missing agent holds nothing up. So a workflow that is
 * taken up at start is not planned for agents that start at the same moment. task runs at
 * orch_registry_stop() too.
 */
#define ORCH_REGISTRY_START_GRACE_MS 2000
struct orch_registry_waiter {
    struct sl_task task;
    struct orch_registry_waiter *next;
};
void orch_registry_when_heard(struct orch_registry *registry, struct orch_registry_waiter *waiter);

/** A call to this service failed: asks it now rather than at the next interval. */
void orch_registry_suspect(struct orch_registry *registry, const char *service);

/** What is known of a service. Borrowed until the loop's next turn. */
struct orch_registry_state {
    const char *name;
    const char *target;
    enum orch_health health;
    /** NULL while healthy. */
    const char *reason;
    /** Nanoseconds since 1970 UTC; 0 before the first check was done. */
    int64_t last_check_ns;
    /** The Capabilities message in the REST dialect; NULL where it was never heard. */
    json_t *capabilities;
    /** "closed", "open" or "half_open". */
    const char *circuit_breaker;
    size_t instance_count;
};

/** One process of an agent. Borrowed until the loop's next turn. */
struct orch_registry_instance {
    const char *address;
    enum orch_health health;
    /** Id of the database that it keeps keys in; "" where it was never heard. */
    const char *store_id;
};

size_t orch_registry_count(const struct orch_registry *registry);
void orch_registry_state(const struct orch_registry *registry, size_t index,
                         struct orch_registry_state *ret_state);
/** place: below that service's instance_count. */
void orch_registry_instance(const struct orch_registry *registry, size_t index, size_t place,
                            struct orch_registry_instance *ret_instance);

#ifdef __cplusplus
}
#endif

#endif
