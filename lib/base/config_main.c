#include <string.h>

#include "base/config.h"
#include "base/text.h"

static const char *kind_name(enum sl_config_kind kind)
{
    static const char *const names[] = {
        [SL_CONFIG_STRING] = "text",      [SL_CONFIG_INT] = "number",
        [SL_CONFIG_DOUBLE] = "number",    [SL_CONFIG_BOOL] = "yes/no",
        [SL_CONFIG_LISTEN] = "host:port", [SL_CONFIG_TARGET] = "gRPC target",
        [SL_CONFIG_URL] = "URL",          [SL_CONFIG_PATH] = "path",
    };
    return names[kind];
}

static void print_help(const char *program, const char *summary,
                       const struct sl_config_variable *table, size_t count)
{
    printf("%s: %s\n\nUsage: %s [--help | --version | --print-config]\n\n"
           "It runs in the foreground until SIGTERM or Ctrl-C, and is configured by the "
           "environment:\n\n",
           program, summary, program);
    for (size_t i = 0; i < count; i++) {
        const char *value = table[i].default_value;
        printf("  %s (%s", table[i].name, kind_name(table[i].kind));
        if (value && *value)
            printf(", default %s", value);
        printf(")\n      %s%s\n", table[i].description,
               table[i].is_secret ? " May be in a file that the same name with _FILE names." : "");
    }
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

enum sl_main_action sl_config_main(int argc, char **argv, const char *summary,
                                   const struct sl_config_variable *table, size_t count,
                                   void *ret_config, int *ret_status)
{
    const char *program = base_name(argv[0]);
    const char *option = argc > 1 ? argv[1] : NULL;
    *ret_status = 0;
    if (sl_text_equals(option, "--help") || sl_text_equals(option, "-h")) {
        print_help(program, summary, table, count);
        return SL_MAIN_EXIT;
    }
    if (sl_text_equals(option, "--version")) {
        printf("%s %s\n", program, SL_VERSION);
        return SL_MAIN_EXIT;
    }
    if (argc > 2 || (option && !sl_text_equals(option, "--print-config"))) {
        fprintf(stderr, "%s: \"%s\" is not understood; see %s --help\n", program,
                argc > 2 ? argv[2] : option, program);
        *ret_status = 2;
        return SL_MAIN_EXIT;
    }
    SL_CLEANUP(sl_text_cleanup) struct sl_text mistakes = {0};
    if (sl_config_read(table, count, ret_config, &mistakes) != SL_OK) {
        fprintf(stderr, "%s: %s\n", program, sl_text_string(&mistakes));
        *ret_status = 1;
        return SL_MAIN_EXIT;
    }
    if (!option)
        return SL_MAIN_RUN;
    sl_config_print(table, count, ret_config, stdout);
    sl_config_done(table, count, ret_config);
    return SL_MAIN_EXIT;
}
