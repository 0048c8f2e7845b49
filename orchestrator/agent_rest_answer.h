#ifndef ORCH_AGENT_REST_ANSWER_H
#define ORCH_AGENT_REST_ANSWER_H

#include "http/client.h"
#include "orchestrator/agent.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * What an HTTP exchange with an agent came to: a message of the contract, or why there is none and
 * what may have been done. Pure. The message is a new reference.
 */
void orch_agent_rest_read(enum orch_agent_method method, const struct sl_error *error,
                          const struct sl_http_response *response,
                          struct orch_agent_answer *ret_answer);

#ifdef __cplusplus
}
#endif

#endif
