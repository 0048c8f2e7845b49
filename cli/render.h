#ifndef CLI_RENDER_H
#define CLI_RENDER_H

#include <stdbool.h>
#include <stddef.h>

#include "servicelane/orchestrator/v1/orchestrator.pb-c.h"

/*
 * How a running workflow looks: finished steps as lines; beneath them, on a terminal, one live line
 * that says what is under way. In a pipe every change of a step is a plain line.
 */
struct cli_render {
    bool is_terminal;
    /** Steps of the plan and those that ended, as far as the events told. */
    size_t total;
    size_t ended;
};

/** Draws one event on stderr (stdout is for the summary). */
void cli_render_event(struct cli_render *render,
                      const Servicelane__Orchestrator__V1__WorkflowEvent *event);

/** Takes the live line away. */
void cli_render_end(struct cli_render *render);

/** "✅", "❌", ... for a step's status. Static. */
const char *cli_step_symbol(Servicelane__Orchestrator__V1__StepStatus status);

/** "running" for STEP_STATUS_RUNNING, and so on. Static. */
const char *cli_step_word(Servicelane__Orchestrator__V1__StepStatus status);
const char *cli_workflow_word(Servicelane__Orchestrator__V1__WorkflowStatus status);
const char *cli_health_word(Servicelane__Agent__V1__HealthStatus status);

#endif
