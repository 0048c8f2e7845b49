#include "services/agent/faults.h"

#include <string.h>

#include "base/text.h"

/* Longer values are cut: an error is for reading. */
enum { SHOWN_BYTES = 80 };

void agent_faults_init(struct agent_faults *faults, struct sl_arena *arena)
{
    memset(faults, 0, sizeof(*faults));
    faults->arena = arena;
}

/* The part of a path that names the parameter: "parts" of "parts[0].quantity". */
static size_t parameter_length(const char *path)
{
    return strcspn(path, ".[");
}

bool agent_faults_has(const struct agent_faults *faults, const char *path)
{
    size_t length = parameter_length(path);
    for (size_t i = 0; i < faults->count; i++) {
        const char *other = faults->entries[i].path;
        if (parameter_length(other) == length && strncmp(other, path, length) == 0)
            return true;
    }
    return false;
}

static struct agent_fault *next_entry(struct agent_faults *faults)
{
    if (faults->count == faults->capacity) {
        size_t capacity = faults->capacity == 0 ? 8 : faults->capacity * 2;
        struct agent_fault *entries =
            sl_arena_alloc_array(faults->arena, capacity, sizeof(*entries));
        if (entries == NULL)
            return NULL;
        if (faults->count > 0)
            memcpy(entries, faults->entries, faults->count * sizeof(*entries));
        faults->entries = entries;
        faults->capacity = capacity;
    }
    return &faults->entries[faults->count];
}

static void add_sentence(struct agent_faults *faults, const char *path, const char *text)
{
    struct agent_fault *entry = next_entry(faults);
    char *copy = sl_arena_strdup(faults->arena, path);
    if (entry == NULL || copy == NULL || text == NULL) {
        faults->has_failed = true;
        return;
    }
    entry->path = copy;
    entry->text = text;
    faults->count++;
}

static const char *shown(struct agent_faults *faults, const json_t *given)
{
    const char *text = sl_json_arena_text(given, SL_JSON_COMPACT, faults->arena);
    if (text == NULL || strlen(text) <= SHOWN_BYTES)
        return text;
    size_t length = sl_utf8_cut(text, strlen(text), SHOWN_BYTES);
    return sl_arena_printf(faults->arena, "%.*s...", (int)length, text);
}

void agent_faults_add(struct agent_faults *faults, const char *path, const json_t *given,
                      const char *wanted)
{
    if (agent_faults_has(faults, path))
        return;
    const char *text;
    if (given == NULL) {
        text = sl_arena_printf(faults->arena, "%s is missing, %s is wanted", path, wanted);
    } else {
        const char *value = shown(faults, given);
        text = value == NULL ? NULL
                             : sl_arena_printf(faults->arena, "%s: %s is given, %s is wanted", path,
                                               value, wanted);
    }
    add_sentence(faults, path, text);
}

void agent_faults_add_text(struct agent_faults *faults, const char *path, const char *message)
{
    const char *text = path[0] == '\0' ? sl_arena_strdup(faults->arena, message)
                                       : sl_arena_printf(faults->arena, "%s: %s", path, message);
    add_sentence(faults, path, text);
}

const char *agent_faults_join(const struct agent_faults *faults)
{
    size_t length = 1;
    for (size_t i = 0; i < faults->count; i++)
        length += strlen(faults->entries[i].text) + 2;
    char *joined = sl_arena_alloc(faults->arena, length);
    if (joined == NULL)
        return NULL;
    char *end = joined;
    for (size_t i = 0; i < faults->count; i++) {
        end = stpcpy(end, i == 0 ? "" : "; ");
        end = stpcpy(end, faults->entries[i].text);
    }
    return joined;
}

json_t *agent_faults_json(const struct agent_faults *faults)
{
    json_t *array = json_array();
    for (size_t i = 0; array != NULL && i < faults->count; i++) {
        if (json_array_append_new(array, json_string(faults->entries[i].text)) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}
