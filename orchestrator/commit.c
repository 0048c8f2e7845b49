#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "orchestrator/run.h"
#include "orchestrator/views.h"

/* How a run's events get on disk, and what happens when they are. */

#define APPEND_AGAIN_MS 1000

static void break_run(struct orch_run *run, const struct sl_error *error)
{
    if (run->is_broken)
        return;
    run->is_broken = true;
    sl_log(SL_LOG_ERROR, "workflow stopped until the next start",
           sl_field_string("request_id", run->workflow->request_id),
           sl_field_string("error", error->message));
    sl_timer_stop(&run->deadline);
    orch_run_wake(run, error);
    orch_run_leave(run);
}

/* ---- Events ---- */

static bool make_room(struct orch_run *run)
{
    if (run->pending_count < run->pending_capacity)
        return true;
    size_t capacity = run->pending_capacity ? run->pending_capacity * 2 : 4;
    struct orch_event *events = sl_realloc(run->pending, capacity * sizeof(*events));
    if (!events)
        return false;
    run->pending = events;
    run->pending_capacity = capacity;
    return true;
}

void orch_run_emit(struct orch_run *run, enum orch_event_kind kind, json_t *body)
{
    struct orch_workflow *workflow = run->workflow;
    struct sl_error error = {0};
    struct orch_event event = {
        .kind = kind,
        .sequence = workflow->sequence + 1,
        .at_ns = sl_clock_wall_ns(sl_loop_clock(run->executor->options.loop)),
        .body = body,
    };
    if (run->is_broken || !body || !make_room(run))
        sl_error_no_memory(&error);
    else
        (void)!orch_workflow_apply(workflow, &event, &error);
    if (error.code != SL_OK) {
        orch_event_done(&event);
        break_run(run, &error);
        return;
    }
    event.status = workflow->status;
    run->pending[run->pending_count++] = event;
}

/* ---- Waiters ---- */

static bool is_end_committed(const struct orch_run *run)
{
    return orch_workflow_status_is_last(run->workflow->status) &&
           run->committed_sequence == run->workflow->sequence;
}

void orch_run_wait(struct orch_run *run, struct orch_waiter *waiter)
{
    waiter->run = run;
    waiter->previous = NULL;
    waiter->next = run->waiters;
    if (run->waiters)
        run->waiters->previous = waiter;
    run->waiters = waiter;
}

bool orch_run_is_committed(const struct orch_run *run, int64_t sequence)
{
    return is_end_committed(run) || sequence <= run->committed_sequence;
}

void orch_waiter_remove(struct orch_waiter *waiter)
{
    if (!waiter->run)
        return;
    if (waiter->previous)
        waiter->previous->next = waiter->next;
    else
        waiter->run->waiters = waiter->next;
    if (waiter->next)
        waiter->next->previous = waiter->previous;
    waiter->run = NULL;
    waiter->next = waiter->previous = NULL;
}

static struct orch_waiter *next_to_wake(const struct orch_run *run, bool is_all)
{
    bool is_end = is_end_committed(run);
    for (struct orch_waiter *waiter = run->waiters; waiter; waiter = waiter->next)
        if (is_all || is_end || waiter->sequence <= run->committed_sequence)
            return waiter;
    return NULL;
}

void orch_run_wake(struct orch_run *run, const struct sl_error *error)
{
    static const struct sl_error none = {0};
    const struct sl_error *told = error ? error : &none;
    for (;;) {
        struct orch_waiter *waiter = next_to_wake(run, error != NULL);
        if (!waiter)
            return;
        orch_waiter_remove(waiter);
        waiter->wake(told, run, waiter);
    }
}

/* ---- On disk ---- */

static void send_committed(struct orch_run *run)
{
    for (size_t i = 0; i < run->step_count; i++) {
        struct orch_run_step *step = &run->steps[i];
        if (step->send_sequence == 0 || step->send_sequence > run->committed_sequence)
            continue;
        step->send_sequence = 0;
        if (!run->executor->is_stopped)
            orch_step_send(step);
    }
}

static void drop_in_flight(struct orch_run *run)
{
    for (size_t i = 0; i < run->in_flight_count; i++)
        orch_event_done(&run->in_flight[i]);
    sl_free(run->in_flight);
    run->in_flight = NULL;
    run->in_flight_count = 0;
}

