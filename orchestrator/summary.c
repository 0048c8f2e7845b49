#include "orchestrator/summary.h"

#include <string.h>

/* The sign before a step, by its status. */
static const char *const signs[] = {
    [ORCH_STEP_PENDING] = "⏳",
    [ORCH_STEP_RUNNING] = "⏳",
    [ORCH_STEP_RETRYING] = "⏳",
    [ORCH_STEP_COMPLETED] = "✅",
    [ORCH_STEP_FAILED] = "❌",
    [ORCH_STEP_SKIPPED] = "⏭",
    [ORCH_STEP_BLOCKED] = "⛔",
    [ORCH_STEP_CANCELLED] = "🚫",
    [ORCH_STEP_NEEDS_RECONCILIATION] = "⚠",
};

static const char *sign_of(enum orch_step_status status)
{
    if ((size_t)status >= SL_ARRAY_LENGTH(signs) || signs[status] == NULL)
        return "⏳";
    return signs[status];
}

/* Text from outside stays on its line: a line break in it must not look like a line of the summary.
 */
static void append_line(struct sl_text *out, const char *text)
{
    bool was_space = false;

    for (; *text != '\0'; text++) {
        bool is_break = (unsigned char)*text < 0x20 || *text == 0x7f;
        if (is_break && was_space)
            continue;
        sl_text_append_char(out, is_break ? ' ' : *text);
        was_space = is_break;
    }
}

static void append_step(struct sl_text *out, const struct orch_step *step,
                        const struct orch_step_outcome *outcome)
{
    sl_text_printf(out, "\n   %s %s: %s.%s", sign_of(outcome->status), step->step_id,
                   step->service_name, step->operation);
    if (outcome->status == ORCH_STEP_COMPLETED) {
        sl_text_append(out, "\n      Result: ");
        if (outcome->result != NULL)
            sl_json_write(outcome->result, SL_JSON_SPACED, out);
        else
            sl_text_append(out, "null");
    } else if (outcome->error != NULL) {
        sl_text_append(out, "\n      Error: ");
        append_line(out, outcome->error);
    }
}

static size_t count_completed(const struct orch_plan *plan,
                              const struct orch_step_outcome *outcomes)
{
    size_t completed = 0;

    for (size_t i = 0; i < plan->step_count; i++)
        completed += outcomes[i].status == ORCH_STEP_COMPLETED;
    return completed;
}

static enum sl_code append_verified(struct sl_text *out, const struct orch_plan *plan,
                                    const struct orch_step_outcome *outcomes)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    struct orch_texts names = {0};

    if (arena == NULL)
        return SL_RESOURCE_EXHAUSTED;
    SL_TRY(orch_summary_verified(plan, outcomes, arena, &names));
    if (names.count > 0)
        sl_text_append(out, "\n\n🔒 VALIDATION SUMMARY:");
    for (size_t i = 0; i < names.count; i++) {
        sl_text_append(out, "\n   ✓ ");
        append_line(out, names.entries[i]);
    }
    return SL_OK;
}

enum sl_code orch_summary_write(const char *user_request, const struct orch_plan *plan,
                                const struct orch_step_outcome *outcomes, struct sl_text *out)
{
    sl_text_append(out, "🚗 AUTOMOTIVE SERVICE EXECUTION SUMMARY\n📋 Request: ");
    append_line(out, user_request);
    sl_text_printf(out, "\n🔧 Workflow Plan: %s\n", plan->plan_id);
    sl_text_printf(out, "📊 Progress: %zu/%zu steps completed\n\n", count_completed(plan, outcomes),
                   plan->step_count);
    sl_text_append(out, "📝 STEP-BY-STEP RESULTS:");
    for (size_t i = 0; i < plan->step_count; i++)
        append_step(out, &plan->steps[i], &outcomes[i]);
    SL_TRY(append_verified(out, plan, outcomes));
    return sl_text_failed(out) ? SL_RESOURCE_EXHAUSTED : SL_OK;
}
