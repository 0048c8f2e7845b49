#ifndef ORCH_PLANNER_LLM_H
#define ORCH_PLANNER_LLM_H

#include "http/client.h"
#include "orchestrator/planning.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The planner that asks an OpenAI-compatible server.
 *
 * A planning is one conversation: the rules, the capabilities and the request go out, a plan comes
 * back. Structured outputs are asked for first, then JSON mode, then plain text; what the server
 * took is remembered. Where it is busy it is asked again, as Retry-After or backoff with jitter
 * says, while there is time. Whatever else goes wrong ends in orch_planned.failure, in words, and
 * the caller plans without it.
 */
struct orch_planner_llm;

/** Texts are borrowed as long as the planner lives. */
struct orch_planner_llm_options {
    /** Required. */
    struct sl_loop *loop;
    /** Required. Freed after the planner has nothing under way. */
    struct sl_http_client *http;
    /** Optional; NULL or "" means the OpenAI API. Without "/chat/completions". */
    const char *base_url;
    /** Optional; "" sends none. */
    const char *key;
    /** Required. */
    const char *model;
    double temperature;
    /** Required. Milliseconds for one call. */
    int64_t call_timeout_ms;
    /** Optional. Milliseconds before the second try, twice as many before each further; 0 means
     * 500. */
    int64_t backoff_ms;
};

/** options is borrowed until return. Errors: SL_RESOURCE_EXHAUSTED. */
SL_MUST_USE enum sl_code orch_planner_llm_new(const struct orch_planner_llm_options *options,
                                              struct orch_planner_llm **ret_planner,
                                              struct sl_error *err);

/** The planner as planning sees it; lives as long. */
const struct orch_planner *orch_planner_llm_planner(const struct orch_planner_llm *planner);

/** Ends what is under way, which is told SL_CANCELLED later; starts nothing more. NULL is nothing.
 */
void orch_planner_llm_stop(struct orch_planner_llm *planner);

/** With nothing under way. planner may be NULL. */
void orch_planner_llm_free(struct orch_planner_llm *planner);

#ifdef __cplusplus
}
#endif

#endif
