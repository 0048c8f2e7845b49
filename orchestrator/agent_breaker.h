#ifndef ORCH_AGENT_BREAKER_H
#define ORCH_AGENT_BREAKER_H

#include "orchestrator/agent.h"
#include "orchestrator/breaker.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * An agent behind its circuit breaker. A call that the breaker refuses is not made: it ends at the
 * loop's next turn with SL_UNAVAILABLE, not executed, and says when to ask again. Loop only.
 *
 * service  borrowed until orch_agent_free(); for messages and logs.
 * inner    taken, on success.
 */
SL_MUST_USE enum sl_code orch_agent_breaker_new(struct sl_loop *loop, const char *service,
                                                struct orch_agent *inner,
                                                struct orch_agent **ret_agent,
                                                struct sl_error *err);

/** Calls from here on go to inner, which is taken; those under way end where they began. */
void orch_agent_breaker_replace(struct orch_agent *agent, struct orch_agent *inner);

/** The agent was missing and is there again. */
void orch_agent_breaker_revive(struct orch_agent *agent);

const struct orch_breaker *orch_agent_breaker_state(const struct orch_agent *agent);

#ifdef __cplusplus
}
#endif

#endif
