#ifndef ORCH_PROMPT_H
#define ORCH_PROMPT_H

#include "base/error.h"
#include "orchestrator/planner.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What a model is told when it is to plan: the rules and the JSON form, what the agents can do now,
 * and the request with its context, which stand apart, as JSON strings, and are called data.
 */

/**
 * The messages of a chat completion: [{role, content}]. Where planning has a rejected plan, that
 * and its faults follow.
 *
 * ret_messages  a new reference. Errors: SL_RESOURCE_EXHAUSTED only.
 */
SL_MUST_USE enum sl_code orch_prompt_messages(const struct orch_planning *planning,
                                              json_t **ret_messages);

#ifdef __cplusplus
}
#endif

#endif
