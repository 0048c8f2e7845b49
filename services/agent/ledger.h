#ifndef AGENT_LEDGER_H
#define AGENT_LEDGER_H

#include <jansson.h>
#include <stdint.h>

#include "loop/loop.h"
#include "services/agent/claims.h"
#include "store/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Keys and answers: what makes an effect happen once.
 *
 * A call that changes state claims its idempotency key on disk before anything leaves, and ends the
 * claim when it knows how it went. A claim whose answer is there gets that answer; one that finds
 * the key being worked on, here or in another process over the same database, waits for that
 * answer; one that finds a dead owner's claim (its lease of 15 s has run out) or an unknown outcome
 * takes it over and is told so. Loop only.
 */
struct agent_ledger;

struct agent_ledger_options {
    /** Required. Borrowed until agent_ledger_free(). */
    struct sl_store *store;
    /** Required. Id of this process. Copied. */
    const char *owner;
    /** Required. Milliseconds that a claim outlives its process. */
    int64_t lease_ms;
    /** Required. Milliseconds that a key is kept. */
    int64_t ttl_ms;
};

SL_MUST_USE enum sl_code agent_ledger_new(struct sl_loop *loop,
                                          const struct agent_ledger_options *options,
                                          struct agent_ledger **ret_ledger, struct sl_error *err);

/** After the store is closed and every claim has ended. ledger may be NULL. */
void agent_ledger_free(struct agent_ledger *ledger);

/** One caller's claim: waits, then is held until agent_claim_end(), or is dead after its callback.
 */
struct agent_claim;

struct agent_claim_request {
    const char *tenant;
    const char *key;
    /** Of operation and parameters: see agent_request_hash(). */
    const char *hash;
    /** The call to be made, where it is known already. arguments is JSON text. */
    const char *tool;
    const char *arguments;
    /** Takes a key that is there and makes none. */
    bool is_lookup;
    /** Milliseconds to wait for an answer that another attempt will give. */
    int64_t timeout_ms;
};

/** What became of a claim. Borrowed until the callback returns. */
struct agent_claim_result {
    /**
     * SL_OK, or why there is neither claim nor answer: SL_DEADLINE_EXCEEDED (the other attempt
     * still runs), SL_CANCELLED, or what storage said.
     */
    struct sl_error error;
    /** NONE, FRESH and RESUMED (then the claim is held), SETTLED, CONFLICT. */
    enum agent_claim_found found;
    /** SETTLED, or what the attempt that was waited for ended with. */
    json_t *answer;
    /** RESUMED: the call that was made, or may have been. */
    const char *tool;
    json_t *arguments;
};

typedef void agent_claim_fn(struct agent_claim *claim, const struct agent_claim_result *result,
                            void *arg);

/** Claims a key. done runs exactly once, on the loop, never inside this call. Everything is copied.
 */
SL_MUST_USE enum sl_code agent_claim_start(struct agent_ledger *ledger,
                                           const struct agent_claim_request *request,
                                           agent_claim_fn *done, void *arg,
                                           struct agent_claim **ret_claim, struct sl_error *err);

/** Gives up waiting: done runs with SL_CANCELLED, inside this call. Before done has run. */
void agent_claim_cancel(struct agent_claim *claim);

typedef void agent_claim_written_fn(const struct sl_error *error, void *arg);

/** Writes down the call that is about to be made. Of a held claim; done as everywhere. */
SL_MUST_USE enum sl_code agent_claim_note_effect_start(struct agent_claim *claim, const char *tool,
                                                       const char *arguments,
                                                       agent_claim_written_fn *done, void *arg,
                                                       struct sl_error *err);

/**
 * Ends a held claim, which is dead then. answer (borrowed) goes to all who waited, and is kept
 * where kind says so. done runs once, when it is on disk, or cannot be: maybe inside this call.
 */
void agent_claim_end(struct agent_claim *claim, enum agent_claim_end_kind kind, json_t *answer,
                     agent_claim_written_fn *done, void *arg);

#ifdef __cplusplus
}
#endif

#endif
