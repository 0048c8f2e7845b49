#include "cli/commands.h"

#include <string.h>

#include "base/text.h"

const struct cli_command cli_commands[] = {
    {"orchestrate", "\"REQUEST\"", "Does what the request says, and shows its steps.", 1, 1,
     cli_orchestrate, false},
    {"plan", "[\"REQUEST\"]", "Shows what would be done, and does nothing; --run does it.", 0, 1,
     cli_plan, false},
    {"workflows", "", "Lists workflows, the newest first.", 0, 0, cli_workflows, false},
    {"workflow", "ID", "Shows a workflow and its steps.", 1, 1, cli_workflow, false},
    {"cancel", "ID", "Starts nothing more of a workflow, and waits for what runs.", 1, 1,
     cli_cancel, false},
    {"reconcile", "[ID STEP happened|not_happened]",
     "Shows the steps whose outcome is unknown, or settles one.", 0, 3, cli_reconcile, false},
    {"audit", "", "Shows who moved money or parts, when, and for which request.", 0, 0, cli_audit,
     false},
    {"services", "", "Shows the agents, how they do, and what they offer.", 0, 0, cli_services,
     false},
    {"call", "SERVICE OPERATION [KEY=TEXT|KEY:=JSON...]", "Has an agent carry out one operation.",
     2, 66, cli_call, false},
    {"health", "", "Shows how everything does; exits 0 when all is healthy.", 0, 0, cli_health,
     false},
    {"up", "[\"REQUEST\"]", "Runs everything on this machine until Ctrl-C.", 0, 1, cli_up, true},
    {"mcp-probe", "URL", "Shows an MCP server and its tools; --call calls one.", 1, 1,
     cli_mcp_probe, true},
    {"completion", "bash|zsh", "Prints what makes that shell complete servicelane's words.", 1, 1,
     cli_completion, true},
};
const size_t cli_command_count = SL_ARRAY_LENGTH(cli_commands);

#define AT(member) offsetof(struct cli_options, member)

const struct cli_option cli_option_table[] = {
    {"--target", "TARGET", CLI_TEXT, AT(target), NULL,
     "gRPC target of the orchestrator (else ORCHESTRATOR_TARGET, else localhost:50086)"},
    {"--json", NULL, CLI_FLAG, AT(is_json), NULL, "print the answer as JSON"},
    {"--follow", NULL, CLI_FLAG, AT(is_following), "workflow ", "show each change, to the end"},
    {"--once", NULL, CLI_FLAG, AT(is_once), "up ",
     "stop when the request is done, and exit as it does"},
    {"--wait", "SECONDS", CLI_SECONDS, AT(wait_s), "health ", "wait until all is healthy"},
    {"--timeout", "SECONDS", CLI_SECONDS, AT(timeout_s), "call ", "what the operation may take"},
    {"--key", "KEY", CLI_TEXT, AT(key), "call ",
     "idempotency key: the same one again does nothing twice"},
    {"--status", "STATUS", CLI_TEXT, AT(status), "workflows ", "only those, such as \"failed\""},
    {"--limit", "N", CLI_COUNT, AT(limit), "workflows audit ", "at most so many workflows"},
    {"--reason", "TEXT", CLI_TEXT, AT(reason), "cancel reconcile ",
     "why, for the record; reconcile wants one"},
    {"--result", "JSON", CLI_TEXT, AT(result), "reconcile ",
     "what the step gave, where it happened"},
    {"--run", "FILE", CLI_TEXT, AT(plan_file), "plan ",
     "carry out the plan of a file (from plan --json), validated anew"},
    {"--data", "FOLDER", CLI_TEXT, AT(data_dir), "up ",
     "the data folder (else SERVICELANE_DATA_DIR, else ./data)"},
    {"--call", "TOOL", CLI_TEXT, AT(tool), "mcp-probe ", "call this tool"},
    {"--with", "JSON", CLI_TEXT, AT(tool_arguments), "mcp-probe ",
     "its arguments, {} unless given"},
    {"--revision", "DATE", CLI_TEXT, AT(revision), "mcp-probe ",
     "speak this revision of MCP, else what the server speaks"},
};
const size_t cli_option_count = SL_ARRAY_LENGTH(cli_option_table);

const struct cli_command *cli_find_command(const char *name)
{
    for (size_t i = 0; i < cli_command_count; i++)
        if (sl_text_equals(cli_commands[i].name, name))
            return &cli_commands[i];
    return NULL;
}

const struct cli_option *cli_find_option(const char *name)
{
    for (size_t i = 0; i < cli_option_count; i++)
        if (sl_text_equals(cli_option_table[i].name, name))
            return &cli_option_table[i];
    return NULL;
}

bool cli_option_is_of(const struct cli_option *option, const struct cli_command *command)
{
    if (!option->commands)
        return true;
    size_t length = strlen(command->name);
    for (const char *at = option->commands; *at; at = strchr(at, ' ') + 1)
        if (!strncmp(at, command->name, length) && at[length] == ' ')
            return true;
    return false;
}
