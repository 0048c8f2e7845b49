#include <string.h>

#include "base/log.h"
#include "outbox/webhook.h"
#include "services/agent/agent_private.h"
#include "services/agent/answer.h"
#include "json/message.h"

enum { KEY_BYTES = 512 };

/* ---- What a request says ---- */

static enum sl_code read_object(const Google__Protobuf__Struct *given, json_t **ret_object,
                                struct sl_error *err)
{
    if (given != NULL)
        return sl_struct_to_json(&given->base, ret_object, err);
    json_t *empty = json_object();
    if (empty == NULL)
        return sl_error_no_memory(err);
    *ret_object = empty;
    return SL_OK;
}

static enum sl_code read_key(struct sl_server_call *call, const char **ret_key,
                             struct sl_error *err)
{
    const char *key = sl_metadata_get(sl_server_call_metadata(call), "idempotency-key");
    if (key != NULL && strlen(key) > KEY_BYTES)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "idempotency-key: %zu bytes are given, at most %d are wanted",
                            strlen(key), KEY_BYTES);
    *ret_key = key != NULL && key[0] != '\0' ? key : NULL;
    return SL_OK;
}

static int64_t timeout_of(const struct agent *agent,
                          const Servicelane__Agent__V1__AgentServiceRequest *request)
{
    bool is_given = request->optional_timeout_case ==
                    SERVICELANE__AGENT__V1__AGENT_SERVICE_REQUEST__OPTIONAL_TIMEOUT_TIMEOUT;
    return is_given ? (int64_t)request->timeout * 1000 : agent->options.request_timeout_ms;
}

static enum sl_code read_callback(const struct agent *agent,
                                  const Servicelane__Agent__V1__AgentServiceRequest *request,
                                  const char **ret_url, struct sl_error *err)
{
    bool is_given =
        request->optional_callback_url_case ==
        SERVICELANE__AGENT__V1__AGENT_SERVICE_REQUEST__OPTIONAL_CALLBACK_URL_CALLBACK_URL;
    *ret_url = NULL;
    if (!is_given || request->callback_url[0] == '\0')
        return SL_OK;
    if (sl_webhook_check_url(sl_outbox_rules(agent->outbox), request->callback_url, err) != SL_OK) {
        sl_error_prefix(err, "callback_url");
        err->code = SL_INVALID_ARGUMENT;
        return err->code;
    }
    *ret_url = request->callback_url;
    return SL_OK;
}

static struct agent_identity identity_of(const struct agent *agent, struct sl_server_call *call)
{
    const struct agent_identity *own = &agent->options.identity;
    const struct sl_guard_caller defaults = {own->tenant, own->dealer, own->user};
    struct sl_guard_caller caller = sl_guard_caller_of(call, &defaults);
    return (struct agent_identity){caller.tenant, caller.dealer, caller.user};
}

/* ---- Health, capabilities, validation ---- */

static enum sl_code get_health(void *self, struct sl_server_call *call,
                               const Servicelane__Agent__V1__GetHealthRequest *request,
                               struct sl_error *err)
{
    Servicelane__Agent__V1__AgentHealth *message = NULL;
    (void)request;
    SL_TRY(agent_health_message(self, sl_server_call_arena(call), &message, err));
    agent_service_get_health_reply(call, message);
    return SL_OK;
}

static enum sl_code get_capabilities(void *self, struct sl_server_call *call,
                                     const Servicelane__Agent__V1__GetCapabilitiesRequest *request,
                                     struct sl_error *err)
{
    Servicelane__Agent__V1__Capabilities *message = NULL;
    (void)request;
    SL_TRY(agent_capabilities_message(self, sl_server_call_arena(call), &message, err));
    agent_service_get_capabilities_reply(call, message);
    return SL_OK;
}

