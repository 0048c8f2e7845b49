#ifndef AGENT_EXECUTION_PRIVATE_H
#define AGENT_EXECUTION_PRIVATE_H

#include "base/id.h"
#include "loop/timer.h"
#include "services/agent/answer.h"
#include "services/agent/execution.h"

/**
 * One operation under way. Its story: begin() checks; where it changes state and has a key, the
 * claim is made; then start() takes the first step, and each tool's answer the next; whoever knows
 * the end calls agent_execution_finish(), which ends the claim, and then done is told.
 */
struct agent_execution {
    struct agent_run run;
    struct agent_core *core;
    struct agent_execution *next, **place;
    struct sl_timer timer;
    const char *operation;
    const char *key;
    const char *traceparent;
    struct agent_identity identity;
    int64_t timeout_ms;
    int64_t start_ns;
    int64_t deadline_ms;
    struct agent_target target;
    char hash[SL_SHA256_HEX_SIZE];
    char made_key[SL_UUID_SIZE];
    /** Why it cannot be carried out; NULL while it can. */
    const char *problem;
    bool is_problem_retryable;
    /** Waiting, until is_held. */
    struct agent_claim *claim;
    bool is_held;
    /** An earlier attempt may have had the effect. */
    bool is_resumed;
    /** Something that changes state may have been called. */
    bool has_effect;
    bool is_cancelled;
    bool is_withdrawn;
    /** The call that is under way or about to be. */
    const char *tool;
    json_t *arguments;
    bool is_effect_call;
    agent_step_fn *next_step;
    struct sl_mcp_request *request;
    /** The end. */
    struct sl_error error;
    struct agent_answer answer;
    agent_execution_done_fn *done;
    void *done_arg;
};

/** How an execution ended. */
struct agent_ending {
    /** Taken; NULL for null. */
    json_t *result;
    /** NULL on success. Borrowed until return. */
    const char *error;
    enum sl_outcome outcome;
    bool is_retryable;
};

/** Ends the claim, if there is one, and tells done. Once. */
void agent_execution_finish(struct agent_execution *execution, const struct agent_ending *ending);

/** The steps' way to the tools. */
extern const struct agent_run_interface agent_execution_interface;

/** Makes a call that was noted under the key by an earlier attempt once more. */
void agent_execution_call_again(struct agent_execution *execution, const char *tool,
                                json_t *arguments);

/** What is carried out, with the tool as it is listed now: a refresh of the toolbox frees the list
 * of before, so that the target of the beginning may not be used after a wait. */
static inline struct agent_target agent_execution_target(const struct agent_execution *execution)
{
    return execution->target.service == NULL
               ? execution->target
               : agent_core_target(execution->core, execution->operation);
}

#endif
