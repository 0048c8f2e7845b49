#include <string.h>

#include "base/text.h"
#include "orchestrator/rules/fill.h"

/* Free text: what a note says, what is to be done, what a part is called. */

static enum rules_concept at(const struct rules_sentence *s, size_t i)
{
    return rules_concept_at(s, i);
}

static bool is_edge(const struct rules_sentence *s, size_t i)
{
    switch (at(s, i)) {
    case COMMA:
    case COLON:
    case STOP:
    case AND:
    case FOR:
    case TO:
    case THAT:
    case OF:
    case AS:
    case DETERMINER:
    case FILLER:
    case PREPOSITION:
    case OPEN_PAREN:
    case THEN:
    case LABEL:
    case N_DETAILS:
        return s->items[i].entity == 0;
    default:
        return false;
    }
}

/* A text as a parameter: braces that would read as a reference are parted, for what is said is
 * data. */
static const char *as_data(const struct rules_sentence *s, const char *text)
{
    char *copy = sl_arena_alloc(s->arena, strlen(text) * 2 + 1);
    size_t n = 0;

    for (const char *p = text; copy != NULL && *p != '\0'; p++) {
        copy[n++] = *p == '\n' ? ' ' : *p;
        if (p[0] == '{' && p[1] == '{')
            copy[n++] = ' ';
    }
    return copy;
}

/* A preposition ends a text ("check engine light on") unless what it leads to was taken away. */
static const char *text_between(const struct rules_sentence *s, size_t first, size_t last)
{
    bool is_cut = last < s->item_count && s->items[last].entity != 0;

    while (first < last && is_edge(s, first) && at(s, first) != DETERMINER)
        first++;
    while (last > first && is_edge(s, last - 1) && (is_cut || at(s, last - 1) != PREPOSITION))
        last--;
    return first < last ? as_data(s, rules_slice(s, first, last)) : NULL;
}

static const char *quoted(const struct rules_sentence *s, const struct rules_clause *clause)
{
    for (size_t i = clause->first; i < clause->last; i++) {
        if (rules_item_token(s, i)->kind == RULES_QUOTED)
            return as_data(s, rules_item_token(s, i)->raw);
    }
    return NULL;
}

static size_t skip_leading(const struct rules_sentence *s, size_t i, size_t last)
{
    while (i < last && (at(s, i) == COLON || at(s, i) == THAT || at(s, i) == COMMA))
        i++;
    return i;
}

static const char *plain_text(const struct rules_sentence *s, size_t first, size_t last)
{
    first = skip_leading(s, first, last);
    while (last > first &&
           (at(s, last - 1) == COMMA || at(s, last - 1) == STOP || at(s, last - 1) == AND))
        last--;
    if (first >= last)
        return NULL;
    /* From the source itself: signs that are no items belong to a text too. */
    size_t begin = s->text.tokens[s->items[first - 1].last - 1].end;
    size_t end = last < s->item_count ? rules_item_token(s, last)->begin : strlen(s->text.source);
    while (begin < end && strchr(" :,\n", s->text.source[begin]) != NULL)
        begin++;
    while (end > begin && strchr(" ,.;\n", s->text.source[end - 1]) != NULL)
        end--;
    const char *text = sl_arena_strndup(s->arena, s->text.source + begin, end - begin);
    return text != NULL ? as_data(s, text) : NULL;
}

/* "... that the customer waits to RO 5": the order behind the text is where it goes. */
static size_t before_target(const struct rules_sentence *s, const struct rules_clause *clause)
{
    size_t i = clause->last;

    if (i < clause->text + 3 || s->items[i - 1].entity == 0)
        return clause->last;
    const struct rules_entity *entity = &s->entities[s->items[i - 1].entity - 1];
    size_t before = entity->first - 1;
    bool is_target = entity->role == ROLE_RO && entity->first > clause->text + 1 &&
                     (at(s, before) == TO || at(s, before) == PREPOSITION || at(s, before) == FOR);
    return is_target ? before : clause->last;
}

