#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include <stdint.h>

#include "guard/settings.h"
#include "loop/loop.h"
#include "services/agent/identity.h"
#include "services/agent/service.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * An agent: one service's operations behind servicelane.agent.v1.AgentService. It owns its
 * database, its MCP client and its server.
 *
 * Life: agent_new() binds and serves; the loop runs; agent_stop_start(); its callback;
 * agent_free(). A missing MCP server means degraded, never a stop. Loop only.
 */
struct agent;

struct agent_options {
    /** Required. Static. */
    const struct agent_service *service;
    /** Required. host:port; port 0 lets the system choose. */
    const char *listen;
    /** Required. */
    const char *mcp_endpoint;
    /** Required. The database is <data_dir>/<service name>.db. */
    const char *data_dir;
    /** Required. For whom calls are made that do not say. Texts not NULL. */
    struct agent_identity identity;
    /** Optional. Who may call, and TLS. Borrowed until return. */
    const struct sl_guard_settings *guard;
    /** Optional. Bearer token for the MCP server. */
    const char *mcp_token;
    /** Optional. See lib/outbox. */
    const char *callback_secret, *callback_allow;
    /** Milliseconds each; 0 means the default: 30,000, 30,000, 5,000, 7 days, 90 days, 15,000. */
    int64_t discovery_interval_ms;
    int64_t request_timeout_ms;
    int64_t health_timeout_ms;
    int64_t task_ttl_ms;
    int64_t key_ttl_ms;
    int64_t lease_ms;
};

/**
 * Everything in options is copied. Errors name what cannot be had: the address (SL_UNAVAILABLE),
 * the data folder (SL_PERMISSION_DENIED, ...), a setting (SL_INVALID_ARGUMENT).
 */
SL_MUST_USE enum sl_code agent_new(struct sl_loop *loop, const struct agent_options *options,
                                   struct agent **ret_agent, struct sl_error *err);

/** The port that was bound. */
int agent_port(const struct agent *agent);

/**
 * Refuses new calls, waits grace_ms milliseconds for what runs, cancels the rest (tasks are left to
 * the next process); then done(arg) runs once, on the loop. Called once.
 */
void agent_stop_start(struct agent *agent, int64_t grace_ms, void (*done)(void *arg), void *arg);

/** After stop is done. agent may be NULL. */
void agent_free(struct agent *agent);

#ifdef __cplusplus
}
#endif

#endif
