#ifndef AGENT_LEDGER_PRIVATE_H
#define AGENT_LEDGER_PRIVATE_H

#include "loop/timer.h"
#include "services/agent/index.h"
#include "services/agent/ledger.h"

struct agent_ledger {
    struct sl_loop *loop;
    struct sl_store *store;
    char *owner;
    int64_t lease_ms;
    int64_t ttl_ms;
    struct agent_index flights;
    struct sl_timer renew_timer;
    struct sl_timer purge_timer;
    struct agent_claim_renewal renewal;
    struct agent_claim_purge purge;
    bool is_renewing;
    bool is_purging;
    size_t held_count;
};

/**
 * A key, with one request under it, that somebody in this process wants. Its story: begin is asked
 * of the database for the first who waits; busy, it is asked again a little later; taken, the first
 * becomes the holder and the others wait for what it ends with. It lives until nobody waits, holds
 * or writes.
 */
struct flight {
    struct agent_index_entry entry;
    struct agent_ledger *ledger;
    struct sl_arena *arena;
    struct agent_claim *first, *last;
    struct agent_claim *holder;
    struct sl_timer poll_timer;
    struct agent_claim_begin begin;
    struct agent_claim_effect effect;
    struct agent_claim_end end;
    json_t *answer;
    bool is_writing;
    agent_claim_written_fn *written;
    void *written_arg;
};

struct agent_claim {
    struct flight *flight;
    struct agent_claim *next;
    /** Owned; NULL where the call is not known yet. */
    char *tool, *arguments;
    bool is_lookup;
    struct sl_timer timer;
    agent_claim_fn *done;
    void *arg;
};

/** The flight of that request, found or made. Errors: SL_RESOURCE_EXHAUSTED. */
SL_MUST_USE enum sl_code agent_flight_find(struct agent_ledger *ledger,
                                           const struct agent_claim_request *request,
                                           struct flight **ret_flight);

/** Frees it where nobody waits, holds or writes. */
void agent_flight_free_if_idle(struct flight *flight);

/** Puts a claim in line; the flight begins at the next turn. False: out of memory, the claim is not
 * in line. */
bool agent_flight_join(struct flight *flight, struct agent_claim *claim);

/** Takes a claim out of line and tells it why. */
void agent_flight_leave(struct agent_claim *claim, enum sl_code code, const char *why);

/** Ends what the flight's holder holds, with flight->answer. */
void agent_flight_end(struct flight *flight, enum agent_claim_end_kind kind);

void agent_claim_free(struct agent_claim *claim);

/** Sees to it that the leases of what is held are renewed. */
void agent_ledger_keep(struct agent_ledger *ledger);

#endif
