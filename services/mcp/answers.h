#ifndef MCP_ANSWERS_H
#define MCP_ANSWERS_H

#include "base/digest.h"
#include "services/mcp/tool_call.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A call and, after answers_run(), what came of it. */
struct answered_call {
    const struct tool *tool;
    const json_t *arguments;
    /** NULL where the caller sent none. */
    const char *idempotency_key;
    /** Hash of tool and arguments; set by answers_fingerprint(). */
    char fingerprint[SL_SHA256_HEX_SIZE];
    /** The answer, a new reference; NULL for a refusal. */
    json_t *result;
    bool is_refused;
    struct sl_error refusal;
};

/** Fills call->fingerprint: equal tool and equal arguments, whatever their order, have equal ones.
 */
SL_MUST_USE enum sl_code answers_fingerprint(struct answered_call *call, struct sl_error *err);

/**
 * Runs the call inside a unit of work. With an idempotency key, the first call's answer, refusals
 * included, is written down in the transaction of its effect and given again for the same key;
 * the same key for another call is refused. An error is the database's; a refusal is SL_OK.
 */
SL_MUST_USE enum sl_code answers_run(const struct dealership *d, struct answered_call *call,
                                     struct sl_error *err);

/** Writes call's result or refusal in place of the one that is kept for its key. */
SL_MUST_USE enum sl_code answers_replace(const struct dealership *d,
                                         const struct answered_call *call, struct sl_error *err);

/** Forgets the key of a call that turned out to have had no effect. */
SL_MUST_USE enum sl_code answers_release(const struct dealership *d,
                                         const struct answered_call *call, struct sl_error *err);

/** Forgets answers older than 90 days: longer than workflows and tasks are kept. */
SL_MUST_USE enum sl_code answers_forget_old(const struct dealership *d, struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
