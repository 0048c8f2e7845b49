#include "options.h"

#include <string.h>

#include "base/text.h"
#include "names.h"

static bool is_prefix(const char *value)
{
    return *value == '\0' || gen_is_identifier(value);
}

static bool is_name(const char *value)
{
    return gen_is_identifier(value) && !gen_is_keyword(value);
}

static bool is_none(const char *value)
{
    return strcmp(value, "none") == 0;
}

static const struct {
    const char *prefix;
    bool (*is_valid)(const char *value);
    const char *wanted;
} kinds[] = {
    [GEN_OPTION_PREFIX] = {"prefix.", is_prefix, "the beginning of a C name"},
    [GEN_OPTION_NAME] = {"name.", is_name, "a C name"},
    [GEN_OPTION_COMMENTS] = {"comments.", is_none, "\"none\""},
};

static enum sl_code parse_one(char *text, struct gen_option *ret_option, struct sl_error *err)
{
    char *equals = strchr(text, '=');

    for (size_t i = 0; i < SL_ARRAY_LENGTH(kinds); i++) {
        if (!sl_text_starts_with(text, kinds[i].prefix))
            continue;
        if (equals == NULL || !kinds[i].is_valid(equals + 1))
            return sl_error_set(err, SL_INVALID_ARGUMENT,
                                "parameter \"%s\": wanted is %s after =", text, kinds[i].wanted);
        *equals = '\0';
        ret_option->kind = (enum gen_option_kind)i;
        ret_option->key = text + strlen(kinds[i].prefix);
        ret_option->value = equals + 1;
        return SL_OK;
    }
    return sl_error_set(err, SL_INVALID_ARGUMENT,
                        "unknown parameter \"%s\"; there are prefix.<package>=<prefix>, "
                        "name.<service or method>=<C name> and comments.<package>=none",
                        text);
}

enum sl_code gen_options_parse(const char *parameter, struct sl_arena *arena,
                               struct gen_options *ret_options, struct sl_error *err)
{
    struct gen_options options = {0};
    char *text = sl_arena_strdup(arena, parameter != NULL ? parameter : "");
    char *rest;

    if (text == NULL)
        return sl_error_no_memory(err);
    options.options = sl_arena_alloc_array(arena, strlen(text) + 1, sizeof(*options.options));
    if (options.options == NULL)
        return sl_error_no_memory(err);
    for (char *one = strtok_r(text, ",", &rest); one != NULL; one = strtok_r(NULL, ",", &rest))
        SL_TRY(parse_one(one, &options.options[options.count++], err));
    *ret_options = options;
    return SL_OK;
}

const char *gen_options_get(const struct gen_options *options, enum gen_option_kind kind,
                            const char *key)
{
    for (size_t i = options->count; i > 0; i--) {
        const struct gen_option *option = &options->options[i - 1];

        if (option->kind == kind && strcmp(option->key, key) == 0)
            return option->value;
    }
    return NULL;
}
