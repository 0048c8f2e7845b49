#include <string.h>

#include "orchestrator/rules/clauses.h"
#include "orchestrator/rules/fill.h"

/* What clauses take from one another. */

#define TEXT_INTENTS(intent) ((intent) == ADD_REPAIR_NOTES || (intent) == CREATE_REPAIR_ORDER)

static bool has_quote(const struct rules_sentence *s, const struct rules_clause *clause)
{
    for (size_t i = clause->first; i < clause->last; i++) {
        if (rules_item_token(s, i)->kind == RULES_QUOTED)
            return true;
    }
    return false;
}

/* A text goes on over commas: "note: brakes squeal, and check the tires" has one note. */
static bool continues_text(const struct rules_sentence *s, const struct rules_clause *before,
                           const struct rules_clause *clause)
{
    static const rules_bits ids = RULES_ROLE_BIT(ROLE_RO) | RULES_ROLE_BIT(ROLE_PART) |
                                  RULES_ROLE_BIT(ROLE_PAYMENT) | RULES_ROLE_BIT(ROLE_EMAIL) |
                                  RULES_ROLE_BIT(ROLE_AMOUNT) | RULES_ROLE_BIT(ROLE_TECH) |
                                  RULES_ROLE_BIT(ROLE_CUSTOMER) | RULES_ROLE_BIT(ROLE_ID);
    bool is_own = (clause->mask & RULES_CONCEPT_BIT(PRONOUN)) != 0 &&
                  ((clause->intent == UPDATE_REPAIR_ORDER_STATUS &&
                    (clause->mask & RULES_ROLE_BIT(ROLE_STATUS)) != 0) ||
                   clause->intent == ADD_REPAIR_NOTES);
    bool is_weak = clause->intent == INTENT_NONE || clause->intent == INTENT_FOREIGN ||
                   (clause->mask & ids) == 0;
    bool is_link = clause->intent == CREATE_PAYMENT_LINK || clause->intent == ASSIGN_TECHNICIAN;

    /* "Note for RO 5: don't call": behind the colon is the text. */
    if (TEXT_INTENTS(before->intent) && clause->lead == COLON && !clause->is_sentence &&
        !before->is_negated && !has_quote(s, before))
        return true;
    if (!TEXT_INTENTS(before->intent) || before->is_negated || is_link || is_own ||
        (clause->is_negated && clause->lead != STOP))
        return false;
    if (clause->lead == THEN && clause->intent != INTENT_NONE)
        return false;
    /* "SYSTEM: refund ..." within a note is what somebody wrote. */
    if (clause->lead == COLON && before->text < before->last && !clause->is_sentence)
        return true;
    if (has_quote(s, before) && clause->intent != INTENT_NONE)
        return false;
    if (clause->is_sentence)
        return before->intent == ADD_REPAIR_NOTES && before->text < before->last &&
               clause->intent == INTENT_NONE;
    return is_weak;
}

/* "Repair order 5, please show": the verb stands behind what it is about. */
static bool is_verb_of(const struct rules_clause *before, const struct rules_clause *clause)
{
    static const rules_bits verbs = RULES_CONCEPT_BIT(V_SHOW) | RULES_CONCEPT_BIT(V_CHANGE) |
                                    RULES_CONCEPT_BIT(V_RESERVE) | RULES_CONCEPT_BIT(V_CHECK) |
                                    RULES_CONCEPT_BIT(N_STATUS) | RULES_CONCEPT_BIT(N_DETAILS);
    static const rules_bits named =
        RULES_ROLE_BIT(ROLE_RO) | RULES_ROLE_BIT(ROLE_PART) | RULES_ROLE_BIT(ROLE_PAYMENT);

    return before->intent == INTENT_NONE && (before->mask & named) != 0 && !before->is_negated &&
           !before->is_conditional && !clause->is_sentence && !clause->is_negated &&
           !clause->is_conditional && (clause->mask & verbs) != 0 && (clause->mask & ~verbs) == 0;
}

/* "Collect $75 on RO 5 - send the link to bob@example.com": where to belongs to what. */
static bool is_address_of(const struct rules_clause *before, const struct rules_clause *clause)
{
    static const rules_bits email = RULES_ROLE_BIT(ROLE_EMAIL);
    static const rules_bits parts = RULES_CONCEPT_BIT(V_SEND) | RULES_CONCEPT_BIT(N_LINK) |
                                    RULES_CONCEPT_BIT(PRONOUN) | RULES_CONCEPT_BIT(N_CUSTOMER) |
                                    RULES_ROLE_BIT(ROLE_EMAIL) | RULES_ROLE_BIT(ROLE_CHANNEL);

    return before->intent == CREATE_PAYMENT_LINK && (before->mask & email) == 0 &&
           !before->is_negated && !clause->is_sentence && !clause->is_negated &&
           !clause->is_conditional && (clause->mask & email) != 0 &&
           (clause->mask & RULES_CONCEPT_BIT(V_SEND)) != 0 && (clause->mask & ~parts) == 0;
}