const char *rules_notes(const struct rules_sentence *s, const struct rules_clause *clause)
{
    const char *text = quoted(s, clause);
    size_t after = clause->first;

    if (text != NULL)
        return text;
    if (clause->text < clause->last)
        return plain_text(s, clause->text, before_target(s, clause));
    /* No mark: what follows the order is the text, or what stands between the noun and the order.
     */
    for (size_t i = clause->first; i < clause->last; i++) {
        if (s->items[i].entity != 0 && s->entities[s->items[i].entity - 1].role == ROLE_RO)
            after = i + 1;
    }
    text = text_between(s, after > clause->first ? after : clause->last, clause->last);
    if (text != NULL)
        return text;
    size_t noun = clause->first;
    while (noun < clause->last && at(s, noun) != N_NOTE && at(s, noun) != V_NOTE)
        noun++;
    size_t end = noun;
    while (end < clause->last && s->items[end].entity == 0)
        end++;
    return text_between(s, noun + 1, end);
}

static bool is_description_stop(const struct rules_sentence *s, size_t i)
{
    size_t entity = s->items[i].entity;
    bool is_named = entity != 0 && s->entities[entity - 1].role <= ROLE_EMAIL;

    return is_named || at(s, i) == COMMA || at(s, i) == COLON || at(s, i) == N_CUSTOMER ||
           at(s, i) == N_VEHICLE || at(s, i) == OPEN_PAREN || at(s, i) == PRIORITY;
}

/* The longest stretch that names neither customer nor vehicle says what is to be done. */
static const char *longest_stretch(const struct rules_sentence *s, size_t first, size_t last)
{
    const char *best = NULL;

    for (size_t i = first; i < last; i++) {
        size_t end = i;
        while (end < last && !is_description_stop(s, end))
            end++;
        const char *text = end > i ? text_between(s, i, end) : NULL;
        if (text != NULL && (best == NULL || strlen(text) > strlen(best)))
            best = text;
        i = end;
    }
    return best;
}

const struct rules_item *rules_last_priority(const struct rules_sentence *s,
                                             const struct rules_clause *clause)
{
    bool has_tail = clause->last >= clause->text + 3 && at(s, clause->last - 1) == PRIORITY &&
                    (at(s, clause->last - 2) == COMMA || at(s, clause->last - 2) == COLON);

    return has_tail ? &s->items[clause->last - 1] : NULL;
}

static size_t behind_verb(const struct rules_sentence *s, const struct rules_clause *clause)
{
    size_t i = clause->first;

    while (i < clause->last && at(s, i) > V_FOREIGN)
        i++;
    return i < clause->last ? i + 1 : clause->first;
}

/* Behind "wants", "complains of", "because of": what is to be done, in the customer's words. */
static const char *complaint(const struct rules_sentence *s, const struct rules_clause *clause)
{
    for (size_t i = clause->first; i + 1 < clause->last; i++) {
        bool is_cause = at(s, i) == FOR && strcmp(rules_item_token(s, i)->text, "for") != 0;
        bool is_cue = at(s, i) == COMPLAINT || is_cause;
        size_t end = i + 1;
        if (!is_cue || s->items[i].entity != 0)
            continue;
        while (end < clause->last && (s->items[end].entity == 0 ||
                                      s->entities[s->items[end].entity - 1].role > ROLE_EMAIL))
            end++;
        bool has_tail = end == clause->last && rules_last_priority(s, clause) != NULL;
        bool has_priority = end > i + 2 && at(s, end - 1) == PRIORITY;
        const char *text = plain_text(s, i + 1, has_tail || has_priority ? end - 1 : end);
        if (text != NULL && *text != '\0')
            return text;
    }
    return NULL;
}

