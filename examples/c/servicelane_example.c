/*
 * Calls ServiceLane over gRPC: an operation of an agent, then a workflow whose steps are watched.
 *
 *     cmake --build build/release --target servicelane-example-c
 *     build/release/bin/servicelane-example-c
 *
 * Nothing here waits. Each call is started and returns at once; when its answer is there, the loop
 * calls the function that was named, which starts the next call:
 *
 *     execute ─▶ on_part            (the part is shown)
 *     accept  ─▶ on_accepted        (the workflow runs)
 *     watch   ─▶ on_event ...       (each change of each step is shown)
 *             ─▶ on_watched
 *     look    ─▶ on_workflow        (the summary is shown, the loop is stopped)
 *
 * While a call is under way the loop is free for others: a thousand of these chains would share it.
 * One thread runs it all, so struct example needs no lock.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/id.h"
#include "loop/loop.h"
#include "servicelane/agent/v1/agent.grpc-c.h"
#include "servicelane/orchestrator/v1/orchestrator.grpc-c.h"

static char user_request[] =
    "Add part number 1234 to RO number 1234, and send payment link of 100$ "
    "to ambujmehra16@gmail.com";

/* What every callback gets as `arg`. */
struct example {
    struct sl_loop *loop;
    /* One channel for each service; it connects with the first call, and again where it has to. */
    struct sl_channel *parts;
    struct sl_channel *orchestrator;
    /* Our name for the workflow: with the same one, a second request would not be a second
     * workflow. */
    char request_id[SL_UUID_SIZE];
    bool is_success;
};

/* Says why, and ends the loop: run() goes on after sl_loop_run(). */
static void give_up(struct example *example, const char *what, const struct sl_error *error)
{
    fprintf(stderr, "%s: %s: %s\n", what, sl_code_name(error->code), error->message);
    sl_loop_stop(example->loop);
}

/* The last answer: how the workflow ended. */
static void on_workflow(const struct sl_call_info *info,
                        const Servicelane__Orchestrator__V1__Workflow *workflow, void *arg)
{
    struct example *example = arg;
    if (info->error.code != SL_OK) {
        give_up(example, "GetWorkflow", &info->error);
        return;
    }
    /* A message that is not set is NULL; a text that is not set is "". */
    if (workflow->result) {
        puts(workflow->result->final_result);
        example->is_success = workflow->result->success;
    }
    sl_loop_stop(example->loop);
}

static void look(struct example *example)
{
    Servicelane__Orchestrator__V1__GetWorkflowRequest request =
        SERVICELANE__ORCHESTRATOR__V1__GET_WORKFLOW_REQUEST__INIT;
    request.request_id = example->request_id;
    const struct sl_call_options options = {.timeout_ms = 10000};
    enum sl_code code = orchestrator_get_workflow_start(example->orchestrator, &options, &request,
                                                        on_workflow, example, NULL);
    if (code != SL_OK)
        give_up(example, "GetWorkflow", &(struct sl_error){.code = code});
}

/* One message of the stream. The answer says what should be read next: SL_FLOW_PAUSE would read
 * nothing until sl_call_resume(), and the server would wait; SL_FLOW_CANCEL would end the call. */
static enum sl_flow on_event(const Servicelane__Orchestrator__V1__WorkflowEvent *event, void *arg)
{
    (void)arg;
    /* An optional field has a case beside it that is not 0 where the field is there. */
    if (event->optional_step_id_case) {
        const ProtobufCEnumValue *status = protobuf_c_enum_descriptor_get_value(
            &servicelane__orchestrator__v1__step_status__descriptor, (int)event->step_status);
        printf("%" PRId64 " %s %s\n", event->sequence, event->step_id,
               status ? status->name : "STEP_STATUS_UNSPECIFIED");
    }
    return SL_FLOW_NEXT;
}

/* The stream has ended: the server ends it with the event that is the workflow's last. */
static void on_watched(const struct sl_call_info *info, void *arg)
{
    struct example *example = arg;
    if (info->error.code != SL_OK)
        give_up(example, "WatchWorkflow", &info->error);
    else
        look(example);
}

static void watch(struct example *example)
{
    Servicelane__Orchestrator__V1__WatchWorkflowRequest request =
        SERVICELANE__ORCHESTRATOR__V1__WATCH_WORKFLOW_REQUEST__INIT;
    request.request_id = example->request_id;
    const struct sl_call_options options = {.timeout_ms = 60000};
    const struct orchestrator_watch_workflow_callbacks callbacks = {on_event, on_watched};
    enum sl_code code = orchestrator_watch_workflow_start(example->orchestrator, &options, &request,
                                                          &callbacks, example, NULL);
    if (code != SL_OK)
        give_up(example, "WatchWorkflow", &(struct sl_error){.code = code});
}

static void on_accepted(const struct sl_call_info *info,
                        const Servicelane__Orchestrator__V1__OrchestrateAsyncResponse *response,
                        void *arg)
{
    struct example *example = arg;
    (void)response;
    if (info->error.code != SL_OK)
        give_up(example, "OrchestrateAsync", &info->error);
    else
        watch(example);
}

