#ifndef AGENT_ANSWER_H
#define AGENT_ANSWER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "servicelane/agent/v1/agent.pb-c.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * An answer: the members of AgentServiceResponse but for request_id, as JSON in the form that REST
 * clients see. So it is kept, replayed and sent to callbacks as it is.
 */

/** What an answer is made of. Borrowed, but for result. */
struct agent_answer_parts {
    /** Required. Name of the agent. */
    const char *service;
    /** Required. */
    const char *operation;
    /** Success: the result, taken; NULL for null. */
    json_t *result;
    /** Failure: why; NULL on success. */
    const char *error;
    enum sl_outcome outcome;
    /** Whether the same request may do better later; with an unknown outcome: may be made again. */
    bool is_retryable;
    /** Optional. The tool that was called last. */
    const char *tool;
    double execution_time_s;
    int64_t wall_ns;
};

/**
 * An answer in its parts, which is all that a reply needs; as JSON once somebody asks for that, or
 * where it was kept so. Zeroed it is none. Loop only.
 */
struct agent_answer {
    struct agent_answer_parts parts;
    /** NULL while nobody has asked. */
    json_t *json;
};

/** The answer as JSON. Borrowed until the answer is done; NULL when memory is out. */
json_t *agent_answer_json(struct agent_answer *answer);

void agent_answer_done(struct agent_answer *answer);

/** A new reference; NULL when memory is out; result is taken in any case. */
json_t *agent_answer_new(const struct agent_answer_parts *parts);

bool agent_answer_is_success(const json_t *answer);
/** SL_OUTCOME_UNKNOWN where the answer does not say. */
enum sl_outcome agent_answer_outcome(const json_t *answer);

/** The same answer, given again: metadata.replayed is true. A new reference; NULL when memory is
 * out. */
json_t *agent_answer_replayed(const json_t *answer);

/** The body of a callback: the answer with its request_id, compact, owned by arena; NULL when
 * memory is out. */
const char *agent_answer_body(const json_t *answer, const char *request_id, struct sl_arena *arena);

/** The message, in arena. request_id is borrowed for the message's life. */
SL_MUST_USE enum sl_code
agent_answer_message(const json_t *answer, const char *request_id, struct sl_arena *arena,
                     Servicelane__Agent__V1__AgentServiceResponse **ret_message,
                     struct sl_error *err);

/** The same of an answer that need not have been JSON; the message borrows nothing of it. */
SL_MUST_USE enum sl_code agent_answer_to_message(
    const struct agent_answer *answer, const char *request_id, struct sl_arena *arena,
    Servicelane__Agent__V1__AgentServiceResponse **ret_message, struct sl_error *err);

/** A time as message, in arena; NULL when memory is out. */
Google__Protobuf__Timestamp *agent_timestamp(int64_t wall_ns, struct sl_arena *arena);

/**
 * Makes a tool's value fit for protobuf's Value: integers beyond 2^53 become strings. Takes value
 * and returns it or another; NULL when memory is out.
 */
json_t *agent_fit_value(json_t *value);

#ifdef __cplusplus
}
#endif

#endif
