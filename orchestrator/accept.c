#include <string.h>

#include "base/id.h"
#include "base/memory.h"
#include "orchestrator/run.h"

/* Accepting a request: the same id with the same request is the same workflow, whether it is under
 * way, has ended long ago, or was accepted by an earlier process. */

struct accepting {
    struct orch_executor *executor;
    char *tenant, *request_id, *request_hash;
    orch_accepted_fn *done;
    void *arg;
    struct orch_run *run;
    struct orch_waiter waiter;
    struct sl_task task;
};

static void accepting_free(struct accepting *accepting)
{
    sl_free(accepting->tenant);
    sl_free(accepting->request_id);
    sl_free(accepting->request_hash);
    sl_free(accepting);
}

static void tell(struct accepting *accepting, const struct sl_error *error, struct orch_run *run,
                 const struct orch_workflow *workflow)
{
    accepting->executor->finds_open--;
    accepting->done(error, run, workflow, accepting->arg);
    accepting_free(accepting);
}

static void tell_run(struct accepting *accepting, struct orch_run *run)
{
    static const struct sl_error none = {0};
    if (orch_run_is_committed(run, INT64_MAX))
        tell(accepting, &none, NULL, orch_run_workflow(run));
    else
        tell(accepting, &none, run, NULL);
}

static enum sl_code another_request(const char *request_id, struct sl_error *err)
{
    return sl_error_set(err, SL_ALREADY_EXISTS,
                        "request_id \"%s\" belongs to another request already", request_id);
}

/* ---- A workflow that the journal knows ---- */

static void on_found(const struct sl_error *error, struct orch_workflow *workflow, void *arg)
{
    struct accepting *accepting = arg;
    struct sl_error told = *error;
    struct orch_run *run =
        orch_executor_find(accepting->executor, accepting->tenant, accepting->request_id);
    /* Somebody else asks for it too, and has not heard yet that it is there already. */
    if (run && !orch_run_is_committed(run, 1))
        run = NULL;
    if (workflow && strcmp(workflow->request_hash, accepting->request_hash) != 0)
        another_request(accepting->request_id, &told);
    else if (workflow && !run && !orch_workflow_status_is_last(workflow->status))
        sl_error_set(&told, SL_UNAVAILABLE, "workflow \"%s\" goes on at the next start",
                     accepting->request_id);
    if (told.code == SL_OK && run)
        tell_run(accepting, run);
    else
        tell(accepting, &told, NULL, told.code == SL_OK ? workflow : NULL);
    orch_workflow_free(workflow);
}

static void on_accepted(const struct sl_error *error, struct orch_run *run,
                        struct orch_waiter *waiter)
{
    struct accepting *accepting =
        (struct accepting *)((char *)waiter - offsetof(struct accepting, waiter));
    struct sl_error told = *error;
    if (error->code == SL_OK) {
        tell_run(accepting, run);
        return;
    }
    if (error->code == SL_ALREADY_EXISTS) {
        enum sl_code code =
            orch_journal_find_start(accepting->executor->options.journal, accepting->tenant,
                                    accepting->request_id, on_found, accepting);
        if (code == SL_OK)
            return;
        sl_error_set(&told, code, "the journal cannot be read");
    }
    tell(accepting, &told, NULL, NULL);
}

/* ---- A workflow under way ---- */

static void tell_later(struct sl_task *task)
{
    struct accepting *accepting =
        (struct accepting *)((char *)task - offsetof(struct accepting, task));
    tell_run(accepting, accepting->run);
}

/* A committed run stays until the tasks posted before its end are done. */
static void join_run(struct accepting *accepting, struct orch_run *run)
{
    accepting->run = run;
    accepting->waiter = (struct orch_waiter){.sequence = 1, .wake = on_accepted};
    accepting->task.run = tell_later;
    if (orch_run_is_committed(run, 1))
        sl_loop_post(accepting->executor->options.loop, &accepting->task);
    else
        orch_run_wait(run, &accepting->waiter);
}

