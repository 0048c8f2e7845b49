#include "rest-bridge/template.h"

#include <string.h>

#include "base/text.h"
#include "http/url.h"

/** How far the text of a template has been read. */
struct reading {
    const char *text;
    const char *at;
    struct sl_arena *arena;
    struct bridge_template *templ;
    struct sl_error *err;
};

static enum sl_code refuse(struct reading *reading, const char *why)
{
    return sl_error_set(reading->err, SL_INVALID_ARGUMENT, "path template \"%s\", character %d: %s",
                        reading->text, (int)(reading->at - reading->text) + 1, why);
}

/** How many "/" there are: segments and variables cannot be more than one more. */
static size_t count_most(const char *text)
{
    size_t count = 1;
    for (; *text != '\0'; text++)
        count += *text == '/';
    return count;
}

/** Reads up to one of the characters of `stop`. */
static enum sl_code read_word(struct reading *reading, const char *stop, const char **ret_word)
{
    size_t length = strcspn(reading->at, stop);
    if (length == 0)
        return refuse(reading, "a name is wanted");
    char *word = sl_arena_strndup(reading->arena, reading->at, length);
    if (word == NULL)
        return sl_error_no_memory(reading->err);
    reading->at += length;
    *ret_word = word;
    return SL_OK;
}

static enum sl_code read_segment(struct reading *reading)
{
    struct bridge_template *templ = reading->templ;
    struct bridge_segment segment = {.kind = BRIDGE_LITERAL};
    if (templ->segment_count > 0 && templ->segments[templ->segment_count - 1].kind == BRIDGE_REST)
        return refuse(reading, "nothing may stand after **");
    SL_TRY(read_word(reading, "/{}=:", &segment.literal));
    if (strcmp(segment.literal, "*") == 0)
        segment.kind = BRIDGE_ONE;
    else if (strcmp(segment.literal, "**") == 0)
        segment.kind = BRIDGE_REST;
    templ->segments[templ->segment_count++] = segment;
    return SL_OK;
}

static enum sl_code read_segments(struct reading *reading)
{
    SL_TRY(read_segment(reading));
    while (*reading->at == '/') {
        reading->at++;
        SL_TRY(read_segment(reading));
    }
    return SL_OK;
}

/** "{name}" is "{name=*}". */
static enum sl_code read_variable(struct reading *reading)
{
    struct bridge_template *templ = reading->templ;
    struct bridge_template_variable variable = {.first = templ->segment_count};
    reading->at++;
    SL_TRY(read_word(reading, "=}/{", &variable.field));
    if (*reading->at == '=') {
        reading->at++;
        SL_TRY(read_segments(reading));
    } else {
        templ->segments[templ->segment_count++] = (struct bridge_segment){.kind = BRIDGE_ONE};
    }
    if (*reading->at != '}')
        return refuse(reading, "} is wanted");
    reading->at++;
    variable.count = templ->segment_count - variable.first;
    templ->variables[templ->variable_count++] = variable;
    return SL_OK;
}

static enum sl_code read_template(struct reading *reading)
{
    struct bridge_template *templ = reading->templ;
    if (strcmp(reading->text, "/") == 0)
        return SL_OK;
    while (*reading->at == '/') {
        reading->at++;
        SL_TRY(*reading->at == '{' ? read_variable(reading) : read_segment(reading));
    }
    if (*reading->at == ':') {
        reading->at++;
        SL_TRY(read_word(reading, "/{}=:", &templ->verb));
    }
    if (*reading->at != '\0' || templ->segment_count == 0)
        return refuse(reading, "/, {name} or :verb is wanted");
    return SL_OK;
}

enum sl_code bridge_template_parse(const char *text, struct sl_arena *arena,
                                   struct bridge_template *ret_template, struct sl_error *err)
{
    struct bridge_template templ = {0};
    struct reading reading = {text, text, arena, &templ, err};
    size_t most = count_most(text);
    templ.segments = sl_arena_alloc_array(arena, most, sizeof(*templ.segments));
    templ.variables = sl_arena_alloc_array(arena, most, sizeof(*templ.variables));
    if (templ.segments == NULL || templ.variables == NULL)
        return sl_error_no_memory(err);
    SL_TRY(read_template(&reading));
    *ret_template = templ;
    return SL_OK;
}

/** Whether the segment, decoded, is the literal. */
static bool is_literal(const struct bridge_span *span, const char *literal)
{
    if (strlen(literal) == span->length && memcmp(literal, span->text, span->length) == 0)
        return true;
    if (memchr(span->text, '%', span->length) == NULL)
        return false;
    SL_CLEANUP(sl_text_cleanup) struct sl_text decoded = {0};
    return sl_url_decode(span->text, span->length, false, &decoded) &&
           strcmp(sl_text_string(&decoded), literal) == 0;
}

bool bridge_template_fits(const struct bridge_template *templ, const struct bridge_span *path,
                          size_t path_count, size_t *ret_rest_length)
{
    size_t fixed = templ->segment_count;
    bool has_rest = fixed > 0 && templ->segments[fixed - 1].kind == BRIDGE_REST;
    fixed -= has_rest;
    if (has_rest ? path_count < fixed : path_count != fixed)
        return false;
    for (size_t i = 0; i < fixed; i++) {
        const struct bridge_segment *segment = &templ->segments[i];
        if (segment->kind == BRIDGE_LITERAL && !is_literal(&path[i], segment->literal))
            return false;
        if (segment->kind == BRIDGE_ONE && path[i].length == 0)
            return false;
    }
    *ret_rest_length = path_count - fixed;
    return true;
}

int bridge_template_compare(const struct bridge_template *a, const struct bridge_template *b)
{
    for (size_t i = 0; i < a->segment_count && i < b->segment_count; i++) {
        int difference = (int)a->segments[i].kind - (int)b->segments[i].kind;
        if (difference != 0)
            return difference;
    }
    if ((a->verb == NULL) != (b->verb == NULL))
        return a->verb != NULL ? -1 : 1;
    return 0;
}
