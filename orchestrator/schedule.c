#include "orchestrator/schedule.h"

#include <string.h>

bool orch_workflow_status_is_last(enum orch_workflow_status status)
{
    return status >= ORCH_WORKFLOW_COMPLETED;
}

bool orch_step_status_is_last(enum orch_step_status status)
{
    return status >= ORCH_STEP_COMPLETED;
}

/* ---- The order that counts ---- */

static bool depends_on_unplaced(const struct orch_step *step, const bool *is_placed)
{
    for (size_t i = 0; i < step->dependency_count; i++)
        if (!is_placed[step->dependencies[i]])
            return true;
    return false;
}

/* The first step by the plan's order whose dependencies all stand already. A plan has no cycles;
 * where one slipped in, its first step is taken, so that this ends. */
static size_t next_in_order(const struct orch_plan *plan, const bool *is_placed)
{
    size_t fallback = plan->step_count;
    for (size_t i = 0; i < plan->step_count; i++) {
        if (is_placed[i])
            continue;
        if (!depends_on_unplaced(&plan->steps[i], is_placed))
            return i;
        if (fallback == plan->step_count)
            fallback = i;
    }
    return fallback;
}

enum sl_code orch_schedule_init(const struct orch_plan *plan, struct sl_arena *arena,
                                struct orch_schedule *ret_schedule, struct sl_error *err)
{
    size_t count = plan->step_count;
    struct orch_schedule schedule = {.plan = plan};
    schedule.steps = sl_arena_alloc_array(arena, count, sizeof(*schedule.steps));
    schedule.order = sl_arena_alloc_array(arena, count, sizeof(*schedule.order));
    schedule.rank = sl_arena_alloc_array(arena, count, sizeof(*schedule.rank));
    bool *is_placed = sl_arena_alloc_array(arena, count, sizeof(*is_placed));
    if (!schedule.steps || !schedule.order || !schedule.rank || !is_placed)
        return sl_error_no_memory(err);
    for (size_t place = 0; place < count; place++) {
        size_t step = next_in_order(plan, is_placed);
        is_placed[step] = true;
        schedule.order[place] = step;
        schedule.rank[step] = place;
        schedule.steps[step].status = ORCH_STEP_PENDING;
    }
    *ret_schedule = schedule;
    return SL_OK;
}

/* ---- Starting ---- */

static bool share_group(const struct orch_step *a, const struct orch_step *b)
{
    return a->parallel_group && b->parallel_group &&
           strcmp(a->parallel_group, b->parallel_group) == 0;
}

static bool are_dependencies_completed(const struct orch_schedule *schedule, size_t step)
{
    const struct orch_step *planned = &schedule->plan->steps[step];
    for (size_t i = 0; i < planned->dependency_count; i++)
        if (schedule->steps[planned->dependencies[i]].status != ORCH_STEP_COMPLETED)
            return false;
    return true;
}

/* A step waits for the changes ordered before it, a change for everything ordered before it. */
static bool is_turn_come(const struct orch_schedule *schedule, size_t step)
{
    const struct orch_plan *plan = schedule->plan;
    for (size_t place = 0; place < schedule->rank[step]; place++) {
        size_t earlier = schedule->order[place];
        const struct orch_schedule_step *state = &schedule->steps[earlier];
        if (orch_step_status_is_last(state->status))
            continue;
        if (!state->changes_state && !schedule->steps[step].changes_state)
            continue;
        if (!share_group(&plan->steps[earlier], &plan->steps[step]))
            return false;
    }
    return true;
}

bool orch_schedule_is_ready(const struct orch_schedule *schedule, size_t step)
{
    enum orch_step_status status = schedule->steps[step].status;
    if (schedule->is_aborted || schedule->is_cancelled)
        return false;
    if (status == ORCH_STEP_RETRYING)
        return true;
    return status == ORCH_STEP_PENDING && are_dependencies_completed(schedule, step) &&
           is_turn_come(schedule, step);
}

void orch_schedule_start(struct orch_schedule *schedule, size_t step)
{
    schedule->steps[step].status = ORCH_STEP_RUNNING;
    schedule->steps[step].attempts++;
}

/* ---- Ending ---- */

/* How a step ends that is not carried out and not tried again. */
static enum orch_step_status status_without_success(const struct orch_schedule *schedule,
                                                    size_t step)
{
    switch (schedule->plan->steps[step].failure_policy) {
    case ORCH_FAILURE_SKIP:
        return ORCH_STEP_SKIPPED;
    case ORCH_FAILURE_RETRY:
    case ORCH_FAILURE_ABORT:
        break;
    }
    return ORCH_STEP_FAILED;
}

static bool has_tries_left(const struct orch_schedule *schedule, size_t step)
{
    const struct orch_step *planned = &schedule->plan->steps[step];
    const struct orch_schedule_step *state = &schedule->steps[step];
    return planned->failure_policy == ORCH_FAILURE_RETRY && !schedule->is_aborted &&
           !schedule->is_cancelled &&
           state->attempts - state->attempts_forgiven <= planned->retry_attempts;
}