static enum sl_code list_faults(const struct agent_faults *faults, struct sl_arena *arena,
                                Servicelane__Agent__V1__ValidateOperationResponse *message,
                                struct sl_error *err)
{
    message->errors = sl_arena_alloc_array(arena, faults->count + 1, sizeof(char *));
    if (message->errors == NULL)
        return sl_error_no_memory(err);
    for (size_t i = 0; i < faults->count; i++)
        message->errors[message->n_errors++] = (char *)faults->entries[i].text;
    return SL_OK;
}

static enum sl_code validate_operation(void *self, struct sl_server_call *call,
                                       const Servicelane__Agent__V1__AgentServiceRequest *request,
                                       struct sl_error *err)
{
    const struct agent *agent = self;
    struct sl_arena *arena = sl_server_call_arena(call);
    SL_CLEANUP(sl_json_cleanup) json_t *parameters = NULL;
    Servicelane__Agent__V1__ValidateOperationResponse message =
        SERVICELANE__AGENT__V1__VALIDATE_OPERATION_RESPONSE__INIT;
    struct agent_faults faults;
    bool is_retryable = false;
    agent_faults_init(&faults, arena);
    SL_TRY(read_object(request->parameters, &parameters, err));
    SL_TRY(agent_core_check(&agent->core, request->operation, parameters, &faults, &is_retryable,
                            err));
    if (timeout_of(agent, request) <= 0) {
        SL_CLEANUP(sl_json_cleanup) json_t *given = json_integer(request->timeout);
        agent_faults_add(&faults, "timeout", given, "a number of seconds above 0");
    }
    if (faults.has_failed)
        return sl_error_no_memory(err);
    SL_TRY(list_faults(&faults, arena, &message, err));
    message.request_id = request->request_id;
    message.operation = request->operation;
    message.valid = faults.count == 0;
    agent_service_validate_operation_reply(call, &message);
    return SL_OK;
}

/* ---- Execute ---- */

/** An Execute call. Lives in the call's arena. */
struct execute_call {
    struct agent *agent;
    struct sl_server_call *call;
    struct agent_execution *execution;
    const char *request_id;
    const char *operation;
    const char *callback_url;
    struct sl_outbox_item item;
    char id[SL_UUID_SIZE];
    Servicelane__Agent__V1__AgentServiceResponse *message;
};

static enum sl_code callback_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return sl_outbox_add(db, &((struct execute_call *)arg)->item, err);
}

/* The operation is over: a callback that cannot be kept is logged, and the answer goes out. */
static void on_callback_kept(const struct sl_error *error, void *arg)
{
    struct execute_call *execute = arg;
    if (error->code != SL_OK)
        sl_log(SL_LOG_ERROR, "callback not kept",
               sl_field_string("request_id", execute->request_id),
               sl_field_string("reason", error->message));
    else
        sl_outbox_wake(execute->agent->outbox);
    agent_service_execute_reply(execute->call, execute->message);
}

static void keep_callback(struct execute_call *execute, const json_t *answer)
{
    struct sl_error error = {0};
    const char *body =
        agent_answer_body(answer, execute->request_id, sl_server_call_arena(execute->call));
    sl_uuid_new(execute->id);
    execute->item = (struct sl_outbox_item){execute->id, execute->callback_url, body,
                                            sl_clock_wall_ms(sl_loop_clock(execute->agent->loop))};
    enum sl_code code = body == NULL ? SL_RESOURCE_EXHAUSTED
                                     : sl_store_write_start(execute->agent->store, callback_work,
                                                            on_callback_kept, execute);
    if (code == SL_OK)
        return;
    sl_error_set(&error, code, "storage takes no more work");
    on_callback_kept(&error, execute);
}

static void log_failure(const struct execute_call *execute, const json_t *answer)
{
    sl_log(SL_LOG_WARN, "operation failed", sl_field_string("request_id", execute->request_id),
           sl_field_string("operation", execute->operation),
           sl_field_string("outcome", sl_outcome_name(agent_answer_outcome(answer))));
}

