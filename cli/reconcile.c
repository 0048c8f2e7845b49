#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/cli.h"
#include "cli/render.h"
#include "cli/style.h"
#include "servicelane/orchestrator/v1/orchestrator.grpc-c.h"
#include "json/message.h"

/* reconcile: the steps that may have happened and may not have, for a person who can find out. */

#define LIST_MOST 1000

#define STATUS_UNKNOWN                                                                             \
    SERVICELANE__ORCHESTRATOR__V1__WORKFLOW_STATUS__WORKFLOW_STATUS_NEEDS_RECONCILIATION
#define STEP_UNKNOWN SERVICELANE__ORCHESTRATOR__V1__STEP_STATUS__STEP_STATUS_NEEDS_RECONCILIATION

/* ---- reconcile ---- */

struct listing {
    json_t *rows; /* NULL: text */
    size_t count;
};

static enum sl_code add_row(json_t *rows, const char *request_id,
                            const Servicelane__Orchestrator__V1__StepState *step,
                            struct sl_error *err)
{
    json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s}", "request_id", request_id, "step_id",
                            step->step_id, "service_name", step->service_name, "operation",
                            step->operation, "error", step->error ? step->error : "");
    return row && json_array_append_new(rows, row) == 0 ? SL_OK : sl_error_no_memory(err);
}

static enum sl_code list_steps(struct cli_client *client,
                               const Servicelane__Orchestrator__V1__Workflow *listed, void *arg,
                               struct sl_error *err)
{
    struct listing *listing = arg;
    Servicelane__Orchestrator__V1__GetWorkflowRequest request =
        SERVICELANE__ORCHESTRATOR__V1__GET_WORKFLOW_REQUEST__INIT;
    Servicelane__Orchestrator__V1__Workflow *workflow = NULL;
    const struct sl_call_options options = cli_call_options(client, 0);
    request.request_id = listed->request_id;
    SL_TRY(orchestrator_get_workflow(client->channel, &options, &request, client->arena, &workflow,
                                     err));
    for (size_t i = 0; i < workflow->n_steps; i++) {
        const Servicelane__Orchestrator__V1__StepState *step = workflow->steps[i];
        if (step->status != STEP_UNKNOWN)
            continue;
        listing->count++;
        if (listing->rows) {
            SL_TRY(add_row(listing->rows, workflow->request_id, step, err));
            continue;
        }
        printf("%s%s %s%s  %s.%s\n    %s\n    of: %s\n", cli_colour(CLI_YELLOW),
               workflow->request_id, step->step_id, cli_colour(CLI_PLAIN), step->service_name,
               step->operation, step->optional_error_case ? step->error : "",
               workflow->user_request);
    }
    return SL_OK;
}

static enum cli_status list(struct cli_client *client)
{
    struct sl_error err = {0};
    SL_CLEANUP(sl_json_cleanup) json_t *rows = client->options->is_json ? json_array() : NULL;
    struct listing listing = {.rows = rows};
    if (cli_each_workflow(client, STATUS_UNKNOWN, LIST_MOST, list_steps, &listing, &err) != SL_OK)
        return cli_complain(client, &err);
    if (rows)
        return cli_print(rows);
    puts(listing.count == 0
             ? "Nothing is to be settled."
             : "\nFind out whether each happened, then say so:\n"
               "  servicelane reconcile ID STEP happened|not_happened --reason TEXT");
    return CLI_OK;
}

/* ---- reconcile ID STEP OUTCOME ---- */

static int find_outcome(const char *word)
{
    static const char *const words[] = {"", "happened", "not_happened"};
    for (int i = 1; i < (int)SL_ARRAY_LENGTH(words); i++)
        if (sl_text_equals(words[i], word))
            return i;
    return -1;
}

/* What --result says, as the message that the request carries; *ret_value is NULL without it. */
static enum sl_code read_result(struct cli_client *client, Google__Protobuf__Value **ret_value,
                                struct sl_error *err)
{
    const char *text = client->options->result;
    SL_CLEANUP(sl_json_cleanup) json_t *json = NULL;
    ProtobufCMessage *message = NULL;
    *ret_value = NULL;
    if (!text)
        return SL_OK;
    if (sl_json_parse(text, strlen(text), NULL, &json, err) != SL_OK)
        return sl_error_prefix(err, "--result");
    SL_TRY(sl_struct_from_json(&google__protobuf__value__descriptor, json, client->arena, &message,
                               err));
    *ret_value = (Google__Protobuf__Value *)message;
    return SL_OK;
}

static enum cli_status settle(struct cli_client *client)
{
    const struct cli_options *options = client->options;
    struct sl_error err = {0};
    Servicelane__Orchestrator__V1__ReconcileStepRequest request =
        SERVICELANE__ORCHESTRATOR__V1__RECONCILE_STEP_REQUEST__INIT;
    Servicelane__Orchestrator__V1__Workflow *workflow = NULL;
    int outcome = find_outcome(options->arguments[2]);
    if (outcome < 0) {
        fprintf(
            stderr,
            "servicelane: \"%s\" was given as the outcome, happened or not_happened is wanted\n",
            options->arguments[2]);
        return CLI_USAGE;
    }
    if (!options->reason || !*options->reason) {
        fprintf(stderr,
                "servicelane: --reason TEXT is wanted: how it was found out, for the record\n");
        return CLI_USAGE;
    }
    if (read_result(client, &request.result, &err) != SL_OK) {
        fprintf(stderr, "servicelane: %s\n", err.message);
        return CLI_USAGE;
    }
    request.request_id = options->arguments[0];
    request.step_id = options->arguments[1];
    request.outcome = (Servicelane__Agent__V1__ReconcileOutcome)outcome;
    request.reason = (char *)(uintptr_t)options->reason;
    const struct sl_call_options call = cli_call_options(client, 0);
    if (orchestrator_reconcile_step(client->channel, &call, &request, client->arena, &workflow,
                                    &err) != SL_OK)
        return cli_complain(client, &err);
    if (options->is_json)
        return cli_print_json(&workflow->base);
    printf("%s is settled; the workflow is %s.\n", request.step_id,
           cli_workflow_word(workflow->status));
    return CLI_OK;
}

enum cli_status cli_reconcile(struct cli_client *client)
{
    switch (client->options->argument_count) {
    case 0:
        return list(client);
    case 3:
        return settle(client);
    default:
        fprintf(stderr, "servicelane: wanted: servicelane reconcile ID STEP happened|not_happened "
                        "--reason TEXT\n");
        return CLI_USAGE;
    }
}
