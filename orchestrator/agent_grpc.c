#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "guard/guard.h"
#include "orchestrator/agent.h"
#include "servicelane/agent/v1/agent.grpc-c.h"
#include "json/message.h"

/* Agents that speak gRPC. */

struct grpc_agent {
    struct orch_agent base;
    struct sl_channel *channel;
    /** "" where it has none. */
    const char *own_key;
};

struct orch_agent_call {
    struct sl_call *call;
    orch_agent_done_fn *done;
    void *arg;
};

static void call_free(struct orch_agent_call *call)
{
    if (call)
        sl_call_unref(call->call);
    sl_free(call);
}

/* An agent that failed after it had begun may say in its trailing metadata what it did. */
static void read_outcome(const struct sl_call_info *info, struct sl_error *error)
{
    const char *outcome = sl_metadata_get(info->trailing_metadata, "outcome");
    if (sl_text_equals(outcome, sl_outcome_name(SL_OUTCOME_NOT_EXECUTED)))
        error->outcome = SL_OUTCOME_NOT_EXECUTED;
    else if (sl_text_equals(outcome, sl_outcome_name(SL_OUTCOME_SETTLED)))
        error->outcome = SL_OUTCOME_SETTLED;
}

static void on_done(const struct sl_call_info *info, const ProtobufCMessage *response, void *arg)
{
    struct orch_agent_call *call = arg;
    struct orch_agent_answer answer = {.error = info->error};
    if (answer.error.code == SL_OK) {
        struct sl_error error = {0};
        if (sl_message_to_json(response, SL_DIALECT_REST, &answer.message, &error) != SL_OK)
            answer.error = error;
    } else {
        read_outcome(info, &answer.error);
    }
    call->done(&answer, call->arg);
    json_decref(answer.message);
    call_free(call);
}

/* ---- What is sent ---- */

static enum sl_code add_metadata(const struct orch_agent_request *request, struct sl_arena *arena,
                                 struct sl_metadata *metadata, struct sl_error *err)
{
    const struct orch_caller *caller = request->caller;
    const struct {
        const char *key, *value;
    } entries[] = {
        {"idempotency-key", request->idempotency_key},
        {"x-request-id", request->request_id},
        {"x-tenant-id", caller ? caller->tenant : NULL},
        {"x-dealer-id", caller ? caller->dealer : NULL},
        {"x-user-id", caller ? caller->user : NULL},
        {"traceparent", caller ? caller->traceparent : NULL},
    };
    for (size_t i = 0; i < SL_ARRAY_LENGTH(entries); i++) {
        if (!entries[i].value || !*entries[i].value)
            continue;
        /* Ids may be any text; as metadata only those go that gRPC allows. The key always does. */
        enum sl_code code = sl_metadata_add(metadata, arena, entries[i].key, entries[i].value);
        if (code == SL_RESOURCE_EXHAUSTED || (code != SL_OK && i == 0))
            return sl_error_set(err, code, "metadata %s: \"%s\" cannot be sent", entries[i].key,
                                entries[i].value);
    }
    return SL_OK;
}

static enum sl_code to_struct(const json_t *object, struct sl_arena *arena,
                              Google__Protobuf__Struct **ret_struct, struct sl_error *err)
{
    ProtobufCMessage *message = NULL;
    if (!object || json_is_null(object))
        return SL_OK;
    SL_TRY(
        sl_struct_from_json(&google__protobuf__struct__descriptor, object, arena, &message, err));
    *ret_struct = (Google__Protobuf__Struct *)message;
    return SL_OK;
}

static const struct sl_method *method_of(enum orch_agent_method method)
{
    static const struct sl_method *const methods[] = {
        [ORCH_AGENT_HEALTH] = &agent_service_get_health_method,
        [ORCH_AGENT_CAPABILITIES] = &agent_service_get_capabilities_method,
        [ORCH_AGENT_VALIDATE] = &agent_service_validate_operation_method,
        [ORCH_AGENT_EXECUTE] = &agent_service_execute_method,
    };
    return methods[method];
}

