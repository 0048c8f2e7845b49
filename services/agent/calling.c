#include <string.h>

#include "services/agent/execution_private.h"

static struct agent_execution *execution_of(struct agent_run *run)
{
    return (struct agent_execution *)(void *)run;
}

static bool is_reading_tool(const struct agent_core *core, const char *name)
{
    const struct agent_tool *tool = agent_toolbox_find(core->toolbox, name);
    struct agent_target target = {core->service, agent_service_find(core->service, name), tool};
    if (target.operation != NULL && target.operation->kind != AGENT_TOOL)
        return tool != NULL && tool->is_read_only;
    return agent_target_is_read_only(&target);
}

static void refuse_with(struct agent_execution *execution, enum sl_outcome outcome,
                        bool is_retryable, const char *message)
{
    struct agent_ending ending = {.error = message == NULL ? "out of memory" : message,
                                  .outcome = outcome,
                                  .is_retryable = is_retryable};
    agent_execution_finish(execution, &ending);
}

/* ---- What a failed call means ---- */

/* Failures of a call that was not executed, and that may go better later. */
static bool is_passing(enum sl_code code)
{
    return code == SL_UNAVAILABLE || code == SL_RESOURCE_EXHAUSTED || code == SL_ABORTED ||
           code == SL_DEADLINE_EXCEEDED || code == SL_DATA_LOSS;
}

static const char *failure_text(struct agent_execution *execution, const struct sl_error *error)
{
    const struct agent_core *core = execution->core;
    const char *endpoint = agent_toolbox_endpoint(core->toolbox);
    if (error->code == SL_DEADLINE_EXCEEDED)
        return sl_arena_printf(execution->run.arena,
                               "%s: %s did not end within its timeout of %g s: MCP server %s, tool "
                               "%s: %s",
                               core->service->name, execution->operation,
                               (double)execution->timeout_ms / 1000, endpoint, execution->tool,
                               error->message);
    return sl_arena_printf(execution->run.arena, "%s: MCP server %s, tool %s: %s",
                           core->service->name, endpoint, execution->tool, error->message);
}

/* A reading call has no effect, however it ended; one made again proves nothing of the one before.
 */
static enum sl_outcome outcome_of(const struct agent_execution *execution,
                                  const struct sl_error *error)
{
    if (!execution->is_effect_call)
        return SL_OUTCOME_NOT_EXECUTED;
    if (execution->is_resumed && error->outcome == SL_OUTCOME_NOT_EXECUTED)
        return SL_OUTCOME_UNKNOWN;
    return error->outcome;
}

static void fail(struct agent_execution *execution, const struct sl_error *error)
{
    struct agent_core *core = execution->core;
    enum sl_outcome outcome = outcome_of(execution, error);
    const struct agent_tool *tool = agent_toolbox_find(core->toolbox, execution->tool);
    bool is_retryable = outcome == SL_OUTCOME_UNKNOWN
                            ? agent_tool_is_repeatable(tool, execution->key != NULL)
                            : is_passing(error->code);
    const char *text = failure_text(execution, error);
    if (error->code == SL_UNAVAILABLE && agent_toolbox_is_connected(core->toolbox))
        agent_toolbox_refresh(core->toolbox);
    refuse_with(execution, outcome, is_retryable, text);
}

/* A tool's refusal is final; a refused read before the effect has changed nothing yet. */
static void refused(struct agent_execution *execution, const char *text)
{
    const struct agent_target target = agent_execution_target(execution);
    bool is_final = execution->is_effect_call || agent_target_is_read_only(&target);
    const char *message = sl_arena_strdup(
        execution->run.arena, text == NULL || text[0] == '\0' ? "the tool refused" : text);
    refuse_with(execution, is_final ? SL_OUTCOME_SETTLED : SL_OUTCOME_NOT_EXECUTED, false, message);
}

static void on_tool_done(const struct sl_error *error, const struct sl_mcp_tool_result *result,
                         void *arg)
{
    struct agent_execution *execution = arg;
    execution->request = NULL;
    if (error->code != SL_OK) {
        fail(execution, error);
    } else if (result->is_error) {
        refused(execution, result->error_text);
    } else {
        json_t *value = agent_fit_value(json_incref(result->value));
        if (value == NULL) {
            struct sl_error memory = {.outcome = SL_OUTCOME_UNKNOWN};
            sl_error_no_memory(&memory);
            fail(execution, &memory);
            return;
        }
        execution->next_step(&execution->run, value);
        json_decref(value);
    }
}

/* ---- Making a call ---- */

static const char *key_of(struct agent_execution *execution)
{
    if (!execution->is_effect_call)
        return NULL;
    if (execution->key != NULL)
        return execution->key;
    if (execution->made_key[0] == '\0')
        sl_uuid_new(execution->made_key);
    return execution->made_key;
}