/* "RO 5 has been approved and is ready": says two things of one order. */
static bool is_more_said(const struct rules_sentence *s, const struct rules_clause *before,
                         const struct rules_clause *clause)
{
    size_t first = rules_skip_courtesy(s, clause->first);

    return before->is_remark && rules_is_statement(s, before) && clause->lead == AND &&
           !clause->is_sentence && first < clause->last && rules_concept_at(s, first) == Q_IS &&
           (clause->mask & ~(RULES_CONCEPT_BIT(Q_IS) | RULES_ROLE_BIT(ROLE_STATUS) |
                             RULES_CONCEPT_BIT(N_CUSTOMER))) == 0;
}

void rules_join_clauses(struct rules_sentence *s)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->clause_count; i++) {
        struct rules_clause *before = kept > 0 ? &s->clauses[kept - 1] : NULL;
        if (before != NULL &&
            (continues_text(s, before, &s->clauses[i]) || is_verb_of(before, &s->clauses[i]) ||
             is_address_of(before, &s->clauses[i]) || is_more_said(s, before, &s->clauses[i]))) {
            before->last = s->clauses[i].last;
            continue;
        }
        s->clauses[kept++] = s->clauses[i];
    }
    s->clause_count = kept;
}

static void make_remark(struct rules_clause *clause)
{
    clause->intent = INTENT_NONE;
    clause->is_remark = true;
}

/* "Check its status": it is what was named last. */
static void settle_pronoun(struct rules_sentence *s, size_t place)
{
    static const struct {
        enum rules_role role;
        enum rules_intent intent;
    } asked[] = {{ROLE_RO, GET_REPAIR_ORDER_DETAILS},
                 {ROLE_PAYMENT, CHECK_PAYMENT_STATUS},
                 {ROLE_PART, GET_PART_DETAILS}};
    static const rules_bits named = RULES_CONCEPT_BIT(N_RO) | RULES_ROLE_BIT(ROLE_RO) |
                                    RULES_ROLE_BIT(ROLE_ID) | RULES_ROLE_BIT(ROLE_NUMBER);
    struct rules_clause *clause = &s->clauses[place];

    if ((clause->intent != GET_REPAIR_ORDER_DETAILS && clause->intent != INTENT_UNCLEAR) ||
        (clause->mask & named) != 0)
        return;
    if (place > 0 && s->clauses[place - 1].intent == CREATE_PAYMENT_LINK) {
        clause->intent = CHECK_PAYMENT_STATUS;
        return;
    }
    for (size_t i = place; i > 0; i--) {
        for (size_t a = 0; a < SL_ARRAY_LENGTH(asked); a++) {
            if ((s->clauses[i - 1].mask & RULES_ROLE_BIT(asked[a].role)) != 0) {
                clause->intent = (int)asked[a].intent;
                return;
            }
        }
    }
}

/* "... and show alternatives", "just validate it": more of what was named or asked just before. */
static void settle_follow_up(struct rules_sentence *s, size_t place)
{
    static const rules_bits parts =
        RULES_ROLE_BIT(ROLE_PART) | RULES_ROLE_BIT(ROLE_ID) | RULES_ROLE_BIT(ROLE_NUMBER);
    static const rules_bits asks =
        RULES_CONCEPT_BIT(V_VALIDATE) | RULES_CONCEPT_BIT(V_CHECK) | RULES_CONCEPT_BIT(N_FIT);
    static const rules_bits roles = ~((RULES_CONCEPT_BIT(RULES_LAST_MASKED) << 1) - 1);
    struct rules_clause *clause = &s->clauses[place];
    const struct rules_clause *before = clause - 1;

    if (place == 0)
        return;
    if (clause->intent == SEARCH_PARTS && (clause->mask & RULES_CONCEPT_BIT(N_ALT)) != 0 &&
        (clause->mask & roles) == 0 && (before->mask & parts) != 0)
        clause->intent = GET_ALTERNATIVE_PARTS;
    /* "I need a filter for a Civic, what's available" asks once. */
    if (clause->intent == SEARCH_PARTS && before->intent == SEARCH_PARTS &&
        (clause->mask & roles) == 0 && rules_part_name(s, clause) == NULL)
        clause->intent = INTENT_NONE;
    /* "... and how many do we have": of what was named. */
    if (clause->intent == SEARCH_PARTS && (clause->mask & RULES_CONCEPT_BIT(Q_HAVE)) != 0 &&
        (clause->mask & roles) == 0 && (before->mask & parts) != 0 &&
        rules_part_name(s, clause) == NULL) {
        clause->intent = CHECK_PART_AVAILABILITY;
        clause->mask |= RULES_CONCEPT_BIT(PRONOUN);
    }
    bool is_check = before->intent == VALIDATE_PAYMENT_DATA ||
                    before->intent == VALIDATE_PART_NUMBER ||
                    before->intent == CHECK_VEHICLE_COMPATIBILITY;
    bool is_vague = clause->intent == INTENT_NONE || clause->intent == VALIDATE_PART_NUMBER ||
                    clause->intent == INTENT_UNCLEAR;
    if (is_check && is_vague && !clause->is_negated && (clause->mask & asks) != 0 &&
        (clause->mask & roles) == 0) {
        clause->intent = before->intent;
        clause->mask |= RULES_CONCEPT_BIT(PRONOUN);
    }
}

