#ifndef CLI_STYLE_H
#define CLI_STYLE_H

#include "cli/cli.h"
#include "json/json.h"

/* How words look: colours on a terminal only, and where NO_COLOR is unset (no-color.org). */

enum cli_colour { CLI_PLAIN, CLI_BOLD, CLI_GREEN, CLI_YELLOW, CLI_RED };

/** What switches stdout to a colour; "" where stdout has none. Static. */
const char *cli_colour(enum cli_colour colour);

enum cli_colour cli_workflow_colour(Servicelane__Orchestrator__V1__WorkflowStatus status);
enum cli_colour cli_health_colour(Servicelane__Agent__V1__HealthStatus status);

/** "2026-11-23 17:04:05" in UTC; dashes where time is NULL. */
#define CLI_TIME_SIZE 24
void cli_time(const Google__Protobuf__Timestamp *time, char text[CLI_TIME_SIZE]);

/** Prints indented JSON on stdout. */
enum cli_status cli_print(const json_t *json);

/** What is done with one workflow of a list. */
typedef enum sl_code cli_workflow_fn(struct cli_client *client,
                                     const Servicelane__Orchestrator__V1__Workflow *workflow,
                                     void *arg, struct sl_error *err);

/** Each of the newest `limit` workflows, page by page; status 0: of all. */
enum sl_code cli_each_workflow(struct cli_client *client,
                               Servicelane__Orchestrator__V1__WorkflowStatus status, int64_t limit,
                               cli_workflow_fn *each, void *arg, struct sl_error *err);

#endif
