#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include <stddef.h>

#include "cli/cli.h"

/* The two tables that --help, the command line's reader and the completions are made of. */

struct cli_command {
    const char *name;
    /** As --help shows them. */
    const char *arguments;
    const char *help;
    int fewest_arguments, most_arguments;
    enum cli_status (*run)(struct cli_client *client);
    /** Needs no orchestrator. */
    bool is_local;
};

enum cli_option_kind { CLI_FLAG, CLI_TEXT, CLI_SECONDS, CLI_COUNT };

struct cli_option {
    const char *name;
    /** What stands for its value in --help; NULL for a flag. */
    const char *value;
    enum cli_option_kind kind;
    /** In struct cli_options: bool, const char * or int64_t. */
    size_t offset;
    /** Names of the commands that know it, a space after each; NULL: all. */
    const char *commands;
    const char *help;
};

extern const struct cli_command cli_commands[];
extern const size_t cli_command_count;
extern const struct cli_option cli_option_table[];
extern const size_t cli_option_count;

/** NULL where there is none of that name. */
const struct cli_command *cli_find_command(const char *name);
const struct cli_option *cli_find_option(const char *name);
bool cli_option_is_of(const struct cli_option *option, const struct cli_command *command);

#endif