enum orch_step_status orch_schedule_judge(const struct orch_schedule *schedule, size_t step,
                                          enum orch_verdict verdict)
{
    bool changes_state = schedule->steps[step].changes_state;
    switch (verdict) {
    case ORCH_VERDICT_DONE:
        return ORCH_STEP_COMPLETED;
    case ORCH_VERDICT_REFUSED:
        return status_without_success(schedule, step);
    case ORCH_VERDICT_TRANSIENT:
    case ORCH_VERDICT_UNCLEAR:
        if (has_tries_left(schedule, step))
            return ORCH_STEP_RETRYING;
        break;
    case ORCH_VERDICT_UNKNOWN:
        break;
    }
    if (verdict != ORCH_VERDICT_TRANSIENT && changes_state)
        return ORCH_STEP_NEEDS_RECONCILIATION;
    return schedule->is_cancelled ? ORCH_STEP_CANCELLED : status_without_success(schedule, step);
}

void orch_schedule_set(struct orch_schedule *schedule, size_t step, enum orch_step_status status)
{
    schedule->steps[step].status = status;
    bool is_failure = status == ORCH_STEP_FAILED || status == ORCH_STEP_NEEDS_RECONCILIATION;
    if (is_failure && schedule->plan->steps[step].failure_policy == ORCH_FAILURE_ABORT)
        schedule->is_aborted = true;
}

/* A dependency that will not complete; step_count where there is none. */
static size_t find_lost_dependency(const struct orch_schedule *schedule, size_t step)
{
    const struct orch_step *planned = &schedule->plan->steps[step];
    for (size_t i = 0; i < planned->dependency_count; i++) {
        enum orch_step_status status = schedule->steps[planned->dependencies[i]].status;
        if (orch_step_status_is_last(status) && status != ORCH_STEP_COMPLETED)
            return planned->dependencies[i];
    }
    return schedule->plan->step_count;
}

static bool pending_ending(const struct orch_schedule *schedule, size_t step,
                           struct orch_schedule_ending *ret_ending)
{
    size_t none = schedule->plan->step_count;
    size_t lost = find_lost_dependency(schedule, step);
    struct orch_schedule_ending ending = {step, ORCH_STEP_BLOCKED, lost};
    if (schedule->is_cancelled) {
        ending.status = ORCH_STEP_CANCELLED;
        ending.cause = none;
    } else if (lost != none && schedule->steps[lost].status == ORCH_STEP_SKIPPED) {
        ending.status = ORCH_STEP_SKIPPED;
    } else if (lost == none && !schedule->is_aborted) {
        return false;
    }
    *ret_ending = ending;
    return true;
}

/* Nothing more is tried after an abort or a cancel: what the last try left stands. */
static bool retrying_ending(const struct orch_schedule *schedule, size_t step,
                            struct orch_schedule_ending *ret_ending)
{
    const struct orch_schedule_step *state = &schedule->steps[step];
    if (!schedule->is_aborted && !schedule->is_cancelled)
        return false;
    enum orch_step_status status =
        schedule->is_cancelled ? ORCH_STEP_CANCELLED : status_without_success(schedule, step);
    if (state->is_unclear && state->changes_state)
        status = ORCH_STEP_NEEDS_RECONCILIATION;
    *ret_ending = (struct orch_schedule_ending){step, status, schedule->plan->step_count};
    return true;
}

bool orch_schedule_next_ending(const struct orch_schedule *schedule,
                               struct orch_schedule_ending *ret_ending)
{
    for (size_t place = 0; place < schedule->plan->step_count; place++) {
        size_t step = schedule->order[place];
        enum orch_step_status status = schedule->steps[step].status;
        if (status == ORCH_STEP_PENDING && pending_ending(schedule, step, ret_ending))
            return true;
        if (status == ORCH_STEP_RETRYING && retrying_ending(schedule, step, ret_ending))
            return true;
    }
    return false;
}

bool orch_schedule_is_over(const struct orch_schedule *schedule)
{
    for (size_t i = 0; i < schedule->plan->step_count; i++)
        if (!orch_step_status_is_last(schedule->steps[i].status))
            return false;
    return true;
}

enum orch_workflow_status orch_schedule_outcome(const struct orch_schedule *schedule)
{
    size_t seen[ORCH_STEP_NEEDS_RECONCILIATION + 1] = {0};
    for (size_t i = 0; i < schedule->plan->step_count; i++)
        seen[schedule->steps[i].status]++;
    if (seen[ORCH_STEP_NEEDS_RECONCILIATION])
        return ORCH_WORKFLOW_NEEDS_RECONCILIATION;
    if (seen[ORCH_STEP_CANCELLED])
        return ORCH_WORKFLOW_CANCELLED;
    if (seen[ORCH_STEP_FAILED] || seen[ORCH_STEP_BLOCKED] || schedule->plan->step_count == 0)
        return ORCH_WORKFLOW_FAILED;
    return ORCH_WORKFLOW_COMPLETED;
}

/* ---- What a person settles ---- */

static void reopen_blocked(struct orch_schedule *schedule)
{
    schedule->is_aborted = false;
    for (size_t i = 0; i < schedule->plan->step_count; i++) {
        enum orch_step_status status = schedule->steps[i].status;
        if (status == ORCH_STEP_BLOCKED)
            schedule->steps[i].status = ORCH_STEP_PENDING;
        else
            orch_schedule_set(schedule, i, status);
    }
}

void orch_schedule_reconcile(struct orch_schedule *schedule, size_t step, bool has_happened)
{
    struct orch_schedule_step *state = &schedule->steps[step];
    state->is_unclear = false;
    state->attempts_forgiven = state->attempts;
    state->rounds += !has_happened;
    if (has_happened)
        state->status = ORCH_STEP_COMPLETED;
    else
        state->status = schedule->is_cancelled ? ORCH_STEP_CANCELLED : ORCH_STEP_PENDING;
    reopen_blocked(schedule);
}