static void on_executed(const struct sl_error *error, struct agent_answer *answer, void *arg)
{
    struct execute_call *execute = arg;
    struct sl_error failure = *error;
    execute->execution = NULL;
    sl_server_call_on_cancel(execute->call, NULL, NULL);
    if (failure.code == SL_OK)
        failure.code = agent_answer_to_message(answer, execute->request_id,
                                               sl_server_call_arena(execute->call),
                                               &execute->message, &failure);
    if (failure.code != SL_OK) {
        sl_server_call_fail(execute->call, &failure);
        return;
    }
    if (!execute->message->success)
        log_failure(execute, agent_answer_json(answer));
    if (execute->callback_url != NULL)
        keep_callback(execute, agent_answer_json(answer));
    else
        agent_service_execute_reply(execute->call, execute->message);
}

/* What only reads need not be finished for nobody; what changes state is brought to its end. */
static void on_caller_left(void *arg)
{
    struct execute_call *execute = arg;
    if (execute->execution != NULL && agent_execution_is_read_only(execute->execution))
        agent_execution_cancel(execute->execution);
}

static enum sl_code execute(void *self, struct sl_server_call *call,
                            const Servicelane__Agent__V1__AgentServiceRequest *request,
                            struct sl_error *err)
{
    struct agent *agent = self;
    struct agent_identity identity = identity_of(agent, call);
    SL_CLEANUP(sl_json_cleanup) json_t *parameters = NULL;
    struct execute_call *execute = sl_arena_alloc(sl_server_call_arena(call), sizeof(*execute));
    if (execute == NULL)
        return sl_error_no_memory(err);
    execute->agent = agent;
    execute->call = call;
    execute->request_id = request->request_id;
    execute->operation = request->operation;
    struct agent_execution_request wanted = {
        .operation = request->operation,
        .timeout_ms = timeout_of(agent, request),
        .identity = &identity,
        .traceparent = sl_server_call_traceparent(call),
    };
    SL_TRY(read_callback(agent, request, &execute->callback_url, err));
    SL_TRY(read_key(call, &wanted.key, err));
    SL_TRY(read_object(request->parameters, &parameters, err));
    wanted.parameters = parameters;
    SL_TRY(agent_execution_start(&agent->core, &wanted, on_executed, execute, &execute->execution,
                                 err));
    sl_server_call_on_cancel(call, on_caller_left, execute);
    return SL_OK;
}

/* ---- Tasks ---- */

static void on_accepted(const struct sl_error *error, const Servicelane__Agent__V1__Task *task,
                        void *arg)
{
    struct sl_server_call *call = arg;
    if (error->code != SL_OK) {
        sl_server_call_fail(call, error);
        return;
    }
    Servicelane__Agent__V1__ExecuteAsyncResponse message =
        SERVICELANE__AGENT__V1__EXECUTE_ASYNC_RESPONSE__INIT;
    message.task_id = task->task_id;
    message.request_id = task->request_id;
    message.status = AGENT_TASK_ACCEPTED;
    agent_service_execute_async_reply(call, &message);
}

static enum sl_code execute_async(void *self, struct sl_server_call *call,
                                  const Servicelane__Agent__V1__AgentServiceRequest *request,
                                  struct sl_error *err)
{
    struct agent *agent = self;
    struct agent_identity identity = identity_of(agent, call);
    SL_CLEANUP(sl_json_cleanup) json_t *parameters = NULL;
    SL_CLEANUP(sl_json_cleanup) json_t *context = NULL;
    struct agent_task_request wanted = {
        .identity = &identity,
        .request_id = request->request_id,
        .operation = request->operation,
        .timeout_ms = timeout_of(agent, request),
        .traceparent = sl_server_call_traceparent(call),
    };
    SL_TRY(read_callback(agent, request, &wanted.callback_url, err));
    SL_TRY(read_key(call, &wanted.key, err));
    SL_TRY(read_object(request->parameters, &parameters, err));
    if (request->context != NULL)
        SL_TRY(read_object(request->context, &context, err));
    wanted.parameters = parameters;
    wanted.context = context;
    return agent_tasks_accept_start(agent->tasks, &wanted, on_accepted, call, err);
}

