#include <string.h>

#include "orchestrator/rules/clauses.h"

/* Says what each part of a request asks for. */

static enum rules_concept at(const struct rules_sentence *s, size_t i)
{
    return rules_concept_at(s, i);
}

static struct rules_clause *open_clause(struct rules_sentence *s, size_t first)
{
    struct rules_clause *clause = &s->clauses[s->clause_count++];

    *clause = (struct rules_clause){.first = first, .last = first, .lead = STOP};
    return clause;
}

/* Negations further in: "the customer does not want", "RO 5 but not part 7" — before a verb they
 * forbid it. */
static void read_negation(struct rules_sentence *s, struct rules_clause *clause)
{
    if (clause->is_noise) {
        clause->is_negated = false;
        return;
    }
    for (size_t i = clause->first; i < clause->text; i++) {
        if (at(s, i) == NEGATION)
            clause->is_negated = true;
        if (at(s, i) == IF)
            clause->is_conditional = true;
        if (at(s, i) == V_SHOW || at(s, i) == V_CHECK || at(s, i) == Q_IS || at(s, i) == N_NOTE)
            break;
        /* What is to be done to a car may be told with any word. */
        if (clause->intent == CREATE_REPAIR_ORDER &&
            (at(s, i) == N_RO || at(s, i) == COMPLAINT || s->items[i].entity != 0))
            break;
    }
}

static bool begins_text(const struct rules_sentence *s, const struct rules_clause *clause, size_t i)
{
    bool is_reason =
        at(s, i) == FOR &&
        (clause->mask & (RULES_CONCEPT_BIT(V_STATUS) | RULES_ROLE_BIT(ROLE_STATUS))) != 0 &&
        strcmp(rules_item_token(s, i)->text, "for") != 0;
    if (is_reason)
        return true;
    bool is_mark = (at(s, i) == COLON && at(s, i + 1) != QUOTED) || at(s, i) == THAT;
    bool is_noted = (clause->mask & (RULES_CONCEPT_BIT(N_NOTE) | RULES_CONCEPT_BIT(V_NOTE))) != 0;
    bool is_new = (clause->mask & (RULES_CONCEPT_BIT(N_RO) | RULES_ROLE_BIT(ROLE_VEHICLE))) != 0 &&
                  (clause->mask & (RULES_CONCEPT_BIT(V_CREATE) | RULES_CONCEPT_BIT(V_OPEN) |
                                   RULES_CONCEPT_BIT(V_STATUS) | RULES_CONCEPT_BIT(NEW))) != 0 &&
                  (clause->mask & RULES_ROLE_BIT(ROLE_RO)) == 0 && at(s, i) != THAT;
    enum rules_concept next = at(s, i + 1);
    bool is_label = at(s, i) == COLON && (s->items[i].entity != 0 || next == N_CUSTOMER ||
                                          next == N_VEHICLE || next == N_RO);

    return is_mark && (is_noted || (is_new && !is_label));
}

/* A verb before it makes most foreign words part of what is asked; not a thing that nobody here
 * knows, nor money for all and everybody. */
static bool stays_foreign(const struct rules_clause *clause, const struct rules_item *item)
{
    static const rules_bits grave =
        RULES_CONCEPT_BIT(V_REFUND) | RULES_CONCEPT_BIT(V_STATUS) | RULES_CONCEPT_BIT(V_CHARGE);

    if (item->value == NULL)
        return false;
    return strcmp(item->value, "thing") == 0 || (clause->mask & grave) != 0;
}

/* "The phone", "called", "his call": no order to do it. */
static bool is_mention(const struct rules_sentence *s, size_t i)
{
    enum rules_concept before = i > 0 ? at(s, i - 1) : STOP;

    return s->items[i].value == NULL && (s->items[i].is_participle || before == DETERMINER);
}

static void add_entity_bits(struct rules_clause *clause, const struct rules_entity *entity)
{
    if (entity->role == ROLE_STATUS && (clause->mask & RULES_ROLE_BIT(ROLE_STATUS)) != 0)
        clause->mask |= RULES_CONCEPT_BIT(IS_STATUS_PAIR);
    if (entity->role == ROLE_PART && entity->quantity > 0)
        clause->mask |= RULES_CONCEPT_BIT(IS_COUNTED);
    clause->mask |= RULES_ROLE_BIT(entity->role);
}

