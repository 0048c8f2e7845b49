#ifndef AGENT_EXECUTION_H
#define AGENT_EXECUTION_H

#include <stdint.h>

#include "base/digest.h"
#include "services/agent/answer.h"
#include "services/agent/identity.h"
#include "services/agent/ledger.h"
#include "services/agent/parameters.h"
#include "services/agent/toolbox.h"

#ifdef __cplusplus
extern "C" {
#endif

struct agent_execution;

/** What executions work with. The agent's; loop only. */
struct agent_core {
    struct sl_loop *loop;
    const struct agent_service *service;
    struct sl_mcp_client *mcp;
    struct agent_toolbox *toolbox;
    struct agent_ledger *ledger;
    /** All under way. */
    struct agent_execution *executions;
    size_t execution_count;
    /** Those of executions to come. */
    struct sl_arena_pool arenas;
};

/** An operation to carry out. Borrowed until the start returns. */
struct agent_execution_request {
    /** Required. */
    const char *operation;
    /** Required. An object. */
    json_t *parameters;
    /** Milliseconds for all of it; 0 or less is refused, in the answer. */
    int64_t timeout_ms;
    /** Optional. The idempotency key. */
    const char *key;
    /** Required. */
    const struct agent_identity *identity;
    /** Optional. */
    const char *traceparent;
};

/**
 * error->code other than SL_OK: there is no answer (SL_FAILED_PRECONDITION: the key belongs to
 * another request; SL_RESOURCE_EXHAUSTED). Both are borrowed until return.
 */
typedef void agent_execution_done_fn(const struct sl_error *error, struct agent_answer *answer,
                                     void *arg);

/**
 * Checks and carries out an operation: parameters first, then the key's claim where it changes
 * state, then the tools. done runs exactly once, on the loop, never inside this call.
 */
SL_MUST_USE enum sl_code agent_execution_start(struct agent_core *core,
                                               const struct agent_execution_request *request,
                                               agent_execution_done_fn *done, void *arg,
                                               struct agent_execution **ret_execution,
                                               struct sl_error *err);

/** Ends it as soon as may be: tool calls under way are cancelled. done still runs. */
void agent_execution_cancel(struct agent_execution *execution);

/**
 * Has it end, as soon as it is known that nothing was changed: an earlier attempt under its key
 * that may have changed something is still brought to its end. False where something that changes
 * state was called already. done still runs.
 */
bool agent_execution_withdraw(struct agent_execution *execution);

/** Whether it can change state at all, as far as is known. */
bool agent_execution_is_read_only(const struct agent_execution *execution);

/** Cancels all. */
void agent_core_cancel_all(struct agent_core *core);

/** The operation of that name, as row and tool. */
struct agent_target agent_core_target(const struct agent_core *core, const char *operation);

/** A tool that the operation needs and that the MCP server is not known to offer; NULL where none.
 */
const char *agent_core_missing_tool(const struct agent_core *core,
                                    const struct agent_target *target);

/**
 * All that stands against an operation, in faults: an unknown name, a tool that is not there, bad
 * parameters. *ret_is_retryable says whether that may change. Errors: SL_RESOURCE_EXHAUSTED.
 */
SL_MUST_USE enum sl_code agent_core_check(const struct agent_core *core, const char *operation,
                                          const json_t *parameters, struct agent_faults *faults,
                                          bool *ret_is_retryable, struct sl_error *err);

/** SHA-256 over operation and canonical parameters. Errors: SL_RESOURCE_EXHAUSTED. */
SL_MUST_USE enum sl_code agent_request_hash(const char *operation, const json_t *parameters,
                                            char out[SL_SHA256_HEX_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