static enum sl_code make_request(const struct orch_agent_request *request, struct sl_arena *arena,
                                 ProtobufCMessage **ret_message, struct sl_error *err)
{
    if (request->method == ORCH_AGENT_HEALTH || request->method == ORCH_AGENT_CAPABILITIES) {
        const ProtobufCMessageDescriptor *type = method_of(request->method)->request;
        ProtobufCMessage *empty = sl_arena_alloc(arena, type->sizeof_message);
        if (!empty)
            return sl_error_no_memory(err);
        protobuf_c_message_init(type, empty);
        *ret_message = empty;
        return SL_OK;
    }
    Servicelane__Agent__V1__AgentServiceRequest *message = sl_arena_alloc(arena, sizeof(*message));
    if (!message)
        return sl_error_no_memory(err);
    servicelane__agent__v1__agent_service_request__init(message);
    message->request_id = sl_arena_strdup(arena, request->request_id ? request->request_id : "");
    message->operation = sl_arena_strdup(arena, request->operation);
    if (!message->request_id || !message->operation)
        return sl_error_no_memory(err);
    SL_TRY(to_struct(request->parameters, arena, &message->parameters, err));
    SL_TRY(to_struct(request->context, arena, &message->context, err));
    if (request->timeout_seconds > 0) {
        message->optional_timeout_case =
            SERVICELANE__AGENT__V1__AGENT_SERVICE_REQUEST__OPTIONAL_TIMEOUT_TIMEOUT;
        message->timeout = request->timeout_seconds;
    }
    *ret_message = &message->base;
    return SL_OK;
}

static enum sl_code send_request(struct grpc_agent *agent, const struct orch_agent_request *request,
                                 struct sl_arena *arena, struct orch_agent_call *call,
                                 struct sl_error *err)
{
    struct sl_metadata metadata = {0};
    ProtobufCMessage *message = NULL;
    SL_TRY(add_metadata(request, arena, &metadata, err));
    if (sl_guard_add_key(agent->own_key, &metadata, arena) != SL_OK)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "SERVICELANE_AUTH_KEY cannot be sent: visible ASCII is wanted");
    SL_TRY(make_request(request, arena, &message, err));
    struct sl_call_options options = {.timeout_ms = request->timeout_ms, .metadata = &metadata};
    enum sl_code code = sl_call_unary_start(agent->channel, method_of(request->method), &options,
                                            message, on_done, call, &call->call);
    if (code != SL_OK)
        return sl_error_set(err, code, "the call cannot be started: %s", sl_code_name(code));
    return SL_OK;
}

static enum sl_code grpc_call_start(struct orch_agent *agent,
                                    const struct orch_agent_request *request,
                                    orch_agent_done_fn *done, void *arg,
                                    struct orch_agent_call **ret_call, struct sl_error *err)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    struct orch_agent_call *call = sl_alloc(sizeof(*call));
    if (!arena || !call) {
        sl_free(call);
        return sl_error_no_memory(err);
    }
    *call = (struct orch_agent_call){.done = done, .arg = arg};
    enum sl_code code = send_request((struct grpc_agent *)agent, request, arena, call, err);
    if (code != SL_OK) {
        call_free(call);
        return code;
    }
    if (ret_call)
        *ret_call = call;
    return SL_OK;
}

static void grpc_cancel(struct orch_agent_call *call)
{
    sl_call_cancel(call->call);
}

static void grpc_free(struct orch_agent *agent)
{
    sl_channel_free(((struct grpc_agent *)agent)->channel);
    sl_free(agent);
}

enum sl_code orch_agent_grpc_new(struct sl_loop *loop, const struct orch_agent_grpc_options *given,
                                 struct orch_agent **ret_agent, struct sl_error *err)
{
    static const struct orch_agent_protocol protocol = {grpc_call_start, grpc_cancel, grpc_free};
    struct grpc_agent *agent = sl_alloc(sizeof(*agent));
    if (!agent)
        return sl_error_no_memory(err);
    agent->base.protocol = &protocol;
    struct sl_channel_options options = {.target = given->target,
                                         .max_message_bytes = 16u << 20,
                                         .health_service =
                                             agent_service_execute_method.service->name};
    struct sl_tls_options tls;
    sl_guard_channel_options(given->guard, &tls, &options);
    if (!tls.server_name)
        tls.server_name = given->server_name;
    agent->own_key = given->guard ? given->guard->own_key : NULL;
    enum sl_code code = sl_channel_new(loop, &options, &agent->channel, err);
    if (code != SL_OK) {
        sl_free(agent);
        return code;
    }
    *ret_agent = &agent->base;
    return SL_OK;
}
