#include <stdio.h>

#include "base/memory.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/style.h"
#include "servicelane/orchestrator/v1/orchestrator.grpc-c.h"
#include "json/message.h"

/* audit: who moved money or parts, when, and for which request; of the workflows that are kept. */

#define WORKFLOWS_DEFAULT 200

/* What reads only; everything else that money and parts are touched by is shown. */
static bool is_movement(const Servicelane__Orchestrator__V1__StepState *step)
{
    static const char *const readers[] = {
        "check_payment_status",  "get_payment_methods",         "validate_payment_data",
        "search_parts",          "check_part_availability",     "get_part_details",
        "get_alternative_parts", "check_vehicle_compatibility", "validate_part_number"};
    if (sl_text_equals(step->service_name, "repair_orders"))
        return false;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(readers); i++)
        if (sl_text_equals(step->operation, readers[i]))
            return false;
    return step->status == SERVICELANE__ORCHESTRATOR__V1__STEP_STATUS__STEP_STATUS_COMPLETED ||
           step->status ==
               SERVICELANE__ORCHESTRATOR__V1__STEP_STATUS__STEP_STATUS_NEEDS_RECONCILIATION;
}

/* The step's parameters as the plan has them; NULL where it has none. Borrowed from plan. */
static const json_t *parameters_of(const json_t *plan, const char *step_id)
{
    size_t index;
    json_t *step;
    json_array_foreach(json_object_get(plan, "execution_steps"), index, step)
    {
        if (sl_text_equals(sl_json_string(step, "step_id"), step_id))
            return json_object_get(step, "parameters");
    }
    return NULL;
}

/* Who was not named is not invented. */
static const char *named(const json_t *row, const char *member)
{
    const char *name = sl_json_string(row, member);
    return name && *name ? name : "(not named)";
}

static void print_row(const json_t *row)
{
    SL_CLEANUP(sl_free_cleanup)
    char *parameters = sl_json_text(json_object_get(row, "parameters"), SL_JSON_SPACED);
    printf("%s%s%s  %s  %s.%s  %s\n    dealer %s, workflow %s: %s\n", cli_colour(CLI_BOLD),
           sl_json_string(row, "time"), cli_colour(CLI_PLAIN), named(row, "user_id"),
           sl_json_string(row, "service_name"), sl_json_string(row, "operation"),
           parameters ? parameters : "", named(row, "dealer_id"), sl_json_string(row, "request_id"),
           sl_json_string(row, "user_request"));
    if (!json_is_true(json_object_get(row, "is_certain")))
        printf("    %sWhether it happened is unknown: servicelane reconcile%s\n",
               cli_colour(CLI_YELLOW), cli_colour(CLI_PLAIN));
}

struct audit {
    json_t *rows;
};

static enum sl_code add_step(struct audit *audit,
                             const Servicelane__Orchestrator__V1__Workflow *workflow,
                             const Servicelane__Orchestrator__V1__StepState *step,
                             const json_t *plan, struct sl_error *err)
{
    char time[CLI_TIME_SIZE];
    cli_time(step->ended_at ? step->ended_at : step->started_at, time);
    bool is_certain =
        step->status == SERVICELANE__ORCHESTRATOR__V1__STEP_STATUS__STEP_STATUS_COMPLETED;
    json_t *row =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:O?, s:s, s:s, s:s, s:b}", "time", time, "user_id",
                  workflow->user_id, "dealer_id", workflow->dealer_id, "service_name",
                  step->service_name, "operation", step->operation, "parameters",
                  parameters_of(plan, step->step_id), "request_id", workflow->request_id, "step_id",
                  step->step_id, "user_request", workflow->user_request, "is_certain", is_certain);
    return row && json_array_append_new(audit->rows, row) == 0 ? SL_OK : sl_error_no_memory(err);
}

static enum sl_code look(struct cli_client *client,
                         const Servicelane__Orchestrator__V1__Workflow *listed, void *arg,
                         struct sl_error *err)
{
    struct audit *audit = arg;
    Servicelane__Orchestrator__V1__GetWorkflowRequest request =
        SERVICELANE__ORCHESTRATOR__V1__GET_WORKFLOW_REQUEST__INIT;
    Servicelane__Orchestrator__V1__Workflow *workflow = NULL;
    SL_CLEANUP(sl_json_cleanup) json_t *plan = NULL;
    const struct sl_call_options options = cli_call_options(client, 0);
    request.request_id = listed->request_id;
    SL_TRY(orchestrator_get_workflow(client->channel, &options, &request, client->arena, &workflow,
                                     err));
    if (workflow->workflow_plan)
        SL_TRY(sl_message_to_json(&workflow->workflow_plan->base, SL_DIALECT_REST, &plan, err));
    for (size_t i = 0; i < workflow->n_steps; i++)
        if (is_movement(workflow->steps[i]))
            SL_TRY(add_step(audit, workflow, workflow->steps[i], plan, err));
    return SL_OK;
}

enum cli_status cli_audit(struct cli_client *client)
{
    const struct cli_options *options = client->options;
    struct sl_error err = {0};
    SL_CLEANUP(sl_json_cleanup) json_t *rows = json_array();
    struct audit audit = {.rows = rows};
    if (cli_each_workflow(client, 0, options->limit ? options->limit : WORKFLOWS_DEFAULT, look,
                          &audit, &err) != SL_OK)
        return cli_complain(client, &err);
    if (options->is_json)
        return cli_print(rows);
    size_t index;
    json_t *row;
    json_array_foreach(rows, index, row) print_row(row);
    if (json_array_size(rows) == 0)
        puts("No money and no part was moved by the workflows that are kept.");
    return CLI_OK;
}
