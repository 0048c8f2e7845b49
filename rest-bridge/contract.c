#include "rest-bridge/contract.h"

#include <string.h>

#include "base/error.h"

static const struct bridge_method_contract methods[] = {
    {"/servicelane.agent.v1.AgentService/Execute", BRIDGE_DEADLINE_OPERATION, true},
    {"/servicelane.agent.v1.AgentService/ExecuteAsync", BRIDGE_DEADLINE_REQUEST, true},
    {"/servicelane.orchestrator.v1.Orchestrator/Plan", BRIDGE_DEADLINE_PLAN, false},
    {"/servicelane.orchestrator.v1.Orchestrator/Orchestrate", BRIDGE_DEADLINE_WORKFLOW, true},
    {"/servicelane.orchestrator.v1.Orchestrator/OrchestrateAsync", BRIDGE_DEADLINE_REQUEST, true},
};

static const struct bridge_method_contract other_method = {"", BRIDGE_DEADLINE_REQUEST, false};
static const struct bridge_method_contract other_stream = {"", BRIDGE_DEADLINE_STREAM, false};

static const struct {
    const char *message;
    const char *field;
} required_fields[] = {
    {"servicelane.agent.v1.AgentServiceRequest", "request_id"},
    {"servicelane.agent.v1.AgentServiceRequest", "operation"},
    {"servicelane.agent.v1.AgentServiceRequest", "parameters"},
    {"servicelane.orchestrator.v1.OrchestratorRequest", "user_request"},
};

const struct bridge_method_contract *bridge_method_contract(const struct sl_method *method)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(methods); i++) {
        if (strcmp(methods[i].path, method->path) == 0)
            return &methods[i];
    }
    return method->is_server_streaming ? &other_stream : &other_method;
}

bool bridge_is_required(const char *message, const char *field)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(required_fields); i++) {
        if (strcmp(required_fields[i].message, message) == 0 &&
            strcmp(required_fields[i].field, field) == 0)
            return true;
    }
    return false;
}
