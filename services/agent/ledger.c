#include "services/agent/ledger.h"

#include "base/log.h"
#include "base/memory.h"
#include "services/agent/ledger_private.h"

enum { PURGE_MS = 3600 * 1000 };

/* ---- Claiming ---- */

static struct agent_claim *new_claim(const struct agent_claim_request *request)
{
    struct agent_claim *claim = sl_alloc(sizeof(*claim));
    if (claim == NULL)
        return NULL;
    claim->is_lookup = request->is_lookup;
    if (request->tool == NULL)
        return claim;
    claim->tool = sl_strdup(request->tool);
    claim->arguments = sl_strdup(request->arguments);
    if (claim->tool != NULL && claim->arguments != NULL)
        return claim;
    agent_claim_free(claim);
    return NULL;
}

static void on_claim_timeout(void *arg)
{
    agent_flight_leave(arg, SL_DEADLINE_EXCEEDED,
                       "another attempt under the same idempotency key is still running");
}

enum sl_code agent_claim_start(struct agent_ledger *ledger,
                               const struct agent_claim_request *request, agent_claim_fn *done,
                               void *arg, struct agent_claim **ret_claim, struct sl_error *err)
{
    struct flight *flight = NULL;
    struct agent_claim *claim = new_claim(request);
    if (claim == NULL)
        return sl_error_no_memory(err);
    claim->done = done;
    claim->arg = arg;
    if (agent_flight_find(ledger, request, &flight) != SL_OK ||
        sl_timer_start(ledger->loop, &claim->timer, request->timeout_ms, on_claim_timeout, claim) ||
        !agent_flight_join(flight, claim)) {
        if (flight != NULL)
            agent_flight_free_if_idle(flight);
        agent_claim_free(claim);
        return sl_error_no_memory(err);
    }
    *ret_claim = claim;
    return SL_OK;
}

void agent_claim_cancel(struct agent_claim *claim)
{
    agent_flight_leave(claim, SL_CANCELLED, "cancelled");
}

/* ---- Holding and ending ---- */

static enum sl_code effect_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return agent_claims_note_effect(db, &((struct flight *)arg)->effect, err);
}

static void on_effect_noted(const struct sl_error *error, void *arg)
{
    struct flight *flight = arg;
    flight->is_writing = false;
    flight->written(error, flight->written_arg);
}

enum sl_code agent_claim_note_effect_start(struct agent_claim *claim, const char *tool,
                                           const char *arguments, agent_claim_written_fn *done,
                                           void *arg, struct sl_error *err)
{
    struct flight *flight = claim->flight;
    struct agent_claim_effect effect = {flight->begin.tenant, flight->begin.key,
                                        flight->ledger->owner, sl_arena_strdup(flight->arena, tool),
                                        sl_arena_strdup(flight->arena, arguments)};
    if (effect.tool == NULL || effect.arguments == NULL)
        return sl_error_no_memory(err);
    flight->effect = effect;
    flight->written = done;
    flight->written_arg = arg;
    enum sl_code code =
        sl_store_write_start(flight->ledger->store, effect_work, on_effect_noted, flight);
    flight->is_writing = code == SL_OK;
    return code == SL_OK ? SL_OK : sl_error_set(err, code, "the call cannot be written down");
}

void agent_claim_end(struct agent_claim *claim, enum agent_claim_end_kind kind, json_t *answer,
                     agent_claim_written_fn *done, void *arg)
{
    struct flight *flight = claim->flight;
    flight->holder = NULL;
    flight->answer = json_incref(answer);
    flight->written = done;
    flight->written_arg = arg;
    agent_claim_free(claim);
    agent_flight_end(flight, kind);
}

/* ---- The ledger itself ---- */

static enum sl_code renew_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return agent_claims_renew(db, &((struct agent_ledger *)arg)->renewal, err);
}

static enum sl_code purge_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return agent_claims_purge(db, &((struct agent_ledger *)arg)->purge, err);
}

static void on_renewed(const struct sl_error *error, void *arg)
{
    struct agent_ledger *ledger = arg;
    ledger->is_renewing = false;
    if (error->code != SL_OK)
        sl_log(SL_LOG_ERROR, "lease not renewed", sl_field_string("reason", error->message));
}

static void renew(void *arg)
{
    struct agent_ledger *ledger = arg;
    if (ledger->held_count == 0)
        return;
    ledger->renewal.owner = ledger->owner;
    ledger->renewal.lease_ms = sl_clock_wall_ms(sl_loop_clock(ledger->loop)) + ledger->lease_ms;
    if (!ledger->is_renewing)
        ledger->is_renewing =
            sl_store_write_start(ledger->store, renew_work, on_renewed, ledger) == SL_OK;
    (void)!sl_timer_start(ledger->loop, &ledger->renew_timer, ledger->lease_ms / 3, renew, ledger);
}

void agent_ledger_keep(struct agent_ledger *ledger)
{
    if (sl_timer_is_started(&ledger->renew_timer))
        return;
    if (sl_timer_start(ledger->loop, &ledger->renew_timer, ledger->lease_ms / 3, renew, ledger))
        sl_log(SL_LOG_ERROR, "lease not renewed", sl_field_string("reason", "out of memory"));
}

static void on_purged(const struct sl_error *error, void *arg)
{
    struct agent_ledger *ledger = arg;
    ledger->is_purging = false;
    if (error->code != SL_OK)
        sl_log(SL_LOG_WARN, "old keys not removed", sl_field_string("reason", error->message));
}

static void purge(void *arg)
{
    struct agent_ledger *ledger = arg;
    ledger->purge.before_ms = sl_clock_wall_ms(sl_loop_clock(ledger->loop)) - ledger->ttl_ms;
    if (!ledger->is_purging)
        ledger->is_purging =
            sl_store_write_start(ledger->store, purge_work, on_purged, ledger) == SL_OK;
    (void)!sl_timer_start(ledger->loop, &ledger->purge_timer, PURGE_MS, purge, ledger);
}

enum sl_code agent_ledger_new(struct sl_loop *loop, const struct agent_ledger_options *options,
                              struct agent_ledger **ret_ledger, struct sl_error *err)
{
    struct agent_ledger *ledger = sl_alloc(sizeof(*ledger));
    char *owner = sl_strdup(options->owner);
    if (ledger == NULL || owner == NULL ||
        sl_timer_start(loop, &ledger->purge_timer, 0, purge, ledger) != SL_OK) {
        sl_free(owner);
        sl_free(ledger);
        return sl_error_no_memory(err);
    }
    ledger->loop = loop;
    ledger->store = options->store;
    ledger->owner = owner;
    ledger->lease_ms = options->lease_ms;
    ledger->ttl_ms = options->ttl_ms;
    *ret_ledger = ledger;
    return SL_OK;
}

void agent_ledger_free(struct agent_ledger *ledger)
{
    if (ledger == NULL)
        return;
    sl_timer_stop(&ledger->renew_timer);
    sl_timer_stop(&ledger->purge_timer);
    agent_index_done(&ledger->flights);
    sl_free(ledger->owner);
    sl_free(ledger);
}
