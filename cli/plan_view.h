#ifndef CLI_PLAN_VIEW_H
#define CLI_PLAN_VIEW_H

#include <jansson.h>
#include <stdio.h>

/**
 * Prints a PlanResponse (REST dialect): the plan as a table with each step's values and where they
 * come from, as a small graph, and what validation found. What was not planned is said in words.
 */
void cli_plan_print(const json_t *response, FILE *out);

#endif