/* ---- A new workflow ---- */

static json_t *accepted_body(const struct orch_acceptance *acceptance)
{
    const struct orch_caller *caller = &acceptance->caller;
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:O}", "request_id", acceptance->request_id,
                     "request_hash", acceptance->request_hash, "tenant", caller->tenant, "dealer",
                     caller->dealer, "user", caller->user, "traceparent", caller->traceparent,
                     "request", acceptance->request);
}

static enum sl_code make_run(struct orch_executor *executor,
                             const struct orch_acceptance *acceptance, struct orch_run **ret_run,
                             struct sl_error *err)
{
    char uid[SL_UUID_SIZE];
    struct orch_workflow *workflow = NULL;
    sl_uuid_new(uid);
    SL_TRY(orch_workflow_new(uid, &workflow, err));
    enum sl_code code = orch_run_new(executor, workflow, ret_run, err);
    if (code != SL_OK)
        orch_workflow_free(workflow);
    else
        orch_run_emit(*ret_run, ORCH_EVENT_ACCEPTED, accepted_body(acceptance));
    return code;
}

static enum sl_code start_run(struct orch_executor *executor,
                              const struct orch_acceptance *acceptance, struct orch_run **ret_run,
                              struct sl_error *err)
{
    size_t limit = executor->options.max_workflows;
    if (executor->is_draining)
        return sl_error_set(err, SL_UNAVAILABLE, "the orchestrator stops");
    if (limit > 0 && executor->run_count >= limit)
        return sl_error_set(err, SL_RESOURCE_EXHAUSTED,
                            "%zu workflows are under way or wait already: try again in %d seconds",
                            limit, orch_executor_retry_after(executor));
    struct orch_run *run = NULL;
    SL_TRY(make_run(executor, acceptance, &run, err));
    if (run->is_broken) {
        orch_run_discard(run);
        return sl_error_no_memory(err);
    }
    orch_executor_insert(executor, run);
    *ret_run = run;
    return SL_OK;
}

static enum sl_code make_accepting(struct orch_executor *executor,
                                   const struct orch_acceptance *acceptance,
                                   struct accepting **ret_accepting, struct sl_error *err)
{
    struct accepting *accepting = sl_alloc(sizeof(*accepting));
    if (!accepting)
        return sl_error_no_memory(err);
    accepting->executor = executor;
    accepting->tenant = sl_strdup(acceptance->caller.tenant);
    accepting->request_id = sl_strdup(acceptance->request_id);
    accepting->request_hash = sl_strdup(acceptance->request_hash);
    if (!accepting->tenant || !accepting->request_id || !accepting->request_hash) {
        accepting_free(accepting);
        return sl_error_no_memory(err);
    }
    *ret_accepting = accepting;
    return SL_OK;
}

enum sl_code orch_executor_accept_start(struct orch_executor *executor,
                                        const struct orch_acceptance *acceptance,
                                        orch_accepted_fn *done, void *arg, struct sl_error *err)
{
    struct accepting *accepting = NULL;
    struct orch_run *run =
        orch_executor_find(executor, acceptance->caller.tenant, acceptance->request_id);
    if (run && strcmp(run->workflow->request_hash, acceptance->request_hash) != 0)
        return another_request(acceptance->request_id, err);
    SL_TRY(make_accepting(executor, acceptance, &accepting, err));
    bool is_new = !run;
    enum sl_code code = is_new ? start_run(executor, acceptance, &run, err) : SL_OK;
    if (code != SL_OK) {
        accepting_free(accepting);
        return code;
    }
    accepting->done = done;
    accepting->arg = arg;
    executor->finds_open++;
    join_run(accepting, run);
    if (is_new) {
        orch_run_flush(run);
        orch_run_enter_early(run);
    }
    return SL_OK;
}
