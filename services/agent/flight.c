#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "services/agent/ledger_private.h"
#include "json/json.h"

enum { POLL_MS = 200 };

/* ---- Flights ---- */

static struct flight *find_flight(struct agent_ledger *ledger, const char *name)
{
    return (struct flight *)(void *)agent_index_find(&ledger->flights, name);
}

static void free_flight(struct flight *flight)
{
    sl_timer_stop(&flight->poll_timer);
    agent_index_remove(&flight->ledger->flights, &flight->entry);
    json_decref(flight->answer);
    sl_arena_free(flight->arena);
}

void agent_flight_free_if_idle(struct flight *flight)
{
    if (flight->first == NULL && flight->holder == NULL && !flight->is_writing)
        free_flight(flight);
}

static enum sl_code new_flight(struct agent_ledger *ledger,
                               const struct agent_claim_request *request, const char *name,
                               struct flight **ret_flight)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    struct flight *flight = arena == NULL ? NULL : sl_arena_alloc(arena, sizeof(*flight));
    if (flight == NULL)
        return SL_RESOURCE_EXHAUSTED;
    flight->ledger = ledger;
    flight->begin.arena = arena;
    flight->begin.tenant = sl_arena_strdup(arena, request->tenant);
    flight->begin.key = sl_arena_strdup(arena, request->key);
    flight->begin.hash = sl_arena_strdup(arena, request->hash);
    flight->begin.owner = ledger->owner;
    flight->entry.name = sl_arena_strdup(arena, name);
    if (flight->begin.tenant == NULL || flight->begin.key == NULL || flight->begin.hash == NULL ||
        flight->entry.name == NULL)
        return SL_RESOURCE_EXHAUSTED;
    SL_TRY(agent_index_add(&ledger->flights, &flight->entry));
    flight->arena = SL_TAKE(arena);
    *ret_flight = flight;
    return SL_OK;
}

/* ---- Who waits ---- */

static void append_claim(struct flight *flight, struct agent_claim *claim)
{
    if (flight->last == NULL)
        flight->first = claim;
    else
        flight->last->next = claim;
    flight->last = claim;
}

static void remove_claim(struct flight *flight, struct agent_claim *claim)
{
    struct agent_claim **place = &flight->first, *before = NULL;
    while (*place != NULL && *place != claim) {
        before = *place;
        place = &(*place)->next;
    }
    if (*place == NULL)
        return;
    *place = claim->next;
    if (flight->last == claim)
        flight->last = before;
    claim->next = NULL;
}

void agent_claim_free(struct agent_claim *claim)
{
    sl_timer_stop(&claim->timer);
    sl_free(claim->tool);
    sl_free(claim->arguments);
    sl_free(claim);
}

/* Tells a claim that has left the queue and is not held; it is dead then. */
static void finish_claim(struct agent_claim *claim, const struct agent_claim_result *result)
{
    sl_timer_stop(&claim->timer);
    claim->done(claim, result, claim->arg);
    agent_claim_free(claim);
}

static void finish_all(struct agent_claim *claim, const struct agent_claim_result *result)
{
    while (claim != NULL) {
        struct agent_claim *next = claim->next;
        finish_claim(claim, result);
        claim = next;
    }
}

/* Ends a flight with the same word for all who wait. */
static void finish_flight(struct flight *flight, const struct agent_claim_result *result)
{
    struct agent_claim *claims = flight->first;
    flight->first = flight->last = NULL;
    agent_index_remove(&flight->ledger->flights, &flight->entry);
    finish_all(claims, result);
    agent_flight_free_if_idle(flight);
}

void agent_flight_leave(struct agent_claim *claim, enum sl_code code, const char *why)
{
    struct flight *flight = claim->flight;
    struct agent_claim_result result = {0};
    sl_error_set(&result.error, code, "%s", why);
    remove_claim(flight, claim);
    finish_claim(claim, &result);
    agent_flight_free_if_idle(flight);
}

/* ---- Beginning ---- */

static void begin(void *arg);

