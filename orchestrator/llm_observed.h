#ifndef ORCH_LLM_OBSERVED_H
#define ORCH_LLM_OBSERVED_H

#include <stdint.h>

#include "base/error.h"
#include "orchestrator/llm_answer.h"

struct sl_span;

/* Metrics and spans of the calls of the model (lib/telemetry). Source: OpenTelemetry, semantic
 * conventions for GenAI. */

/** One call; part of the job. */
struct llm_observed {
    int64_t began_ns;
    struct sl_span *span;
};

/** traceparent may be NULL. */
void llm_observe_begin(struct llm_observed *observed, const char *model, const char *traceparent);
void llm_observe_end(struct llm_observed *observed, const char *model, const struct sl_error *error,
                     const struct llm_answer *answer);

#endif
