#include "orchestrator/references.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "orchestrator/validation.h"

static bool is_id_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

static bool is_path_char(char c)
{
    return is_id_char(c) || c == '.' || c == '[' || c == ']';
}

static const char *skip_spaces(const char *p)
{
    while (*p == ' ')
        p++;
    return p;
}

static bool read_reference(const char *begin, struct orch_reference *ret_reference)
{
    const char *id = skip_spaces(begin + 2);
    const char *p = id;

    while (is_id_char(*p))
        p++;
    struct orch_reference found = {
        .begin = begin, .step_id = id, .step_id_length = (size_t)(p - id), .path = p};
    if (found.step_id_length == 0)
        return false;
    if (*p == '.' || *p == '[') {
        found.path = *p == '.' ? p + 1 : p;
        while (is_path_char(*p))
            p++;
        found.path_length = (size_t)(p - found.path);
        if (found.path_length == 0)
            return false;
    }
    p = skip_spaces(p);
    if (p[0] != '}' || p[1] != '}')
        return false;
    found.end = p + 2;
    *ret_reference = found;
    return true;
}

bool orch_reference_next(const char *text, struct orch_reference *ret_reference)
{
    for (const char *p = strstr(text, "{{"); p != NULL; p = strstr(p + 1, "{{")) {
        if (read_reference(p, ret_reference))
            return true;
    }
    return false;
}

static enum sl_code visit_text(const char *text, orch_reference_fn visit, void *self)
{
    struct orch_reference reference;

    while (orch_reference_next(text, &reference)) {
        SL_TRY(visit(self, &reference));
        text = reference.end;
    }
    return SL_OK;
}

enum sl_code orch_references_each(const json_t *value, orch_reference_fn visit, void *self)
{
    const char *name;
    json_t *member;
    size_t i;

    if (json_is_string(value))
        return visit_text(json_string_value(value), visit, self);
    json_object_foreach((json_t *)value, name, member)
    {
        SL_TRY(orch_references_each(member, visit, self));
    }
    json_array_foreach(value, i, member)
    {
        SL_TRY(orch_references_each(member, visit, self));
    }
    return SL_OK;
}

static const json_t *enter(const json_t *value, const char *name, size_t length)
{
    if (json_is_object(value)) {
        char key[256];
        if (length >= sizeof key)
            return NULL;
        memcpy(key, name, length);
        key[length] = '\0';
        return json_object_get(value, key);
    }
    if (!json_is_array(value) || length == 0 || length > 9)
        return NULL;
    size_t place = 0;
    for (size_t i = 0; i < length; i++) {
        if (!isdigit((unsigned char)name[i]))
            return NULL;
        place = place * 10 + (size_t)(name[i] - '0');
    }
    return json_array_get(value, place);
}

const json_t *orch_reference_follow(const json_t *value, const char *path, size_t path_length)
{
    const char *end = path + path_length;

    while (value != NULL && path < end) {
        if (*path == '.' || *path == '[' || *path == ']') {
            path++;
            continue;
        }
        size_t length = strcspn(path, ".[]} ");
        if (length > (size_t)(end - path))
            length = (size_t)(end - path);
        value = enter(value, path, length);
        path += length;
    }
    return value;
}

static enum sl_code note_one(void *self, const struct orch_reference *reference)
{
    (void)reference;
    *(bool *)self = true;
    return SL_CANCELLED;
}

bool orch_parameters_have_references(const json_t *parameters)
{
    bool found = false;

    if (orch_references_each(parameters, note_one, &found) != SL_OK)
        return true;
    return found;
}

static enum sl_code look_up(const struct orch_reference *reference, const json_t *results,
                            const json_t **ret_value, struct sl_error *err)
{
    const json_t *result = enter(results, reference->step_id, reference->step_id_length);
    const json_t *value = NULL;
    int length = (int)(reference->end - reference->begin);

    if (result == NULL)
        return sl_error_set(err, SL_FAILED_PRECONDITION,
                            "%.*s leads nowhere: there is no result of that step", length,
                            reference->begin);
    value = orch_reference_follow(result, reference->path, reference->path_length);
    if (value == NULL)
        return sl_error_set(err, SL_FAILED_PRECONDITION,
                            "%.*s leads nowhere: the step's result has no such member", length,
                            reference->begin);
    *ret_value = value;
    return SL_OK;
}

static enum sl_code resolve_text(const char *text, const json_t *results, json_t **ret_value,
                                 struct sl_error *err)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text out = {0};
    struct orch_reference reference;
    const json_t *value = NULL;

    while (orch_reference_next(text, &reference)) {
        SL_TRY(look_up(&reference, results, &value, err));
        if (out.length == 0 && reference.begin == text && *reference.end == '\0') {
            *ret_value = json_deep_copy(value);
            return *ret_value != NULL ? SL_OK : sl_error_no_memory(err);
        }
        sl_text_append_bytes(&out, text, (size_t)(reference.begin - text));
        if (json_is_string(value))
            sl_text_append(&out, json_string_value(value));
        else
            sl_json_write(value, SL_JSON_COMPACT, &out);
        text = reference.end;
    }
    sl_text_append(&out, text);
    *ret_value = sl_text_failed(&out) ? NULL : json_string(sl_text_string(&out));
    return *ret_value != NULL ? SL_OK : sl_error_no_memory(err);
}

static enum sl_code resolve_value(const json_t *value, const json_t *results, json_t **ret_value,
                                  struct sl_error *err);

static enum sl_code resolve_object(const json_t *value, const json_t *results, json_t **ret_value,
                                   struct sl_error *err)
{
    SL_CLEANUP(sl_json_cleanup) json_t *out = json_object();
    const char *name;
    json_t *member;

    json_object_foreach((json_t *)value, name, member)
    {
        json_t *filled = NULL;
        SL_TRY(resolve_value(member, results, &filled, err));
        if (json_object_set_new(out, name, filled) != 0)
            return sl_error_no_memory(err);
    }
    *ret_value = SL_TAKE(out);
    return *ret_value != NULL ? SL_OK : sl_error_no_memory(err);
}

static enum sl_code resolve_array(const json_t *value, const json_t *results, json_t **ret_value,
                                  struct sl_error *err)
{
    SL_CLEANUP(sl_json_cleanup) json_t *out = json_array();
    json_t *member;
    size_t i;

    json_array_foreach(value, i, member)
    {
        json_t *filled = NULL;
        SL_TRY(resolve_value(member, results, &filled, err));
        if (json_array_append_new(out, filled) != 0)
            return sl_error_no_memory(err);
    }
    *ret_value = SL_TAKE(out);
    return *ret_value != NULL ? SL_OK : sl_error_no_memory(err);
}

static enum sl_code resolve_value(const json_t *value, const json_t *results, json_t **ret_value,
                                  struct sl_error *err)
{
    if (json_is_string(value))
        return resolve_text(json_string_value(value), results, ret_value, err);
    if (json_is_object(value))
        return resolve_object(value, results, ret_value, err);
    if (json_is_array(value))
        return resolve_array(value, results, ret_value, err);
    *ret_value = json_incref((json_t *)value);
    return SL_OK;
}

enum sl_code orch_parameters_resolve(const json_t *parameters, const json_t *results,
                                     json_t **ret_parameters, struct sl_error *err)
{
    json_t *filled = NULL;

    SL_TRY(resolve_value(parameters, results, &filled, err));
    *ret_parameters = filled;
    return SL_OK;
}
