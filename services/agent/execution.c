#include <string.h>

#include "base/memory.h"
#include "services/agent/execution_private.h"

/* ---- The end ---- */

static void deliver(struct agent_execution *execution)
{
    *execution->place = execution->next;
    if (execution->next != NULL)
        execution->next->place = execution->place;
    execution->core->execution_count--;
    struct agent_core *core = execution->core;
    execution->done(&execution->error, &execution->answer, execution->done_arg);
    agent_answer_done(&execution->answer);
    json_decref(execution->arguments);
    json_decref(execution->run.parameters);
    sl_arena_pool_give(&core->arenas, execution->run.arena);
}

/* A commit that failed is logged by the ledger; what happened is told all the same. */
static void on_claim_ended(const struct sl_error *error, void *arg)
{
    (void)error;
    deliver(arg);
}

static enum agent_claim_end_kind claim_end_kind(enum sl_outcome outcome)
{
    return outcome == SL_OUTCOME_SETTLED        ? AGENT_CLAIM_SETTLE
           : outcome == SL_OUTCOME_NOT_EXECUTED ? AGENT_CLAIM_RELEASE
                                                : AGENT_CLAIM_LEAVE_UNKNOWN;
}

void agent_execution_finish(struct agent_execution *execution, const struct agent_ending *ending)
{
    const struct sl_clock *clock = sl_loop_clock(execution->core->loop);
    execution->answer.parts = (struct agent_answer_parts){
        .service = execution->core->service->name,
        .operation = execution->operation,
        .result = ending->result,
        .error = ending->error,
        .outcome = ending->outcome,
        .is_retryable = ending->is_retryable,
        .tool = execution->tool,
        .execution_time_s = (double)(sl_clock_monotonic_ns(clock) - execution->start_ns) / 1e9,
        .wall_ns = sl_clock_wall_ns(clock),
    };
    if (!execution->is_held) {
        deliver(execution);
        return;
    }
    json_t *answer = agent_answer_json(&execution->answer);
    if (answer == NULL)
        sl_error_no_memory(&execution->error);
    /* A settled effect whose answer cannot be kept for want of memory is one that nobody knows. */
    enum sl_outcome outcome =
        answer == NULL && execution->has_effect ? SL_OUTCOME_UNKNOWN : ending->outcome;
    execution->is_held = false;
    agent_claim_end(SL_TAKE(execution->claim), claim_end_kind(outcome), answer, on_claim_ended,
                    execution);
}

static void finish_replayed(struct agent_execution *execution, json_t *answer)
{
    execution->answer.json = agent_answer_replayed(answer);
    if (execution->answer.json == NULL)
        sl_error_no_memory(&execution->error);
    deliver(execution);
}

static void finish_problem(struct agent_execution *execution)
{
    struct agent_ending ending = {.error = execution->problem,
                                  .outcome = SL_OUTCOME_NOT_EXECUTED,
                                  .is_retryable = execution->is_problem_retryable};
    agent_execution_finish(execution, &ending);
}

/* ---- The way there ---- */

static void end_with_value(struct agent_run *run, json_t *value)
{
    agent_run_succeed(run, json_incref(value));
}

static void start(struct agent_execution *execution)
{
    const struct agent_operation *operation = execution->target.operation;
    if (operation != NULL && operation->kind != AGENT_TOOL) {
        execution->core->service->execute_operation(operation, &execution->run);
        return;
    }
    const struct agent_target target = agent_execution_target(execution);
    json_t *arguments = agent_parameters_arguments(&target, execution->run.parameters);
    agent_run_call_tool(&execution->run, execution->operation, arguments, end_with_value);
}

/* Rule: a call whose outcome is unknown is made again only where that does no harm. */
static void resume(struct agent_execution *execution, const struct agent_claim_result *result)
{
    const struct agent_core *core = execution->core;
    const struct agent_tool *tool = agent_toolbox_find(core->toolbox, result->tool);
    execution->has_effect = true;
    execution->is_withdrawn = false;
    if (agent_tool_is_repeatable(tool, true) && result->arguments != NULL) {
        agent_execution_call_again(execution, result->tool, result->arguments);
        return;
    }
    execution->tool = sl_arena_strdup(execution->run.arena, result->tool);
    const char *reason = agent_toolbox_reason(core->toolbox);
    struct agent_ending ending = {
        .error = sl_arena_printf(
            execution->run.arena,
            "%s: an earlier attempt under this idempotency key called tool %s and got no answer; "
            "%s",
            core->service->name, result->tool,
            reason != NULL ? reason
                           : "the tool may not be called again, so a person has to look what came "
                             "of it"),
        .outcome = SL_OUTCOME_UNKNOWN,
        .is_retryable = reason != NULL,
    };
    if (ending.error == NULL)
        ending.error = "out of memory";
    agent_execution_finish(execution, &ending);
}

