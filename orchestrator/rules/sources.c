#include "orchestrator/rules/sources.h"

#include <string.h>

#include "base/text.h"

/* Where values come from: the clause itself, what was said before, remarks beside it, the context.
 */

bool rules_has(const struct filling *filling, rules_bits bits)
{
    return (filling->clause->mask & bits) != 0;
}

bool rules_refers_back(const struct filling *filling, enum rules_concept noun)
{
    return rules_has(filling, RULES_CONCEPT_BIT(PRONOUN) | RULES_CONCEPT_BIT(THEM) |
                                  RULES_CONCEPT_BIT(noun));
}

static bool same_value(const struct rules_value *a, const struct rules_value *b)
{
    if (a->text != NULL && b->text != NULL)
        return strcmp(a->text, b->text) == 0;
    return a->text == b->text && a->number == b->number && sl_text_equals(a->currency, b->currency);
}

void rules_add_value(struct filling *filling, struct rules_value value)
{
    struct rules_values *values = filling->values;

    for (size_t i = 0; i < values->count; i++) {
        if (same_value(&values->entries[i], &value)) {
            values->entries[i].quantity += value.quantity;
            return;
        }
    }
    if (values->count < RULES_MAX_VALUES)
        values->entries[values->count++] = value;
    else
        values->problem = "too many were named at once";
}

static void add_entity(struct filling *filling, const struct rules_entity *entity)
{
    rules_add_value(filling, (struct rules_value){.text = entity->text,
                                                  .number = entity->number,
                                                  .currency = entity->currency,
                                                  .quantity = entity->quantity,
                                                  .item = entity->first});
}

size_t rules_take_role(struct filling *filling, size_t clause, enum rules_role role)
{
    size_t before = filling->values->count;

    for (size_t i = 0; i < filling->s->entity_count; i++) {
        const struct rules_entity *entity = &filling->s->entities[i];
        if (entity->role == role && entity->clause == clause)
            add_entity(filling, entity);
    }
    return filling->values->count - before;
}

/* What a step of that clause makes: its result names it. */
static void take_created(struct filling *filling, size_t clause, enum rules_role role)
{
    static const struct {
        enum rules_intent intent;
        enum rules_role role;
        const char *path;
    } created[] = {{CREATE_REPAIR_ORDER, ROLE_RO, "repair_order_id"},
                   {CREATE_PAYMENT_LINK, ROLE_PAYMENT, "payment_id"}};

    for (size_t i = 0; i < filling->planning->step_count; i++) {
        const struct rules_step *step = &filling->planning->steps[i];
        for (size_t c = 0; c < SL_ARRAY_LENGTH(created); c++) {
            if (step->clause != clause || created[c].role != role || step->is_check ||
                step->operation != &rules_operations[created[c].intent])
                continue;
            const char *text = sl_arena_printf(filling->planning->arena, "{{%s.%s}}", step->step_id,
                                               created[c].path);
            rules_add_value(
                filling, (struct rules_value){.text = text, .item = SIZE_MAX, .from_step = i + 1});
        }
    }
}

static size_t take_mentions(struct filling *filling, size_t clause, enum rules_role role)
{
    take_created(filling, clause, role);
    return rules_take_role(filling, clause, role);
}

/* The newest clause before this one that names one. Where several were named and nothing points
 * back, it is not clear which is meant. */
void rules_look_back(struct filling *filling, enum rules_role role, enum rules_concept noun)
{
    size_t found = RULES_NO_CLAUSE;

    for (size_t i = filling->place; i > 0 && found == RULES_NO_CLAUSE; i--) {
        take_mentions(filling, i - 1, role);
        if (filling->values->count > 0)
            found = i - 1;
    }
    if (found == RULES_NO_CLAUSE)
        return;
    struct rules_values newest = *filling->values;
    for (size_t i = 0; i < found; i++)
        take_mentions(filling, i, role);
    bool is_plain = filling->values->count == 1;
    bool is_many = newest.count > 1 && !rules_has(filling, RULES_CONCEPT_BIT(THEM)) &&
                   filling->operation->changes_state && filling->parameter->fill != FILL_PARTS;
    bool is_vague =
        !is_plain && filling->operation->changes_state && !rules_refers_back(filling, noun);
    *filling->values = newest;
    if (is_many || is_vague) {
        filling->values->count = 0;
        filling->values->problem = "several were named before, and it is not clear which is meant";
    }
}