/* What storage is given is the whole flight (or ledger); these hand it the part that it is for. */
static enum sl_code begin_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return agent_claims_begin(db, &((struct flight *)arg)->begin, err);
}

static enum sl_code end_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return agent_claims_end(db, &((struct flight *)arg)->end, err);
}

static void finish_with(struct flight *flight, enum sl_code code, const char *why)
{
    struct agent_claim_result result = {0};
    sl_error_set(&result.error, code, "%s", why);
    finish_flight(flight, &result);
}

/* Text that this program wrote itself: NULL where it is none, or none that reads. */
static json_t *read_back(const char *text)
{
    struct sl_json_limits limits = {.max_depth = 128};
    json_t *value = NULL;
    struct sl_error error = {0};
    if (text == NULL || sl_json_parse(text, strlen(text), &limits, &value, &error) != SL_OK)
        return NULL;
    return value;
}

/* The first who waits holds the key now. */
static void hold(struct flight *flight)
{
    struct agent_claim *claim = flight->first;
    struct agent_ledger *ledger = flight->ledger;
    bool is_resumed = flight->begin.found == AGENT_CLAIM_RESUMED;
    ledger->held_count++;
    agent_ledger_keep(ledger);
    if (claim == NULL) {
        agent_flight_end(flight, is_resumed ? AGENT_CLAIM_LEAVE_UNKNOWN : AGENT_CLAIM_RELEASE);
        return;
    }
    remove_claim(flight, claim);
    sl_timer_stop(&claim->timer);
    flight->holder = claim;
    json_t *arguments = read_back(flight->begin.earlier_arguments);
    struct agent_claim_result result = {
        .found = flight->begin.found, .tool = flight->begin.earlier_tool, .arguments = arguments};
    claim->done(claim, &result, claim->arg);
    json_decref(arguments);
}

static void tell_settled(struct flight *flight)
{
    json_t *answer = read_back(flight->begin.answer);
    struct agent_claim_result result = {.found = AGENT_CLAIM_SETTLED, .answer = answer};
    if (answer == NULL)
        sl_error_set(&result.error, SL_DATA_LOSS,
                     "the answer kept under the idempotency key cannot be read");
    finish_flight(flight, &result);
    json_decref(answer);
}

static void tell_none(struct flight *flight)
{
    struct agent_claim_result result = {.found = AGENT_CLAIM_NONE};
    struct agent_claim *claim = flight->first;
    if (claim != NULL) {
        remove_claim(flight, claim);
        finish_claim(claim, &result);
    }
    if (flight->first != NULL)
        begin(flight);
    else
        agent_flight_free_if_idle(flight);
}

static void tell_conflict(struct flight *flight)
{
    struct agent_claim_result result = {.found = AGENT_CLAIM_CONFLICT};
    finish_flight(flight, &result);
}

static void wait_and_see(struct flight *flight)
{
    if (flight->first == NULL)
        agent_flight_free_if_idle(flight);
    else if (sl_timer_start(flight->ledger->loop, &flight->poll_timer, POLL_MS, begin, flight))
        finish_with(flight, SL_RESOURCE_EXHAUSTED, "out of memory");
}

static void on_begun(const struct sl_error *error, void *arg)
{
    static void (*const NEXT[])(struct flight *) = {
        [AGENT_CLAIM_NONE] = tell_none,    [AGENT_CLAIM_FRESH] = hold,
        [AGENT_CLAIM_RESUMED] = hold,      [AGENT_CLAIM_SETTLED] = tell_settled,
        [AGENT_CLAIM_BUSY] = wait_and_see, [AGENT_CLAIM_CONFLICT] = tell_conflict,
    };
    struct flight *flight = arg;
    flight->is_writing = false;
    if (error->code != SL_OK)
        finish_with(flight, error->code, error->message);
    else
        NEXT[flight->begin.found](flight);
}

