#include <string.h>

#include "services/agent/execution_private.h"

enum { SHOWN_NAME_BYTES = 100 };

enum sl_code agent_request_hash(const char *operation, const json_t *parameters,
                                char out[SL_SHA256_HEX_SIZE])
{
    struct sl_text text SL_CLEANUP(sl_text_cleanup) = {0};
    sl_text_append(&text, operation);
    sl_text_append_char(&text, '\n');
    sl_json_write(parameters, SL_JSON_CANONICAL, &text);
    if (sl_text_failed(&text))
        return SL_RESOURCE_EXHAUSTED;
    sl_sha256_hex(text.data, text.length, out);
    return SL_OK;
}

struct agent_target agent_core_target(const struct agent_core *core, const char *operation)
{
    struct agent_target target = {core->service, agent_service_find(core->service, operation),
                                  agent_toolbox_find(core->toolbox, operation)};
    /* A tool that happens to be called like a local operation says nothing of its parameters. */
    if (target.operation != NULL && target.operation->kind == AGENT_LOCAL)
        target.tool = NULL;
    return target;
}

const char *agent_core_missing_tool(const struct agent_core *core,
                                    const struct agent_target *target)
{
    const struct agent_operation *operation = target->operation;
    if (operation == NULL || operation->kind == AGENT_LOCAL)
        return NULL;
    if (operation->kind == AGENT_TOOL)
        return target->tool == NULL ? operation->name : NULL;
    for (const char *const *tool = operation->tools; tool != NULL && *tool != NULL; tool++) {
        if (agent_toolbox_find(core->toolbox, *tool) == NULL)
            return *tool;
    }
    return NULL;
}

static void add_unknown(const struct agent_core *core, const char *operation,
                        struct agent_faults *faults)
{
    struct sl_text text SL_CLEANUP(sl_text_cleanup) = {0};
    size_t count = 0, tool_count = 0;
    const struct agent_operation *rows = core->service->get_available_operations(&count);
    const struct agent_tool *tools = agent_toolbox_tools(core->toolbox, &tool_count);
    size_t shown = sl_utf8_cut(operation, strlen(operation), SHOWN_NAME_BYTES);
    sl_text_printf(&text, "unknown operation \"%.*s\"; %s offers", (int)shown, operation,
                   core->service->name);
    for (size_t i = 0; i < count; i++)
        sl_text_printf(&text, "%s %s", i == 0 ? "" : ",", rows[i].name);
    for (size_t i = 0; i < tool_count; i++) {
        if (agent_service_find(core->service, tools[i].name) == NULL)
            sl_text_printf(&text, ", %s", tools[i].name);
    }
    const char *reason = agent_toolbox_reason(core->toolbox);
    if (reason != NULL)
        sl_text_printf(&text, "; further tools cannot be known: %s", reason);
    agent_faults_add_text(faults, "", sl_text_string(&text));
}

enum sl_code agent_core_check(const struct agent_core *core, const char *operation,
                              const json_t *parameters, struct agent_faults *faults,
                              bool *ret_is_retryable, struct sl_error *err)
{
    struct agent_target target = agent_core_target(core, operation);
    bool is_connected = agent_toolbox_is_connected(core->toolbox);
    *ret_is_retryable = false;
    if (target.operation == NULL && target.tool == NULL) {
        add_unknown(core, operation, faults);
        *ret_is_retryable = !is_connected;
        return SL_OK;
    }
    const char *missing = agent_core_missing_tool(core, &target);
    if (missing != NULL && is_connected) {
        const char *text =
            sl_arena_printf(faults->arena, "%s: MCP server %s offers no tool \"%s\"",
                            core->service->name, agent_toolbox_endpoint(core->toolbox), missing);
        if (text == NULL)
            return sl_error_no_memory(err);
        agent_faults_add_text(faults, "", text);
        return SL_OK;
    }
    return agent_parameters_check(&target, parameters, faults, err);
}

void agent_core_cancel_all(struct agent_core *core)
{
    struct agent_execution *execution = core->executions;
    while (execution != NULL) {
        struct agent_execution *next = execution->next;
        agent_execution_cancel(execution);
        execution = next;
    }
}