/* Remarks beside the requests: "It's for RO 55." */
void rules_look_at_remarks(struct filling *filling, enum rules_role role)
{
    static const rules_bits ids = RULES_ROLE_BIT(ROLE_RO) | RULES_ROLE_BIT(ROLE_PART);
    const struct rules_sentence *s = filling->s;

    for (size_t i = 0; i < s->clause_count; i++) {
        if (s->clauses[i].intent == INTENT_NONE && !s->clauses[i].is_negated)
            rules_take_role(filling, i, role);
    }
    /* "The customer on 1236 called", "we're out of BP-2041": an id without a name. */
    for (size_t i = 0; i < s->entity_count && filling->values->count == 0; i++) {
        const struct rules_entity *entity = &s->entities[i];
        bool is_id = entity->role == ROLE_NUMBER || (role == ROLE_PART && entity->role == ROLE_ID);
        if (is_id && (RULES_ROLE_BIT(role) & ids) != 0 && entity->clause != RULES_NO_CLAUSE &&
            s->clauses[entity->clause].intent == INTENT_NONE &&
            !s->clauses[entity->clause].is_negated && entity->clause < filling->place &&
            strlen(entity->text) >= 3)
            add_entity(filling, entity);
    }
    if (filling->values->count > 1) {
        filling->values->count = 0;
        filling->values->problem = "several were named, and it is not clear which is meant";
    }
}

void rules_look_at_context(struct filling *filling)
{
    const json_t *value =
        json_object_get(filling->planning->planning->context, filling->parameter->name);

    if (value == NULL && filling->parameter->fill == FILL_PARTS)
        value = json_object_get(filling->planning->planning->context, "part_number");
    if (json_is_string(value) && *json_string_value(value) != '\0' &&
        strstr(json_string_value(value), "{{") == NULL)
        rules_add_value(filling,
                        (struct rules_value){.text = json_string_value(value), .item = SIZE_MAX});
    else if (json_is_number(value))
        rules_add_value(filling,
                        (struct rules_value){.number = json_number_value(value), .item = SIZE_MAX});
}

bool rules_is_target(const struct filling *filling, const struct rules_entity *entity)
{
    enum rules_concept before =
        entity->first > 0 ? rules_concept_at(filling->s, entity->first - 1) : STOP;

    return before == TO || before == FOR || before == PREPOSITION || before == OF || before == AND;
}

/* "Add 1234 to 5678": an id of no kind is what the operation wants most; behind "to" it is the
 * target. */
static void take_untyped(struct filling *filling, enum rules_role role)
{
    bool has_two_kinds = filling->operation == &rules_operations[RESERVE_PARTS] ||
                         filling->operation == &rules_operations[CREATE_PAYMENT_LINK] ||
                         (filling->operation == &rules_operations[ASSIGN_TECHNICIAN] &&
                          !rules_has(filling, RULES_ROLE_BIT(ROLE_TECH)));

    for (size_t i = 0; i < filling->s->entity_count; i++) {
        const struct rules_entity *entity = &filling->s->entities[i];
        bool may_be_number = role == ROLE_RO || role == ROLE_PART;
        if (entity->clause != filling->place ||
            (entity->role != ROLE_ID && entity->role != ROLE_NUMBER))
            continue;
        if (entity->role == ROLE_NUMBER && !may_be_number)
            continue;
        if (role == ROLE_PART && strlen(entity->text) < 3 && filling->operation->changes_state)
            continue;
        if (entity->role == ROLE_NUMBER && strchr(entity->text, '.') != NULL)
            continue;
        if (has_two_kinds && rules_is_target(filling, entity) != (role == ROLE_RO))
            continue;
        if (role == ROLE_RO && entity->first > 0 &&
            rules_concept_at(filling->s, entity->first - 1) == OF &&
            filling->operation == &rules_operations[CREATE_PAYMENT_LINK])
            continue;
        add_entity(filling, entity);
        /* What it was taken for it is from here on: "is 1234 in stock and what does it cost". */
        filling->planning->sentence.entities[i].role = role;
    }
}

static bool is_first_id(const struct filling *filling)
{
    const struct rules_parameter *first = &filling->operation->parameters[0];

    return filling->parameter == first || filling->parameter->fill == FILL_RO;
}

void rules_fill_id(struct filling *filling, enum rules_role role, enum rules_concept noun)
{
    rules_take_role(filling, filling->place, role);
    if (filling->values->count == 0 && is_first_id(filling))
        take_untyped(filling, role);
    if (filling->values->count == 0)
        rules_look_back(filling, role, noun);
    if (filling->values->count == 0 && filling->values->problem == NULL)
        rules_look_at_remarks(filling, role);
    if (filling->values->count == 0 && filling->values->problem == NULL)
        rules_look_at_context(filling);
}
