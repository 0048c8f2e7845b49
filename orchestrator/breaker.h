#ifndef ORCH_BREAKER_H
#define ORCH_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A circuit breaker: after failures in a row no more calls are made for a while, then one is let
 * through to see. Whoever is refused learns at once what a call would have learnt later, and an
 * agent that struggles to its feet is not run over.
 *
 *   closed --- 5 failures in a row, over at least 250 ms ---> open
 *   open ----- 1 s went by (then 2, 4, ... 30), or its health check went well ---> half open
 *   half open - the one call succeeds ---> closed
 *             - it fails ---> open
 *
 * In a row and over some time: when one of several instances dies, all its calls fail in the same
 * moment, and those of the others go on succeeding. Pure; guarded by its owner. Zeroed it is
 * closed.
 */

enum orch_breaker_state { ORCH_BREAKER_CLOSED, ORCH_BREAKER_OPEN, ORCH_BREAKER_HALF_OPEN };

struct orch_breaker {
    enum orch_breaker_state state;
    /** Failures since the last success, and when the first of them was. */
    int failures;
    int64_t first_failure_ms;
    /** While open: until then. */
    int64_t open_until_ms;
    /** Openings since it was last closed. */
    int openings;
    /** While half open: the one call is under way. */
    bool is_probing;
};

enum orch_breaker_outcome {
    /** There was an answer, whatever it says: the agent lives. */
    ORCH_BREAKER_SUCCESS,
    /** There was none, and it is the agent's or the network's doing. */
    ORCH_BREAKER_FAILURE,
    /** Nothing can be said of the agent: we cancelled the call, or it was never made. */
    ORCH_BREAKER_NEUTRAL,
};

/**
 * Whether a call may be made now. ret_is_probe: hand it back with the report. Where it may not,
 * ret_wait_ms says after how many milliseconds it is worth asking again, 1 at least.
 */
bool orch_breaker_admit(struct orch_breaker *breaker, int64_t now_ms, bool *ret_is_probe,
                        int64_t *ret_wait_ms);

/** How an admitted call ended. Whether the state changed. */
bool orch_breaker_report(struct orch_breaker *breaker, enum orch_breaker_outcome report,
                         bool is_probe, int64_t now_ms);

/** The agent was missing and is there again: the next call may try at once. Whether the state
 * changed. */
bool orch_breaker_revive(struct orch_breaker *breaker);

/** "closed", "open" or "half_open". Static. */
const char *orch_breaker_name(enum orch_breaker_state state);

#ifdef __cplusplus
}
#endif

#endif
