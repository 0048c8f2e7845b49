#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/plan_view.h"
#include "servicelane/orchestrator/v1/orchestrator.grpc-c.h"
#include "json/message.h"

/* `servicelane plan "REQUEST"` shows what would be done and does nothing; `servicelane plan --run
 * FILE` does what such a plan says. */

/* As the orchestrator bounds a plan, with what stands around it. */
#define LARGEST_FILE ((size_t)1024 * 1024)
/* Planning may take three calls of an LLM. */
#define PLAN_MS 120000

/* ---- plan "REQUEST" ---- */

static enum cli_status show(struct cli_client *client)
{
    struct sl_error err = {0};
    Servicelane__Orchestrator__V1__OrchestratorRequest request =
        SERVICELANE__ORCHESTRATOR__V1__ORCHESTRATOR_REQUEST__INIT;
    Servicelane__Orchestrator__V1__PlanResponse *response = NULL;
    const struct sl_call_options options = cli_call_options(client, PLAN_MS);
    request.user_request = client->options->arguments[0];
    if (orchestrator_plan(client->channel, &options, &request, client->arena, &response, &err) !=
        SL_OK)
        return cli_complain(client, &err);
    if (client->options->is_json) {
        enum cli_status status = cli_print_json(&response->base);
        return status == CLI_OK && !response->success ? CLI_FAILED : status;
    }
    SL_CLEANUP(sl_json_cleanup) json_t *json = NULL;
    if (sl_message_to_json(&response->base, SL_DIALECT_REST, &json, &err) != SL_OK)
        return cli_complain(client, &err);
    cli_plan_print(json, stdout);
    return response->success ? CLI_OK : CLI_FAILED;
}

/* ---- plan --run FILE ---- */

static enum sl_code read_file(const char *path, struct sl_text *text, struct sl_error *err)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    char buffer[4096];
    size_t length = 0;
    if (!file)
        return sl_error_set(err, SL_NOT_FOUND, "%s cannot be read", path);
    while (text->length <= LARGEST_FILE && (length = fread(buffer, 1, sizeof buffer, file)) > 0)
        sl_text_append_bytes(text, buffer, length);
    bool has_failed = ferror(file) != 0;
    if (file != stdin)
        fclose(file);
    if (has_failed || sl_text_failed(text))
        return sl_error_set(err, SL_UNAVAILABLE, "%s cannot be read", path);
    if (text->length > LARGEST_FILE)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "%s has more than 1 MiB", path);
    return SL_OK;
}

/* The plan alone, or what `servicelane plan --json` printed. A new reference. */
static enum sl_code read_plan(const char *path, json_t **ret_plan, struct sl_error *err)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text text = {0};
    SL_CLEANUP(sl_json_cleanup) json_t *file = NULL;
    SL_TRY(read_file(path, &text, err));
    if (sl_json_parse(sl_text_string(&text), text.length, NULL, &file, err) != SL_OK)
        return sl_error_prefix(err, "%s", path);
    json_t *inner = json_object_get(file, "workflow_plan");
    json_t *plan = inner ? inner : file;
    if (!json_is_array(json_object_get(plan, "execution_steps")))
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "%s holds no plan: execution_steps is wanted, as `servicelane plan "
                            "--json` prints it",
                            path);
    *ret_plan = json_incref(plan);
    return SL_OK;
}

static enum cli_status run_file(struct cli_client *client)
{
    struct sl_error err = {0};
    SL_CLEANUP(sl_json_cleanup) json_t *plan = NULL;
    ProtobufCMessage *message = NULL;
    Servicelane__Orchestrator__V1__OrchestratorRequest request =
        SERVICELANE__ORCHESTRATOR__V1__ORCHESTRATOR_REQUEST__INIT;
    enum sl_code code = read_plan(client->options->plan_file, &plan, &err);
    if (code == SL_OK)
        code = sl_struct_from_json(&google__protobuf__struct__descriptor, plan, client->arena,
                                   &message, &err);
    if (code != SL_OK) {
        fprintf(stderr, "servicelane: %s\n", err.message);
        return CLI_USAGE;
    }
    const char *plan_id = sl_json_string(plan, "plan_id");
    request.user_request =
        sl_arena_printf(client->arena, "Run the reviewed plan %s", plan_id ? plan_id : "of a file");
    request.plan = (Google__Protobuf__Struct *)message;
    if (!request.user_request)
        return CLI_FAILED;
    return cli_follow(client, &request);
}

enum cli_status cli_plan(struct cli_client *client)
{
    bool has_request = client->options->argument_count > 0;
    if (has_request == (client->options->plan_file != NULL)) {
        fprintf(stderr, "servicelane: plan wants either a request in words or --run FILE\n");
        return CLI_USAGE;
    }
    return has_request ? show(client) : run_file(client);
}
