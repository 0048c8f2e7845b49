#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/cli.h"

static const struct command {
    const char *name;
    const char *arguments;
    const char *help;
    int argument_count;
    enum cli_status (*run)(struct cli_client *client);
    /** Needs no orchestrator. */
    bool is_local;
} commands[] = {
    {"orchestrate", "\"REQUEST\"", "Does what the request says, and shows its steps.", 1,
     cli_orchestrate, false},
    {"plan", "\"REQUEST\"", "Shows what would be done, and does nothing; --run does it.", 1,
     cli_plan, false},
    {"services", "", "Shows the agents, how they do, and what they offer.", 0, cli_services, false},
    {"workflow", "ID", "Shows a workflow and its steps.", 1, cli_workflow, false},
    {"health", "", "Shows how everything does; exits 0 when all is healthy.", 0, cli_health, false},
    {"mcp-probe", "URL", "Shows an MCP server and its tools; --call calls one.", 1, cli_mcp_probe,
     true},
};

static void print_help(void)
{
    puts("servicelane: says what should happen in the service lane, and shows that it does\n\n"
         "Usage: servicelane [options] \"Add part 1234 to RO 1234\"\n"
         "       servicelane [options] COMMAND [arguments]\n\nCommands:");
    for (size_t i = 0; i < SL_ARRAY_LENGTH(commands); i++)
        printf("  %-12s %-10s %s\n", commands[i].name, commands[i].arguments, commands[i].help);
    puts(
        "\nOptions:\n"
        "  --target TARGET  gRPC target of the orchestrator (else ORCHESTRATOR_TARGET, else "
        "localhost:50086)\n"
        "  --json           print the answer as JSON\n"
        "  --wait SECONDS   health: wait until all is healthy\n"
        "  --run FILE       plan: carry out the plan of a file (from plan --json), validated anew\n"
        "  --call TOOL      mcp-probe: call this tool\n"
        "  --with JSON      mcp-probe: its arguments, {} unless given\n"
        "  --revision DATE  mcp-probe: speak this revision of MCP, else what the server speaks\n"
        "  --version, --help\n\n"
        "Exit status: 0 done, 1 not done, 2 wrong command line, 130 Ctrl-C (the workflow goes "
        "on).");
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(commands); i++)
        if (sl_text_equals(commands[i].name, name))
            return &commands[i];
    return NULL;
}

static enum cli_status usage(const char *format, const char *given)
{
    fputs("servicelane: ", stderr);
    fputs(format, stderr);
    fprintf(stderr, " \"%s\"; see servicelane --help\n", given);
    return CLI_USAGE;
}

/* Where the value of an option goes that takes any text; NULL for another option. */
static const char **find_text_option(struct cli_options *options, const char *name)
{
    const struct {
        const char *name;
        const char **value;
    } texts[] = {
        {"--target", &options->target},       {"--call", &options->tool},
        {"--with", &options->tool_arguments}, {"--revision", &options->revision},
        {"--run", &options->plan_file},
    };
    for (size_t i = 0; i < SL_ARRAY_LENGTH(texts); i++)
        if (sl_text_equals(texts[i].name, name))
            return texts[i].value;
    return NULL;
}

/* Reads options up to the first word that is none; *at is left on that word. */
static enum cli_status read_options(int argc, char **argv, int *at, struct cli_options *options)
{
    for (; *at < argc && sl_text_starts_with(argv[*at], "--"); (*at)++) {
        const char *name = argv[*at];
        const char *value = *at + 1 < argc ? argv[*at + 1] : NULL;
        if (sl_text_equals(name, "--json")) {
            options->is_json = true;
            continue;
        }
        if (sl_text_equals(name, "--")) {
            (*at)++;
            break;
        }
        const char **text = find_text_option(options, name);
        if (!text && !sl_text_equals(name, "--wait"))
            return usage("there is no option", name);
        if (!value)
            return usage("a value is wanted after", name);
        if (text)
            *text = value;
        else if (!sl_parse_int64(value, 1, 86400, &options->wait_s))
            return usage("--wait takes seconds from 1 to 86400, not", value);
        (*at)++;
    }
    return CLI_OK;
}

static enum cli_status run(const struct command *command, const struct cli_options *options)
{
    struct sl_error err = {0};
    struct cli_client client = {0};
    if (cli_client_init(options, command->is_local, &client, &err) != SL_OK) {
        fprintf(stderr, "servicelane: %s\n", err.message);
        return CLI_FAILED;
    }
    enum cli_status status = command->run(&client);
    cli_client_done(&client);
    return status;
}

int main(int argc, char **argv)
{
    const char *target = getenv("ORCHESTRATOR_TARGET");
    struct cli_options options = {.target = target && *target ? target : "localhost:50086"};
    int at = 1;
    if (argc < 2 || sl_text_equals(argv[1], "--help") || sl_text_equals(argv[1], "-h")) {
        print_help();
        return argc < 2 ? CLI_USAGE : CLI_OK;
    }
    if (sl_text_equals(argv[1], "--version")) {
        puts("servicelane " SL_VERSION);
        return CLI_OK;
    }
    if (sl_log_init("servicelane", "error", NULL) != SL_OK)
        return CLI_FAILED;
    enum cli_status status = read_options(argc, argv, &at, &options);
    if (status != CLI_OK)
        return status;
    if (at == argc)
        return usage("a command or a request in words is wanted after", argv[argc - 1]);
    const struct command *command = find_command(argv[at]);
    if (command)
        at++;
    else if (strchr(argv[at], ' '))
        command = find_command("orchestrate");
    else
        return usage("neither a command nor a request in words:", argv[at]);
    status = read_options(argc, argv, &at, &options);
    if (status != CLI_OK)
        return status;
    options.arguments = argv + at;
    options.argument_count = argc - at;
    int wanted = command->run == cli_plan && options.plan_file ? 0 : command->argument_count;
    if (options.argument_count != wanted)
        return usage(wanted ? "one argument is wanted after" : "no arguments are wanted after",
                     command->name);
    return run(command, &options);
}
