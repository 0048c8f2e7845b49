#include "base/config.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/* Room for a secret in a file; more is no password and no key. */
#define SECRET_FILE_BYTES 65536

static void *member(void *config, const struct sl_config_variable *variable)
{
    return (char *)config + variable->offset;
}

static bool is_text_kind(enum sl_config_kind kind)
{
    return kind != SL_CONFIG_INT && kind != SL_CONFIG_DOUBLE && kind != SL_CONFIG_BOOL;
}

/* host:port, [::1]:port; *ret_port is where the port begins. */
static bool split_port(const char *value, const char **ret_port)
{
    const char *colon = strrchr(value, ':');
    if (!colon || colon == value)
        return false;
    if (value[0] == '[' ? colon[-1] != ']' : memchr(value, ':', (size_t)(colon - value)) != NULL)
        return false;
    *ret_port = colon + 1;
    return true;
}

static bool is_listen(const char *value)
{
    const char *port_text = NULL;
    int64_t port = 0;
    return split_port(value, &port_text) && sl_parse_int64(port_text, 0, 65535, &port);
}

static bool is_url(const char *value)
{
    size_t skip = sl_text_starts_with(value, "http://")    ? 7
                  : sl_text_starts_with(value, "https://") ? 8
                                                           : 0;
    return skip && value[skip] && value[skip] != '/' && value[skip] != ':' && !strchr(value, ' ');
}

static bool is_target(const char *value)
{
    return *value && !strchr(value, ' ') && !is_url(value);
}

static bool has_control(const char *value)
{
    for (const char *p = value; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7F)
            return true;
    return false;
}

static bool is_number(const struct sl_config_variable *variable, const char *value,
                      double *ret_value)
{
    char *end = NULL;
    errno = 0;
    double number = strtod(value, &end);
    if (!*value || *end || isspace((unsigned char)*value) || errno || !isfinite(number) ||
        number < variable->minimum || number > variable->maximum)
        return false;
    *ret_value = number;
    return true;
}

static bool is_bool(const char *value, bool *ret_value)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {{"1", true},  {"true", true},   {"yes", true}, {"on", true},
                 {"0", false}, {"false", false}, {"no", false}, {"off", false}};
    for (size_t i = 0; i < SL_ARRAY_LENGTH(words); i++) {
        if (sl_text_equals_nocase(value, words[i].word)) {
            *ret_value = words[i].value;
            return true;
        }
    }
    return false;
}

static void describe_wanted(const struct sl_config_variable *variable, struct sl_text *out)
{
    switch (variable->kind) {
    case SL_CONFIG_INT:
        sl_text_printf(out, "a whole number from %.0f to %.0f", variable->minimum,
                       variable->maximum);
        break;
    case SL_CONFIG_DOUBLE:
        sl_text_printf(out, "a number from %g to %g", variable->minimum, variable->maximum);
        break;
    case SL_CONFIG_BOOL:
        sl_text_append(out, "one of 1, 0, true, false, yes, no, on, off");
        break;
    case SL_CONFIG_LISTEN:
        sl_text_append(out, "host:port, such as 127.0.0.1:8080");
        break;
    case SL_CONFIG_TARGET:
        sl_text_append(out, "a gRPC target, such as localhost:50083 or dns:///parts:50085");
        break;
    case SL_CONFIG_URL:
        sl_text_append(out, "a URL that begins with http:// or https://");
        break;
    case SL_CONFIG_STRING:
    case SL_CONFIG_PATH:
        sl_text_append(out, "a text without control characters");
        break;
    }
}

static bool parse_text(const struct sl_config_variable *variable, const char *value)
{
    if (!*value)
        return variable->is_optional || !variable->default_value || !*variable->default_value;
    if (has_control(value) || !sl_utf8_is_valid(value, strlen(value)))
        return false;
    if (variable->kind == SL_CONFIG_LISTEN)
        return is_listen(value);
    if (variable->kind == SL_CONFIG_URL)
        return is_url(value);
    if (variable->kind == SL_CONFIG_TARGET)
        return is_target(value);
    return true;
}