static void finish_unclaimed(struct agent_execution *execution, const struct sl_error *error)
{
    bool is_running = error->code == SL_DEADLINE_EXCEEDED || error->code == SL_CANCELLED;
    struct agent_ending ending = {
        .error = sl_arena_printf(execution->run.arena, "%s: %s%s", execution->core->service->name,
                                 is_running ? "" : "storage: ", error->message),
        .outcome = is_running ? SL_OUTCOME_UNKNOWN : SL_OUTCOME_NOT_EXECUTED,
        .is_retryable = true,
    };
    if (ending.error == NULL)
        ending.error = "out of memory";
    agent_execution_finish(execution, &ending);
}

static void on_claim(struct agent_claim *claim, const struct agent_claim_result *result, void *arg)
{
    struct agent_execution *execution = arg;
    bool is_held = result->error.code == SL_OK &&
                   (result->found == AGENT_CLAIM_FRESH || result->found == AGENT_CLAIM_RESUMED);
    execution->claim = is_held ? claim : NULL;
    execution->is_held = is_held;
    if (result->error.code != SL_OK) {
        finish_unclaimed(execution, &result->error);
    } else if (result->found == AGENT_CLAIM_CONFLICT) {
        sl_error_set(&execution->error, SL_FAILED_PRECONDITION,
                     "idempotency key \"%s\" belongs to another operation or other parameters",
                     execution->key);
        deliver(execution);
    } else if (result->found == AGENT_CLAIM_SETTLED) {
        finish_replayed(execution, result->answer);
    } else if (result->found == AGENT_CLAIM_RESUMED) {
        resume(execution, result);
    } else if (execution->problem != NULL) {
        finish_problem(execution);
    } else {
        start(execution);
    }
}

/* The call a plain operation will make is written down with the claim; a composed one's later. */
static enum sl_code add_call(struct agent_execution *execution, struct agent_claim_request *request)
{
    const struct agent_operation *operation = execution->target.operation;
    if (execution->problem != NULL || (operation != NULL && operation->kind != AGENT_TOOL))
        return SL_OK;
    const struct agent_target target = agent_execution_target(execution);
    json_t *arguments = agent_parameters_arguments(&target, execution->run.parameters);
    request->tool = execution->operation;
    request->arguments = sl_json_arena_text(arguments, SL_JSON_COMPACT, execution->run.arena);
    json_decref(arguments);
    return arguments == NULL || request->arguments == NULL ? SL_RESOURCE_EXHAUSTED : SL_OK;
}

static void claim(struct agent_execution *execution)
{
    struct agent_claim_request request = {
        .tenant = execution->identity.tenant,
        .key = execution->key,
        .hash = execution->hash,
        .is_lookup = execution->problem != NULL,
        .timeout_ms = execution->deadline_ms - sl_loop_now_ms(execution->core->loop),
    };
    struct sl_error error = {0};
    enum sl_code code =
        agent_request_hash(execution->operation, execution->run.parameters, execution->hash);
    if (code == SL_OK)
        code = add_call(execution, &request);
    if (code != SL_OK)
        sl_error_no_memory(&error);
    else
        code = agent_claim_start(execution->core->ledger, &request, on_claim, execution,
                                 &execution->claim, &error);
    if (code != SL_OK)
        finish_unclaimed(execution, &error);
}

static enum sl_code find_problem(struct agent_execution *execution, struct sl_error *err)
{
    struct sl_arena *arena = execution->run.arena;
    struct agent_faults faults;
    agent_faults_init(&faults, arena);
    SL_TRY(agent_core_check(execution->core, execution->operation, execution->run.parameters,
                            &faults, &execution->is_problem_retryable, err));
    execution->target = agent_core_target(execution->core, execution->operation);
    if (!agent_faults_any(&faults))
        return SL_OK;
    const char *all = agent_faults_join(&faults);
    bool is_about_parameters = faults.count > 0 && faults.entries[0].path[0] != '\0';
    execution->problem =
        is_about_parameters && all != NULL
            ? sl_arena_printf(arena, "invalid parameters for %s: %s", execution->operation, all)
            : all;
    return execution->problem == NULL ? sl_error_no_memory(err) : SL_OK;
}