static void on_committed(struct orch_run *run)
{
    bool is_first = run->committed_sequence == 0;
    run->committed_sequence = run->in_flight[run->in_flight_count - 1].sequence;
    drop_in_flight(run);
    send_committed(run);
    orch_run_wake(run, NULL);
    if (is_end_committed(run)) {
        if (run->workflow->callback_url && run->executor->options.outbox)
            sl_outbox_wake(run->executor->options.outbox);
        orch_run_retire(run);
        return;
    }
    if (is_first)
        orch_run_watch_clock(run);
    if (is_first && !run->has_entered)
        orch_run_enter(run);
    else
        orch_run_flush(run);
}

static void append_again(void *arg)
{
    orch_run_flush(arg);
}

/* What could not be written comes before what arose since. */
static bool put_back(struct orch_run *run)
{
    size_t count = run->in_flight_count + run->pending_count;
    struct orch_event *events = sl_alloc_array(count, sizeof(*events));
    if (!events)
        return false;
    memcpy(events, run->in_flight, run->in_flight_count * sizeof(*events));
    if (run->pending_count > 0)
        memcpy(events + run->in_flight_count, run->pending, run->pending_count * sizeof(*events));
    sl_free(run->pending);
    sl_free(run->in_flight);
    run->pending = events;
    run->pending_count = run->pending_capacity = count;
    run->in_flight = NULL;
    run->in_flight_count = 0;
    return true;
}

static void lose_journal(struct orch_executor *executor, const struct sl_error *error)
{
    if (executor->is_lost)
        return;
    executor->is_lost = true;
    sl_log(SL_LOG_ERROR, "journal lost", sl_field_string("error", error->message));
    orch_executor_stop(executor);
    if (executor->options.on_lost)
        executor->options.on_lost(executor->options.arg);
}

/* What is not on disk was not accepted; only "this id is taken" is the caller's own affair. */
static void refuse_acceptance(struct orch_run *run, const struct sl_error *error)
{
    struct sl_error told = *error;
    if (error->code != SL_ALREADY_EXISTS)
        sl_error_set(&told, SL_UNAVAILABLE, "the request was not accepted: %s", error->message);
    orch_run_wake(run, &told);
    orch_run_retire(run);
}

static void on_not_committed(struct orch_run *run, const struct sl_error *error)
{
    struct orch_executor *executor = run->executor;
    if (run->committed_sequence == 0) {
        drop_in_flight(run);
        refuse_acceptance(run, error);
    }
    if (error->code == SL_ABORTED)
        lose_journal(executor, error);
    if (run->committed_sequence == 0)
        return;
    if (!put_back(run) || error->code == SL_ABORTED) {
        break_run(run, error);
        return;
    }
    sl_log(SL_LOG_ERROR, "journal not written, trying again",
           sl_field_string("request_id", run->workflow->request_id),
           sl_field_string("error", error->message));
    if (executor->is_stopped)
        return;
    if (sl_timer_start(executor->options.loop, &run->append_again, APPEND_AGAIN_MS, append_again,
                       run) != SL_OK)
        break_run(run, error);
}

static void on_append_done(const struct sl_error *error, void *arg)
{
    struct orch_run *run = arg;
    run->executor->appends_open--;
    if (error->code == SL_OK)
        on_committed(run);
    else
        on_not_committed(run, error);
}

/* ---- To disk ---- */

static char *callback_body(const struct orch_run *run)
{
    if (!run->workflow->callback_url || !orch_workflow_status_is_last(run->workflow->status))
        return NULL;
    json_t *response = orch_view_response(run->workflow);
    char *text = response ? sl_json_text(response, SL_JSON_COMPACT) : NULL;
    json_decref(response);
    return text;
}

void orch_run_flush(struct orch_run *run)
{
    if (run->in_flight_count > 0 || run->pending_count == 0 || run->is_broken)
        return;
    sl_timer_stop(&run->append_again);
    run->in_flight = SL_TAKE(run->pending);
    run->in_flight_count = run->pending_count;
    run->pending_count = run->pending_capacity = 0;
    char *body = callback_body(run);
    struct sl_error error = {0};
    struct orch_append append = {.workflow = run->workflow,
                                 .events = run->in_flight,
                                 .event_count = run->in_flight_count,
                                 .callback_body = body};
    enum sl_code code = orch_journal_append_start(run->executor->options.journal, &append,
                                                  on_append_done, run, &error);
    sl_free(body);
    if (code == SL_OK)
        run->executor->appends_open++;
    else if (!put_back(run) || sl_timer_start(run->executor->options.loop, &run->append_again,
                                              APPEND_AGAIN_MS, append_again, run) != SL_OK)
        break_run(run, &error);
}