static struct agent_task_name name_of(const struct agent *agent, struct sl_server_call *call,
                                      const char *task_id)
{
    struct agent_task_name name = {identity_of(agent, call).tenant, task_id};
    return name;
}

/* The three that answer with a task share all but the method that the call itself knows. */
static void on_task(const struct sl_error *error, const Servicelane__Agent__V1__Task *task,
                    void *arg)
{
    struct sl_server_call *call = arg;
    if (error->code != SL_OK)
        sl_server_call_fail(call, error);
    else
        sl_server_call_reply(call, &task->base);
}

static enum sl_code get_task(void *self, struct sl_server_call *call,
                             const Servicelane__Agent__V1__GetTaskRequest *request,
                             struct sl_error *err)
{
    struct agent *agent = self;
    struct agent_task_name name = name_of(agent, call, request->task_id);
    return agent_tasks_get_start(agent->tasks, &name, on_task, call, err);
}

static enum sl_code watch_task(void *self, struct sl_server_call *call,
                               const Servicelane__Agent__V1__WatchTaskRequest *request,
                               struct sl_error *err)
{
    struct agent *agent = self;
    struct agent_task_name name = name_of(agent, call, request->task_id);
    return agent_watch_start(agent->watches, call, &name, request->after_sequence, err);
}

static enum sl_code cancel_task(void *self, struct sl_server_call *call,
                                const Servicelane__Agent__V1__CancelTaskRequest *request,
                                struct sl_error *err)
{
    struct agent *agent = self;
    struct agent_task_name name = name_of(agent, call, request->task_id);
    bool has_reason = request->optional_reason_case ==
                      SERVICELANE__AGENT__V1__CANCEL_TASK_REQUEST__OPTIONAL_REASON_REASON;
    return agent_tasks_cancel_start(agent->tasks, &name, has_reason ? request->reason : NULL,
                                    on_task, call, err);
}

static enum sl_code check_verdict(const Servicelane__Agent__V1__ReconcileTaskRequest *request,
                                  struct sl_error *err)
{
    if (request->outcome != SERVICELANE__AGENT__V1__RECONCILE_OUTCOME__RECONCILE_OUTCOME_HAPPENED &&
        request->outcome !=
            SERVICELANE__AGENT__V1__RECONCILE_OUTCOME__RECONCILE_OUTCOME_NOT_HAPPENED)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "outcome: %d is given, happened or not_happened is wanted",
                            (int)request->outcome);
    if (request->reason[0] == '\0')
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "reason is missing, how it was found out is wanted");
    return SL_OK;
}

static enum sl_code reconcile_task(void *self, struct sl_server_call *call,
                                   const Servicelane__Agent__V1__ReconcileTaskRequest *request,
                                   struct sl_error *err)
{
    struct agent *agent = self;
    struct agent_task_name name = name_of(agent, call, request->task_id);
    SL_CLEANUP(sl_json_cleanup) json_t *result = NULL;
    SL_TRY(check_verdict(request, err));
    if (request->result != NULL)
        SL_TRY(sl_struct_to_json(&request->result->base, &result, err));
    struct agent_task_verdict verdict = {
        .has_happened = request->outcome ==
                        SERVICELANE__AGENT__V1__RECONCILE_OUTCOME__RECONCILE_OUTCOME_HAPPENED,
        .result = result == NULL ? json_null() : result,
        .reason = request->reason,
    };
    return agent_tasks_reconcile_start(agent->tasks, &name, &verdict, on_task, call, err);
}

const struct agent_service_handlers agent_handlers = {
    .get_health = get_health,
    .get_capabilities = get_capabilities,
    .validate_operation = validate_operation,
    .execute = execute,
    .execute_async = execute_async,
    .get_task = get_task,
    .watch_task = watch_task,
    .cancel_task = cancel_task,
    .reconcile_task = reconcile_task,
};
