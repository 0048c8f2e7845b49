#ifndef AGENT_AGENT_PRIVATE_H
#define AGENT_AGENT_PRIVATE_H

#include "base/id.h"
#include "guard/guard.h"
#include "http/client.h"
#include "loop/timer.h"
#include "rpc/server.h"
#include "servicelane/agent/v1/agent.grpc-c.h"
#include "services/agent/agent.h"
#include "services/agent/execution.h"
#include "services/agent/tasks.h"
#include "services/agent/watch.h"

struct agent {
    struct sl_loop *loop;
    const struct agent_service *service;
    /** Holds the texts of the options. */
    struct sl_arena *arena;
    struct agent_options options;
    char owner[SL_UUID_SIZE];
    int64_t start_ns;
    struct agent_core core;
    struct sl_store *store;
    struct sl_http_client *http;
    struct sl_mcp_client *mcp;
    struct agent_toolbox *toolbox;
    struct agent_ledger *ledger;
    struct sl_outbox *outbox;
    struct agent_tasks *tasks;
    struct agent_watches *watches;
    /** NULL where nobody is asked who they are. */
    struct sl_auth *auth;
    struct sl_server *server;
    struct sl_timer stop_timer;
    int64_t stop_deadline_ms;
    bool is_server_stopped;
    bool is_cancelled;
    void (*stopped)(void *arg);
    void *stopped_arg;
};

/** All of AgentService; self is the agent. */
extern const struct agent_service_handlers agent_handlers;

/** What GetHealth and GetCapabilities answer; in arena. */
SL_MUST_USE enum sl_code agent_health_message(const struct agent *agent, struct sl_arena *arena,
                                              Servicelane__Agent__V1__AgentHealth **ret_message,
                                              struct sl_error *err);
SL_MUST_USE enum sl_code
agent_capabilities_message(const struct agent *agent, struct sl_arena *arena,
                           Servicelane__Agent__V1__Capabilities **ret_message,
                           struct sl_error *err);

#endif
