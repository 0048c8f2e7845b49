#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "orchestrator/containment.h"
#include "orchestrator/run.h"
#include "orchestrator/views.h"
#include "telemetry/metrics.h"

/* One step of a run: its attempts, from the journal to the agent and back. */

/* What the bridge and we allow an agent beyond the operation's own time. */
#define ANSWER_GRACE_MS 2000
#define BACKOFF_FIRST_MS 200
#define BACKOFF_LONGEST_MS 10000

static const struct orch_step *planned_step(const struct orch_run_step *step)
{
    return &step->run->workflow->plan->steps[step->index];
}

static struct orch_schedule_step *scheduled_step(const struct orch_run_step *step)
{
    return &step->run->workflow->schedule.steps[step->index];
}

/* ---- Ending ---- */

static void emit_end(struct orch_run_step *step, enum orch_step_status status, const char *error,
                     json_t *response)
{
    json_t *body = json_pack("{s:s, s:i, s:i, s:s?, s:b, s:O*}", "step_id",
                             planned_step(step)->step_id, "step_status", (int)status, "attempts",
                             scheduled_step(step)->attempts, "error", error, "is_unclear",
                             status == ORCH_STEP_NEEDS_RECONCILIATION, "response", response);
    sl_timer_stop(&step->backoff);
    sl_metric_add(SL_METRIC_STEPS_ENDED, 1, planned_step(step)->service_name,
                  orch_step_status_name(status));
    orch_run_emit(step->run, ORCH_EVENT_STEP_ENDED, body);
}

void orch_step_end(struct orch_run_step *step, enum orch_step_status status, const char *text)
{
    emit_end(step, status, text, NULL);
}

/* ---- Answers ---- */

/* Doubles from try to try; the upper half of it is chance, so that many do not come back together.
 */
static int64_t backoff_ms(int failures, double retry_after_seconds)
{
    int64_t span = BACKOFF_FIRST_MS;
    for (int i = 1; i < failures && span < BACKOFF_LONGEST_MS; i++)
        span *= 2;
    if (span > BACKOFF_LONGEST_MS)
        span = BACKOFF_LONGEST_MS;
    int64_t delay = span / 2 + (int64_t)sl_random_below((uint64_t)(span / 2) + 1);
    int64_t wanted = (int64_t)(retry_after_seconds * 1000);
    return delay > wanted ? delay : wanted;
}

static void on_backoff(void *arg)
{
    struct orch_run_step *step = arg;
    orch_run_advance(step->run);
}

static void retry(struct orch_run_step *step, const struct orch_agent_answer *answer,
                  enum orch_verdict verdict, const char *text)
{
    struct orch_run *run = step->run;
    const struct orch_schedule_step *state = scheduled_step(step);
    int failures = state->attempts - state->attempts_forgiven;
    int64_t delay_ms = backoff_ms(failures, orch_agent_retry_after(answer));
    sl_metric_add(SL_METRIC_STEP_RETRIES, 1, planned_step(step)->service_name, NULL);
    orch_run_emit(run, ORCH_EVENT_STEP_RETRYING,
                  json_pack("{s:s, s:i, s:i, s:s, s:b, s:I}", "step_id",
                            planned_step(step)->step_id, "step_status", ORCH_STEP_RETRYING,
                            "attempts", state->attempts, "error", text, "is_unclear",
                            verdict == ORCH_VERDICT_UNCLEAR, "delay_ms", (json_int_t)delay_ms));
    if (sl_timer_start(run->executor->options.loop, &step->backoff, delay_ms, on_backoff, step) !=
        SL_OK)
        sl_log(SL_LOG_WARN, "backoff left out", sl_field_string("error", "out of memory"));
}

static void suspect_agent(const struct orch_run_step *step, const struct orch_agent_answer *answer)
{
    if (answer->error.code == SL_UNAVAILABLE || answer->error.code == SL_DEADLINE_EXCEEDED)
        orch_registry_suspect(step->run->executor->options.registry,
                              planned_step(step)->service_name);
}

static void take_answer(struct orch_run_step *step, const struct orch_agent_answer *answer)
{
    struct orch_run *run = step->run;
    const struct orch_schedule_step *state = scheduled_step(step);
    struct orch_agent_traits traits = {state->changes_state, state->is_repeatable};
    enum orch_verdict verdict = orch_agent_judge(answer, &traits);
    enum orch_step_status status =
        orch_schedule_judge(&run->workflow->schedule, step->index, verdict);
    char text[600] = "";
    if (verdict != ORCH_VERDICT_DONE)
        orch_agent_explain(answer, planned_step(step)->service_name, text, sizeof(text));
    suspect_agent(step, answer);
    if (status == ORCH_STEP_RETRYING)
        retry(step, answer, verdict, text);
    else
        emit_end(step, status, *text ? text : NULL, answer->message);
    orch_run_advance(run);
}

