#include "orchestrator/executor.h"

#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "orchestrator/run.h"

/* ---- The table of runs, by tenant and request_id ---- */

static size_t hash(const char *tenant, const char *request_id)
{
    uint64_t value = 1469598103934665603u; /* FNV-1a */
    for (const char *c = tenant; *c; c++)
        value = (value ^ (unsigned char)*c) * 1099511628211u;
    value = (value ^ 0xff) * 1099511628211u;
    for (const char *c = request_id; *c; c++)
        value = (value ^ (unsigned char)*c) * 1099511628211u;
    return (size_t)value;
}

static struct orch_run **bucket_of(struct orch_executor *executor, const char *tenant,
                                   const char *request_id)
{
    return &executor->buckets[hash(tenant, request_id) % executor->bucket_count];
}

static struct orch_run **bucket_of_run(struct orch_executor *executor, const struct orch_run *run)
{
    return bucket_of(executor, run->workflow->caller.tenant, run->workflow->request_id);
}

static void grow_table(struct orch_executor *executor)
{
    size_t old_count = executor->bucket_count;
    struct orch_run **old = executor->buckets;
    struct orch_run **buckets = sl_alloc_array(old_count * 2, sizeof(struct orch_run *));
    if (!buckets)
        return; /* a fuller table is slower, not wrong */
    executor->buckets = buckets;
    executor->bucket_count = old_count * 2;
    for (size_t i = 0; i < old_count; i++) {
        for (struct orch_run *run = old[i], *next; run; run = next) {
            next = run->next_in_bucket;
            struct orch_run **bucket = bucket_of_run(executor, run);
            run->next_in_bucket = *bucket;
            *bucket = run;
        }
    }
    sl_free(old);
}

void orch_executor_insert(struct orch_executor *executor, struct orch_run *run)
{
    if (executor->run_count >= executor->bucket_count)
        grow_table(executor);
    struct orch_run **bucket = bucket_of_run(executor, run);
    run->next_in_bucket = *bucket;
    *bucket = run;
    executor->run_count++;
}

static void remove_run(struct orch_executor *executor, struct orch_run *run)
{
    struct orch_run **link = bucket_of_run(executor, run);
    while (*link && *link != run)
        link = &(*link)->next_in_bucket;
    if (!*link)
        return;
    *link = run->next_in_bucket;
    executor->run_count--;
}

struct orch_run *orch_executor_find(struct orch_executor *executor, const char *tenant,
                                    const char *request_id)
{
    struct orch_run *run = *bucket_of(executor, tenant, request_id);
    for (; run; run = run->next_in_bucket)
        if (!run->is_broken && strcmp(run->workflow->request_id, request_id) == 0 &&
            strcmp(run->workflow->caller.tenant, tenant) == 0)
            return run;
    return NULL;
}

size_t orch_executor_count(const struct orch_executor *executor)
{
    return executor->run_count;
}

/* ---- Runs ---- */

enum sl_code orch_run_new(struct orch_executor *executor, struct orch_workflow *workflow,
                          struct orch_run **ret_run, struct sl_error *err)
{
    struct orch_run *run = sl_alloc(sizeof(*run));
    if (!run)
        return sl_error_no_memory(err);
    run->executor = executor;
    run->workflow = workflow;
    run->committed_sequence = workflow->sequence;
    *ret_run = run;
    return SL_OK;
}

void orch_run_discard(struct orch_run *run)
{
    for (size_t i = 0; i < run->pending_count; i++)
        orch_event_done(&run->pending[i]);
    for (size_t i = 0; i < run->step_count; i++)
        sl_timer_stop(&run->steps[i].backoff);
    sl_timer_stop(&run->append_again);
    sl_timer_stop(&run->deadline);
    sl_free(run->pending);
    sl_free(run->steps);
    orch_workflow_free(run->workflow);
    sl_free(run);
}

void orch_run_free_retired(struct orch_run *run)
{
    run->executor->finds_open--;
    orch_run_discard(run);
}

