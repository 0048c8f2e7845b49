#include "cli/render.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"

static const struct {
    const char *symbol;
    const char *word;
} steps[] = {
    {"·", "unknown"},   {"·", "pending"},
    {"▶", "running"},   {"↻", "retrying"},
    {"✅", "completed"}, {"❌", "failed"},
    {"⏭", "skipped"},   {"⛔", "blocked"},
    {"🚫", "cancelled"}, {"⚠", "needs_reconciliation"},
};

static const char *const workflow_words[] = {
    "unknown",   "accepted", "planning",  "running",
    "completed", "failed",   "cancelled", "needs_reconciliation",
};

static const char *const health_words[] = {"unknown", "healthy", "degraded", "unhealthy"};

const char *cli_step_symbol(Servicelane__Orchestrator__V1__StepStatus status)
{
    return (size_t)status < SL_ARRAY_LENGTH(steps) ? steps[status].symbol : steps[0].symbol;
}

const char *cli_step_word(Servicelane__Orchestrator__V1__StepStatus status)
{
    return (size_t)status < SL_ARRAY_LENGTH(steps) ? steps[status].word : steps[0].word;
}

const char *cli_workflow_word(Servicelane__Orchestrator__V1__WorkflowStatus status)
{
    size_t known = SL_ARRAY_LENGTH(workflow_words);
    return workflow_words[(size_t)status < known ? (size_t)status : 0];
}

const char *cli_health_word(Servicelane__Agent__V1__HealthStatus status)
{
    size_t known = SL_ARRAY_LENGTH(health_words);
    return health_words[(size_t)status < known ? (size_t)status : 0];
}

/* Number of steps in a plan's Struct. */
static size_t count_steps(const Google__Protobuf__Struct *plan)
{
    for (size_t i = 0; i < plan->n_fields; i++) {
        const Google__Protobuf__Value *value = plan->fields[i]->value;
        if (strcmp(plan->fields[i]->key, "execution_steps") == 0 && value &&
            value->kind_case == GOOGLE__PROTOBUF__VALUE__KIND_LIST_VALUE)
            return value->list_value->n_values;
    }
    return 0;
}

static bool has_ended(Servicelane__Orchestrator__V1__StepStatus status)
{
    return status >= SERVICELANE__ORCHESTRATOR__V1__STEP_STATUS__STEP_STATUS_COMPLETED;
}

static void draw_step(struct cli_render *render,
                      const Servicelane__Orchestrator__V1__WorkflowEvent *event)
{
    bool is_end = has_ended(event->step_status);
    render->ended += is_end;
    const char *symbol = cli_step_symbol(event->step_status);
    const char *word = cli_step_word(event->step_status);
    const char *error = event->optional_error_case ? event->error : "";
    if (render->is_terminal)
        fprintf(stderr, "\r\033[K");
    if (is_end || !render->is_terminal)
        fprintf(stderr, "%s %s %s%s%s\n", symbol, event->step_id, word, *error ? ": " : "", error);
    if (render->is_terminal)
        fprintf(stderr, "⏳ %zu/%zu %s%s%s", render->ended, render->total, is_end ? "" : word,
                is_end ? "" : " ", is_end ? "" : event->step_id);
}

void cli_render_event(struct cli_render *render,
                      const Servicelane__Orchestrator__V1__WorkflowEvent *event)
{
    if (event->workflow_plan)
        render->total = count_steps(event->workflow_plan);
    if (event->optional_step_id_case && event->optional_step_status_case)
        draw_step(render, event);
    else if (render->is_terminal)
        fprintf(stderr, "\r\033[K⏳ %s", cli_workflow_word(event->status));
    fflush(stderr);
}

void cli_render_end(struct cli_render *render)
{
    if (render->is_terminal)
        fprintf(stderr, "\r\033[K");
    fflush(stderr);
}
