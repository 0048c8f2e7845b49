#ifndef AGENT_CLAIMS_H
#define AGENT_CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "store/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The rows behind the ledger: one a key, as units of work for lib/store. Each works on a struct of
 * its own, which nobody else touches from start to done; texts in it live as long as its arena.
 *
 * A row's life: running (owned, with a lease), then settled (with its answer), unknown, or gone
 * again.
 */

/** What a claimant found under its key. */
enum agent_claim_found {
    /** No row, and none was wanted. */
    AGENT_CLAIM_NONE,
    /** Ours now; nothing was ever sent under this key. */
    AGENT_CLAIM_FRESH,
    /** Ours now, but an earlier attempt ended without an answer, or its process did. */
    AGENT_CLAIM_RESUMED,
    /** The answer is there. */
    AGENT_CLAIM_SETTLED,
    /** Another process carries it out now. */
    AGENT_CLAIM_BUSY,
    /** The key belongs to another request. */
    AGENT_CLAIM_CONFLICT,
};

/** Takes the row of a key, or tells who has it. */
struct agent_claim_begin {
    struct sl_arena *arena;
    const char *tenant, *key, *hash, *owner;
    /** What is going to be called; NULL where that is not known yet. */
    const char *tool, *arguments;
    /** Makes no row where there is none. */
    bool is_lookup;
    int64_t now_ms, lease_ms;
    /** Results: what was found; the answer (SETTLED); what had been called (RESUMED). */
    enum agent_claim_found found;
    const char *answer;
    const char *earlier_tool, *earlier_arguments;
};
enum sl_code agent_claims_begin(struct sl_db *db, void *claim_begin, struct sl_error *err);

enum agent_claim_end_kind {
    /** There is a final answer: it is kept. */
    AGENT_CLAIM_SETTLE,
    /** Nothing happened: the row goes. */
    AGENT_CLAIM_RELEASE,
    /** Nobody knows. */
    AGENT_CLAIM_LEAVE_UNKNOWN,
};

/** Ends what begin took. */
struct agent_claim_end {
    const char *tenant, *key, *owner;
    enum agent_claim_end_kind kind;
    const char *answer;
    int64_t now_ms;
};
enum sl_code agent_claims_end(struct sl_db *db, void *claim_end, struct sl_error *err);

/** Writes down what is going to be called, before it is. */
struct agent_claim_effect {
    const char *tenant, *key, *owner, *tool, *arguments;
};
enum sl_code agent_claims_note_effect(struct sl_db *db, void *claim_effect, struct sl_error *err);

/** Settles a key under which nothing was called yet, so that nothing ever is. */
struct agent_claim_forestall {
    const char *tenant, *key, *hash, *answer;
    int64_t now_ms;
    /** Result: false where something was, or may have been. */
    bool is_forestalled;
};
enum sl_code agent_claims_forestall(struct sl_db *db, void *claim_forestall, struct sl_error *err);

/** Says that an owner lives. */
struct agent_claim_renewal {
    const char *owner;
    int64_t lease_ms;
};
enum sl_code agent_claims_renew(struct sl_db *db, void *claim_renewal, struct sl_error *err);

/** Forgets keys that were last touched before. */
struct agent_claim_purge {
    int64_t before_ms;
};
enum sl_code agent_claims_purge(struct sl_db *db, void *claim_purge, struct sl_error *err);

#define AGENT_CLAIMS_SCHEMA                                                                        \
    "CREATE TABLE claims ("                                                                        \
    "tenant TEXT NOT NULL, claim_key TEXT NOT NULL, hash TEXT NOT NULL, state BIGINT NOT NULL, "   \
    "owner TEXT NOT NULL, lease_ms BIGINT NOT NULL, tool TEXT, arguments TEXT, answer TEXT, "      \
    "created_ms BIGINT NOT NULL, updated_ms BIGINT NOT NULL, PRIMARY KEY (tenant, claim_key));"    \
    "CREATE INDEX claims_running ON claims (state, owner);"                                        \
    "CREATE INDEX claims_age ON claims (updated_ms);"

#ifdef __cplusplus
}
#endif

#endif
