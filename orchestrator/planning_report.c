#include <string.h>

#include "base/text.h"
#include "orchestrator/planning_private.h"

/* What is told of a planning: who made the plan, or why there is none. */

/* ---- Who made it ---- */

/* What a model wrote is quoted briefly, and only where it is text. Owned by arena. */
static const char *first_fault(const struct planning *planning, const struct orch_texts *faults)
{
    if (faults->count == 0)
        return "";
    size_t length = sl_utf8_cut(faults->entries[0], strlen(faults->entries[0]), 300);
    const char *text = sl_arena_strndup(planning->arena, faults->entries[0], length);
    return text && sl_utf8_is_valid(text, length) ? text : "";
}

static const char *reason_of(const struct planning *planning)
{
    if (planning->maker == MADE_BY_REQUEST)
        return "the request brought its plan";
    if (planning->maker == MADE_BY_PLANNER && planning->is_revised)
        return sl_arena_printf(planning->arena, "the first plan was not valid (%s), this one is",
                               first_fault(planning, &planning->revised_faults));
    if (planning->maker == MADE_BY_PLANNER)
        return "an LLM is configured";
    if (planning->fallback)
        return sl_arena_printf(planning->arena, "the LLM's plan could not be had: %s",
                               planning->fallback);
    return "no LLM is configured";
}

static json_t *usage_of(const struct planning *planning)
{
    return json_pack("{s:I, s:{s:I, s:I, s:I}}", "llm_calls", (json_int_t)planning->calls,
                     "token_usage", "prompt_tokens", (json_int_t)planning->prompt_tokens,
                     "completion_tokens", (json_int_t)planning->completion_tokens, "total_tokens",
                     (json_int_t)(planning->prompt_tokens + planning->completion_tokens));
}

enum sl_code planning_sign(const struct planning *planning, json_t *document)
{
    static const char *const names[] = {
        [MADE_BY_REQUEST] = "request", [MADE_BY_PLANNER] = "planner", [MADE_BY_RULES] = "built_in"};
    const char *reason = reason_of(planning);
    SL_CLEANUP(sl_json_cleanup)
    json_t *planner = json_pack("{s:s, s:s}", "name", names[planning->maker], "reason", reason);
    if (!planner)
        return SL_RESOURCE_EXHAUSTED;
    if (planning->maker == MADE_BY_PLANNER && planning->planned.made_by &&
        json_object_update(planner, planning->planned.made_by) != 0)
        return SL_RESOURCE_EXHAUSTED;
    if (json_object_set(document, "planner", planner) != 0)
        return SL_RESOURCE_EXHAUSTED;
    if (planning->calls == 0)
        return SL_OK;
    return json_object_set_new(document, "metadata", usage_of(planning)) == 0
               ? SL_OK
               : SL_RESOURCE_EXHAUSTED;
}

/* ---- Why there is none ---- */

static const char *join(struct planning *planning, const char *head, const struct orch_texts *texts)
{
    struct sl_text text = {0};
    sl_text_append(&text, head);
    for (size_t i = 0; i < texts->count; i++)
        sl_text_printf(&text, "%s%s", i ? "; " : " ", texts->entries[i]);
    sl_text_append_char(&text, '.');
    const char *joined = sl_arena_strdup(planning->arena, sl_text_string(&text));
    sl_text_done(&text);
    return joined ? joined : head;
}

static const char *choose_message(struct planning *planning)
{
    if (planning->planned.missing.count > 0)
        return join(planning, "Nothing was done, because the request leaves out:",
                    &planning->planned.missing);
    if (!planning->planned.document)
        return planning->planned.declined ? planning->planned.declined
                                          : "Nothing was done: there is no plan.";
    if (planning->validation.errors.count > 0)
        return join(planning, "Nothing was done, because the plan is not valid:",
                    &planning->validation.errors);
    return NULL;
}

/* What was asked first is told too: its answer would have been another. */
static const char *with_fallback(struct planning *planning, const char *message)
{
    if (!message || !planning->fallback)
        return message;
    const char *text = sl_arena_printf(planning->arena,
                                       "%s (The built-in planner said so; the LLM's plan could not "
                                       "be had: %s.)",
                                       message, planning->fallback);
    return text ? text : message;
}

/* A text cut in the middle of a character could be neither kept nor sent. */
const char *planning_message(struct planning *planning)
{
    const char *message = with_fallback(planning, choose_message(planning));
    if (message && !sl_utf8_is_valid(message, strlen(message)))
        return "Nothing was done: the request cannot be planned.";
    return message;
}