const char *rules_description(const struct rules_sentence *s, const struct rules_clause *clause)
{
    const char *text = quoted(s, clause);
    size_t noun = clause->first;

    if (text != NULL)
        return text;
    if (clause->text < clause->last) {
        size_t tail = rules_last_priority(s, clause) != NULL ? 2 : 0;
        return plain_text(s, clause->text, clause->last - tail);
    }
    text = complaint(s, clause);
    if (text != NULL)
        return text;
    while (noun < clause->last && at(s, noun) != N_RO)
        noun++;
    noun = noun < clause->last ? noun + 1 : behind_verb(s, clause);
    text = longest_stretch(s, noun, clause->last);
    /* "Customer jchen dropped off VEH-105, wants an alignment. Open an order." */
    for (size_t i = 0; i < s->clause_count && text == NULL; i++) {
        if (s->clauses[i].is_remark && !s->clauses[i].is_negated)
            text = complaint(s, &s->clauses[i]);
    }
    return text;
}

static bool is_name_word(const struct rules_sentence *s, size_t i, size_t start)
{
    enum rules_concept concept = at(s, i);

    if (s->items[i].entity != 0)
        return false;
    return concept == UNKNOWN || concept == N_THING ||
           (i > start && (concept <= V_FOREIGN || concept == N_PART));
}

const char *rules_part_name(const struct rules_sentence *s, const struct rules_clause *clause)
{
    const char *best = quoted(s, clause);

    if (best != NULL)
        return best;
    for (size_t i = clause->first; i < clause->last; i++) {
        size_t end = i;
        while (end < clause->last && is_name_word(s, end, i))
            end++;
        size_t last = end;
        while (last > i && at(s, last - 1) == N_PART)
            last--;
        const char *text = last > i ? as_data(s, rules_slice(s, i, last)) : NULL;
        if (text != NULL && (best == NULL || strlen(text) > strlen(best)))
            best = text;
        i = end;
    }
    return best;
}

const char *rules_model_name(const struct rules_sentence *s, const struct rules_clause *clause)
{
    for (size_t i = clause->first; i + 1 < clause->last; i++) {
        bool is_year =
            at(s, i) == NUMBER && s->items[i].number >= 1950 && s->items[i].number <= 2035;
        size_t end = i + 1;
        while (is_year && end < clause->last && at(s, end) == UNKNOWN)
            end++;
        if (is_year && end > i + 1)
            return as_data(s, rules_slice(s, i + 1, end));
    }
    return NULL;
}

const char *rules_quoted(const struct rules_sentence *s, const struct rules_clause *clause)
{
    const char *text = quoted(s, clause);

    for (size_t i = clause->first; text == NULL && i < clause->last; i++) {
        if (at(s, i) == THAT && clause->intent == SEND_PAYMENT_NOTIFICATION)
            text = plain_text(s, i + 1, clause->last);
    }
    return text;
}

static bool cancels(const struct rules_sentence *s, const struct rules_clause *clause)
{
    for (size_t i = clause->first; i < clause->last; i++) {
        if (s->items[i].value != NULL && strcmp(s->items[i].value, "cancelled") == 0)
            return true;
    }
    return false;
}

/* "For" and "no" are too common to lead a reason. */
static bool leads_reason(const struct rules_sentence *s, size_t i)
{
    const char *word = rules_item_token(s, i)->text;

    return at(s, i) == FOR && s->items[i].entity == 0 && strcmp(word, "for") != 0;
}

const char *rules_why(const struct rules_sentence *s, size_t clause)
{
    const struct rules_clause *next = clause + 1 < s->clause_count ? &s->clauses[clause + 1] : NULL;

    for (size_t i = s->clauses[clause].first; i < s->clauses[clause].last; i++) {
        bool is_dashed = at(s, i) == COLON && i > s->clauses[clause].first &&
                         cancels(s, &s->clauses[clause]) && s->items[i].entity == 0 && i > 0 &&
                         s->items[i - 1].entity != 0;
        if (is_dashed || leads_reason(s, i))
            return plain_text(s, i + 1, s->clauses[clause].last);
    }
    if (next != NULL && next->intent == INTENT_NONE && leads_reason(s, next->first))
        return plain_text(s, next->first + 1, next->last);
    /* "Cancel RO 5, the customer changed his mind": who cancels says why. */
    bool is_told =
        next != NULL && next->is_remark && !next->is_sentence && cancels(s, &s->clauses[clause]);
    if (is_told)
        return plain_text(s, next->first + (at(s, next->first) == COMMA), next->last);
    return NULL;
}
