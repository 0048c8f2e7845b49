#include <ctype.h>
#include <string.h>

#include "orchestrator/rules/clauses.h"

/* Cuts a request where a further thing is asked for. */

/* A bare noun that asks for something: "and a payment link for $50". */
#define NOUN_STARTERS                                                                              \
    (RULES_CONCEPT_BIT(N_LINK) | RULES_CONCEPT_BIT(N_NOTE) | RULES_CONCEPT_BIT(V_REFUND) |         \
     RULES_CONCEPT_BIT(V_REMIND) | RULES_CONCEPT_BIT(N_ALT))

#define ASKING_NOUNS                                                                               \
    (RULES_CONCEPT_BIT(N_STATUS) | RULES_CONCEPT_BIT(N_DETAILS) | RULES_CONCEPT_BIT(N_METHOD) |    \
     RULES_CONCEPT_BIT(N_HISTORY) | RULES_CONCEPT_BIT(N_PRICE) | RULES_CONCEPT_BIT(N_AVAIL))

static enum rules_concept at(const struct rules_sentence *s, size_t i)
{
    return rules_concept_at(s, i);
}

static bool is_verb(enum rules_concept concept)
{
    return concept <= Q_HAVE;
}

static bool is_one_of(enum rules_concept concept, rules_bits bits)
{
    return concept <= RULES_LAST_MASKED && (RULES_CONCEPT_BIT(concept) & bits) != 0;
}

bool rules_is_connector(enum rules_concept concept)
{
    return concept == COMMA || concept == AND || concept == OR || concept == THEN ||
           concept == ONCE || concept == COLON;
}

bool rules_is_opener(enum rules_concept concept)
{
    return concept == AFTER || concept == BEFORE || concept == IF || concept == NEGATION;
}

size_t rules_skip_courtesy(const struct rules_sentence *s, size_t i)
{
    while (at(s, i) == FILLER || at(s, i) == PRIORITY || rules_is_connector(at(s, i)) ||
           at(s, i) == TO)
        i++;
    return i;
}

bool rules_is_unknown_verb(const struct rules_sentence *s, size_t i)
{
    const char *raw = at(s, i) == UNKNOWN ? rules_item_token(s, i)->raw : "";
    enum rules_concept next = at(s, i + 1);
    bool me = next == FILLER && strcmp(rules_item_token(s, i + 1)->text, "me") == 0;

    return islower((unsigned char)*raw) && !s->items[i].is_participle && (next == DETERMINER || me);
}

static bool is_channel_verb(const struct rules_sentence *s, size_t i)
{
    enum rules_concept next = at(s, i + 1);

    return at(s, i) == CHANNEL &&
           (next == DETERMINER || next == PRONOUN || next == EMAIL || next == N_LINK ||
            next == THEM || next == V_REMIND || next == N_CUSTOMER || next == FILLER);
}

static enum rules_role role_of(const struct rules_sentence *s, size_t i)
{
    size_t entity = i < s->item_count ? s->items[i].entity : 0;

    return entity != 0 ? s->entities[entity - 1].role : ROLE_COUNT;
}

/* "T-3 takes it", "T-1 on RO 5", "RO 5 to completed", "complete RO 5", "invoice it". */
static bool is_terse_start(const struct rules_sentence *s, size_t i)
{
    size_t entity = s->items[i].entity;
    size_t next = entity != 0 ? s->entities[entity - 1].last : i + 1;
    bool is_thing = at(s, next) == PRONOUN || at(s, next) == N_RO || at(s, next) == DETERMINER;

    if (at(s, i) == STATUS)
        return is_thing && strcmp(rules_item_token(s, i)->text, "complete") == 0;
    if (at(s, i) == N_INVOICE)
        return at(s, next) == PRONOUN;
    if (entity == 0)
        return false;
    enum rules_role role = s->entities[entity - 1].role;
    bool is_put = at(s, next) == PREPOSITION && role_of(s, next + 1) == ROLE_RO;
    return (role == ROLE_TECH && (at(s, next) == V_ASSIGN || is_put)) ||
           (role == ROLE_RO && at(s, next) == TO && at(s, next + 1) == STATUS);
}