static void add_to_mask(struct rules_sentence *s, struct rules_clause *clause, size_t i)
{
    const struct rules_item *item = &s->items[i];
    bool has_verb = (clause->mask & (RULES_CONCEPT_BIT(V_FOREIGN) - 1)) != 0;

    if (item->entity != 0) {
        struct rules_entity *entity = &s->entities[item->entity - 1];
        entity->clause = (size_t)(clause - s->clauses);
        bool is_adjective = entity->role == ROLE_STATUS && entity->last < s->item_count &&
                            at(s, entity->last) == N_RO && entity->first > 0 &&
                            at(s, entity->first - 1) == DETERMINER;
        if ((i == entity->first || i == clause->first) && !is_adjective)
            add_entity_bits(clause, entity);
        return;
    }
    if (item->concept == V_FOREIGN &&
        (is_mention(s, i) || (has_verb && !stays_foreign(clause, item))))
        return;
    /* A link's memo "in quotes" is its description. */
    if (item->concept == N_NOTE && at(s, i + 1) == QUOTED &&
        (clause->mask & RULES_CONCEPT_BIT(N_LINK)) != 0)
        return;
    if (item->concept == V_RESERVE && item->value != NULL)
        clause->mask |= RULES_CONCEPT_BIT(THEM);
    if (item->concept <= RULES_LAST_MASKED)
        clause->mask |= RULES_CONCEPT_BIT(item->concept);
}

/* "Once the part is reserved": tells of a step, and asks for none. */
static bool has_active_verb(const struct rules_sentence *s, const struct rules_clause *clause)
{
    for (size_t i = clause->first; i < clause->last; i++) {
        if (at(s, i) <= V_FOREIGN && !s->items[i].is_participle)
            return true;
    }
    return false;
}

bool rules_clause_says(const struct rules_sentence *s, const struct rules_clause *clause,
                       const char *word)
{
    for (size_t i = clause->first; i < clause->text; i++) {
        if (strcmp(rules_item_token(s, i)->text, word) == 0)
            return true;
    }
    return false;
}

void rules_read_clause(struct rules_sentence *s, struct rules_clause *clause)
{
    clause->mask = 0;
    clause->text = clause->last;
    clause->is_remark = false;
    clause->is_terse = false;
    for (size_t i = clause->first; i < clause->last; i++) {
        if (begins_text(s, clause, i)) {
            clause->text = i;
            break;
        }
        add_to_mask(s, clause, i);
    }
    size_t verb = rules_skip_courtesy(s, clause->first);
    if (clause->first > 0 && clause->text > verb && rules_is_unknown_verb(s, verb))
        clause->mask |= RULES_CONCEPT_BIT(V_FOREIGN);
    rules_read_shape(s, clause);
    clause->intent = rules_recognise(clause->mask);
    clause->is_noise = rules_is_noise(s, clause);
    clause->is_remark = rules_is_statement(s, clause) || rules_is_narrative(s, clause);
    if (clause->is_noise || clause->is_remark ||
        (clause->lead == AFTER && !has_active_verb(s, clause)))
        clause->intent = INTENT_NONE;
}

enum sl_code rules_cut_clauses(struct rules_sentence *s)
{
    bool is_sentence = true;

    s->clauses = sl_arena_alloc_array(s->arena, s->item_count + 1, sizeof *s->clauses);
    if (s->clauses == NULL)
        return SL_RESOURCE_EXHAUSTED;
    for (size_t i = 0; i < s->item_count;) {
        if (at(s, i) == STOP) {
            is_sentence = true;
            i++;
            continue;
        }
        struct rules_clause *clause = open_clause(s, i);
        clause->is_sentence = is_sentence;
        clause->last = rules_clause_end(s, clause);
        if (clause->last == i)
            clause->last = i + 1;
        rules_read_lead(s, clause);
        rules_read_clause(s, clause);
        i = clause->last;
        is_sentence = false;
    }
    rules_join_clauses(s);
    for (size_t i = 0; i < s->entity_count; i++)
        s->entities[i].clause = RULES_NO_CLAUSE;
    for (size_t i = 0; i < s->clause_count; i++) {
        rules_read_clause(s, &s->clauses[i]);
        read_negation(s, &s->clauses[i]);
        rules_settle_clause(s, i);
    }
    rules_spread_negation(s);
    rules_settle_statement(s);
    return SL_OK;
}