static void on_answer(const struct orch_agent_answer *answer, void *arg)
{
    struct orch_run_step *step = arg;
    struct orch_run *run = step->run;
    step->call = NULL;
    run->calls_open--;
    run->executor->calls_open--;
    /* We cut it off ourselves: it counts as running, and the next process asks again. */
    bool is_cut_off = run->executor->is_stopped && answer->error.code != SL_OK;
    if (!is_cut_off && !run->is_broken)
        take_answer(step, answer);
}

/* ---- Sending ---- */

static enum sl_code check_resolved(const struct orch_run_step *step, const json_t *parameters,
                                   struct sl_error *err)
{
    const struct orch_step *planned = planned_step(step);
    struct orch_snapshot *now = orch_registry_snapshot(step->run->executor->options.registry);
    const struct orch_operation *operation =
        now != NULL ? orch_capabilities_operation(&now->capabilities, planned->service_name,
                                                  planned->operation)
                    : NULL;
    enum sl_code code = orch_contain_resolved(planned, parameters, operation, err);
    orch_snapshot_unref(now);
    return code;
}

static json_t *resolve(struct orch_run_step *step, struct sl_error *err)
{
    json_t *parameters = NULL;
    if (orch_parameters_resolve(planned_step(step)->parameters, step->run->workflow->results,
                                &parameters, err) != SL_OK)
        return NULL;
    if (check_resolved(step, parameters, err) != SL_OK) {
        json_decref(parameters);
        return NULL;
    }
    return parameters;
}

void orch_step_start(struct orch_run_step *step)
{
    struct orch_run *run = step->run;
    struct sl_error error = {0};
    json_t *parameters = resolve(step, &error);
    if (!parameters) {
        enum orch_step_status status =
            orch_schedule_judge(&run->workflow->schedule, step->index, ORCH_VERDICT_REFUSED);
        orch_step_end(step, status, error.message);
        return;
    }
    sl_timer_stop(&step->backoff);
    orch_run_emit(run, ORCH_EVENT_STEP_STARTED,
                  json_pack("{s:s, s:i, s:i, s:o}", "step_id", planned_step(step)->step_id,
                            "step_status", ORCH_STEP_RUNNING, "attempts",
                            scheduled_step(step)->attempts + 1, "parameters", parameters));
    step->send_sequence = run->workflow->sequence;
}

static enum sl_code send_attempt(struct orch_run_step *step, struct sl_error *err)
{
    const struct orch_workflow *workflow = step->run->workflow;
    const struct orch_step *planned = planned_step(step);
    struct orch_agent *agent =
        orch_registry_agent(step->run->executor->options.registry, planned->service_name);
    char key[400], request_id[600];
    snprintf(request_id, sizeof(request_id), "%.300s/%.200s", workflow->request_id,
             planned->step_id);
    snprintf(key, sizeof(key), "%s/%.300s", workflow->uid, planned->step_id);
    if (scheduled_step(step)->rounds > 0)
        snprintf(key, sizeof(key), "%s/%.300s/%d", workflow->uid, planned->step_id,
                 scheduled_step(step)->rounds);
    if (!agent)
        return sl_error_set(err, SL_NOT_FOUND, "service \"%s\" is not configured",
                            planned->service_name);
    const json_t *context = json_object_get(workflow->request, "context");
    struct orch_agent_request request = {
        .method = ORCH_AGENT_EXECUTE,
        .timeout_ms = (int64_t)planned->timeout_seconds * 1000 + ANSWER_GRACE_MS,
        .request_id = request_id,
        .operation = planned->operation,
        .parameters = workflow->steps[step->index].parameters,
        .context = json_is_object(context) ? context : NULL,
        .timeout_seconds = planned->timeout_seconds,
        .idempotency_key = key,
        .caller = &workflow->caller,
        .is_repeatable =
            !scheduled_step(step)->changes_state || scheduled_step(step)->is_repeatable,
    };
    return orch_agent_call_start(agent, &request, on_answer, step, &step->call, err);
}

void orch_step_send(struct orch_run_step *step)
{
    struct orch_agent_answer answer = {0};
    if (send_attempt(step, &answer.error) != SL_OK) {
        answer.error.outcome = SL_OUTCOME_NOT_EXECUTED;
        take_answer(step, &answer);
        return;
    }
    step->run->calls_open++;
    step->run->executor->calls_open++;
}
