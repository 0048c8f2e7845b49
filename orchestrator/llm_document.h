#ifndef ORCH_LLM_DOCUMENT_H
#define ORCH_LLM_DOCUMENT_H

#include "orchestrator/planner.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Reads what a model wrote: a plan, or what the request leaves out, or why there is no plan. What
 * is no JSON becomes a document with a fault, so that it can go back.
 *
 * planned  its document, missing, declined and faults are set; owned by arena.
 * Errors: SL_RESOURCE_EXHAUSTED only.
 */
SL_MUST_USE enum sl_code llm_document_read(const char *text,
                                           const struct orch_capabilities *capabilities,
                                           struct sl_arena *arena, struct orch_planned *planned);

#ifdef __cplusplus
}
#endif

#endif
