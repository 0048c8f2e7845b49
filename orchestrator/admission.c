#include "orchestrator/admission.h"

#include "base/memory.h"
#include "orchestrator/run.h"

/* The newest counts an eighth: a burst of quick ones does not hide what the usual one takes. */
#define AVERAGE_SHARE 8
#define RETRY_AFTER_LONGEST_S 60

void orch_admission_done(struct orch_admission *admission)
{
    sl_free(admission->waiting);
    *admission = (struct orch_admission){0};
}

/* ---- The heap ---- */

static bool goes_before(const struct orch_run *a, const struct orch_run *b)
{
    if (a->workflow->priority != b->workflow->priority)
        return a->workflow->priority > b->workflow->priority;
    return a->admission.ticket < b->admission.ticket;
}

static void place(struct orch_admission *admission, size_t slot, struct orch_run *run)
{
    admission->waiting[slot] = run;
    run->admission.slot = slot;
}

static void sift_up(struct orch_admission *admission, size_t slot, struct orch_run *run)
{
    while (slot > 0 && goes_before(run, admission->waiting[(slot - 1) / 2])) {
        place(admission, slot, admission->waiting[(slot - 1) / 2]);
        slot = (slot - 1) / 2;
    }
    place(admission, slot, run);
}

static void sift_down(struct orch_admission *admission, size_t slot, struct orch_run *run)
{
    for (;;) {
        size_t child = 2 * slot + 1;
        if (child >= admission->count)
            break;
        if (child + 1 < admission->count &&
            goes_before(admission->waiting[child + 1], admission->waiting[child]))
            child++;
        if (!goes_before(admission->waiting[child], run))
            break;
        place(admission, slot, admission->waiting[child]);
        slot = child;
    }
    place(admission, slot, run);
}

static bool make_room(struct orch_admission *admission)
{
    if (admission->count < admission->capacity)
        return true;
    size_t capacity = admission->capacity ? admission->capacity * 2 : 64;
    struct orch_run **waiting = sl_realloc(admission->waiting, capacity * sizeof(*waiting));
    if (!waiting)
        return false;
    admission->waiting = waiting;
    admission->capacity = capacity;
    return true;
}

static void take_out(struct orch_admission *admission, struct orch_run *run)
{
    size_t slot = run->admission.slot;
    struct orch_run *last = admission->waiting[--admission->count];
    run->admission.is_waiting = false;
    if (last == run)
        return;
    if (slot > 0 && goes_before(last, admission->waiting[(slot - 1) / 2]))
        sift_up(admission, slot, last);
    else
        sift_down(admission, slot, last);
}

/* ---- Coming and going ---- */

static bool has_room(const struct orch_admission *admission)
{
    return admission->limit == 0 || admission->running < admission->limit;
}

void orch_admission_resume(struct orch_admission *admission, struct orch_run *run)
{
    run->admission.is_running = true;
    run->admission.since_ms = sl_loop_now_ms(run->executor->options.loop);
    admission->running++;
}

bool orch_admission_enter(struct orch_admission *admission, struct orch_run *run)
{
    bool may_run = has_room(admission) && admission->count == 0;
    if (may_run || !make_room(admission)) {
        orch_admission_resume(admission, run);
        return true;
    }
    run->admission.is_waiting = true;
    run->admission.ticket = admission->ticket++;
    sift_up(admission, admission->count++, run);
    return false;
}

void orch_admission_leave(struct orch_admission *admission, struct orch_run *run, int64_t now_ms)
{
    if (run->admission.is_waiting)
        take_out(admission, run);
    if (!run->admission.is_running)
        return;
    run->admission.is_running = false;
    admission->running--;
    int64_t took_ms = now_ms - run->admission.since_ms;
    admission->average_ms += (took_ms - admission->average_ms) / AVERAGE_SHARE;
}

struct orch_run *orch_admission_next(struct orch_admission *admission)
{
    if (admission->count == 0 || !has_room(admission))
        return NULL;
    struct orch_run *run = admission->waiting[0];
    take_out(admission, run);
    orch_admission_resume(admission, run);
    return run;
}

int orch_admission_retry_after(const struct orch_admission *admission)
{
    int64_t limit = admission->limit ? (int64_t)admission->limit : 1;
    int64_t seconds = admission->average_ms * (int64_t)admission->count / limit / 1000 + 1;
    return seconds < RETRY_AFTER_LONGEST_S ? (int)seconds : RETRY_AFTER_LONGEST_S;
}
