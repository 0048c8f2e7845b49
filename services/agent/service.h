#ifndef AGENT_SERVICE_H
#define AGENT_SERVICE_H

#include "services/agent/operation.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Whose value an MCP header carries. */
enum agent_header_source {
    AGENT_HEADER_TENANT,
    AGENT_HEADER_DEALER,
    AGENT_HEADER_USER,
    /** The agent's own name. */
    AGENT_HEADER_SERVICE,
};

/** A header that goes to the MCP server with every request. */
struct agent_header {
    const char *name;
    enum agent_header_source source;
};

/**
 * One agent, as a table: what it offers, how it checks, how it carries out, and what its
 * surroundings are called. Static data; everything else is shared.
 */
struct agent_service {
    /** "payment-agent": in answers, health, capabilities, logs, and the name of the database. */
    const char *name;
    /** A line for --help. */
    const char *summary;
    /** Prefix of its variables: "PAYMENT" makes PAYMENT_LISTEN and PAYMENT_MCP_ENDPOINT. */
    const char *variable_prefix;
    const char *default_listen;
    const char *default_mcp_endpoint;
    const struct agent_header *headers;
    size_t header_count;

    /** The agent's own operations. */
    const struct agent_operation *(*get_available_operations)(size_t *ret_count);
    /** What the domain finds wrong with the parameters, beyond presence, type and the tool's
     * schema. */
    void (*validate_operation)(const struct agent_operation *operation, const json_t *parameters,
                               struct agent_faults *faults);
    /** Takes the first step of a local or composed operation. */
    void (*execute_operation)(const struct agent_operation *operation, struct agent_run *run);
};

/** validate_operation by the row's check. */
void agent_table_validate(const struct agent_operation *operation, const json_t *parameters,
                          struct agent_faults *faults);

/** execute_operation by the row's first step. */
void agent_table_execute(const struct agent_operation *operation, struct agent_run *run);

/** The row of that name; NULL where the agent itself has none. */
const struct agent_operation *agent_service_find(const struct agent_service *service,
                                                 const char *name);

#ifdef __cplusplus
}
#endif

#endif
