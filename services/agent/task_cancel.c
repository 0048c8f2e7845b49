#include "services/agent/task_errand.h"

#include "base/log.h"
#include "services/agent/task_wishes.h"

/* How often the one who wishes asks again, and how often an owner looks for wishes. */
enum { ASK_AGAIN_MS = 50, LOOK_MS = 250 };

/**
 * A caller's wish to cancel a task. Its story: the task is read, for what it would answer; then the
 * wish is made, again and again, until the task ended or somebody refused. An owner in this process
 * is told directly.
 */
struct cancelling {
    struct agent_errand errand;
    struct agent_wish wish;
    struct sl_timer timer;
    int64_t give_up_ms;
    /** The owner knows, or may: a task that ends as cancelled is what was wished for. */
    bool is_asked;
};

static void ask(void *arg);

static void ask_again(struct cancelling *cancelling)
{
    struct agent_errand *errand = &cancelling->errand;
    struct agent_tasks *tasks = errand->tasks;
    cancelling->is_asked = true;
    if (tasks->is_stopping)
        agent_errand_refuse(errand, SL_UNAVAILABLE, "is not cancelled: the agent is stopping");
    else if (sl_loop_now_ms(tasks->loop) >= cancelling->give_up_ms)
        agent_errand_refuse(errand, SL_DEADLINE_EXCEEDED,
                            "is carried out by another process, which does not answer");
    else if (sl_timer_start(tasks->loop, &cancelling->timer, ASK_AGAIN_MS, ask, cancelling))
        agent_errand_refuse(errand, SL_RESOURCE_EXHAUSTED, "is not cancelled: out of memory");
}

static void say_no_task(struct cancelling *cancelling)
{
    agent_errand_refuse(&cancelling->errand, SL_NOT_FOUND, "not found");
}

static void say_ended(struct cancelling *cancelling)
{
    struct agent_errand *errand = &cancelling->errand;
    const struct agent_task *task = &cancelling->wish.change.load.task;
    struct sl_error none = {0};
    if (!cancelling->is_asked)
        agent_errand_refuse(errand, SL_FAILED_PRECONDITION, "has ended already");
    else if (task->status != AGENT_TASK_CANCELLED)
        agent_errand_refuse(errand, SL_FAILED_PRECONDITION, "ended before it could be cancelled");
    else
        agent_errand_end(errand, &none, task);
}

static void say_cancelled(struct cancelling *cancelling)
{
    struct agent_errand *errand = &cancelling->errand;
    struct sl_error none = {0};
    agent_tasks_tell_change(errand->tasks, errand->load.task_id);
    sl_outbox_wake(errand->tasks->outbox);
    agent_errand_end(errand, &none, &cancelling->wish.change.load.task);
}

static void say_refused(struct cancelling *cancelling)
{
    agent_errand_refuse(&cancelling->errand, SL_FAILED_PRECONDITION,
                        "has begun to change something");
}

/* One that was taken over a moment ago may not be in line yet. */
static void cancel_ours(struct cancelling *cancelling)
{
    struct agent_errand *errand = &cancelling->errand;
    struct agent_task_job *job = agent_task_job_find(errand->tasks, errand->load.task_id);
    if (job != NULL && !agent_task_job_cancel(job, cancelling->wish.reason))
        say_refused(cancelling);
    else
        ask_again(cancelling);
}

static void on_asked(const struct sl_error *error, void *arg)
{
    static void (*const NEXT[])(struct cancelling *) = {
        [AGENT_WISH_NO_TASK] = say_no_task,     [AGENT_WISH_ENDED] = say_ended,
        [AGENT_WISH_CANCELLED] = say_cancelled, [AGENT_WISH_OURS] = cancel_ours,
        [AGENT_WISH_REFUSED] = say_refused,     [AGENT_WISH_PENDING] = ask_again,
    };
    struct cancelling *cancelling = arg;
    if (error->code != SL_OK)
        agent_errand_end(&cancelling->errand, error, NULL);
    else
        NEXT[cancelling->wish.found](cancelling);
}

static enum sl_code wish_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return agent_wishes_make(db, &((struct cancelling *)arg)->wish, err);
}

static void ask(void *arg)
{
    struct cancelling *cancelling = arg;
    struct agent_errand *errand = &cancelling->errand;
    agent_task_done_fn *done = errand->done;
    void *done_arg = errand->arg;
    const struct sl_clock *clock = sl_loop_clock(errand->tasks->loop);
    struct sl_error error = {0};
    cancelling->wish.now_ms = sl_clock_wall_ms(clock);
    cancelling->wish.change.now_ns = sl_clock_wall_ns(clock);
    if (agent_errand_write(errand, wish_work, on_asked, &error) != SL_OK)
        done(&error, NULL, done_arg);
}

