#include <stdio.h>
#include <unistd.h>

#include "base/id.h"
#include "cli/cli.h"
#include "cli/render.h"
#include "loop/signals.h"
#include "servicelane/orchestrator/v1/orchestrator.grpc-c.h"

/* A day: a workflow that runs longer is watched anew by `servicelane workflow ID`. */
#define WATCH_MS (24 * 3600 * 1000LL)

struct watching {
    struct cli_render render;
    struct sl_error end;
    bool has_ended;
    bool is_interrupted;
};

static enum sl_flow on_event(const Servicelane__Orchestrator__V1__WorkflowEvent *event, void *arg)
{
    struct watching *watching = arg;
    cli_render_event(&watching->render, event);
    return SL_FLOW_NEXT;
}

static void on_done(const struct sl_call_info *info, void *arg)
{
    struct watching *watching = arg;
    watching->end = info->error;
    watching->has_ended = true;
}

static void on_signal(int number, void *arg)
{
    (void)number;
    struct watching *watching = arg;
    watching->is_interrupted = true;
    watching->has_ended = true;
}

/* Shows the workflow's steps until its end. */
static enum sl_code watch(struct cli_client *client, const char *request_id,
                          struct watching *watching, struct sl_error *err)
{
    Servicelane__Orchestrator__V1__WatchWorkflowRequest request =
        SERVICELANE__ORCHESTRATOR__V1__WATCH_WORKFLOW_REQUEST__INIT;
    request.request_id = (char *)request_id;
    const struct orchestrator_watch_workflow_callbacks callbacks = {on_event, on_done};
    const struct sl_call_options options = cli_call_options(client, WATCH_MS);
    struct sl_call *call = NULL;
    enum sl_code code = orchestrator_watch_workflow_start(client->channel, &options, &request,
                                                          &callbacks, watching, &call);
    if (code != SL_OK)
        return sl_error_set(err, code, "the workflow's events cannot be asked for");
    sl_loop_run_until(client->loop, &watching->has_ended, WATCH_MS);
    if (watching->is_interrupted) {
        watching->has_ended = false;
        sl_call_cancel(call);
        sl_loop_run_until(client->loop, &watching->has_ended, 2000);
    }
    sl_call_unref(call);
    cli_render_end(&watching->render);
    if (watching->is_interrupted)
        return SL_OK;
    if (watching->end.code != SL_OK)
        *err = watching->end;
    return watching->end.code;
}

static enum sl_code accept_request(struct cli_client *client,
                                   Servicelane__Orchestrator__V1__OrchestratorRequest *request,
                                   char *request_id, struct sl_error *err)
{
    request->request_id = request_id;
    request->optional_request_id_case =
        SERVICELANE__ORCHESTRATOR__V1__ORCHESTRATOR_REQUEST__OPTIONAL_REQUEST_ID_REQUEST_ID;
    Servicelane__Orchestrator__V1__OrchestrateAsyncResponse *response = NULL;
    const struct sl_call_options options = cli_call_options(client, 0);
    return orchestrator_orchestrate_async(client->channel, &options, request, client->arena,
                                          &response, err);
}

static enum cli_status show_result(struct cli_client *client, char *request_id)
{
    struct sl_error err = {0};
    Servicelane__Orchestrator__V1__GetWorkflowRequest request =
        SERVICELANE__ORCHESTRATOR__V1__GET_WORKFLOW_REQUEST__INIT;
    request.request_id = request_id;
    Servicelane__Orchestrator__V1__Workflow *workflow = NULL;
    const struct sl_call_options options = cli_call_options(client, 0);
    if (orchestrator_get_workflow(client->channel, &options, &request, client->arena, &workflow,
                                  &err) != SL_OK)
        return cli_complain(client, &err);
    const Servicelane__Orchestrator__V1__OrchestratorResponse *result = workflow->result;
    if (client->options->is_json)
        cli_print_json(result ? &result->base : &workflow->base);
    else
        puts(result ? result->final_result : cli_workflow_word(workflow->status));
    return result && result->success ? CLI_OK : CLI_FAILED;
}

/* Shows a workflow from its first event to its last, then its result. request NULL: it is there
 * already. */
static enum cli_status follow(struct cli_client *client,
                              Servicelane__Orchestrator__V1__OrchestratorRequest *request,
                              char *request_id)
{
    struct sl_error err = {0};
    struct watching watching = {.render = {.is_terminal = isatty(STDERR_FILENO) == 1}};
    struct sl_signals *signals = NULL;
    if (sl_signals_new(client->loop, on_signal, &watching, &signals, &err) != SL_OK)
        return cli_complain(client, &err);
    enum sl_code code = request ? accept_request(client, request, request_id, &err) : SL_OK;
    if (code == SL_OK)
        code = watch(client, request_id, &watching, &err);
    sl_signals_free(signals);
    if (code != SL_OK)
        return cli_complain(client, &err);
    if (watching.is_interrupted) {
        fprintf(stderr, "The workflow goes on; see: servicelane workflow %s --follow\n",
                request_id);
        return CLI_INTERRUPTED;
    }
    return show_result(client, request_id);
}

enum cli_status cli_follow(struct cli_client *client,
                           Servicelane__Orchestrator__V1__OrchestratorRequest *request)
{
    char request_id[SL_UUID_SIZE];
    sl_uuid_new(request_id);
    return follow(client, request, request_id);
}

enum cli_status cli_watch(struct cli_client *client, const char *request_id)
{
    return follow(client, NULL, (char *)(uintptr_t)request_id);
}

enum cli_status cli_orchestrate(struct cli_client *client)
{
    Servicelane__Orchestrator__V1__OrchestratorRequest request =
        SERVICELANE__ORCHESTRATOR__V1__ORCHESTRATOR_REQUEST__INIT;
    request.user_request = client->options->arguments[0];
    return cli_follow(client, &request);
}
