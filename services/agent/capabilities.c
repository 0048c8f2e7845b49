#include "services/agent/agent_private.h"
#include "services/agent/answer.h"
#include "json/message.h"

enum sl_code agent_health_message(const struct agent *agent, struct sl_arena *arena,
                                  Servicelane__Agent__V1__AgentHealth **ret_message,
                                  struct sl_error *err)
{
    Servicelane__Agent__V1__AgentHealth *message = sl_arena_alloc(arena, sizeof(*message));
    const struct sl_clock *clock = sl_loop_clock(agent->loop);
    const char *reason = agent_toolbox_reason(agent->toolbox);
    if (message == NULL)
        return sl_error_no_memory(err);
    servicelane__agent__v1__agent_health__init(message);
    if (!sl_store_is_healthy(agent->store))
        reason = "storage: the last write failed";
    message->status = reason == NULL
                          ? SERVICELANE__AGENT__V1__HEALTH_STATUS__HEALTH_STATUS_HEALTHY
                          : SERVICELANE__AGENT__V1__HEALTH_STATUS__HEALTH_STATUS_DEGRADED;
    message->service = (char *)agent->service->name;
    message->version = (char *)SL_VERSION;
    message->uptime_seconds = (double)(sl_clock_monotonic_ns(clock) - agent->start_ns) / 1e9;
    message->timestamp = agent_timestamp(sl_clock_wall_ns(clock), arena);
    if (reason != NULL) {
        message->optional_reason_case =
            SERVICELANE__AGENT__V1__AGENT_HEALTH__OPTIONAL_REASON_REASON;
        message->reason = sl_arena_strdup(arena, reason);
    }
    if (message->timestamp == NULL || (reason != NULL && message->reason == NULL))
        return sl_error_no_memory(err);
    *ret_message = message;
    return SL_OK;
}

static enum sl_code to_struct(json_t *object, struct sl_arena *arena,
                              Google__Protobuf__Struct **ret_struct, struct sl_error *err)
{
    ProtobufCMessage *message = NULL;
    if (object == NULL)
        return sl_error_no_memory(err);
    SL_TRY(
        sl_struct_from_json(&google__protobuf__struct__descriptor, object, arena, &message, err));
    *ret_struct = (Google__Protobuf__Struct *)message;
    return SL_OK;
}

static Servicelane__Agent__V1__OperationKind kind_of(const struct agent_operation *operation)
{
    static const Servicelane__Agent__V1__OperationKind KINDS[] = {
        [AGENT_LOCAL] = SERVICELANE__AGENT__V1__OPERATION_KIND__OPERATION_KIND_LOCAL,
        [AGENT_TOOL] = SERVICELANE__AGENT__V1__OPERATION_KIND__OPERATION_KIND_TOOL,
        [AGENT_COMPOSED] = SERVICELANE__AGENT__V1__OPERATION_KIND__OPERATION_KIND_COMPOSED,
    };
    return KINDS[operation == NULL ? AGENT_TOOL : operation->kind];
}

static bool is_available(const struct agent *agent, const struct agent_target *target)
{
    if (target->operation != NULL && target->operation->kind == AGENT_LOCAL)
        return true;
    return agent_toolbox_is_connected(agent->toolbox) &&
           agent_core_missing_tool(&agent->core, target) == NULL;
}

static const char *describe(const struct agent_target *target)
{
    if (target->operation != NULL)
        return target->operation->description;
    return target->tool->description == NULL ? "" : target->tool->description;
}

static enum sl_code add_operation(const struct agent *agent, const char *name,
                                  struct sl_arena *arena,
                                  Servicelane__Agent__V1__Capabilities *message,
                                  struct sl_error *err)
{
    struct agent_target target = agent_core_target(&agent->core, name);
    Servicelane__Agent__V1__Operation *detail = sl_arena_alloc(arena, sizeof(*detail));
    if (detail == NULL)
        return sl_error_no_memory(err);
    servicelane__agent__v1__operation__init(detail);
    detail->name = sl_arena_strdup(arena, name);
    detail->description = sl_arena_strdup(arena, describe(&target));
    if (detail->name == NULL || detail->description == NULL)
        return sl_error_no_memory(err);
    detail->kind = kind_of(target.operation);
    detail->read_only = agent_target_is_read_only(&target);
    detail->available = is_available(agent, &target);
    json_t *schema = agent_parameters_schema(&target);
    enum sl_code code = to_struct(schema, arena, &detail->input_schema, err);
    json_decref(schema);
    SL_TRY(code);
    message->operations[message->n_operations++] = detail->name;
    message->operation_details[message->n_operation_details++] = detail;
    return SL_OK;
}

static enum sl_code add_operations(const struct agent *agent, struct sl_arena *arena,
                                   Servicelane__Agent__V1__Capabilities *message,
                                   struct sl_error *err)
{
    size_t row_count = 0, tool_count = 0;
    const struct agent_operation *rows = agent->service->get_available_operations(&row_count);
    const struct agent_tool *tools = agent_toolbox_tools(agent->toolbox, &tool_count);
    message->operations = sl_arena_alloc_array(arena, row_count + tool_count, sizeof(char *));
    message->operation_details = sl_arena_alloc_array(arena, row_count + tool_count,
                                                      sizeof(Servicelane__Agent__V1__Operation *));
    message->mcp_tools =
        sl_arena_alloc_array(arena, tool_count, sizeof(Google__Protobuf__Struct *));
    if (message->operations == NULL || message->operation_details == NULL ||
        message->mcp_tools == NULL)
        return sl_error_no_memory(err);
    for (size_t i = 0; i < row_count; i++)
        SL_TRY(add_operation(agent, rows[i].name, arena, message, err));
    for (size_t i = 0; i < tool_count; i++) {
        if (agent_service_find(agent->service, tools[i].name) == NULL)
            SL_TRY(add_operation(agent, tools[i].name, arena, message, err));
        SL_TRY(to_struct(tools[i].definition, arena, &message->mcp_tools[i], err));
        message->n_mcp_tools++;
    }
    return SL_OK;
}

enum sl_code agent_capabilities_message(const struct agent *agent, struct sl_arena *arena,
                                        Servicelane__Agent__V1__Capabilities **ret_message,
                                        struct sl_error *err)
{
    Servicelane__Agent__V1__Capabilities *message = sl_arena_alloc(arena, sizeof(*message));
    if (message == NULL)
        return sl_error_no_memory(err);
    servicelane__agent__v1__capabilities__init(message);
    message->service = (char *)agent->service->name;
    message->store_id = (char *)sl_store_id(agent->store);
    message->honours_idempotency_key = true;
    SL_TRY(add_operations(agent, arena, message, err));
    *ret_message = message;
    return SL_OK;
}