static bool starts_clause(const struct rules_sentence *s, size_t i)
{
    size_t j = rules_skip_courtesy(s, i);
    enum rules_concept concept = at(s, j);

    if (j >= s->item_count || role_of(s, j) == ROLE_LIMIT)
        return false;
    if (is_verb(concept) && s->items[j].is_participle && concept != Q_HAVE)
        return false;
    if (is_verb(concept) || rules_is_opener(concept) || is_channel_verb(s, j) ||
        rules_is_unknown_verb(s, j))
        return true;
    if (is_terse_start(s, j) || (at(s, i - 1) == COMMA && rules_begins_narrative(s, j)))
        return true;
    size_t noun = concept == DETERMINER || concept == NEW ? j + 1 : j;
    noun = at(s, noun) == NEW ? noun + 1 : noun;
    if (at(s, noun) == MONEY_SIGN || at(s, noun) == NUMBER)
        noun = at(s, noun + 2) == N_LINK ? noun + 2 : noun;
    concept = at(s, noun);
    /* "The details of RO 5, the status of PAY-7": each noun asks, once something was named. */
    bool is_owned = concept >= N_RO && concept <= N_TECH;
    if (is_owned && is_one_of(at(s, noun + 1), ASKING_NOUNS))
    concept = at(s, ++noun);
    size_t before = i;
    while (before > 0 && rules_is_connector(at(s, before - 1)))
        before--;
    bool was_named = before > 0 && is_one_of(at(s, before - 1), ASKING_NOUNS);
    bool has_entity = before > 0 && s->items[before - 1].entity != 0;
    for (size_t k = before; k > 0 && was_named && !has_entity && at(s, k - 1) != STOP; k--)
        has_entity = s->items[k - 1].entity != 0;
    if (is_one_of(concept, ASKING_NOUNS) && at(s, noun + 1) == OF && has_entity)
        return true;
    /* A link's memo "in quotes" belongs to the link. */
    if (concept == N_NOTE && at(s, noun + 1) == QUOTED && at(s, j) == N_NOTE)
        return strncmp(rules_item_token(s, j)->text, "memo", 4) != 0;
    return is_one_of(concept, NOUN_STARTERS);
}

static bool has_verb(const struct rules_sentence *s, size_t first, size_t last)
{
    for (size_t i = first; i < last; i++) {
        if (is_verb(at(s, i)))
            return true;
    }
    return false;
}

/* "Issue a 20 dollar refund": money before its noun. */
static bool is_priced_noun(const struct rules_sentence *s, size_t i)
{
    return role_of(s, i - 1) == ROLE_AMOUNT &&
           (at(s, i) == V_REFUND || at(s, i) == V_REMIND || at(s, i) == V_CHARGE);
}

/* Verbs that begin a new request even where nothing joins them to what was said: "RO 5 add part 7
 * send ...". */
static bool is_run_on(const struct rules_sentence *s, const struct rules_clause *clause, size_t i)
{
    static const rules_bits strong = RULES_CONCEPT_BIT(V_RESERVE) | RULES_CONCEPT_BIT(V_REFUND) |
                                     RULES_CONCEPT_BIT(V_ASSIGN) | RULES_CONCEPT_BIT(V_SEND) |
                                     RULES_CONCEPT_BIT(V_CREATE) | RULES_CONCEPT_BIT(V_ADD);

    /* "After reserving 2 of 7 for RO 5 set it to ..." */
    bool is_main = rules_is_opener(at(s, clause->first)) && at(s, clause->first) != NEGATION &&
                   at(s, i) < V_FOREIGN;

    if (at(s, i) > Q_HAVE || (!is_one_of(at(s, i), strong) && !is_main) ||
        s->items[i].is_participle)
        return false;
    if (at(s, i) == V_ASSIGN && strstr(rules_item_token(s, i)->text, "assign") == NULL)
        return false;
    if (i == clause->first || s->items[i - 1].entity == 0 || is_priced_noun(s, i) ||
        (at(s, i - 1) == STATUS && !rules_is_opener(at(s, clause->first))) || at(s, i + 1) == STOP)
        return false;
    return has_verb(s, clause->first, i);
}

/* "Before we send:" says when, and asks for nothing. */
static bool is_aside(const struct rules_sentence *s, size_t i)
{
    bool has_subject = at(s, i + 1) == FILLER || at(s, i + 1) == PRONOUN || at(s, i + 1) == THEM;
    size_t verb = i + 1 + has_subject;
    enum rules_concept behind = at(s, verb + 1);

    return at(s, i) == BEFORE && is_verb(at(s, verb)) &&
           (behind == COLON || behind == COMMA || behind == STOP);
}

size_t rules_clause_end(const struct rules_sentence *s, const struct rules_clause *clause)
{
    size_t i = clause->first;
    bool has_content = false;

    for (; i < s->item_count; i++) {
        enum rules_concept concept = at(s, i);
        if (concept == STOP || (has_content && is_run_on(s, clause, i)))
            return i;
        if (has_content && is_aside(s, i)) {
            i += 2;
            continue;
        }
        bool may_end = rules_is_connector(concept) || rules_is_opener(concept);
        if (has_content && s->items[i].entity == 0 && may_end &&
            (concept == THEN || concept == ONCE || concept == BEFORE || concept == AFTER ||
             concept == IF || starts_clause(s, i + 1)))
            return i;
        has_content = has_content || (!rules_is_connector(concept) && concept != FILLER &&
                                      !rules_is_opener(concept));
    }
    return i < s->item_count ? i : s->item_count;
}

void rules_read_lead(const struct rules_sentence *s, struct rules_clause *clause)
{
    size_t i = clause->first;

    for (; i < clause->last && (rules_is_connector(at(s, i)) || rules_is_opener(at(s, i)) ||
                                at(s, i) == FILLER || at(s, i) == TO);
         i++) {
        enum rules_concept concept = at(s, i);
        if (concept == NEGATION)
            clause->is_negated = true;
        else if (concept == IF)
            clause->is_conditional = true;
        else if (concept != FILLER && concept != TO &&
                 (clause->lead == STOP || concept == THEN || concept == AFTER ||
                  concept == BEFORE || concept == ONCE))
        clause->lead = concept;
    }
}
