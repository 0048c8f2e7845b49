#include <string.h>

#include "base/memory.h"
#include "orchestrator/handlers.h"
#include "orchestrator/views.h"
#include "json/message.h"

/*
 * WatchWorkflow. A watcher reads the journal, never the executor's memory: so it sees every event
 * once, whether the workflow is under way, has ended, or goes on after a restart. It reads a
 * handful, sends them one by one as the client takes them, and where there are no more it waits for
 * the next to be on disk.
 */

/** Owned by the call's arena. */
struct watch {
    struct orch_orchestrator *orchestrator;
    struct sl_server_call *call;
    const char *tenant, *request_id;
    /** Of the event sent last. */
    int64_t sequence;
    /** Read and not yet sent: WorkflowEvents. */
    json_t *events;
    size_t next;
    bool is_last;
    struct orch_waiter waiter;
    /** Reading or sending: then the client's leaving is seen when that is done. */
    bool is_busy;
    bool has_left;
    /** There was nothing to read and nobody to wait for, once. */
    bool was_idle;
};

static void read_more(struct watch *watch);

static void end(struct watch *watch, const struct sl_error *status)
{
    sl_server_call_on_cancel(watch->call, NULL, NULL);
    orch_waiter_remove(&watch->waiter);
    json_decref(watch->events);
    sl_server_call_end(watch->call, status);
}

static void end_with(struct watch *watch, enum sl_code code, const char *text)
{
    struct sl_error status = {0};
    sl_error_set(&status, code, "%s", text);
    end(watch, &status);
}

static void on_left(void *arg)
{
    struct watch *watch = arg;
    watch->has_left = true;
    if (!watch->is_busy)
        end_with(watch, SL_CANCELLED, "the watcher left");
}

/* ---- Waiting ---- */

static void on_wake(const struct sl_error *error, struct orch_run *run, struct orch_waiter *waiter)
{
    struct watch *watch = (struct watch *)((char *)waiter - offsetof(struct watch, waiter));
    (void)run;
    if (error->code == SL_OK)
        read_more(watch);
    else
        end(watch, error);
}

static void wait_for_next(struct watch *watch)
{
    struct orch_run *run =
        orch_executor_find(watch->orchestrator->options.executor, watch->tenant, watch->request_id);
    watch->waiter = (struct orch_waiter){.sequence = watch->sequence + 1, .wake = on_wake};
    if (run && !orch_run_is_committed(run, watch->waiter.sequence)) {
        watch->was_idle = false;
        orch_run_wait(run, &watch->waiter);
        return;
    }
    /* It went on between reading and now. Where it still has nothing, nobody here carries it out.
     */
    if (!run && watch->was_idle) {
        end_with(watch, SL_UNAVAILABLE, "the workflow goes on at the next start");
        return;
    }
    watch->was_idle = !run;
    read_more(watch);
}

/* ---- Sending ---- */

static void send_next(struct watch *watch);

static void on_sent(bool is_sent, void *arg)
{
    struct watch *watch = arg;
    watch->is_busy = false;
    if (!is_sent || watch->has_left)
        end_with(watch, SL_CANCELLED, "the watcher left");
    else
        send_next(watch);
}

static enum sl_code send_event(struct watch *watch, const json_t *event, struct sl_error *err)
{
    ProtobufCMessage *message = NULL;
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    if (!arena)
        return sl_error_no_memory(err);
    SL_TRY(sl_message_from_json(sl_server_call_method(watch->call)->response, event,
                                SL_DIALECT_REST, arena, &message, err));
    enum sl_code code = sl_server_call_send(watch->call, message, on_sent, watch);
    if (code != SL_OK)
        return sl_error_set(err, code, "the event cannot be sent");
    return SL_OK;
}

static void send_next(struct watch *watch)
{
    struct sl_error error = {0};
    const json_t *event = json_array_get(watch->events, watch->next);
    if (!event && watch->is_last) {
        end(watch, NULL);
    } else if (!event) {
        wait_for_next(watch);
    } else if (send_event(watch, event, &error) != SL_OK) {
        end(watch, &error);
    } else {
        watch->is_busy = true;
        watch->next++;
        watch->sequence = (int64_t)sl_json_number(event, "sequence", 0);
    }
}

/* ---- Reading ---- */

static void on_read(const struct sl_error *error, const struct orch_journal_events *read, void *arg)
{
    struct watch *watch = arg;
    watch->is_busy = false;
    if (watch->has_left) {
        end_with(watch, SL_CANCELLED, "the watcher left");
        return;
    }
    bool is_being_accepted =
        error->code == SL_NOT_FOUND && watch->sequence == 0 &&
        orch_executor_find(watch->orchestrator->options.executor, watch->tenant, watch->request_id);
    if (error->code != SL_OK && !is_being_accepted) {
        end(watch, error);
        return;
    }
    json_array_clear(watch->events);
    watch->next = 0;
    for (size_t i = 0; i < read->count; i++)
        json_array_append_new(watch->events, orch_view_event(watch->request_id, &read->events[i]));
    watch->is_last = read->is_last;
    if (read->count > 0)
        watch->was_idle = false;
    send_next(watch);
}

static void read_more(struct watch *watch)
{
    enum sl_code code =
        orch_journal_events_start(watch->orchestrator->options.journal, watch->tenant,
                                  watch->request_id, watch->sequence, on_read, watch);
    if (code != SL_OK)
        end_with(watch, code, "the journal cannot be read");
    else
        watch->is_busy = true;
}

enum sl_code
orch_handle_watch_workflow(void *self, struct sl_server_call *call,
                           const Servicelane__Orchestrator__V1__WatchWorkflowRequest *request,
                           struct sl_error *err)
{
    struct orch_orchestrator *orchestrator = self;
    struct watch *watch = sl_arena_alloc(sl_server_call_arena(call), sizeof(*watch));
    if (request->after_sequence < 0)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "after_sequence: %lld was given, 0 or more is wanted",
                            (long long)request->after_sequence);
    json_t *events = watch ? json_array() : NULL;
    if (!events)
        return sl_error_no_memory(err);
    *watch = (struct watch){.orchestrator = orchestrator,
                            .call = call,
                            .tenant = orch_caller_of(orchestrator, call).tenant,
                            .request_id = request->request_id,
                            .sequence = request->after_sequence,
                            .events = events};
    sl_server_call_on_cancel(call, on_left, watch);
    read_more(watch);
    return SL_OK;
}
