#ifndef ORCH_LLM_SCHEMA_H
#define ORCH_LLM_SCHEMA_H

#include "base/error.h"
#include "orchestrator/capabilities.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The form of a plan as JSON Schema for structured outputs (OpenAI, "Structured Outputs", strict):
 * every object closed, every member required, what is optional nullable. One branch per operation
 * that the agents offer now, so that no other can be written.
 *
 * Strict schemas know no open maps: such a parameter (quantity_map) is a list of {name, value}
 * there. A number may be a text, because a reference {{step_id.path}} is one.
 */

/** Operations that a plan may use now. */
size_t llm_schema_count_operations(const struct orch_capabilities *capabilities);

/** ret_schema  a new reference. Errors: SL_RESOURCE_EXHAUSTED only. */
SL_MUST_USE enum sl_code llm_schema_make(const struct orch_capabilities *capabilities,
                                         json_t **ret_schema);

/**
 * Makes a plan written after that schema one after the tools' own: lists of {name, value} become
 * objects, nulls of optional parameters go. Other plans stay as they are. Changes document, which
 * is the whole answer or the plan alone. Errors: SL_RESOURCE_EXHAUSTED only.
 */
SL_MUST_USE enum sl_code llm_schema_restore(json_t *document,
                                            const struct orch_capabilities *capabilities);

/** What a tool's schema means where it says {"$ref": "#/..."}; schema itself elsewhere. Borrowed.
 */
const json_t *llm_schema_follow(const json_t *root, const json_t *schema);

/** Whether a value of this schema is an object with members of any name. */
bool llm_schema_is_map(const json_t *schema);

/** Whether the schema of an object requires a member. */
bool llm_schema_requires(const json_t *schema, const char *name);

#ifdef __cplusplus
}
#endif

#endif
