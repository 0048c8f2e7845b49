#ifndef ORCH_CONFIG_H
#define ORCH_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/config.h"
#include "guard/settings.h"
#include "observe/settings.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What the orchestrator reads from the environment. Texts are never NULL. */
struct orch_config {
    const char *listen, *data_dir, *log_level;
    const char *payment_target, *parts_target, *repair_orders_target;
    const char *payment_url, *parts_url, *repair_orders_url;
    const char *payment_rest_listen, *parts_rest_listen, *repair_orders_rest_listen;
    const char *services;
    const char *tenant, *dealer, *user;
    const char *callback_secret, *callback_allow;
    struct sl_guard_settings guard;
    struct sl_observe_settings observe;
    const char *openai_key, *openai_url, *llm_model;
    double llm_temperature;
    int64_t discovery_interval_s, request_timeout_s, retry_attempts, health_timeout_s;
    int64_t workflow_timeout_s, workflow_deadline_s, workflow_ttl_days, max_workflows, max_running;
};

extern const struct sl_config_variable orch_config_table[];
extern const size_t orch_config_count;

/** An agent and where it is. */
struct orch_config_service {
    const char *name;
    /** A gRPC target, or the http:// URL of an agent that speaks REST. */
    const char *target;
    /** The *_SERVICE_URL that names our own bridge and was replaced by gRPC; NULL where there was
     * none. */
    const char *replaced_url;
};

/** payment, parts and repair_orders, then those of SERVICELANE_SERVICES. */
#define ORCH_CONFIG_SERVICES_MAX 64
struct orch_config_services {
    size_t count;
    struct orch_config_service entries[ORCH_CONFIG_SERVICES_MAX];
};

/**
 * Where the agents are: *_TARGET, which wins over *_SERVICE_URL; a URL of our own bridge is
 * replaced by the agent's gRPC target. Then SERVICELANE_SERVICES. Texts are borrowed from config or
 * owned by arena. Errors: SL_INVALID_ARGUMENT names the variable.
 */
SL_MUST_USE enum sl_code orch_config_find_services(const struct orch_config *config,
                                                   struct sl_arena *arena,
                                                   struct orch_config_services *ret_services,
                                                   struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
