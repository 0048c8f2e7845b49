#include <stdbool.h>
#include <string.h>

#include "orchestrator/llm_answer.h"

/* A model that was asked for JSON may still wrap it: in a fence of Markdown, in prose before and
 * after. */

/* Braces tried as the beginning of an object; prose has few. */
#define MOST_TRIES 32

/* Just behind the brace that closes the object which begins at `text`; NULL where none does. */
static const char *end_of_object(const char *text)
{
    bool is_in_string = false;
    size_t depth = 0;

    for (; *text != '\0'; text++) {
        if (is_in_string && *text == '\\' && text[1] != '\0') {
            text++;
            continue;
        }
        if (*text == '"')
            is_in_string = !is_in_string;
        if (is_in_string)
            continue;
        depth += *text == '{';
        if (*text == '}' && --depth == 0)
            return text + 1;
    }
    return NULL;
}

static enum sl_code parse_object(const char *text, size_t length, json_t **ret_object,
                                 struct sl_error *err)
{
    SL_CLEANUP(sl_json_cleanup) json_t *value = NULL;

    SL_TRY(sl_json_parse(text, length, NULL, &value, err));
    if (!json_is_object(value))
        return sl_error_set(err, SL_INVALID_ARGUMENT, "%s was given, an object is wanted",
                            sl_json_type_name(value));
    *ret_object = SL_TAKE(value);
    return SL_OK;
}

static bool looks_like_plan(const json_t *object)
{
    return json_object_get(object, "workflow_plan") != NULL ||
           json_object_get(object, "execution_steps") != NULL;
}

/* The first object that looks like a plan. What is inside an object that parses is not looked at:
 * it is part of that. */
static enum sl_code find_object(const char *text, json_t **ret_object)
{
    const char *begin = strchr(text, '{');

    for (int tries = 0; begin != NULL && tries < MOST_TRIES; tries++) {
        SL_CLEANUP(sl_json_cleanup) json_t *object = NULL;
        const char *end = end_of_object(begin);
        enum sl_code code = end != NULL ? parse_object(begin, (size_t)(end - begin), &object, NULL)
                                        : SL_INVALID_ARGUMENT;
        if (code == SL_RESOURCE_EXHAUSTED)
            return code;
        if (code == SL_OK && looks_like_plan(object)) {
            *ret_object = SL_TAKE(object);
            return SL_OK;
        }
        begin = strchr(code == SL_OK ? end : begin + 1, '{');
    }
    return SL_NOT_FOUND;
}

enum sl_code llm_text_object(const char *text, json_t **ret_object, struct sl_error *err)
{
    struct sl_error why = {0};
    enum sl_code code = parse_object(text, strlen(text), ret_object, &why);

    if (code == SL_INVALID_ARGUMENT && find_object(text, ret_object) == SL_OK)
        return SL_OK;
    if (code == SL_INVALID_ARGUMENT)
        return sl_error_set(err, code, "the answer is no JSON object: %s", why.message);
    if (code != SL_OK)
        return sl_error_no_memory(err);
    return SL_OK;
}
