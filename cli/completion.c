#include <stdio.h>

#include "base/text.h"
#include "cli/commands.h"

/* completion: the shell completes what the two tables of commands.c know. */

static void print_bash(void)
{
    puts("# servicelane completion for bash: source it, or put it into "
         "/usr/share/bash-completion/completions/servicelane\n"
         "_servicelane() {\n"
         "    local word=${COMP_WORDS[COMP_CWORD]} command= i\n"
         "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "        [[ ${COMP_WORDS[i]} == -* ]] || { command=${COMP_WORDS[i]}; break; }\n"
         "    done\n"
         "    case $command in");
    for (size_t i = 0; i < cli_command_count; i++) {
        const struct cli_command *command = &cli_commands[i];
        printf("    %s) COMPREPLY=($(compgen -W '--help", command->name);
        for (size_t j = 0; j < cli_option_count; j++)
            if (cli_option_is_of(&cli_option_table[j], command))
                printf(" %s", cli_option_table[j].name);
        puts("' -- \"$word\")) ;;");
    }
    printf("    '') COMPREPLY=($(compgen -W '--help --version");
    for (size_t i = 0; i < cli_command_count; i++)
        printf(" %s", cli_commands[i].name);
    puts("' -- \"$word\")) ;;\n"
         "    esac\n"
         "}\n"
         "complete -o default -F _servicelane servicelane");
}

/* Within '...' of zsh, and of _describe, where a colon parts name and help. */
static void print_quoted(const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (*text == ':')
            fputs("\\:", stdout);
        else
            putchar(*text);
    }
}

static void print_zsh(void)
{
    puts("#compdef servicelane\n"
         "_servicelane() {\n"
         "    local -a commands options\n"
         "    commands=(");
    for (size_t i = 0; i < cli_command_count; i++) {
        printf("        '%s:", cli_commands[i].name);
        print_quoted(cli_commands[i].help);
        puts("'");
    }
    puts("    )\n"
         "    if ((CURRENT == 2)); then _describe command commands; return; fi\n"
         "    case ${words[2]} in");
    for (size_t i = 0; i < cli_command_count; i++) {
        printf("    %s) options=(", cli_commands[i].name);
        for (size_t j = 0; j < cli_option_count; j++) {
            if (!cli_option_is_of(&cli_option_table[j], &cli_commands[i]))
                continue;
            printf("'%s:", cli_option_table[j].name);
            print_quoted(cli_option_table[j].help);
            printf("' ");
        }
        puts(") ;;");
    }
    puts("    esac\n"
         "    [[ $PREFIX == -* ]] && _describe option options || _files\n"
         "}\n"
         "_servicelane \"$@\"");
}

enum cli_status cli_completion(struct cli_client *client)
{
    const char *shell = client->options->arguments[0];
    if (sl_text_equals(shell, "bash")) {
        print_bash();
    } else if (sl_text_equals(shell, "zsh")) {
        print_zsh();
    } else {
        fprintf(stderr, "servicelane: \"%s\" was given, bash or zsh is wanted\n", shell);
        return CLI_USAGE;
    }
    return CLI_OK;
}
