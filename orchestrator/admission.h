#ifndef ORCH_ADMISSION_H
#define ORCH_ADMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct orch_run;

/**
 * Which accepted workflows are carried out and which wait for their turn: of those that wait the
 * one of the highest priority goes first, of the same priority the one that came first. Inside the
 * executor; loop only.
 */
struct orch_admission {
    /** A heap, the next at its root. */
    struct orch_run **waiting;
    size_t count, capacity;
    /** Of the next that comes. */
    uint64_t ticket;
    /** Workflows that are carried out now. */
    size_t running;
    /** How many at once; 0: no limit. */
    size_t limit;
    /** How long one takes, a moving average in milliseconds. */
    int64_t average_ms;
};

void orch_admission_done(struct orch_admission *admission);

/**
 * Whether a run may be carried out now; then it counts as running, until orch_admission_leave().
 * Else it waits. One that cannot be put into the queue for want of memory may run.
 */
bool orch_admission_enter(struct orch_admission *admission, struct orch_run *run);

/** Counts one that was being carried out before as running, whatever the limit. */
void orch_admission_resume(struct orch_admission *admission, struct orch_run *run);

/** It runs or waits no more. now_ms is the loop's time. Harmless where it never entered. */
void orch_admission_leave(struct orch_admission *admission, struct orch_run *run, int64_t now_ms);

/** Takes the next that may run now off the queue; NULL where none may. */
struct orch_run *orch_admission_next(struct orch_admission *admission);

/** Seconds until those who wait will about have begun, 1 to 60: when to try again. */
int orch_admission_retry_after(const struct orch_admission *admission);

#endif
