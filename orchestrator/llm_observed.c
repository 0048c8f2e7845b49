#include "orchestrator/llm_observed.h"

#include <stdio.h>

#include "telemetry/metrics.h"
#include "telemetry/span.h"

void llm_observe_begin(struct llm_observed *observed, const char *model, const char *traceparent)
{
    char name[96];

    snprintf(name, sizeof(name), "chat %.80s", model);
    observed->began_ns = sl_metric_now_ns();
    observed->span = sl_span_start(SL_SPAN_CLIENT, name, traceparent);
    sl_span_set(observed->span, "gen_ai.operation.name", "chat");
    sl_span_set(observed->span, "gen_ai.provider.name", "openai");
    sl_span_set(observed->span, "gen_ai.request.model", model);
}

static const char *outcome_of(const struct sl_error *error, const struct llm_answer *answer)
{
    if (error->code != SL_OK)
        return sl_code_name(error->code);
    switch (answer->kind) {
    case LLM_ANSWER_TEXT:
        return "ok";
    case LLM_ANSWER_BUSY:
        return "busy";
    case LLM_ANSWER_FORMAT_REFUSED:
    case LLM_ANSWER_TEMPERATURE_REFUSED:
        return "refused";
    default:
        return "failed";
    }
}

void llm_observe_end(struct llm_observed *observed, const char *model, const struct sl_error *error,
                     const struct llm_answer *answer)
{
    const char *outcome = outcome_of(error, answer);
    bool is_ok = error->code == SL_OK && answer->kind == LLM_ANSWER_TEXT;

    sl_metric_observe_since(SL_METRIC_LLM_SECONDS, observed->began_ns, model, outcome);
    if (answer->prompt_tokens > 0)
        sl_metric_add(SL_METRIC_LLM_TOKENS, (double)answer->prompt_tokens, model, "input");
    if (answer->completion_tokens > 0)
        sl_metric_add(SL_METRIC_LLM_TOKENS, (double)answer->completion_tokens, model, "output");
    sl_span_set_int(observed->span, "gen_ai.usage.input_tokens", answer->prompt_tokens);
    sl_span_set_int(observed->span, "gen_ai.usage.output_tokens", answer->completion_tokens);
    sl_span_end(observed->span, is_ok ? NULL : outcome);
    *observed = (struct llm_observed){0};
}
