#include <ctype.h>
#include <string.h>

#include "orchestrator/rules/intents.h"

/* Cuts a request where a further thing is asked for, and says what each part asks for. */

#define TEXT_INTENTS(intent) ((intent) == ADD_REPAIR_NOTES || (intent) == CREATE_REPAIR_ORDER)
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

static bool is_connector(enum rules_concept concept)
{
    return concept == COMMA || concept == AND || concept == OR || concept == THEN ||
           concept == ONCE || concept == COLON;
}

static bool is_opener(enum rules_concept concept)
{
    return concept == AFTER || concept == BEFORE || concept == IF || concept == NEGATION;
}

/* Skips what may stand before a verb without saying anything. */
static size_t skip_courtesy(const struct rules_sentence *s, size_t i)
{
    while (at(s, i) == FILLER || at(s, i) == PRIORITY || is_connector(at(s, i)) || at(s, i) == TO)
        i++;
    return i;
}

/* An unknown word in the place of a verb, before an article: "feed the cat". */
static bool is_unknown_verb(const struct rules_sentence *s, size_t i)
{
    const char *raw = at(s, i) == UNKNOWN ? rules_item_token(s, i)->raw : "";
    enum rules_concept next = at(s, i + 1);
    bool me = next == FILLER && strcmp(rules_item_token(s, i + 1)->text, "me") == 0;

    return islower((unsigned char)*raw) && (next == DETERMINER || me);
}

static bool is_channel_verb(const struct rules_sentence *s, size_t i)
{
    enum rules_concept next = at(s, i + 1);

    return at(s, i) == CHANNEL &&
           (next == DETERMINER || next == PRONOUN || next == EMAIL || next == N_LINK ||
            next == THEM || next == V_REMIND || next == N_CUSTOMER || next == FILLER);
}

/* "T-3 takes it", "RO 5 to completed", "complete RO 5", "invoice it". */
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
    return (role == ROLE_TECH && at(s, next) == V_ASSIGN) ||
           (role == ROLE_RO && at(s, next) == TO && at(s, next + 1) == STATUS);
}

static bool starts_clause(const struct rules_sentence *s, size_t i)
{
    size_t j = skip_courtesy(s, i);
    enum rules_concept concept = at(s, j);

    if (j >= s->item_count)
        return false;
    if (is_verb(concept) && s->items[j].is_participle && concept != Q_HAVE)
        return false;
    if (is_verb(concept) || is_opener(concept) || is_channel_verb(s, j) || is_unknown_verb(s, j))
        return true;
    if (is_terse_start(s, j))
        return true;
    size_t noun = concept == DETERMINER || concept == NEW ? j + 1 : j;
    noun = at(s, noun) == NEW ? noun + 1 : noun;
    if (at(s, noun) == MONEY_SIGN || at(s, noun) == NUMBER)
        noun = at(s, noun + 2) == N_LINK ? noun + 2 : noun;
    concept = at(s, noun);
    /* "The details of RO 5, the status of PAY-7": each noun asks, once something was named. */
    if (concept <= RULES_LAST_MASKED && (RULES_CONCEPT_BIT(concept) & ASKING_NOUNS) != 0 &&
        at(s, noun + 1) == OF && i >= 2 && s->items[i - 2].entity != 0)
        return true;
    return concept <= RULES_LAST_MASKED && (RULES_CONCEPT_BIT(concept) & NOUN_STARTERS) != 0;
}

/* Verbs that begin a new request even where nothing joins them to what was said: "RO 5 add part 7
 * send ...". */
static bool is_run_on(const struct rules_sentence *s, const struct rules_clause *clause, size_t i)
{
    static const uint64_t strong = RULES_CONCEPT_BIT(V_RESERVE) | RULES_CONCEPT_BIT(V_REFUND) |
                                   RULES_CONCEPT_BIT(V_ASSIGN) | RULES_CONCEPT_BIT(V_SEND) |
                                   RULES_CONCEPT_BIT(V_CREATE) | RULES_CONCEPT_BIT(V_ADD);
    bool has_verb = false;

    if (at(s, i) > Q_HAVE || (RULES_CONCEPT_BIT(at(s, i)) & strong) == 0 ||
        s->items[i].is_participle)
        return false;
    if (at(s, i) == V_ASSIGN && strstr(rules_item_token(s, i)->text, "assign") == NULL)
        return false;
    if (i == clause->first || s->items[i - 1].entity == 0 ||
        (at(s, i - 1) == STATUS && !is_opener(at(s, clause->first))) || at(s, i + 1) == STOP)
        return false;
    for (size_t j = clause->first; j < i; j++)
        has_verb = has_verb || is_verb(at(s, j));
    return has_verb;
}

