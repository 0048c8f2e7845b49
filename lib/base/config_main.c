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
    printf("%s: %s\n\nUsage: %s [--help | --version | --print-config | --health]\n\n"
           "It runs in the foreground until SIGTERM or Ctrl-C. --print-config shows what it would "
           "run with,\n--health asks the one that runs with this configuration and exits 0 where "
           "it is healthy.\nIt is configured by the environment:\n\n",
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
    bool is_health = sl_text_equals(option, "--health");
    if (argc > 2 || (option && !is_health && !sl_text_equals(option, "--print-config"))) {
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
    if (is_health)
        return SL_MAIN_HEALTH;
    sl_config_print(table, count, ret_config, stdout);
    sl_config_done(table, count, ret_config);
    return SL_MAIN_EXIT;
}

enum sl_code sl_config_dial_address(const char *listen, struct sl_text *address,
                                    struct sl_error *err)
{
    static const struct {
        const char *wildcard, *loopback;
    } hosts[] = {{"0.0.0.0", "127.0.0.1"}, {"[::]", "[::1]"}, {"*", "127.0.0.1"}};
    const char *colon = strrchr(listen, ':');
    if (!colon || colon == listen || sl_text_equals(colon, ":0"))
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "\"%s\" is no address to ask: a host and a fixed port are wanted",
                            listen);
    size_t length = (size_t)(colon - listen);
    for (size_t i = 0; i < SL_ARRAY_LENGTH(hosts); i++) {
        if (strlen(hosts[i].wildcard) == length && !strncmp(listen, hosts[i].wildcard, length)) {
            sl_text_append(address, hosts[i].loopback);
            sl_text_append(address, colon);
            return SL_OK;
        }
    }
    sl_text_append(address, listen);
    return SL_OK;
}

int sl_config_main_health(const char *program, enum sl_code code, const struct sl_error *err)
{
    if (code == SL_OK) {
        puts("healthy");
        return 0;
    }
    fprintf(stderr, "%s: not healthy: %s\n", program, err->message);
    return 1;
}