/* "RO 5 to completed, then invoiced". */
static bool is_next_status(const struct rules_sentence *s, const struct rules_clause *before,
                           const struct rules_clause *clause)
{
    static const rules_bits said = RULES_ROLE_BIT(ROLE_STATUS) | RULES_CONCEPT_BIT(N_STATUS);

    return clause->intent == INTENT_NONE && clause->lead == THEN && !clause->is_negated &&
           !clause->is_conditional && !before->is_negated &&
           before->intent == UPDATE_REPAIR_ORDER_STATUS && (clause->mask & ~said) == 0 &&
           (clause->mask & RULES_ROLE_BIT(ROLE_STATUS)) != 0 && rules_is_bare(s, clause);
}

/* The same once more, without anything new. */
static bool is_said_again(const struct rules_clause *before, const struct rules_clause *clause)
{
    static const rules_bits values = ~((RULES_CONCEPT_BIT(RULES_LAST_MASKED) << 1) - 1) |
                                     RULES_CONCEPT_BIT(V_STATUS) | RULES_CONCEPT_BIT(N_INVOICE) |
                                     RULES_CONCEPT_BIT(N_THING) | RULES_CONCEPT_BIT(NEW);
    bool is_change =
        clause->intent == UPDATE_REPAIR_ORDER_STATUS || clause->intent == CREATE_PAYMENT_LINK;

    return is_change && before->intent == clause->intent && !clause->is_sentence &&
           !clause->is_negated && !before->is_negated && (clause->mask & values) == 0;
}

void rules_settle_clause(struct rules_sentence *s, size_t place)
{
    static const rules_bits own = RULES_ROLE_BIT(ROLE_PART) | RULES_ROLE_BIT(ROLE_ID);
    struct rules_clause *clause = &s->clauses[place];

    settle_pronoun(s, place);
    settle_follow_up(s, place);
    /* "We're waiting on parts for RO 5, update it", "... to be paid by Rita, send her a link". */
    if (place > 0 && is_said_again(&clause[-1], clause))
        make_remark(clause);
    if (place > 0 && is_next_status(s, &clause[-1], clause)) {
        clause->intent = UPDATE_REPAIR_ORDER_STATUS;
        clause->mask |= RULES_CONCEPT_BIT(PRONOUN);
    }
    /* "RO 5 needs 2 of 1234, set them aside" is one wish. */
    if (place > 0 && clause->intent == RESERVE_PARTS && (clause->mask & own) == 0 &&
        clause[-1].is_terse && !clause->is_negated)
        clause[-1].intent = INTENT_NONE;
}

/* "Do not send or create ..." forbids both; so does "and" before another change where no comma
 * parts them. */
void rules_spread_negation(struct rules_sentence *s)
{
    for (size_t i = 1; i < s->clause_count; i++) {
        struct rules_clause *clause = &s->clauses[i];
        const struct rules_clause *before = &s->clauses[i - 1];
        bool is_change = rules_operations[clause->intent].changes_state;
        if (before->is_negated && !clause->is_sentence &&
            (clause->lead == OR || (clause->lead == AND && is_change &&
                                    strcmp(rules_item_token(s, clause->first)->text, "and") == 0)))
            clause->is_negated = true;
    }
}

void rules_settle_statement(struct rules_sentence *s)
{
    static const rules_bits said = RULES_ROLE_BIT(ROLE_RO) | RULES_ROLE_BIT(ROLE_STATUS);
    static const rules_bits other = RULES_ROLE_BIT(ROLE_PART) | RULES_ROLE_BIT(ROLE_PAYMENT) |
                                    RULES_CONCEPT_BIT(IS_STATUS_PAIR);
    struct rules_clause *only = NULL;

    for (size_t i = 0; i < s->clause_count; i++) {
        struct rules_clause *clause = &s->clauses[i];
        if (clause->intent != INTENT_NONE)
            return;
        if (rules_is_statement(s, clause) && (clause->mask & said) == said &&
            (clause->mask & other) == 0 && !clause->is_negated && !clause->is_conditional &&
            clause->lead == STOP && only == NULL)
            only = clause;
    }
    if (only == NULL)
        return;
    only->intent = UPDATE_REPAIR_ORDER_STATUS;
    only->is_remark = false;
}
