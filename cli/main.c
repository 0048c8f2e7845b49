#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/commands.h"

static void print_options(const struct cli_command *command)
{
    for (size_t i = 0; i < cli_option_count; i++) {
        const struct cli_option *option = &cli_option_table[i];
        char name[40];
        if (command ? !cli_option_is_of(option, command) : option->commands != NULL)
            continue;
        snprintf(name, sizeof(name), "%s %s", option->name, option->value ? option->value : "");
        printf("  %-18s %s\n", name, option->help);
    }
}

static void print_help(void)
{
    puts("servicelane: says what should happen in the service lane, and shows that it does\n\n"
         "Usage: servicelane [options] \"Add part 1234 to RO 1234\"\n"
         "       servicelane [options] COMMAND [arguments]\n\nCommands:");
    for (size_t i = 0; i < cli_command_count; i++)
        printf("  %s %s\n      %s\n", cli_commands[i].name, cli_commands[i].arguments,
               cli_commands[i].help);
    puts("\nOptions of all commands (servicelane COMMAND --help shows those of one):");
    print_options(NULL);
    puts(
        "  --version, --help\n\n"
        "SERVICELANE_AUTH_KEY (or _FILE) is the key that is shown, SERVICELANE_TLS_CA_FILE has TLS "
        "spoken.\n\n"
        "Exit status: 0 done, 1 not done, 2 wrong command line, 130 Ctrl-C (the workflow goes "
        "on).");
}

static enum cli_status print_command_help(const struct cli_command *command)
{
    printf("Usage: servicelane %s%s%s [options]\n\n%s\n\nOptions:\n", command->name,
           *command->arguments ? " " : "", command->arguments, command->help);
    print_options(command);
    return CLI_OK;
}

static enum cli_status usage(const char *format, const char *given)
{
    fputs("servicelane: ", stderr);
    fputs(format, stderr);
    fprintf(stderr, " \"%s\"; see servicelane --help\n", given);
    return CLI_USAGE;
}

/* What the command line is read into. */
struct reading {
    struct cli_options options;
    const struct cli_command *command;
    bool wants_help;
    /* Options by their place in the table: those of a command may stand before it. */
    uint64_t seen;
};

static enum cli_status read_value(const struct cli_option *option, const char *value,
                                  struct cli_options *options)
{
    void *place = (char *)options + option->offset;
    int64_t most = option->kind == CLI_SECONDS ? 86400 : 100000;
    if (option->kind == CLI_TEXT) {
        *(const char **)place = value;
        return CLI_OK;
    }
    if (sl_parse_int64(value, 1, most, place))
        return CLI_OK;
    fprintf(stderr, "servicelane: %s: \"%s\" was given, a whole number from 1 to %lld is wanted\n",
            option->name, value, (long long)most);
    return CLI_USAGE;
}

/* One option at argv[*at]; *at is left on its last word. */
static enum cli_status read_option(int argc, char **argv, int *at, struct reading *reading)
{
    const char *name = argv[*at];
    if (sl_text_equals(name, "--help")) {
        reading->wants_help = true;
        return CLI_OK;
    }
    const struct cli_option *option = cli_find_option(name);
    if (!option)
        return usage("there is no option", name);
    reading->seen |= UINT64_C(1) << (option - cli_option_table);
    if (option->kind == CLI_FLAG) {
        *(bool *)((char *)&reading->options + option->offset) = true;
        return CLI_OK;
    }
    if (*at + 1 == argc)
        return usage("a value is wanted after", name);
    (*at)++;
    return read_value(option, argv[*at], &reading->options);
}

/* Options may stand anywhere; the other words are moved to the front of argv, the command's first.
 */
static enum cli_status read_words(int argc, char **argv, struct reading *reading, int *ret_words)
{
    int words = 0;
    bool are_options = true;
    for (int at = 1; at < argc; at++) {
        if (are_options && sl_text_equals(argv[at], "--")) {
            are_options = false;
        } else if (are_options && sl_text_starts_with(argv[at], "--")) {
            enum cli_status status = read_option(argc, argv, &at, reading);
            if (status != CLI_OK)
                return status;
        } else {
            argv[words++] = argv[at];
        }
    }
    *ret_words = words;
    return CLI_OK;
}

static enum cli_status find_command(char **words, int count, struct reading *reading)
{
    reading->command = count > 0 ? cli_find_command(words[0]) : NULL;
    reading->options.arguments = words + 1;
    reading->options.argument_count = count - 1;
    if (count == 0)
        return usage("a command or a request in words is wanted after", "servicelane");
    if (!reading->command && strchr(words[0], ' ')) {
        reading->command = cli_find_command("orchestrate");
        reading->options.arguments = words;
        reading->options.argument_count = count;
    }
    return reading->command ? CLI_OK : usage("neither a command nor a request in words:", words[0]);
}

static enum cli_status check_words(const struct reading *reading)
{
    const struct cli_command *command = reading->command;
    int given = reading->options.argument_count;
    for (size_t i = 0; i < cli_option_count; i++) {
        if (!(reading->seen & (UINT64_C(1) << i)) ||
            cli_option_is_of(&cli_option_table[i], command))
            continue;
        fprintf(stderr, "servicelane: %s has no option %s; see servicelane %s --help\n",
                command->name, cli_option_table[i].name, command->name);
        return CLI_USAGE;
    }
    if (given >= command->fewest_arguments && given <= command->most_arguments)
        return CLI_OK;
    fprintf(stderr, "servicelane: %d words were given after \"%s\", wanted: servicelane %s %s\n",
            given, command->name, command->name, command->arguments);
    return CLI_USAGE;
}

static enum cli_status run(const struct cli_command *command, const struct cli_options *options)
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
    struct reading reading = {
        .options = {.target = target && *target ? target : "localhost:50086"}};
    int words = 0;
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
    enum cli_status status = read_words(argc, argv, &reading, &words);
    if (status == CLI_OK)
        status = find_command(argv, words, &reading);
    if (status == CLI_OK && reading.wants_help)
        return print_command_help(reading.command);
    if (status == CLI_OK)
        status = check_words(&reading);
    return (int)(status == CLI_OK ? run(reading.command, &reading.options) : status);
}
