#include "services/agent/watch.h"

#include <string.h>

#include "base/memory.h"
#include "loop/timer.h"
#include "servicelane/agent/v1/agent.grpc-c.h"

/* Tasks of other processes are looked at this often; of one's own one is told. */
enum { LOOK_MS = 500 };

/**
 * One call. It reads the states that it has not sent, sends them one by one, and waits for news.
 * Lives in the call's arena, so ending the call ends it.
 */
struct watch {
    struct agent_watches *watches;
    struct watch *next, **place;
    struct sl_server_call *call;
    struct agent_task_name name;
    struct agent_task_states states;
    size_t sent_count;
    int64_t after_sequence;
    struct sl_timer timer;
    /** Something will call back: the call cannot be ended yet. */
    bool is_busy;
    bool has_news;
    /** Set when it has to end with the next chance. */
    enum sl_code end_code;
};

struct agent_watches {
    struct sl_loop *loop;
    struct agent_tasks *tasks;
    struct watch *first;
};

static void look(void *arg);

static void end(struct watch *watch, const struct sl_error *status)
{
    struct sl_server_call *call = watch->call;
    sl_timer_stop(&watch->timer);
    *watch->place = watch->next;
    if (watch->next != NULL)
        watch->next->place = watch->place;
    sl_arena_free(watch->states.load.arena);
    if (status->code == SL_OK)
        agent_service_watch_task_end(call, NULL);
    else
        sl_server_call_fail(call, status);
}

static void end_with(struct watch *watch, enum sl_code code)
{
    struct sl_error status = {0};
    if (code != SL_OK)
        sl_error_set(&status, code, "%s",
                     code == SL_UNAVAILABLE ? "the agent is stopping" : "the watcher left");
    end(watch, &status);
}

static void wait_for_news(struct watch *watch)
{
    struct sl_error status = {0};
    int64_t delay_ms = watch->has_news ? 0 : LOOK_MS;
    watch->has_news = false;
    if (sl_timer_start(watch->watches->loop, &watch->timer, delay_ms, look, watch) == SL_OK)
        return;
    sl_error_no_memory(&status);
    end(watch, &status);
}

static void send_next(struct watch *watch);

static void on_sent(bool is_sent, void *arg)
{
    struct watch *watch = arg;
    watch->is_busy = false;
    if (!is_sent)
        end_with(watch, SL_CANCELLED);
    else
        send_next(watch);
}

static void send_next(struct watch *watch)
{
    struct agent_task_states *states = &watch->states;
    struct sl_error error = {0};
    Servicelane__Agent__V1__Task *message = NULL;
    if (watch->end_code != SL_OK) {
        end_with(watch, watch->end_code);
        return;
    }
    if (watch->sent_count == states->count) {
        if (agent_task_is_last(states->load.task.status))
            end_with(watch, SL_OK);
        else
            wait_for_news(watch);
        return;
    }
    const struct agent_task_state *state = &states->states[watch->sent_count++];
    watch->after_sequence = state->sequence;
    enum sl_code code =
        agent_task_message(&states->load.task, state, states->load.arena, &message, &error);
    if (code == SL_OK)
        code = agent_service_watch_task_send(watch->call, message, on_sent, watch);
    if (code == SL_OK) {
        watch->is_busy = true;
        return;
    }
    if (error.code == SL_OK)
        sl_error_set(&error, code, "the task's state cannot be sent");
    end(watch, &error);
}

static void on_read(const struct sl_error *error, void *arg)
{
    struct watch *watch = arg;
    struct sl_error failure = *error;
    watch->is_busy = false;
    if (failure.code == SL_OK && !watch->states.load.is_found)
        sl_error_set(&failure, SL_NOT_FOUND, "Task not found");
    if (failure.code != SL_OK)
        end(watch, &failure);
    else
        send_next(watch);
}

static enum sl_code states_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return agent_task_rows_states(db, &((struct watch *)arg)->states, err);
}

static void look(void *arg)
{
    struct watch *watch = arg;
    struct agent_task_states *states = &watch->states;
    struct sl_error error = {0};
    sl_arena_free(states->load.arena);
    *states = (struct agent_task_states){
        .load = {.arena = sl_arena_new(),
                 .tenant = watch->name.tenant,
                 .task_id = watch->name.task_id},
        .after_sequence = watch->after_sequence,
    };
    watch->sent_count = 0;
    if (states->load.arena != NULL && sl_store_read_start(agent_tasks_store(watch->watches->tasks),
                                                          states_work, on_read, watch) == SL_OK) {
        watch->is_busy = true;
        return;
    }
    sl_error_no_memory(&error);
    end(watch, &error);
}

static void end_soon(struct watch *watch, enum sl_code code)
{
    if (watch->is_busy)
        watch->end_code = code;
    else
        end_with(watch, code);
}

static void on_watcher_left(void *arg)
{
    end_soon(arg, SL_CANCELLED);
}

static void on_change(const char *task_id, void *arg)
{
    struct agent_watches *watches = arg;
    for (struct watch *watch = watches->first; watch != NULL; watch = watch->next) {
        if (strcmp(watch->name.task_id, task_id) != 0)
            continue;
        if (watch->is_busy)
            watch->has_news = true;
        else
            (void)!sl_timer_start(watches->loop, &watch->timer, 0, look, watch);
    }
}

enum sl_code agent_watches_new(struct sl_loop *loop, struct agent_tasks *tasks,
                               struct agent_watches **ret_watches, struct sl_error *err)
{
    struct agent_watches *watches = sl_alloc(sizeof(*watches));
    if (watches == NULL)
        return sl_error_no_memory(err);
    watches->loop = loop;
    watches->tasks = tasks;
    agent_tasks_on_change(tasks, on_change, watches);
    *ret_watches = watches;
    return SL_OK;
}

void agent_watches_free(struct agent_watches *watches)
{
    sl_free(watches);
}

enum sl_code agent_watch_start(struct agent_watches *watches, struct sl_server_call *call,
                               const struct agent_task_name *name, int64_t after_sequence,
                               struct sl_error *err)
{
    struct watch *watch = sl_arena_alloc(sl_server_call_arena(call), sizeof(*watch));
    if (watch == NULL || sl_timer_start(watches->loop, &watch->timer, 0, look, watch) != SL_OK)
        return sl_error_no_memory(err);
    watch->watches = watches;
    watch->call = call;
    watch->name = *name;
    watch->after_sequence = after_sequence;
    watch->place = &watches->first;
    watch->next = watches->first;
    if (watch->next != NULL)
        watch->next->place = &watch->next;
    watches->first = watch;
    sl_server_call_on_cancel(call, on_watcher_left, watch);
    return SL_OK;
}

void agent_watches_end_all(struct agent_watches *watches)
{
    struct watch *watch = watches->first;
    while (watch != NULL) {
        struct watch *next = watch->next;
        end_soon(watch, SL_UNAVAILABLE);
        watch = next;
    }
}