/* Has the workflow accepted: it runs from then on, also if we end. */
static void accept_workflow(struct example *example)
{
    Servicelane__Orchestrator__V1__OrchestratorRequest request =
        SERVICELANE__ORCHESTRATOR__V1__ORCHESTRATOR_REQUEST__INIT;
    request.request_id = example->request_id;
    request.optional_request_id_case =
        SERVICELANE__ORCHESTRATOR__V1__ORCHESTRATOR_REQUEST__OPTIONAL_REQUEST_ID_REQUEST_ID;
    request.user_request = user_request;
    const struct sl_call_options options = {.timeout_ms = 10000};
    enum sl_code code = orchestrator_orchestrate_async_start(example->orchestrator, &options,
                                                             &request, on_accepted, example, NULL);
    if (code != SL_OK)
        give_up(example, "OrchestrateAsync", &(struct sl_error){.code = code});
}

/* A field of a Struct that is text; "" where it is absent or no text. */
static const char *text_field(const Google__Protobuf__Struct *object, const char *name)
{
    for (size_t i = 0; i < object->n_fields; i++) {
        const Google__Protobuf__Value *value = object->fields[i]->value;
        if (strcmp(object->fields[i]->key, name) == 0 && value &&
            value->kind_case == GOOGLE__PROTOBUF__VALUE__KIND_STRING_VALUE)
            return value->string_value;
    }
    return "";
}

/* The agent's answer. It is borrowed: what should outlive this function would have to be copied. */
static void on_part(const struct sl_call_info *info,
                    const Servicelane__Agent__V1__AgentServiceResponse *response, void *arg)
{
    struct example *example = arg;
    struct sl_error error = info->error;
    /* Two kinds of failure: the call had no answer, or the answer is that it could not be done. */
    if (error.code == SL_OK && !response->success)
        sl_error_set(&error, SL_FAILED_PRECONDITION, "%s", response->error);
    else if (error.code == SL_OK &&
             (!response->result ||
              response->result->kind_case != GOOGLE__PROTOBUF__VALUE__KIND_STRUCT_VALUE))
        sl_error_set(&error, SL_INTERNAL, "the result is no object");
    if (error.code != SL_OK) {
        give_up(example, "get_part_details", &error);
        return;
    }
    const Google__Protobuf__Struct *part = response->result->struct_value;
    printf("part %s: %s\n", text_field(part, "part_number"), text_field(part, "name"));
    accept_workflow(example);
}

/* One operation of one agent. The request may live on the stack: it is packed before start returns.
 */
static void execute(struct example *example)
{
    Google__Protobuf__Value number = GOOGLE__PROTOBUF__VALUE__INIT;
    number.kind_case = GOOGLE__PROTOBUF__VALUE__KIND_STRING_VALUE;
    number.string_value = (char[]){"1234"};
    Google__Protobuf__Struct__FieldsEntry entry = GOOGLE__PROTOBUF__STRUCT__FIELDS_ENTRY__INIT;
    entry.key = (char[]){"part_number"};
    entry.value = &number;
    Google__Protobuf__Struct parameters = GOOGLE__PROTOBUF__STRUCT__INIT;
    parameters.fields = (Google__Protobuf__Struct__FieldsEntry *[]){&entry};
    parameters.n_fields = 1;

    Servicelane__Agent__V1__AgentServiceRequest request =
        SERVICELANE__AGENT__V1__AGENT_SERVICE_REQUEST__INIT;
    request.request_id = (char[]){"example-1"};
    request.operation = (char[]){"get_part_details"};
    request.parameters = &parameters;
    request.timeout = 10;
    request.optional_timeout_case =
        SERVICELANE__AGENT__V1__AGENT_SERVICE_REQUEST__OPTIONAL_TIMEOUT_TIMEOUT;
    const struct sl_call_options options = {.timeout_ms = 12000};
    enum sl_code code =
        agent_service_execute_start(example->parts, &options, &request, on_part, example, NULL);
    if (code != SL_OK)
        give_up(example, "Execute", &(struct sl_error){.code = code});
}

static enum sl_code connect_to(struct sl_loop *loop, const char *variable, const char *otherwise,
                               struct sl_channel **ret_channel, struct sl_error *err)
{
    const char *target = getenv(variable);
    const struct sl_channel_options options = {.target = target && *target ? target : otherwise,
                                               .is_insecure = true};
    return sl_channel_new(loop, &options, ret_channel, err);
}

static enum sl_code run(struct example *example, struct sl_error *err)
{
    SL_TRY(sl_loop_new(NULL, &example->loop, err));
    SL_TRY(connect_to(example->loop, "PARTS_TARGET", "localhost:50085", &example->parts, err));
    SL_TRY(connect_to(example->loop, "ORCHESTRATOR_TARGET", "localhost:50086",
                      &example->orchestrator, err));
    sl_uuid_new(example->request_id);
    execute(example);
    sl_loop_run(example->loop); /* until sl_loop_stop() */
    return SL_OK;
}

int main(void)
{
    struct example example = {0};
    struct sl_error err = {0};
    if (run(&example, &err) != SL_OK)
        fprintf(stderr, "%s: %s\n", sl_code_name(err.code), err.message);
    /* In reverse: what was made on the loop goes before the loop. All of these take NULL. */
    sl_channel_free(example.orchestrator);
    sl_channel_free(example.parts);
    sl_loop_free(example.loop);
    return example.is_success ? EXIT_SUCCESS : EXIT_FAILURE;
}