static const char *timeout_problem(const struct agent_execution *execution)
{
    const char *text = sl_arena_printf(
        execution->run.arena, "timeout: %g is given, a number of seconds above 0 is wanted",
        (double)execution->timeout_ms / 1000);
    return text == NULL ? "timeout: a number of seconds above 0 is wanted" : text;
}

static void begin(void *arg)
{
    struct agent_execution *execution = arg;
    struct sl_error error = {0};
    enum sl_code code = find_problem(execution, &error);
    bool is_timeout_bad = execution->timeout_ms <= 0;
    if (code != SL_OK)
        execution->problem = "out of memory";
    else if (execution->is_cancelled || execution->is_withdrawn)
        execution->problem = "cancelled before anything was changed";
    else if (is_timeout_bad)
        execution->problem = timeout_problem(execution);
    const struct agent_target target = agent_execution_target(execution);
    bool changes_state = !agent_target_is_read_only(&target);
    if (execution->key != NULL && changes_state && !is_timeout_bad && !execution->is_cancelled)
        claim(execution);
    else if (execution->problem != NULL)
        finish_problem(execution);
    else
        start(execution);
}

static struct agent_execution *new_execution(struct agent_core *core,
                                             const struct agent_execution_request *request)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_pool_take(&core->arenas);
    struct agent_execution *execution =
        arena == NULL ? NULL : sl_arena_alloc(arena, sizeof(*execution));
    if (execution == NULL)
        return NULL;
    execution->core = core;
    execution->operation = sl_arena_strdup(arena, request->operation);
    execution->key = sl_arena_strdup(arena, request->key);
    execution->traceparent = sl_arena_strdup(arena, request->traceparent);
    execution->identity.tenant = sl_arena_strdup(arena, request->identity->tenant);
    execution->identity.dealer = sl_arena_strdup(arena, request->identity->dealer);
    execution->identity.user = sl_arena_strdup(arena, request->identity->user);
    execution->timeout_ms = request->timeout_ms;
    if (execution->operation == NULL || (request->key != NULL && execution->key == NULL) ||
        execution->identity.tenant == NULL || execution->identity.dealer == NULL ||
        execution->identity.user == NULL)
        return NULL;
    execution->run.interface = &agent_execution_interface;
    execution->run.parameters = json_incref(request->parameters);
    execution->run.arena = SL_TAKE(arena);
    return execution;
}

/* One that nobody knows of yet. */
static void discard(struct agent_execution *execution)
{
    if (execution == NULL)
        return;
    json_decref(execution->run.parameters);
    sl_arena_free(execution->run.arena);
}

enum sl_code agent_execution_start(struct agent_core *core,
                                   const struct agent_execution_request *request,
                                   agent_execution_done_fn *done, void *arg,
                                   struct agent_execution **ret_execution, struct sl_error *err)
{
    struct agent_execution *execution = new_execution(core, request);
    /* At the next turn, by a timer: a post would go through gRPC's queue. */
    if (execution == NULL ||
        sl_timer_start(core->loop, &execution->timer, 0, begin, execution) != SL_OK) {
        discard(execution);
        return sl_error_no_memory(err);
    }
    execution->start_ns = sl_clock_monotonic_ns(sl_loop_clock(core->loop));
    execution->deadline_ms = sl_loop_now_ms(core->loop) + request->timeout_ms;
    execution->done = done;
    execution->done_arg = arg;
    execution->place = &core->executions;
    execution->next = core->executions;
    if (execution->next != NULL)
        execution->next->place = &execution->next;
    core->executions = execution;
    core->execution_count++;
    *ret_execution = execution;
    return SL_OK;
}

/* ---- Cancelling ---- */

void agent_execution_cancel(struct agent_execution *execution)
{
    execution->is_cancelled = true;
    if (execution->request != NULL)
        sl_mcp_cancel(execution->request);
    else if (execution->claim != NULL && !execution->is_held)
        agent_claim_cancel(execution->claim);
}

bool agent_execution_withdraw(struct agent_execution *execution)
{
    if (execution->has_effect)
        return false;
    execution->is_withdrawn = true;
    if (execution->request != NULL)
        sl_mcp_cancel(execution->request);
    return true;
}

bool agent_execution_is_read_only(const struct agent_execution *execution)
{
    const struct agent_target target = agent_execution_target(execution);
    return target.service != NULL && agent_target_is_read_only(&target);
}
