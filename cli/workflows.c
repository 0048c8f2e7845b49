#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/cli.h"
#include "cli/render.h"
#include "cli/style.h"
#include "servicelane/orchestrator/v1/orchestrator.grpc-c.h"
#include "json/message.h"

/* workflow, workflows, cancel: what there is, and the end of it. */

#define LIST_DEFAULT 20
#define PAGE_MAX 200

/* ---- workflow ---- */

static void print_workflow(const Servicelane__Orchestrator__V1__Workflow *workflow)
{
    printf("%s: %s\n%s\n", workflow->request_id, cli_workflow_word(workflow->status),
           workflow->user_request);
    for (size_t i = 0; i < workflow->n_steps; i++) {
        const Servicelane__Orchestrator__V1__StepState *step = workflow->steps[i];
        printf("  %s %s: %s.%s %s, tried %d times%s%s\n", cli_step_symbol(step->status),
               step->step_id, step->service_name, step->operation, cli_step_word(step->status),
               step->attempts, step->optional_error_case ? ": " : "",
               step->optional_error_case ? step->error : "");
    }
    if (workflow->result)
        printf("\n%s\n", workflow->result->final_result);
}

enum cli_status cli_workflow(struct cli_client *client)
{
    if (client->options->is_following)
        return cli_watch(client, client->options->arguments[0]);
    struct sl_error err = {0};
    Servicelane__Orchestrator__V1__GetWorkflowRequest request =
        SERVICELANE__ORCHESTRATOR__V1__GET_WORKFLOW_REQUEST__INIT;
    request.request_id = client->options->arguments[0];
    Servicelane__Orchestrator__V1__Workflow *workflow = NULL;
    const struct sl_call_options options = cli_call_options(client, 0);
    if (orchestrator_get_workflow(client->channel, &options, &request, client->arena, &workflow,
                                  &err) != SL_OK)
        return cli_complain(client, &err);
    if (client->options->is_json)
        return cli_print_json(&workflow->base);
    print_workflow(workflow);
    return CLI_OK;
}

/* ---- workflows ---- */

static void print_row(const Servicelane__Orchestrator__V1__Workflow *workflow)
{
    char time[CLI_TIME_SIZE];
    cli_time(workflow->created_at, time);
    printf("%s  %s%-20s%s  %-36s  %.*s\n", time, cli_colour(cli_workflow_colour(workflow->status)),
           cli_workflow_word(workflow->status), cli_colour(CLI_PLAIN), workflow->request_id,
           (int)sl_utf8_cut(workflow->user_request, strlen(workflow->user_request), 80),
           workflow->user_request);
}

/* The number behind a word; -1 where there is none. */
static int find_status(const char *word)
{
    for (int status = 1;
         status <=
         SERVICELANE__ORCHESTRATOR__V1__WORKFLOW_STATUS__WORKFLOW_STATUS_NEEDS_RECONCILIATION;
         status++)
        if (sl_text_equals(cli_workflow_word((Servicelane__Orchestrator__V1__WorkflowStatus)status),
                           word))
            return status;
    return -1;
}

enum sl_code cli_each_workflow(struct cli_client *client,
                               Servicelane__Orchestrator__V1__WorkflowStatus status, int64_t limit,
                               cli_workflow_fn *each, void *arg, struct sl_error *err)
{
    Servicelane__Orchestrator__V1__ListWorkflowsRequest request =
        SERVICELANE__ORCHESTRATOR__V1__LIST_WORKFLOWS_REQUEST__INIT;
    request.status = status;
    while (limit > 0) {
        Servicelane__Orchestrator__V1__ListWorkflowsResponse *response = NULL;
        const struct sl_call_options options = cli_call_options(client, 0);
        request.page_size = (int32_t)(limit < PAGE_MAX ? limit : PAGE_MAX);
        SL_TRY(orchestrator_list_workflows(client->channel, &options, &request, client->arena,
                                           &response, err));
        for (size_t i = 0; i < response->n_workflows; i++)
            SL_TRY(each(client, response->workflows[i], arg, err));
        limit -= (int64_t)response->n_workflows;
        request.page_token = response->next_page_token;
        if (response->next_page_token[0] == '\0')
            break;
    }
    return SL_OK;
}

struct listing {
    json_t *rows; /* NULL: text */
    size_t count;
};

static enum sl_code list_one(struct cli_client *client,
                             const Servicelane__Orchestrator__V1__Workflow *workflow, void *arg,
                             struct sl_error *err)
{
    struct listing *listing = arg;
    (void)client;
    listing->count++;
    if (!listing->rows) {
        print_row(workflow);
        return SL_OK;
    }
    json_t *row = NULL;
    SL_TRY(sl_message_to_json(&workflow->base, SL_DIALECT_REST, &row, err));
    return json_array_append_new(listing->rows, row) == 0 ? SL_OK : sl_error_no_memory(err);
}

enum cli_status cli_workflows(struct cli_client *client)
{
    const struct cli_options *options = client->options;
    int status = options->status ? find_status(options->status) : 0;
    if (status < 0) {
        fprintf(stderr,
                "servicelane: --status: \"%s\" was given, one of accepted, planning, running, "
                "completed, failed, cancelled, needs_reconciliation is wanted\n",
                options->status);
        return CLI_USAGE;
    }
    struct sl_error err = {0};
    SL_CLEANUP(sl_json_cleanup) json_t *rows = options->is_json ? json_array() : NULL;
    struct listing listing = {.rows = rows};
    if (cli_each_workflow(client, (Servicelane__Orchestrator__V1__WorkflowStatus)status,
                          options->limit ? options->limit : LIST_DEFAULT, list_one, &listing,
                          &err) != SL_OK)
        return cli_complain(client, &err);
    if (rows)
        return cli_print(rows);
    if (listing.count == 0)
        puts(options->status ? "There is no such workflow." : "There is no workflow yet.");
    return CLI_OK;
}

/* ---- cancel ---- */

enum cli_status cli_cancel(struct cli_client *client)
{
    struct sl_error err = {0};
    Servicelane__Orchestrator__V1__CancelWorkflowRequest request =
        SERVICELANE__ORCHESTRATOR__V1__CANCEL_WORKFLOW_REQUEST__INIT;
    Servicelane__Orchestrator__V1__Workflow *workflow = NULL;
    const struct sl_call_options options = cli_call_options(client, 0);
    request.request_id = client->options->arguments[0];
    if (client->options->reason) {
        request.reason = (char *)(uintptr_t)client->options->reason;
        request.optional_reason_case =
            SERVICELANE__ORCHESTRATOR__V1__CANCEL_WORKFLOW_REQUEST__OPTIONAL_REASON_REASON;
    }
    if (orchestrator_cancel_workflow(client->channel, &options, &request, client->arena, &workflow,
                                     &err) != SL_OK)
        return cli_complain(client, &err);
    if (client->options->is_json)
        return cli_print_json(&workflow->base);
    print_workflow(workflow);
    return CLI_OK;
}
