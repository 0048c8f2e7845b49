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
} commands[] = {
    {"orchestrate", "\"REQUEST\"", "Does what the request says, and shows its steps.", 1,
     cli_orchestrate},
    {"services", "", "Shows the agents, how they do, and what they offer.", 0, cli_services},
    {"workflow", "ID", "Shows a workflow and its steps.", 1, cli_workflow},
    {"health", "", "Shows how everything does; exits 0 when all is healthy.", 0, cli_health},
};

static void print_help(void)
{
    puts("servicelane: says what should happen in the service lane, and shows that it does\n\n"
         "Usage: servicelane [options] \"Add part 1234 to RO 1234\"\n"
         "       servicelane [options] COMMAND [arguments]\n\nCommands:");
    for (size_t i = 0; i < SL_ARRAY_LENGTH(commands); i++)
        printf("  %-12s %-10s %s\n", commands[i].name, commands[i].arguments, commands[i].help);
    puts("\nOptions:\n"
         "  --target TARGET  gRPC target of the orchestrator (else ORCHESTRATOR_TARGET, else "
         "localhost:50086)\n"
         "  --json           print the answer as JSON\n"
         "  --wait SECONDS   health: wait until all is healthy\n"
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
        if (!sl_text_equals(name, "--target") && !sl_text_equals(name, "--wait"))
            return usage("there is no option", name);
        if (!value)
            return usage("a value is wanted after", name);
        if (sl_text_equals(name, "--target"))
            options->target = value;
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
    if (cli_client_init(options, &client, &err) != SL_OK) {
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
    if (options.argument_count != command->argument_count)
        return usage(command->argument_count ? "one argument is wanted after"
                                             : "no arguments are wanted after",
                     command->name);
    return run(command, &options);
}