/* Puts value into the struct; false where it does not fit. */
static bool assign(const struct sl_config_variable *variable, const char *value, void *config)
{
    void *place = member(config, variable);
    double number = 0;
    if (is_text_kind(variable->kind)) {
        char *copy = parse_text(variable, value) ? sl_strdup(value) : NULL;
        if (copy)
            *(char **)place = copy;
        return copy != NULL;
    }
    switch (variable->kind) {
    case SL_CONFIG_INT:
        return sl_parse_int64(value, (int64_t)variable->minimum, (int64_t)variable->maximum, place);
    case SL_CONFIG_DOUBLE:
        if (!is_number(variable, value, &number))
            return false;
        *(double *)place = number;
        return true;
    default:
        return is_bool(value, place);
    }
}

/* NAME_FILE: the value without the line's end; NULL where the file cannot be read. For sl_free().
 */
static char *read_secret_file(const char *path)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return NULL;
    char *value = sl_alloc(SECRET_FILE_BYTES + 1);
    size_t length = value ? fread(value, 1, SECRET_FILE_BYTES, file) : 0;
    fclose(file);
    while (length > 0 && (value[length - 1] == '\n' || value[length - 1] == '\r'))
        length--;
    if (value)
        value[length] = '\0';
    return value;
}

/* Begins a line of the list of mistakes. */
static void begin_mistake(struct sl_text *mistakes, const char *name)
{
    if (mistakes->length)
        sl_text_append_char(mistakes, '\n');
    sl_text_printf(mistakes, "%s: ", name);
}

static void read_variable(const struct sl_config_variable *variable, void *config,
                          struct sl_text *mistakes)
{
    const char *value = getenv(variable->name);
    SL_CLEANUP(sl_free_cleanup) char *from_file = NULL;
    if ((!value || !*value) && variable->is_secret) {
        char file_name[128];
        snprintf(file_name, sizeof(file_name), "%s_FILE", variable->name);
        const char *path = getenv(file_name);
        if (path && *path) {
            value = from_file = read_secret_file(path);
            if (!value) {
                begin_mistake(mistakes, file_name);
                sl_text_printf(mistakes, "\"%s\" was given, a readable file is wanted", path);
                return;
            }
        }
    }
    if (!value || (!*value && !variable->is_optional))
        value = variable->default_value ? variable->default_value : "";
    if (assign(variable, value, config))
        return;
    begin_mistake(mistakes, variable->name);
    sl_text_printf(mistakes, "\"%s\" was given, ", variable->is_secret ? "***" : value);
    describe_wanted(variable, mistakes);
    sl_text_append(mistakes, " is wanted");
}

enum sl_code sl_config_read(const struct sl_config_variable *table, size_t count, void *ret_config,
                            struct sl_text *ret_mistakes)
{
    for (size_t i = 0; i < count; i++)
        if (is_text_kind(table[i].kind))
            *(char **)member(ret_config, &table[i]) = NULL;
    for (size_t i = 0; i < count; i++)
        read_variable(&table[i], ret_config, ret_mistakes);
    if (!ret_mistakes->length && !sl_text_failed(ret_mistakes))
        return SL_OK;
    sl_config_done(table, count, ret_config);
    return sl_text_failed(ret_mistakes) ? SL_RESOURCE_EXHAUSTED : SL_INVALID_ARGUMENT;
}

void sl_config_done(const struct sl_config_variable *table, size_t count, void *config)
{
    for (size_t i = 0; i < count; i++) {
        if (!is_text_kind(table[i].kind))
            continue;
        char **text = member(config, &table[i]);
        sl_free(*text);
        *text = NULL;
    }
}

static void print_value(const struct sl_config_variable *variable, const void *place, FILE *out)
{
    if (is_text_kind(variable->kind)) {
        const char *text = *(char *const *)place;
        fputs(variable->is_secret && *text ? "***" : text, out);
    } else if (variable->kind == SL_CONFIG_INT) {
        fprintf(out, "%lld", (long long)*(const int64_t *)place);
    } else if (variable->kind == SL_CONFIG_DOUBLE) {
        fprintf(out, "%g", *(const double *)place);
    } else {
        fputs(*(const bool *)place ? "true" : "false", out);
    }
}

void sl_config_print(const struct sl_config_variable *table, size_t count, const void *config,
                     FILE *out)
{
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%s=", table[i].name);
        print_value(&table[i], (const char *)config + table[i].offset, out);
        fputc('\n', out);
    }
}
