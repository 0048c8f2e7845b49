#include "orchestrator/agent_breaker.h"

#include "base/log.h"
#include "base/memory.h"
#include "telemetry/metrics.h"

struct switched_agent {
    struct orch_agent base;
    struct sl_loop *loop;
    const char *service;
    struct orch_agent *inner;
    struct orch_breaker breaker;
    /* The last failure. */
    struct sl_error failure;
};

/* A call through the breaker; what protocols call struct orch_agent_call is theirs. */
struct switched_call {
    struct switched_agent *agent;
    struct orch_agent_call *call;
    orch_agent_done_fn *done;
    void *arg;
    bool is_probe;
    /* Of a call that is refused. */
    struct sl_task refusal;
    double wait_seconds;
};

/* ---- The breaker ---- */

static int64_t now_ms(const struct switched_agent *agent)
{
    return sl_loop_now_ms(agent->loop);
}

static void log_state(const struct switched_agent *agent)
{
    bool is_open = agent->breaker.state == ORCH_BREAKER_OPEN;
    sl_metric_set(SL_METRIC_BREAKER_STATE, agent->breaker.state, agent->service, NULL);
    if (is_open)
        sl_metric_add(SL_METRIC_BREAKER_OPENINGS, 1, agent->service, NULL);
    sl_log(is_open ? SL_LOG_WARN : SL_LOG_INFO, "circuit breaker moved",
           sl_field_string("agent", agent->service),
           sl_field_string("state", orch_breaker_name(agent->breaker.state)),
           sl_field_string("reason", is_open ? agent->failure.message : NULL));
}

/* What is the agent's own doing or the network's; a refusal is an answer, and a busy agent says so
 * by RESOURCE_EXHAUSTED. */
static enum orch_breaker_outcome report_of(const struct sl_error *error)
{
    switch (error->code) {
    case SL_UNAVAILABLE:
    case SL_DEADLINE_EXCEEDED:
    case SL_UNKNOWN:
    case SL_INTERNAL:
    case SL_DATA_LOSS:
        return ORCH_BREAKER_FAILURE;
    case SL_CANCELLED:
        return ORCH_BREAKER_NEUTRAL;
    default:
        return ORCH_BREAKER_SUCCESS;
    }
}

static void report(struct switched_agent *agent, const struct sl_error *error, bool is_probe)
{
    enum orch_breaker_outcome found = report_of(error);
    if (found == ORCH_BREAKER_FAILURE)
        agent->failure = *error;
    if (orch_breaker_report(&agent->breaker, found, is_probe, now_ms(agent)))
        log_state(agent);
}

/* ---- Calls ---- */

static void on_done(const struct orch_agent_answer *answer, void *arg)
{
    struct switched_call *call = arg;
    report(call->agent, &answer->error, call->is_probe);
    call->done(answer, call->arg);
    sl_free(call);
}

static void refuse(struct sl_task *task)
{
    struct switched_call *call =
        (struct switched_call *)((char *)task - offsetof(struct switched_call, refusal));
    struct orch_agent_answer answer = {.retry_after_seconds = call->wait_seconds};
    sl_error_set(&answer.error, SL_UNAVAILABLE,
                 "not called: its circuit breaker is %s; the last failure: %s",
                 orch_breaker_name(call->agent->breaker.state), call->agent->failure.message);
    answer.error.outcome = SL_OUTCOME_NOT_EXECUTED;
    call->done(&answer, call->arg);
    sl_free(call);
}

static enum sl_code breaker_call_start(struct orch_agent *base,
                                       const struct orch_agent_request *request,
                                       orch_agent_done_fn *done, void *arg,
                                       struct orch_agent_call **ret_call, struct sl_error *err)
{
    struct switched_agent *agent = (struct switched_agent *)base;
    struct switched_call *call = sl_alloc(sizeof(*call));
    int64_t wait_ms = 0;
    if (!call)
        return sl_error_no_memory(err);
    *call = (struct switched_call){.agent = agent, .done = done, .arg = arg};
    enum sl_code code = SL_OK;
    if (orch_breaker_admit(&agent->breaker, now_ms(agent), &call->is_probe, &wait_ms)) {
        code = orch_agent_call_start(agent->inner, request, on_done, call, &call->call, err);
    } else {
        call->wait_seconds = (double)wait_ms / 1000;
        call->refusal.run = refuse;
        sl_loop_post(agent->loop, &call->refusal);
    }
    if (code != SL_OK) {
        orch_breaker_report(&agent->breaker, ORCH_BREAKER_NEUTRAL, call->is_probe, now_ms(agent));
        sl_free(call);
        return code;
    }
    if (ret_call)
        *ret_call = (struct orch_agent_call *)call;
    return SL_OK;
}

static void breaker_cancel(struct orch_agent_call *call)
{
    struct switched_call *switched = (struct switched_call *)call;
    if (switched->call)
        orch_agent_cancel(switched->agent->inner, switched->call);
}

static void breaker_free(struct orch_agent *agent)
{
    orch_agent_free(((struct switched_agent *)agent)->inner);
    sl_free(agent);
}

/* ---- Life ---- */

enum sl_code orch_agent_breaker_new(struct sl_loop *loop, const char *service,
                                    struct orch_agent *inner, struct orch_agent **ret_agent,
                                    struct sl_error *err)
{
    static const struct orch_agent_protocol protocol = {breaker_call_start, breaker_cancel,
                                                        breaker_free};
    struct switched_agent *agent = sl_alloc(sizeof(*agent));
    if (!agent)
        return sl_error_no_memory(err);
    *agent = (struct switched_agent){
        .base = {&protocol}, .loop = loop, .service = service, .inner = inner};
    *ret_agent = &agent->base;
    return SL_OK;
}

void orch_agent_breaker_replace(struct orch_agent *base, struct orch_agent *inner)
{
    struct switched_agent *agent = (struct switched_agent *)base;
    orch_agent_free(agent->inner);
    agent->inner = inner;
}

void orch_agent_breaker_revive(struct orch_agent *base)
{
    struct switched_agent *agent = (struct switched_agent *)base;
    if (orch_breaker_revive(&agent->breaker))
        log_state(agent);
}

const struct orch_breaker *orch_agent_breaker_state(const struct orch_agent *agent)
{
    return &((const struct switched_agent *)agent)->breaker;
}