/* Copies what the storage thread reads: the claim it is for may give up meanwhile. */
static bool prepare(struct flight *flight, const struct agent_claim *claim)
{
    struct agent_claim_begin *work = &flight->begin;
    struct agent_ledger *ledger = flight->ledger;
    if (work->tool == NULL && claim->tool != NULL) {
        work->arguments = sl_arena_strdup(flight->arena, claim->arguments);
        work->tool = sl_arena_strdup(flight->arena, claim->tool);
        if (work->tool == NULL || work->arguments == NULL)
            return false;
    }
    work->is_lookup = claim->is_lookup;
    work->now_ms = sl_clock_wall_ms(sl_loop_clock(ledger->loop));
    work->lease_ms = work->now_ms + ledger->lease_ms;
    work->answer = work->earlier_tool = work->earlier_arguments = NULL;
    return true;
}

static void begin(void *arg)
{
    struct flight *flight = arg;
    if (flight->first == NULL)
        agent_flight_free_if_idle(flight);
    else if (!prepare(flight, flight->first))
        finish_with(flight, SL_RESOURCE_EXHAUSTED, "out of memory");
    else if (sl_store_write_start(flight->ledger->store, begin_work, on_begun, flight))
        finish_with(flight, SL_RESOURCE_EXHAUSTED, "the idempotency key cannot be written down");
    else
        flight->is_writing = true;
}

/* ---- Ending ---- */

static void on_ended(const struct sl_error *error, void *arg)
{
    struct flight *flight = arg;
    flight->is_writing = false;
    if (error->code != SL_OK)
        sl_log(SL_LOG_ERROR, "answer not kept", sl_field_string("reason", error->message));
    if (flight->written != NULL)
        flight->written(error, flight->written_arg);
    struct agent_claim_result result = {.found = AGENT_CLAIM_SETTLED, .answer = flight->answer};
    if (flight->answer == NULL)
        sl_error_set(&result.error, SL_CANCELLED, "the attempt that was waited for gave up");
    finish_flight(flight, &result);
}

void agent_flight_end(struct flight *flight, enum agent_claim_end_kind kind)
{
    struct agent_ledger *ledger = flight->ledger;
    const char *text = kind == AGENT_CLAIM_SETTLE
                           ? sl_json_arena_text(flight->answer, SL_JSON_COMPACT, flight->arena)
                           : NULL;
    flight->end = (struct agent_claim_end){flight->begin.tenant,
                                           flight->begin.key,
                                           ledger->owner,
                                           kind,
                                           text,
                                           sl_clock_wall_ms(sl_loop_clock(ledger->loop))};
    ledger->held_count--;
    struct sl_error error = {0};
    if (kind == AGENT_CLAIM_SETTLE && text == NULL)
        sl_error_no_memory(&error);
    else
        error.code = sl_store_write_start(ledger->store, end_work, on_ended, flight);
    flight->is_writing = error.code == SL_OK;
    if (error.code != SL_OK)
        on_ended(&error, flight);
}

/* ---- Getting in line ---- */

enum sl_code agent_flight_find(struct agent_ledger *ledger,
                               const struct agent_claim_request *request,
                               struct flight **ret_flight)
{
    struct sl_text name SL_CLEANUP(sl_text_cleanup) = {0};
    sl_text_printf(&name, "%s\x1f%s\x1f%s", request->tenant, request->hash, request->key);
    if (sl_text_failed(&name))
        return SL_RESOURCE_EXHAUSTED;
    *ret_flight = find_flight(ledger, sl_text_string(&name));
    return *ret_flight != NULL ? SL_OK
                               : new_flight(ledger, request, sl_text_string(&name), ret_flight);
}

bool agent_flight_join(struct flight *flight, struct agent_claim *claim)
{
    bool is_idle = flight->first == NULL && flight->holder == NULL && !flight->is_writing;
    claim->flight = flight;
    append_claim(flight, claim);
    /* At the next turn: nobody is called back inside this call. */
    if (!is_idle ||
        sl_timer_start(flight->ledger->loop, &flight->poll_timer, 0, begin, flight) == SL_OK)
        return true;
    remove_claim(flight, claim);
    return false;
}
