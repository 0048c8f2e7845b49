#include <string.h>

#include "orchestrator/planner.h"
#include "orchestrator/rules/fill.h"

/* The built-in planner: words become items, items entities and clauses, clauses steps. What it does
 * not understand as a whole it declines as a whole. */

#define WHAT_IT_DOES                                                                               \
    "Say what is to be done with repair orders, parts or payments, such as \"add part 1234 to RO " \
    "1234\"."

static bool reads_as_request(const struct rules_clause *clause)
{
    return clause->intent != INTENT_NONE && !clause->is_negated;
}

static bool has_word(const struct rules_sentence *s, const struct rules_clause *clause,
                     enum rules_concept concept)
{
    for (size_t i = clause->first; i < clause->text; i++) {
        if (s->items[i].concept == concept)
            return true;
    }
    return false;
}

/* A verb of the service desk in a clause that still says nothing we know: better asked than passed
 * over. */
static bool asks_something(const struct rules_sentence *s, const struct rules_clause *clause)
{
    rules_bits where_to = RULES_CONCEPT_BIT(PRONOUN) | RULES_ROLE_BIT(ROLE_EMAIL);

    /* "... and send it to bob@example.com" tells the rest of what came before. */
    if ((clause->mask & where_to) == where_to || clause->is_remark)
        return false;
    for (size_t i = clause->first; i < clause->text; i++) {
        const struct rules_item *item = &s->items[i];
        if (item->concept <= V_FOREIGN && !item->is_participle && item->entity == 0)
            return true;
    }
    return false;
}

/* "If it is in stock, reserve it": a reservation of what is not there fails by itself. Any other
 * condition would have to be looked at between the steps, which a fixed plan cannot. */
static bool is_harmless_condition(const struct rules_sentence *s, const struct rules_clause *clause)
{
    const struct rules_clause *next = clause + 1;
    bool leads_change = next < s->clauses + s->clause_count && !next->is_sentence &&
                        rules_operations[next->intent].changes_state;
    bool is_reading = rules_operations[clause->intent].name != NULL &&
                      !rules_operations[clause->intent].changes_state;
    bool ends_reading = clause > s->clauses && clause->intent == INTENT_NONE &&
                        !asks_something(s, clause) && rules_operations[clause[-1].intent].name &&
                        !rules_operations[clause[-1].intent].changes_state;

    /* Nothing is changed by looking: "and if so, what does it cost?" */
    if (!leads_change && (is_reading || ends_reading))
        return true;
    if (clause > s->clauses && clause->intent == RESERVE_PARTS &&
        clause[-1].intent == CHECK_PART_AVAILABILITY)
        return true;
    return (clause->mask & RULES_CONCEPT_BIT(N_AVAIL)) != 0 &&
           (clause->intent == RESERVE_PARTS || clause->intent == CHECK_PART_AVAILABILITY ||
            clause->intent == INTENT_NONE || clause->intent == SEARCH_PARTS);
}

/* "Once the part is reserved, ..." where nobody reserves it. */
static bool waits_for_nothing(const struct rules_sentence *s, const struct rules_clause *clause)
{
    const struct rules_clause *first = &s->clauses[0];

    return clause->lead == AFTER && clause == first;
}

static const char *slice_for_people(const struct rules_sentence *s,
                                    const struct rules_clause *clause, struct sl_arena *arena)
{
    size_t first = clause->first;

    while (first + 1 < clause->last &&
           (s->items[first].concept == COMMA || s->items[first].concept == AND ||
            s->items[first].concept == COLON || s->items[first].concept == THEN))
        first++;
    const char *text = rules_slice(s, first, clause->last);
    size_t length = text != NULL ? strlen(text) : 0;
    /* As much as a person wants to see again, cut between characters. */
    const char *cut = sl_arena_strndup(arena, text, sl_utf8_cut(text, length, 200));
    return cut != NULL ? cut : "";
}

static const char *reason_to_decline(struct rules_planning *planning,
                                     const struct rules_clause *clause)
{
    const struct rules_sentence *s = &planning->sentence;
    const char *said = slice_for_people(s, clause, planning->arena);

    if (clause->is_noise)
        return NULL;
    if (has_word(s, clause, CORRECTION))
        return sl_arena_printf(
            planning->arena,
            "The request corrects itself (\"%s\"); say it once more as it is meant.", said);
    if (clause->is_negated)
        return NULL;
    if (clause->is_conditional && !is_harmless_condition(s, clause))
        return sl_arena_printf(
            planning->arena,
            "A plan cannot wait for a condition (\"%s\"); ask for it once it is met.", said);
    if (clause->intent == INTENT_FOREIGN)
        return sl_arena_printf(
            planning->arena, "Nothing here does \"%s\", so nothing was done. " WHAT_IT_DOES, said);
    if (clause->intent == INTENT_UNCLEAR)
        return sl_arena_printf(
            planning->arena,
            "It is not clear what \"%s\" is about: a repair order, a part or a payment?", said);
    if (clause->intent == INTENT_NONE && waits_for_nothing(s, clause))
        return sl_arena_printf(
            planning->arena, "\"%s\" waits for something that the request does not ask for.", said);
    if (clause->intent == INTENT_NONE && clause->lead != AFTER && asks_something(s, clause))
        return sl_arena_printf(
            planning->arena,
            "It is not clear what \"%s\" asks for, so nothing was done. " WHAT_IT_DOES, said);
    return NULL;
}

