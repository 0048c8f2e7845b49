#include "cli/style.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"

const char *cli_colour(enum cli_colour colour)
{
    static const char *const sequences[] = {"\033[0m", "\033[1m", "\033[32m", "\033[33m",
                                            "\033[31m"};
    const char *no_color = getenv("NO_COLOR");
    bool has_colours = isatty(STDOUT_FILENO) == 1 && (!no_color || !*no_color);
    return has_colours ? sequences[colour] : "";
}

enum cli_colour cli_workflow_colour(Servicelane__Orchestrator__V1__WorkflowStatus status)
{
    static const enum cli_colour colours[] = {CLI_PLAIN, CLI_PLAIN, CLI_PLAIN,  CLI_BOLD,
                                              CLI_GREEN, CLI_RED,   CLI_YELLOW, CLI_YELLOW};
    return (size_t)status < SL_ARRAY_LENGTH(colours) ? colours[status] : CLI_PLAIN;
}

enum cli_colour cli_health_colour(Servicelane__Agent__V1__HealthStatus status)
{
    static const enum cli_colour colours[] = {CLI_PLAIN, CLI_GREEN, CLI_YELLOW, CLI_RED};
    return (size_t)status < SL_ARRAY_LENGTH(colours) ? colours[status] : CLI_PLAIN;
}

void cli_time(const Google__Protobuf__Timestamp *time, char text[CLI_TIME_SIZE])
{
    struct tm utc;
    time_t seconds = time ? (time_t)time->seconds : 0;
    if (!time || !gmtime_r(&seconds, &utc) ||
        strftime(text, CLI_TIME_SIZE, "%Y-%m-%d %H:%M:%S", &utc) == 0)
        snprintf(text, CLI_TIME_SIZE, "%-19s", "-");
}

enum cli_status cli_print(const json_t *json)
{
    SL_CLEANUP(sl_free_cleanup) char *text = sl_json_text(json, SL_JSON_PRETTY);
    if (!text) {
        fprintf(stderr, "servicelane: the answer cannot be shown as JSON: out of memory\n");
        return CLI_FAILED;
    }
    puts(text);
    return CLI_OK;
}