static void send(struct agent_execution *execution)
{
    struct agent_core *core = execution->core;
    const struct agent_tool *tool = agent_toolbox_find(core->toolbox, execution->tool);
    struct sl_headers headers = {0};
    struct sl_error error = {.outcome = SL_OUTCOME_NOT_EXECUTED};
    struct sl_mcp_tool_call call = {
        .tool = execution->tool,
        .arguments = execution->arguments,
        .timeout_ms = execution->deadline_ms - sl_loop_now_ms(core->loop),
        .idempotency_key = key_of(execution),
        .traceparent = execution->traceparent,
        .headers = &headers,
        .is_repeatable = !execution->is_effect_call || agent_tool_is_repeatable(tool, true),
    };
    enum sl_code code = SL_OK;
    if (execution->is_cancelled || execution->is_withdrawn)
        code = sl_error_set(&error, SL_CANCELLED, "cancelled");
    else if (call.timeout_ms <= 0)
        code = sl_error_set(&error, SL_DEADLINE_EXCEEDED, "no time was left for the call");
    else
        code = agent_identity_headers(core->service, &execution->identity, execution->run.arena,
                                      &headers, &error);
    if (code == SL_OK)
        code = sl_mcp_call_tool_start(core->mcp, &call, on_tool_done, execution,
                                      &execution->request, &error);
    error.outcome = SL_OUTCOME_NOT_EXECUTED;
    if (code != SL_OK)
        fail(execution, &error);
    else if (execution->is_effect_call)
        execution->has_effect = true;
}

static void on_effect_noted(const struct sl_error *error, void *arg)
{
    struct agent_execution *execution = arg;
    struct sl_error failure = *error;
    failure.outcome = SL_OUTCOME_NOT_EXECUTED;
    if (error->code != SL_OK)
        fail(execution, &failure);
    else
        send(execution);
}

/* A composed operation knows its effect only now: it is written down before it is made. */
static void note_and_send(struct agent_execution *execution)
{
    struct sl_error error = {0};
    const char *text =
        sl_json_arena_text(execution->arguments, SL_JSON_COMPACT, execution->run.arena);
    enum sl_code code = text == NULL
                            ? sl_error_no_memory(&error)
                            : agent_claim_note_effect_start(execution->claim, execution->tool, text,
                                                            on_effect_noted, execution, &error);
    error.outcome = SL_OUTCOME_NOT_EXECUTED;
    if (code != SL_OK)
        fail(execution, &error);
}

static bool take_call(struct agent_execution *execution, const char *tool, json_t *arguments,
                      agent_step_fn *next)
{
    execution->tool = sl_arena_strdup(execution->run.arena, tool);
    json_decref(execution->arguments);
    execution->arguments = arguments;
    execution->next_step = next;
    return execution->tool != NULL && arguments != NULL;
}

static void call_tool(struct agent_run *run, const char *tool, json_t *arguments,
                      agent_step_fn *next)
{
    struct agent_execution *execution = execution_of(run);
    if (!take_call(execution, tool, arguments, next)) {
        execution->tool = NULL;
        refuse_with(execution, SL_OUTCOME_NOT_EXECUTED, true, NULL);
        return;
    }
    execution->is_effect_call = !is_reading_tool(execution->core, tool);
    bool is_composed =
        execution->target.operation != NULL && execution->target.operation->kind == AGENT_COMPOSED;
    if (execution->is_effect_call && execution->is_held && is_composed)
        note_and_send(execution);
    else
        send(execution);
}

static void end_with_value(struct agent_run *run, json_t *value)
{
    agent_run_succeed(run, json_incref(value));
}

void agent_execution_call_again(struct agent_execution *execution, const char *tool,
                                json_t *arguments)
{
    const struct agent_operation *operation = execution->target.operation;
    agent_step_fn *next = operation != NULL && operation->after_effect != NULL
                              ? operation->after_effect
                              : end_with_value;
    execution->is_resumed = true;
    execution->has_effect = true;
    execution->is_effect_call = true;
    if (take_call(execution, tool, json_incref(arguments), next))
        send(execution);
    else
        refuse_with(execution, SL_OUTCOME_UNKNOWN, true, NULL);
}

/* ---- The other wishes of a step ---- */

static bool tool_takes(const struct agent_run *run, const char *name, const char *parameter)
{
    const struct agent_execution *execution = (const struct agent_execution *)(const void *)run;
    const struct agent_tool *tool = agent_toolbox_find(execution->core->toolbox, name);
    return tool != NULL &&
           json_object_get(json_object_get(tool->input_schema, "properties"), parameter) != NULL;
}

/* Out of memory after the effect: it happened, so the answer is final, without its result. */
static void succeed(struct agent_run *run, json_t *result)
{
    struct agent_execution *execution = execution_of(run);
    struct agent_ending ending = {.result = result, .outcome = SL_OUTCOME_SETTLED};
    if (result == NULL) {
        ending.error = "out of memory";
        ending.outcome = execution->has_effect ? SL_OUTCOME_UNKNOWN : SL_OUTCOME_NOT_EXECUTED;
        ending.is_retryable = !execution->has_effect;
    }
    agent_execution_finish(execution, &ending);
}

static void refuse(struct agent_run *run, const char *message)
{
    refuse_with(execution_of(run), SL_OUTCOME_NOT_EXECUTED, false, message);
}

const struct agent_run_interface agent_execution_interface = {
    .call_tool = call_tool,
    .tool_takes = tool_takes,
    .succeed = succeed,
    .refuse = refuse,
};
