#include "orchestrator/llm_document.h"

#include <string.h>

#include "orchestrator/llm_answer.h"
#include "orchestrator/llm_schema.h"

/* What a model says to people is cut: it is no place for an essay. */
#define LONGEST_SENTENCE 400
#define MOST_QUESTIONS 20
/* Of an answer that is no JSON, what goes back. */
#define LONGEST_ECHO 8192

/* On one line, without control characters. Owned by arena. */
static char *sentence(const char *text, struct sl_arena *arena)
{
    char *copy = sl_arena_strndup(arena, text, sl_utf8_cut(text, strlen(text), LONGEST_SENTENCE));

    for (char *c = copy; c != NULL && *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' ';
    }
    return copy;
}

static enum sl_code read_missing(const json_t *missing, struct sl_arena *arena,
                                 struct orch_planned *planned)
{
    const json_t *entry = NULL;
    size_t i;

    json_array_foreach(missing, i, entry)
    {
        const char *text = json_string_value(entry);
        if (text == NULL || *text == '\0' || planned->missing.count == MOST_QUESTIONS)
            continue;
        text = sentence(text, arena);
        if (text == NULL)
            return SL_RESOURCE_EXHAUSTED;
        SL_TRY(orch_texts_add(&planned->missing, arena, "%s", text));
    }
    if (planned->missing.count > 0)
        planned->declined = "The request leaves something out, so nothing was done.";
    return SL_OK;
}

/* What stands beside the plan, or in it. */
static const json_t *member_of(const json_t *answer, const json_t *plan, const char *name)
{
    const json_t *member = json_object_get(answer, name);

    return member != NULL ? member : json_object_get(plan, name);
}

static enum sl_code read_answer(json_t *answer, const struct orch_capabilities *capabilities,
                                struct sl_arena *arena, struct orch_planned *planned)
{
    json_t *inner = json_object_get(answer, "workflow_plan");
    json_t *plan = json_is_object(inner) ? inner : answer;
    const char *declined = json_string_value(member_of(answer, plan, "declined"));

    SL_TRY(read_missing(member_of(answer, plan, "missing"), arena, planned));
    if (planned->missing.count == 0 && declined != NULL && *declined != '\0') {
        planned->declined = sentence(declined, arena);
        if (planned->declined == NULL)
            return SL_RESOURCE_EXHAUSTED;
    }
    if (planned->declined != NULL)
        return SL_OK;
    SL_TRY(llm_schema_restore(plan, capabilities));
    planned->document = plan;
    return SL_OK;
}

enum sl_code llm_document_read(const char *text, const struct orch_capabilities *capabilities,
                               struct sl_arena *arena, struct orch_planned *planned)
{
    struct sl_error why = {0};
    json_t *answer = NULL;
    enum sl_code code = llm_text_object(text, &answer, &why);

    if (code == SL_RESOURCE_EXHAUSTED)
        return code;
    if (code == SL_OK) {
        if (sl_json_own(arena, answer) == NULL)
            return SL_RESOURCE_EXHAUSTED;
        return read_answer(answer, capabilities, arena, planned);
    }
    size_t length = sl_utf8_cut(text, strlen(text), LONGEST_ECHO);
    planned->document = sl_json_own(arena, json_stringn(text, length));
    if (planned->document == NULL)
        return SL_RESOURCE_EXHAUSTED;
    return orch_texts_add(&planned->faults, arena, "%s", why.message);
}
