#include "orchestrator/breaker.h"

#define FAILURES_TO_OPEN 5
#define SPAN_TO_OPEN_MS 250
#define FIRST_OPEN_MS 1000
#define LONGEST_OPEN_MS 30000
/* While one call is let through to see: the others ask again that much later. */
#define PROBE_WAIT_MS 200

static bool move(struct orch_breaker *breaker, enum orch_breaker_state state)
{
    bool is_changed = breaker->state != state;
    breaker->state = state;
    breaker->is_probing = false;
    return is_changed;
}

static bool open(struct orch_breaker *breaker, int64_t now_ms)
{
    int64_t open_ms = FIRST_OPEN_MS;
    for (int i = 0; i < breaker->openings && open_ms < LONGEST_OPEN_MS; i++)
        open_ms *= 2;
    breaker->openings++;
    breaker->open_until_ms = now_ms + (open_ms < LONGEST_OPEN_MS ? open_ms : LONGEST_OPEN_MS);
    return move(breaker, ORCH_BREAKER_OPEN);
}

bool orch_breaker_admit(struct orch_breaker *breaker, int64_t now_ms, bool *ret_is_probe,
                        int64_t *ret_wait_ms)
{
    *ret_is_probe = false;
    if (breaker->state == ORCH_BREAKER_CLOSED)
        return true;
    if (breaker->state == ORCH_BREAKER_OPEN && now_ms < breaker->open_until_ms) {
        *ret_wait_ms = breaker->open_until_ms - now_ms;
        return false;
    }
    if (breaker->state == ORCH_BREAKER_OPEN)
        move(breaker, ORCH_BREAKER_HALF_OPEN);
    if (breaker->is_probing) {
        *ret_wait_ms = PROBE_WAIT_MS;
        return false;
    }
    breaker->is_probing = true;
    *ret_is_probe = true;
    return true;
}

static bool succeed(struct orch_breaker *breaker)
{
    breaker->failures = 0;
    breaker->openings = 0;
    return move(breaker, ORCH_BREAKER_CLOSED);
}

static bool fail(struct orch_breaker *breaker, bool is_probe, int64_t now_ms)
{
    if (breaker->state == ORCH_BREAKER_HALF_OPEN)
        return is_probe && open(breaker, now_ms);
    if (breaker->state == ORCH_BREAKER_OPEN)
        return false;
    if (breaker->failures++ == 0)
        breaker->first_failure_ms = now_ms;
    bool is_enough = breaker->failures >= FAILURES_TO_OPEN &&
                     now_ms - breaker->first_failure_ms >= SPAN_TO_OPEN_MS;
    return is_enough && open(breaker, now_ms);
}

bool orch_breaker_report(struct orch_breaker *breaker, enum orch_breaker_outcome report,
                         bool is_probe, int64_t now_ms)
{
    if (report == ORCH_BREAKER_SUCCESS)
        return succeed(breaker);
    if (report == ORCH_BREAKER_FAILURE)
        return fail(breaker, is_probe, now_ms);
    if (is_probe && breaker->state == ORCH_BREAKER_HALF_OPEN)
        breaker->is_probing = false;
    return false;
}

bool orch_breaker_revive(struct orch_breaker *breaker)
{
    return breaker->state == ORCH_BREAKER_OPEN && move(breaker, ORCH_BREAKER_HALF_OPEN);
}

const char *orch_breaker_name(enum orch_breaker_state state)
{
    static const char *const names[] = {"closed", "open", "half_open"};
    return names[state];
}