static struct rules_clause *open_clause(struct rules_sentence *s, size_t first)
{
    struct rules_clause *clause = &s->clauses[s->clause_count++];

    *clause = (struct rules_clause){.first = first, .last = first, .lead = STOP};
    return clause;
}

/* Where the clause that begins at `first` ends. */
static size_t clause_end(const struct rules_sentence *s, const struct rules_clause *clause)
{
    size_t i = clause->first;
    bool has_content = false;

    for (; i < s->item_count; i++) {
        enum rules_concept concept = at(s, i);
        if (concept == STOP || (has_content && is_run_on(s, clause, i)))
            return i;
        bool may_end = is_connector(concept) || is_opener(concept);
        if (has_content && s->items[i].entity == 0 && may_end &&
            (concept == THEN || concept == ONCE || concept == BEFORE || concept == AFTER ||
             concept == IF || starts_clause(s, i + 1)))
            return i;
        has_content =
            has_content || (!is_connector(concept) && concept != FILLER && !is_opener(concept));
    }
    return i;
}

static void read_lead(struct rules_sentence *s, struct rules_clause *clause)
{
    size_t i = clause->first;

    for (; i < clause->last &&
           (is_connector(at(s, i)) || is_opener(at(s, i)) || at(s, i) == FILLER || at(s, i) == TO);
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
    }
}

static bool begins_text(const struct rules_sentence *s, const struct rules_clause *clause, size_t i)
{
    bool is_reason = at(s, i) == FOR && (clause->mask & (RULES_CONCEPT_BIT(V_STATUS))) != 0 &&
                     strcmp(rules_item_token(s, i)->text, "for") != 0;
    if (is_reason)
        return true;
    bool is_mark = (at(s, i) == COLON && at(s, i + 1) != QUOTED) || at(s, i) == THAT;
    bool is_noted = (clause->mask & (RULES_CONCEPT_BIT(N_NOTE) | RULES_CONCEPT_BIT(V_NOTE))) != 0;
    bool is_new = (clause->mask & RULES_CONCEPT_BIT(N_RO)) != 0 &&
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
    static const uint64_t grave =
        RULES_CONCEPT_BIT(V_REFUND) | RULES_CONCEPT_BIT(V_STATUS) | RULES_CONCEPT_BIT(V_CHARGE);

    if (item->value == NULL)
        return false;
    return strcmp(item->value, "thing") == 0 || (clause->mask & grave) != 0;
}

static void add_to_mask(struct rules_sentence *s, struct rules_clause *clause, size_t i)
{
    const struct rules_item *item = &s->items[i];
    bool has_verb = (clause->mask & (RULES_CONCEPT_BIT(V_FOREIGN) - 1)) != 0;

    if (item->entity != 0) {
        struct rules_entity *entity = &s->entities[item->entity - 1];
        entity->clause = (size_t)(clause - s->clauses);
        clause->mask |= RULES_ROLE_BIT(entity->role);
        return;
    }
    if (item->concept == V_FOREIGN && has_verb && !stays_foreign(clause, item))
        return;
    if (item->concept == V_RESERVE && item->value != NULL)
        clause->mask |= RULES_CONCEPT_BIT(THEM);
    if (item->concept <= RULES_LAST_MASKED)
        clause->mask |= RULES_CONCEPT_BIT(item->concept);
}