/* What a task that changed nothing answers. */
static bool fill_answer(struct cancelling *cancelling)
{
    struct agent_errand *errand = &cancelling->errand;
    struct agent_task_change *change = &cancelling->wish.change;
    struct agent_answer_parts parts = {
        .service = errand->tasks->core->service->name,
        .operation = errand->load.task.operation,
        .error = "cancelled before anything was changed",
        .outcome = SL_OUTCOME_NOT_EXECUTED,
        .wall_ns = sl_clock_wall_ns(sl_loop_clock(errand->tasks->loop)),
    };
    json_t *made = agent_answer_new(&parts);
    change->result = sl_json_arena_text(made, SL_JSON_COMPACT, errand->arena);
    change->callback_body = agent_answer_body(made, errand->load.task.request_id, errand->arena);
    json_decref(made);
    return change->result != NULL && change->callback_body != NULL;
}

static void on_read(const struct sl_error *error, void *arg)
{
    struct cancelling *cancelling = arg;
    struct agent_errand *errand = &cancelling->errand;
    struct agent_wish *wish = &cancelling->wish;
    struct sl_error failure = {0};
    if (!agent_errand_has_task(errand, error))
        return;
    wish->key = agent_task_key(&errand->load.task, errand->arena);
    wish->hash = errand->load.task.hash;
    wish->owner = errand->tasks->owner;
    wish->change.load = errand->load;
    wish->change.to = AGENT_TASK_CANCELLED;
    wish->change.owner = "";
    wish->change.note = wish->reason;
    if (wish->key != NULL && fill_answer(cancelling)) {
        ask(cancelling);
        return;
    }
    sl_error_no_memory(&failure);
    agent_errand_end(errand, &failure, NULL);
}

enum sl_code agent_tasks_cancel_start(struct agent_tasks *tasks, const struct agent_task_name *name,
                                      const char *reason, agent_task_done_fn *done, void *arg,
                                      struct sl_error *err)
{
    struct cancelling *cancelling = agent_errand_new(tasks, sizeof(*cancelling), done, arg);
    if (cancelling == NULL || !agent_errand_name(&cancelling->errand, name))
        return sl_error_no_memory(err);
    cancelling->wish.reason = sl_arena_strdup(cancelling->errand.arena, reason);
    /* Within a lease a dead owner is known to be dead, within another its task to be taken over. */
    cancelling->give_up_ms = sl_loop_now_ms(tasks->loop) + 2 * tasks->lease_ms;
    return agent_errand_read(&cancelling->errand, on_read, err);
}

/* ---- What others wish of the tasks of this process ---- */

static void look(void *arg);

void agent_task_wishes_watch(struct agent_tasks *tasks)
{
    if (tasks->index.count == 0 || tasks->is_stopping || tasks->is_looking ||
        sl_timer_is_started(&tasks->wish_timer))
        return;
    if (sl_timer_start(tasks->loop, &tasks->wish_timer, LOOK_MS, look, tasks) != SL_OK)
        sl_log(SL_LOG_ERROR, "wishes to cancel not seen",
               sl_field_string("reason", "out of memory"));
}

static enum sl_code read_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return agent_wishes_read(db, &((struct agent_tasks *)arg)->wishes, err);
}

static enum sl_code refuse_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return agent_wishes_refuse(db, &((struct agent_tasks *)arg)->wishes, err);
}

static void end_look(const struct sl_error *error, void *arg)
{
    struct agent_tasks *tasks = arg;
    if (error->code != SL_OK)
        sl_log(SL_LOG_ERROR, "wishes to cancel not seen",
               sl_field_string("reason", error->message));
    sl_arena_free(tasks->wishes.arena);
    tasks->wishes.arena = NULL;
    tasks->is_looking = false;
    agent_task_wishes_watch(tasks);
}

static void on_seen(const struct sl_error *error, void *arg)
{
    struct agent_tasks *tasks = arg;
    struct agent_wish_list *list = &tasks->wishes;
    struct sl_error failure = *error;
    bool is_any_refused = false;
    for (size_t i = 0; failure.code == SL_OK && i < list->count; i++) {
        struct agent_wish_entry *entry = &list->entries[i];
        struct agent_task_job *job = agent_task_job_find(tasks, entry->task_id);
        entry->is_refused = job != NULL && !agent_task_job_cancel(job, entry->reason);
        is_any_refused = is_any_refused || entry->is_refused;
    }
    if (is_any_refused)
        failure.code = sl_store_write_start(tasks->store, refuse_work, end_look, tasks);
    if (!is_any_refused || failure.code != SL_OK)
        end_look(&failure, tasks);
}

static void look(void *arg)
{
    struct agent_tasks *tasks = arg;
    struct sl_error error = {0};
    tasks->is_looking = true;
    tasks->wishes = (struct agent_wish_list){.arena = sl_arena_new(), .owner = tasks->owner};
    error.code = tasks->wishes.arena == NULL
                     ? SL_RESOURCE_EXHAUSTED
                     : sl_store_read_start(tasks->store, read_work, on_seen, tasks);
    if (error.code != SL_OK)
        end_look(&error, tasks);
}
