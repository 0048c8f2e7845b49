#ifndef AGENT_PARAMETERS_H
#define AGENT_PARAMETERS_H

#include "services/agent/service.h"
#include "services/agent/tool.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The parameters of an operation: what they have to be, and what goes to the tool. */

/** The operation that a request names, and the tool of that name; either may be NULL, not both. */
struct agent_target {
    const struct agent_service *service;
    const struct agent_operation *operation;
    const struct agent_tool *tool;
};

/**
 * Finds all that is wrong: by the domain's check, by the table (presence; types where no tool's
 * schema is known), by the tool's inputSchema. Errors: SL_RESOURCE_EXHAUSTED.
 */
SL_MUST_USE enum sl_code agent_parameters_check(const struct agent_target *target,
                                                const json_t *parameters,
                                                struct agent_faults *faults, struct sl_error *err);

/** What the tool gets: the parameters with the table's defaults. A new reference; NULL out of
 * memory. */
json_t *agent_parameters_arguments(const struct agent_target *target, json_t *parameters);

/** JSON Schema of the parameters: the tool's, else one made from the table. A new reference; NULL
 * out of memory. */
json_t *agent_parameters_schema(const struct agent_target *target);

/** Whether carrying the operation out changes nothing. */
bool agent_target_is_read_only(const struct agent_target *target);

#ifdef __cplusplus
}
#endif

#endif