/* "RO 12 is ready": tells how it is; a question begins with the verb or ends with its mark. */
static bool is_statement(const struct rules_sentence *s, const struct rules_clause *clause)
{
    uint64_t verbs = clause->mask & (RULES_CONCEPT_BIT(N_RO) - 1);
    size_t first = skip_courtesy(s, clause->first);
    bool is_asked =
        clause->last < s->item_count && strcmp(rules_item_token(s, clause->last)->text, "?") == 0;

    return verbs == RULES_CONCEPT_BIT(Q_IS) && at(s, first) != Q_IS && !is_asked &&
           (s->items[first].entity != 0 || at(s, first) == DETERMINER || at(s, first) == PRONOUN ||
            (at(s, first) >= N_RO && at(s, first) <= N_TECH));
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

static bool has_text(const struct rules_sentence *s, const struct rules_clause *clause,
                     const char *word)
{
    for (size_t i = clause->first; i < clause->text; i++) {
        if (strcmp(rules_item_token(s, i)->text, word) == 0)
            return true;
    }
    return false;
}

/* "RO 5 -> invoiced", "part 7 to RO 5", "$75 back on PAY-1", "complete RO 5": no verb, and clear.
 */
static void read_terse(const struct rules_sentence *s, struct rules_clause *clause)
{
    static const uint64_t paid_back = RULES_ROLE_BIT(ROLE_PAYMENT) | RULES_CONCEPT_BIT(N_PAYMENT);
    size_t first = skip_courtesy(s, clause->first);
    bool is_complete = first < clause->text && at(s, first) == STATUS &&
                       strcmp(rules_item_token(s, first)->text, "complete") == 0;

    if ((clause->mask & RULES_ROLE_BIT(ROLE_AMOUNT)) != 0 && (clause->mask & paid_back) != 0 &&
        has_text(s, clause, "back")) {
        clause->mask &= ~(RULES_CONCEPT_BIT(V_ASSIGN) | RULES_CONCEPT_BIT(V_FOREIGN));
        clause->mask |= RULES_CONCEPT_BIT(V_REFUND);
    }
    if ((clause->mask & (RULES_CONCEPT_BIT(N_RO) - 1)) != 0)
        return;
    if (is_complete)
        clause->mask |= RULES_CONCEPT_BIT(V_CHANGE);
    for (size_t i = clause->first; i + 1 < clause->text; i++) {
        size_t next = s->items[i + 1].entity;
        if (at(s, i) != TO || next == 0)
            continue;
        enum rules_role role = s->entities[next - 1].role;
        if (role == ROLE_STATUS && (clause->mask & RULES_ROLE_BIT(ROLE_RO)) != 0)
            clause->mask |= RULES_CONCEPT_BIT(V_CHANGE);
        if (role == ROLE_RO && (clause->mask & RULES_ROLE_BIT(ROLE_PART)) != 0)
            clause->mask |= RULES_CONCEPT_BIT(V_ADD);
    }
}

/* "Ignore all instructions", "skip every validation": said to the planner, which has its rules all
 * the same. */
static bool is_noise(const struct rules_sentence *s, const struct rules_clause *clause)
{
    static const char *const rules[] = {"instructions", "instruction", "validation",  "validations",
                                        "rules",        "guidelines",  "restrictions"};
    static const uint64_t things = RULES_CONCEPT_BIT(V_FOREIGN) | RULES_CONCEPT_BIT(V_VALIDATE);
    size_t first = skip_courtesy(s, clause->first);
    bool is_waived = at(s, first) == V_FOREIGN || at(s, first) == NEGATION;

    if (!is_waived || (clause->mask & ~things) != 0)
        return false;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(rules); i++) {
        if (has_text(s, clause, rules[i]))
            return true;
    }
    return false;
}

/* "Get it scheduled", "get two allocated": brings about, and shows nothing. */
static void read_get(const struct rules_sentence *s, struct rules_clause *clause)
{
    static const uint64_t brought = RULES_CONCEPT_BIT(V_RESERVE) | RULES_ROLE_BIT(ROLE_STATUS);
    size_t verb = skip_courtesy(s, clause->first);

    verb += at(s, verb) == Q_CAN;
    if (verb >= clause->text || at(s, verb) != V_SHOW || (clause->mask & brought) == 0 ||
        strncmp(rules_item_token(s, verb)->text, "get", 3) != 0 ||
        (clause->mask & (RULES_CONCEPT_BIT(N_STATUS) | RULES_CONCEPT_BIT(N_DETAILS))) != 0)
        return;
    clause->mask &= ~RULES_CONCEPT_BIT(V_SHOW);
    clause->mask |=
        (clause->mask & RULES_ROLE_BIT(ROLE_STATUS)) != 0 ? RULES_CONCEPT_BIT(V_CHANGE) : 0;
}

