#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "orchestrator/handlers.h"
#include "orchestrator/views.h"
#include "json/message.h"

/* GetWorkflow, ListWorkflows, CancelWorkflow and ReconcileStep. */

/** A call that waits for the journal. Owned by the call's arena. */
struct asking {
    struct orch_orchestrator *orchestrator;
    struct sl_server_call *call;
    struct orch_caller caller;
    const Servicelane__Orchestrator__V1__ReconcileStepRequest *reconcile;
    json_t *result;
};

static enum sl_code make_asking(struct orch_orchestrator *orchestrator, struct sl_server_call *call,
                                struct asking **ret_asking, struct sl_error *err)
{
    struct asking *asking = sl_arena_alloc(sl_server_call_arena(call), sizeof(*asking));
    if (!asking)
        return sl_error_no_memory(err);
    *asking = (struct asking){
        .orchestrator = orchestrator, .call = call, .caller = orch_caller_of(orchestrator, call)};
    *ret_asking = asking;
    return SL_OK;
}

/* One that is not yet accepted is none: its id may turn out to be that of a workflow that ended. */
static struct orch_run *find_run(const struct asking *asking, const char *request_id)
{
    struct orch_run *run = orch_executor_find(asking->orchestrator->options.executor,
                                              asking->caller.tenant, request_id);
    return run && orch_run_is_committed(run, 1) ? run : NULL;
}

static enum sl_code find_in_journal(struct asking *asking, const char *request_id,
                                    orch_journal_found_fn *done, struct sl_error *err)
{
    enum sl_code code = orch_journal_find_start(asking->orchestrator->options.journal,
                                                asking->caller.tenant, request_id, done, asking);
    if (code != SL_OK)
        return sl_error_set(err, code, "the journal cannot be read");
    return SL_OK;
}

/* ---- Get ---- */

static void on_got(const struct sl_error *error, struct orch_workflow *workflow, void *arg)
{
    struct asking *asking = arg;
    if (error->code == SL_OK)
        orch_reply(asking->call, orch_view_workflow(workflow));
    else
        sl_server_call_fail(asking->call, error);
    orch_workflow_free(workflow);
}

enum sl_code
orch_handle_get_workflow(void *self, struct sl_server_call *call,
                         const Servicelane__Orchestrator__V1__GetWorkflowRequest *request,
                         struct sl_error *err)
{
    struct asking *asking = NULL;
    SL_TRY(make_asking(self, call, &asking, err));
    struct orch_run *run = find_run(asking, request->request_id);
    if (!run)
        return find_in_journal(asking, request->request_id, on_got, err);
    orch_reply_committed(call, run, orch_view_workflow(orch_run_workflow(run)));
    return SL_OK;
}

/* ---- List ---- */

#define PAGE_DEFAULT 50
#define PAGE_LONGEST 200

static json_t *view_row(const struct orch_journal_row *row)
{
    return json_pack("{s:s, s:s, s:s, s:i, s:I, s:o, s:o}", "request_id", row->request_id, "status",
                     orch_workflow_status_name((enum orch_workflow_status)row->status),
                     "user_request", row->user_request, "priority", row->priority, "sequence",
                     (json_int_t)row->sequence, "created_at", orch_view_time(row->created_ns),
                     "updated_at", orch_view_time(row->updated_ns));
}

static void on_page(const struct sl_error *error, const struct orch_journal_page *page, void *arg)
{
    struct asking *asking = arg;
    char token[128] = "";
    if (error->code != SL_OK) {
        sl_server_call_fail(asking->call, error);
        return;
    }
    json_t *workflows = json_array();
    for (size_t i = 0; i < page->count; i++)
        json_array_append_new(workflows, view_row(&page->rows[i]));
    if (page->has_more) {
        const struct orch_journal_row *last = &page->rows[page->count - 1];
        snprintf(token, sizeof(token), "%lld.%s", (long long)last->created_ns, last->uid);
    }
    orch_reply(asking->call,
               json_pack("{s:o, s:s}", "workflows", workflows, "next_page_token", token));
}

/* A token is where the page before ended: "<created_ns>.<uid>". */
static enum sl_code read_token(const char *token, struct sl_arena *arena,
                               struct orch_journal_query *query, struct sl_error *err)
{
    const char *dot = strchr(token, '.');
    if (!*token)
        return SL_OK;
    char *number = dot ? sl_arena_strndup(arena, token, (size_t)(dot - token)) : NULL;
    if (!number || !dot[1] || strlen(dot) > 64 ||
        !sl_parse_int64(number, 0, INT64_MAX, &query->before_ns))
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "page_token: \"%s\" is none that ListWorkflows gave", token);
    query->before_uid = dot + 1;
    return SL_OK;
}

