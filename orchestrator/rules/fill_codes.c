#include "orchestrator/rules/sources.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

/* What a schema lists: reasons, channels, statuses. */

/* The schema's own spelling of a code, where it lists them. */
static const char *schema_code(const struct filling *filling, const char *code)
{
    const json_t *codes = json_object_get(
        rules_property(filling->planning, filling->operation, filling->parameter->name), "enum");
    const json_t *entry = NULL;
    size_t stem = strcspn(code, "_");
    size_t i;

    if (codes == NULL)
        return code;
    json_array_foreach(codes, i, entry)
    {
        if (json_is_string(entry) && sl_text_equals_nocase(json_string_value(entry), code))
            return json_string_value(entry);
    }
    json_array_foreach(codes, i, entry)
    {
        if (json_is_string(entry) && strncasecmp(json_string_value(entry), code, stem) == 0)
            return json_string_value(entry);
    }
    return NULL;
}

static const char *codes_offered(const struct filling *filling, const char *said)
{
    const json_t *codes = json_object_get(
        rules_property(filling->planning, filling->operation, filling->parameter->name), "enum");
    const char *text = sl_json_arena_text(codes, SL_JSON_SPACED, filling->planning->arena);

    return sl_arena_printf(filling->planning->arena, "\"%s\" was said, one of %s is wanted",
                           said != NULL ? said : "a number",
                           text != NULL ? text : "the service's own");
}

static enum sl_code fill_coded(struct filling *filling, enum rules_role role)
{
    rules_take_role(filling, filling->place, role);
    if (filling->values->count == 0)
        rules_look_at_remarks(filling, role);
    if (filling->values->count == 0)
        rules_look_at_context(filling);
    for (size_t i = 0; i < filling->values->count; i++) {
        struct rules_value *value = &filling->values->entries[i];
        const char *code = value->text != NULL ? schema_code(filling, value->text) : NULL;
        if (code == NULL) {
            filling->values->count = 0;
            filling->values->problem = codes_offered(filling, value->text);
            return SL_OK;
        }
        value->text = code;
    }
    return SL_OK;
}

enum sl_code rules_fill_reason(struct filling *filling)
{
    SL_TRY(fill_coded(filling, ROLE_REASON));
    const char *told = rules_reason(filling->s, filling->place);
    const char *code = told != NULL ? schema_code(filling, told) : NULL;
    if (filling->values->count == 0 && filling->values->problem == NULL && code != NULL)
        rules_add_value(filling, (struct rules_value){.text = code, .item = SIZE_MAX});
    if (filling->values->count == 0 && filling->values->problem == NULL)
        rules_take_role(filling, filling->place, ROLE_ID);
    return SL_OK;
}

enum sl_code rules_fill_channel(struct filling *filling)
{
    SL_TRY(fill_coded(filling, ROLE_CHANNEL));
    if (filling->values->count == 0 && rules_has(filling, RULES_ROLE_BIT(ROLE_EMAIL)))
        rules_add_value(filling, (struct rules_value){.text = "email", .item = SIZE_MAX});
    return SL_OK;
}

static void take_statuses(struct filling *filling)
{
    rules_take_role(filling, filling->place, ROLE_STATUS);
    if (filling->values->count > 0)
        return;
    for (size_t i = filling->clause->first; i < filling->clause->last; i++) {
        const struct rules_item *item = &filling->s->items[i];
        const char *status = item->concept == V_STATUS ? item->value : NULL;
        status = item->concept == N_INVOICE ? "invoiced" : status;
        if (status != NULL && item->entity == 0)
            rules_add_value(filling, (struct rules_value){.text = status, .item = i});
    }
}

static bool says_from(const struct filling *filling)
{
    for (size_t i = filling->clause->first; i < filling->clause->last; i++) {
        const struct rules_token *token = rules_item_token(filling->s, i);
        bool is_arrow = rules_concept_at(filling->s, i) == TO && i > filling->clause->first &&
                        rules_concept_at(filling->s, i - 1) == STATUS &&
                        rules_concept_at(filling->s, i + 1) == STATUS;
        if (strcmp(token->text, "from") == 0 || is_arrow ||
            rules_concept_at(filling->s, i) == N_TRANSITION)
            return true;
    }
    return false;
}

/* "Off parts ordered", "out of QC": what it leaves. */
static void drop_left_status(struct filling *filling)
{
    static const char *const leaving[] = {"off", "of", "from", "leaves", "leaving"};
    struct rules_values *values = filling->values;
    size_t kept = 0;

    if (filling->operation == &rules_operations[VALIDATE_TRANSITION])
        return;
    for (size_t i = 0; i < values->count; i++) {
        size_t item = values->entries[i].item;
        const char *before = item > filling->clause->first && item < filling->clause->last
                                 ? rules_item_token(filling->s, item - 1)->text
                                 : "";
        bool is_left = false;
        for (size_t n = 0; n < SL_ARRAY_LENGTH(leaving); n++)
            is_left = is_left || strcmp(before, leaving[n]) == 0;
        if (!is_left)
            values->entries[kept++] = values->entries[i];
    }
    values->count = kept;
}

static size_t count_orders(const struct filling *filling)
{
    size_t count = 0;

    for (size_t i = 0; i < filling->s->entity_count; i++) {
        const struct rules_entity *entity = &filling->s->entities[i];
        count += entity->clause == filling->place &&
                 (entity->role == ROLE_RO || entity->role == ROLE_NUMBER);
    }
    return count;
}

enum sl_code rules_fill_new_status(struct filling *filling)
{
    struct rules_values *values = filling->values;

    take_statuses(filling);
    bool is_pair =
        filling->operation == &rules_operations[VALIDATE_TRANSITION] || says_from(filling);
    drop_left_status(filling);
    if (values->count > 1 && is_pair) {
        values->entries[0] = values->entries[values->count - 1];
        values->count = 1;
    }
    if (values->count > 1 && count_orders(filling) < values->count) {
        values->count = 0;
        values->problem = "several were named, and it is not clear which is meant";
        return SL_OK;
    }
    if (values->count == 0)
        rules_look_at_remarks(filling, ROLE_STATUS);
    if (values->count == 0)
        rules_look_at_context(filling);
    return SL_OK;
}

enum sl_code rules_fill_current_status(struct filling *filling)
{
    take_statuses(filling);
    if (filling->values->count > 1) {
        filling->values->count = 1;
        return SL_OK;
    }
    filling->values->count = 0;
    rules_look_at_context(filling);
    return SL_OK;
}

enum sl_code rules_fill_expected_status(struct filling *filling)
{
    rules_take_role(filling, filling->place, ROLE_STATUS);
    filling->values->count = says_from(filling) && filling->values->count > 1 ? 1 : 0;
    return SL_OK;
}