static void read_clause(struct rules_sentence *s, struct rules_clause *clause)
{
    clause->mask = 0;
    clause->text = clause->last;
    for (size_t i = clause->first; i < clause->last; i++) {
        if (begins_text(s, clause, i)) {
            clause->text = i;
            break;
        }
        add_to_mask(s, clause, i);
    }
    size_t verb = skip_courtesy(s, clause->first);
    if (clause->first > 0 && clause->text > verb && is_unknown_verb(s, verb))
        clause->mask |= RULES_CONCEPT_BIT(V_FOREIGN);
    read_get(s, clause);
    read_terse(s, clause);
    clause->intent = rules_recognise(clause->mask);
    clause->is_noise = is_noise(s, clause);
    if (clause->is_noise || is_statement(s, clause))
        clause->intent = INTENT_NONE;
    if (clause->lead == AFTER && !has_active_verb(s, clause))
        clause->intent = INTENT_NONE;
}

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
    static const uint64_t ids = RULES_ROLE_BIT(ROLE_RO) | RULES_ROLE_BIT(ROLE_PART) |
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

    if (!TEXT_INTENTS(before->intent) || before->is_negated || is_link || is_own ||
        (clause->is_negated && clause->lead != STOP))
        return false;
    if (clause->lead == THEN && clause->intent != INTENT_NONE)
        return false;
    if (has_quote(s, before) && clause->intent != INTENT_NONE)
        return false;
    if (clause->is_sentence)
        return before->intent == ADD_REPAIR_NOTES && before->text < before->last &&
               clause->intent == INTENT_NONE;
    return is_weak;
}

static void merge_texts(struct rules_sentence *s)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->clause_count; i++) {
        struct rules_clause *before = kept > 0 ? &s->clauses[kept - 1] : NULL;
        if (before != NULL && continues_text(s, before, &s->clauses[i])) {
            before->last = s->clauses[i].last;
            continue;
        }
        s->clauses[kept++] = s->clauses[i];
    }
    s->clause_count = kept;
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
    static const uint64_t named = RULES_CONCEPT_BIT(N_RO) | RULES_ROLE_BIT(ROLE_RO) |
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
    static const uint64_t parts =
        RULES_ROLE_BIT(ROLE_PART) | RULES_ROLE_BIT(ROLE_ID) | RULES_ROLE_BIT(ROLE_NUMBER);
    static const uint64_t asks =
        RULES_CONCEPT_BIT(V_VALIDATE) | RULES_CONCEPT_BIT(V_CHECK) | RULES_CONCEPT_BIT(N_FIT);
    static const uint64_t roles = ~((RULES_CONCEPT_BIT(N_PRICE) << 1) - 1);
    struct rules_clause *clause = &s->clauses[place];
    const struct rules_clause *before = clause - 1;

    if (place == 0)
        return;
    if (clause->intent == SEARCH_PARTS && (clause->mask & RULES_CONCEPT_BIT(N_ALT)) != 0 &&
        (clause->mask & roles) == 0 && (before->mask & parts) != 0)
        clause->intent = GET_ALTERNATIVE_PARTS;
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

/* "Do not send or create ..." forbids both; so does "and" before another change where no comma
 * parts them. */
static void spread_negation(struct rules_sentence *s)
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
        clause->last = clause_end(s, clause);
        if (clause->last == i)
            clause->last = i + 1;
        read_lead(s, clause);
        read_clause(s, clause);
        i = clause->last;
        is_sentence = false;
    }
    merge_texts(s);
    for (size_t i = 0; i < s->entity_count; i++)
        s->entities[i].clause = RULES_NO_CLAUSE;
    for (size_t i = 0; i < s->clause_count; i++) {
        read_clause(s, &s->clauses[i]);
        read_negation(s, &s->clauses[i]);
        settle_pronoun(s, i);
        settle_follow_up(s, i);
    }
    spread_negation(s);
    return SL_OK;
}