enum sl_code
orch_handle_list_workflows(void *self, struct sl_server_call *call,
                           const Servicelane__Orchestrator__V1__ListWorkflowsRequest *request,
                           struct sl_error *err)
{
    struct asking *asking = NULL;
    SL_TRY(make_asking(self, call, &asking, err));
    if (request->page_size < 0 || request->page_size > PAGE_LONGEST)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "page_size: %d was given, 1 to %d (0 for %d) is wanted",
                            request->page_size, PAGE_LONGEST, PAGE_DEFAULT);
    if ((int)request->status < 0 || (int)request->status > ORCH_WORKFLOW_NEEDS_RECONCILIATION)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "status: %d is not known",
                            (int)request->status);
    struct orch_journal_query query = {
        .tenant = asking->caller.tenant,
        .status = (int)request->status,
        .limit = request->page_size ? (size_t)request->page_size : PAGE_DEFAULT,
    };
    SL_TRY(read_token(request->page_token, sl_server_call_arena(call), &query, err));
    enum sl_code code =
        orch_journal_list_start(asking->orchestrator->options.journal, &query, on_page, asking);
    if (code != SL_OK)
        return sl_error_set(err, code, "the journal cannot be read");
    return SL_OK;
}

/* ---- Cancel ---- */

static void on_cancel_found(const struct sl_error *error, struct orch_workflow *workflow, void *arg)
{
    struct asking *asking = arg;
    struct sl_error told = *error;
    if (workflow)
        sl_error_set(&told, SL_FAILED_PRECONDITION, "the workflow has ended: it is %s",
                     orch_workflow_status_name(workflow->status));
    sl_server_call_fail(asking->call, &told);
    orch_workflow_free(workflow);
}

enum sl_code
orch_handle_cancel_workflow(void *self, struct sl_server_call *call,
                            const Servicelane__Orchestrator__V1__CancelWorkflowRequest *request,
                            struct sl_error *err)
{
    struct asking *asking = NULL;
    bool has_reason =
        request->optional_reason_case ==
        SERVICELANE__ORCHESTRATOR__V1__CANCEL_WORKFLOW_REQUEST__OPTIONAL_REASON_REASON;
    SL_TRY(make_asking(self, call, &asking, err));
    struct orch_run *run = find_run(asking, request->request_id);
    if (!run)
        return find_in_journal(asking, request->request_id, on_cancel_found, err);
    SL_TRY(orch_run_cancel(run, asking->caller.user, has_reason ? request->reason : NULL, err));
    orch_reply_committed(call, run, orch_view_workflow(orch_run_workflow(run)));
    return SL_OK;
}

/* ---- Reconcile ---- */

static void reconcile(struct asking *asking, struct orch_run *run)
{
    const Servicelane__Orchestrator__V1__ReconcileStepRequest *request = asking->reconcile;
    struct sl_error error = {0};
    struct orch_finding finding = {
        .step_id = request->step_id,
        .has_happened = request->outcome ==
                        SERVICELANE__AGENT__V1__RECONCILE_OUTCOME__RECONCILE_OUTCOME_HAPPENED,
        .result = asking->result,
        .reason = request->reason,
        .user = asking->caller.user,
    };
    if (orch_run_reconcile(run, &finding, &error) != SL_OK)
        sl_server_call_fail(asking->call, &error);
    else
        orch_reply_committed(asking->call, run, orch_view_workflow(orch_run_workflow(run)));
}

static void on_reconcile_found(const struct sl_error *error, struct orch_workflow *workflow,
                               void *arg)
{
    struct asking *asking = arg;
    struct sl_error told = *error;
    struct orch_run *run = NULL;
    if (told.code == SL_OK &&
        orch_reconcile_check(workflow, asking->reconcile->step_id, &told) != SL_OK)
        orch_workflow_free(workflow);
    else if (told.code == SL_OK)
        (void)!orch_executor_adopt(asking->orchestrator->options.executor, workflow, &run, &told);
    if (run)
        reconcile(asking, run);
    else
        sl_server_call_fail(asking->call, &told);
}

static enum sl_code
check_finding(const Servicelane__Orchestrator__V1__ReconcileStepRequest *request,
              struct sl_error *err)
{
    bool is_known =
        request->outcome == SERVICELANE__AGENT__V1__RECONCILE_OUTCOME__RECONCILE_OUTCOME_HAPPENED ||
        request->outcome ==
            SERVICELANE__AGENT__V1__RECONCILE_OUTCOME__RECONCILE_OUTCOME_NOT_HAPPENED;
    if (!is_known)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "outcome: \"happened\" or \"not_happened\" is wanted");
    if (!*request->reason)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "reason: it is empty, how it was found out is wanted");
    return SL_OK;
}

enum sl_code
orch_handle_reconcile_step(void *self, struct sl_server_call *call,
                           const Servicelane__Orchestrator__V1__ReconcileStepRequest *request,
                           struct sl_error *err)
{
    struct asking *asking = NULL;
    SL_TRY(check_finding(request, err));
    SL_TRY(make_asking(self, call, &asking, err));
    asking->reconcile = request;
    if (request->result) {
        SL_TRY(sl_struct_to_json(&request->result->base, &asking->result, err));
        if (!sl_json_own(sl_server_call_arena(call), asking->result))
            return sl_error_no_memory(err);
    }
    struct orch_run *run = find_run(asking, request->request_id);
    if (!run)
        return find_in_journal(asking, request->request_id, on_reconcile_found, err);
    reconcile(asking, run);
    return SL_OK;
}