static const char *decline_text(const struct rules_text *text)
{
    if (text->is_too_long)
        return "The request is too long to be understood; say it in at most 16384 bytes.";
    if (text->foreign_letters > 3)
        return "The request is in a language that is not understood here; English "
               "is. " WHAT_IT_DOES;
    return NULL;
}

/* "X before Y" and "X after Y": what is said second may come first. */
static bool is_turned(const struct rules_sentence *s, size_t i)
{
    const struct rules_clause *next = i + 1 < s->clause_count ? &s->clauses[i + 1] : NULL;
    const struct rules_clause *clause = &s->clauses[i];

    if (next == NULL || next->is_sentence || next->intent == INTENT_NONE ||
        clause->intent == INTENT_NONE)
        return false;
    bool opens_before = clause->is_sentence && clause->lead == BEFORE;
    return opens_before || (next->lead == AFTER && !clause->is_negated);
}

static enum sl_code make_clause(struct rules_planning *planning, size_t i)
{
    const struct rules_clause *clause = &planning->sentence.clauses[i];

    if (!reads_as_request(clause))
        return SL_OK;
    enum rules_intent intent = (enum rules_intent)clause->intent;
    enum rules_intent also[RULES_MAX_ALSO];
    if (clause->is_conditional && rules_operations[intent].changes_state && intent != RESERVE_PARTS)
        return SL_OK;
    size_t count = rules_recognise_also(clause->mask, intent, also);
    rules_bits all = rules_taken_roles(intent);
    for (size_t n = 0; n < count; n++)
        all |= rules_taken_roles(also[n]);
    SL_TRY(rules_make_steps(planning, i, intent, all & ~rules_taken_roles(intent)));
    for (size_t n = 0; n < count; n++)
        SL_TRY(rules_make_steps(planning, i, also[n], all & ~rules_taken_roles(also[n])));
    return SL_OK;
}

static enum sl_code make_all(struct rules_planning *planning)
{
    const struct rules_sentence *s = &planning->sentence;

    for (size_t i = 0; i < s->clause_count && planning->declined == NULL; i++)
        planning->declined = reason_to_decline(planning, &s->clauses[i]);
    for (size_t i = 0; i < s->clause_count && planning->declined == NULL; i++) {
        bool is_pair = is_turned(s, i);
        bool follows = i > 0 && s->clauses[i - 1].lead == AFTER && s->clauses[i - 1].is_sentence;
        /* Changes keep the plan's order by themselves; readings after "then" have to wait. */
        bool is_later =
            s->clauses[i].lead == THEN && !rules_operations[s->clauses[i].intent].changes_state;
        planning->waits_for_last = !is_pair && (follows || is_later || s->clauses[i].lead == ONCE);
        SL_TRY(make_clause(planning, is_pair ? i + 1 : i));
        planning->waits_for_last = is_pair && s->clauses[i + 1].lead == AFTER;
        if (is_pair)
            SL_TRY(make_clause(planning, i));
        i += is_pair;
    }
    return SL_OK;
}

static bool asks_for_nothing(const struct rules_sentence *s)
{
    bool has_negated = false;

    for (size_t i = 0; i < s->clause_count; i++)
        has_negated =
            has_negated || (s->clauses[i].is_negated && s->clauses[i].intent != INTENT_NONE);
    return has_negated;
}

static enum sl_code understand(struct rules_planning *planning, const char *request)
{
    struct rules_sentence *s = &planning->sentence;

    SL_TRY(rules_lex(request, planning->arena, &s->text));
    planning->declined = decline_text(&s->text);
    if (planning->declined != NULL)
        return SL_OK;
    SL_TRY(rules_tag(s));
    if (s->item_count == 0) {
        planning->declined = "The request is empty. " WHAT_IT_DOES;
        return SL_OK;
    }
    SL_TRY(rules_find_entities(s));
    SL_TRY(rules_cut_clauses(s));
    SL_TRY(make_all(planning));
    if (planning->declined == NULL && planning->step_count == 0 && planning->missing.count == 0)
        planning->declined =
            asks_for_nothing(s)
                ? "The request only says what not to do, so nothing was done."
                : "The request was not understood, so nothing was done. " WHAT_IT_DOES;
    return SL_OK;
}

static enum sl_code plan(struct rules_planning *planning, struct orch_planned *ret_planned)
{
    struct orch_planned planned = {0};
    enum sl_code code = understand(planning, planning->planning->user_request);

    if (code != SL_OK && planning->declined == NULL)
        return code;
    planned.declined = planning->declined;
    if (planned.declined == NULL && planning->missing.count > 0) {
        planned.missing = planning->missing;
        planned.declined = "The request leaves something out, so nothing was done.";
    }
    if (planned.declined == NULL) {
        json_t *document = NULL;
        SL_TRY(rules_write_plan(planning, &document));
        planned.document = sl_json_own(planning->arena, document);
        if (planned.document == NULL)
            return SL_RESOURCE_EXHAUSTED;
    }
    *ret_planned = planned;
    return SL_OK;
}

enum sl_code orch_planner_rules(const struct orch_planning *planning, struct sl_arena *arena,
                                struct orch_planned *ret_planned, struct sl_error *err)
{
    struct rules_planning state = {
        .planning = planning, .arena = arena, .sentence = {.arena = arena}};

    state.steps = sl_arena_alloc_array(arena, RULES_MAX_STEPS, sizeof *state.steps);
    if (state.steps == NULL || plan(&state, ret_planned) != SL_OK)
        return sl_error_no_memory(err);
    return SL_OK;
}