static void free_retired(struct sl_task *task)
{
    struct orch_run *run =
        (struct orch_run *)((char *)task - offsetof(struct orch_run, retire_task));
    if (!run->is_planning) {
        orch_run_free_retired(run);
        return;
    }
    run->is_left_to_planning = true;
    orch_planning_cancel(run->planning);
}

void orch_run_retire(struct orch_run *run)
{
    if (run->is_retired)
        return;
    run->is_retired = true;
    sl_timer_stop(&run->deadline);
    remove_run(run->executor, run);
    orch_run_leave(run);
    run->executor->finds_open++;
    run->retire_task.run = free_retired;
    sl_loop_post(run->executor->options.loop, &run->retire_task);
}

const struct orch_workflow *orch_run_workflow(const struct orch_run *run)
{
    return run->workflow;
}

enum sl_code orch_executor_adopt(struct orch_executor *executor, struct orch_workflow *workflow,
                                 struct orch_run **ret_run, struct sl_error *err)
{
    struct orch_run *run =
        orch_executor_find(executor, workflow->caller.tenant, workflow->request_id);
    if (run) {
        orch_workflow_free(workflow);
        *ret_run = run;
        return SL_OK;
    }
    enum sl_code code = orch_run_new(executor, workflow, &run, err);
    if (code == SL_OK && orch_workflow_status_is_last(workflow->status))
        code = orch_run_make_steps(run, err);
    if (code != SL_OK) {
        if (run)
            orch_run_discard(run);
        else
            orch_workflow_free(workflow);
        return code;
    }
    orch_executor_insert(executor, run);
    if (run->workflow->plan)
        orch_admission_resume(&executor->admission, run);
    *ret_run = run;
    return SL_OK;
}

int orch_executor_retry_after(const struct orch_executor *executor)
{
    return orch_admission_retry_after(&executor->admission);
}

/* ---- Life ---- */

enum sl_code orch_executor_new(const struct orch_executor_options *options,
                               struct orch_executor **ret_executor, struct sl_error *err)
{
    struct orch_executor *executor = sl_alloc(sizeof(*executor));
    if (!executor)
        return sl_error_no_memory(err);
    executor->options = *options;
    executor->admission.limit = options->max_running;
    executor->bucket_count = 256;
    executor->buckets = sl_alloc_array(executor->bucket_count, sizeof(struct orch_run *));
    if (!executor->buckets) {
        sl_free(executor);
        return sl_error_no_memory(err);
    }
    *ret_executor = executor;
    return SL_OK;
}

void orch_executor_drain(struct orch_executor *executor)
{
    executor->is_draining = true;
}

static void cut_off(struct orch_run *run)
{
    struct sl_error error = {0};
    for (size_t i = 0; i < run->step_count; i++) {
        struct orch_run_step *step = &run->steps[i];
        sl_timer_stop(&step->backoff);
        if (step->call)
            orch_agent_cancel(orch_registry_agent(run->executor->options.registry,
                                                  run->workflow->plan->steps[i].service_name),
                              step->call);
    }
    sl_timer_stop(&run->append_again);
    sl_timer_stop(&run->deadline);
    sl_error_set(&error, SL_UNAVAILABLE,
                 "the orchestrator stops; workflow %s goes on when it starts again",
                 run->workflow->request_id);
    orch_run_wake(run, &error);
}

void orch_executor_stop(struct orch_executor *executor)
{
    executor->is_draining = true;
    executor->is_stopped = true;
    for (size_t i = 0; i < executor->bucket_count; i++)
        for (struct orch_run *run = executor->buckets[i]; run; run = run->next_in_bucket)
            cut_off(run);
}

bool orch_executor_is_idle(const struct orch_executor *executor)
{
    return executor->calls_open == 0 && executor->appends_open == 0 &&
           executor->plannings_open == 0 && executor->finds_open == 0;
}

void orch_executor_free(struct orch_executor *executor)
{
    if (!executor)
        return;
    for (size_t i = 0; i < executor->bucket_count; i++) {
        for (struct orch_run *run = executor->buckets[i], *next; run; run = next) {
            next = run->next_in_bucket;
            orch_run_discard(run);
        }
    }
    orch_admission_done(&executor->admission);
    sl_free(executor->buckets);
    sl_free(executor);
}
