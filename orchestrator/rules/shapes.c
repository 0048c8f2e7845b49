#include <ctype.h>
#include <string.h>

#include "orchestrator/rules/clauses.h"

/* Clauses that say what they ask for without its verb, and clauses that only tell something. */

#define W(concept) RULES_CONCEPT_BIT(concept)
#define R(role) RULES_ROLE_BIT(role)
#define VERBS (W(N_RO) - 1)
#define ANY_PART (W(N_PART) | R(ROLE_PART))
#define QUESTIONS (W(Q_IS) | W(Q_CAN) | W(V_CHECK) | W(V_VALIDATE) | W(V_SHOW))

static enum rules_concept at(const struct rules_sentence *s, size_t i)
{
    return rules_concept_at(s, i);
}

static bool is_word(const struct rules_sentence *s, size_t i, const char *word)
{
    return i < s->item_count && strcmp(rules_item_token(s, i)->text, word) == 0;
}

static bool ends_with_question(const struct rules_sentence *s, const struct rules_clause *clause)
{
    return is_word(s, clause->last, "?");
}

static bool has_concept(const struct rules_sentence *s, const struct rules_clause *clause,
                        enum rules_concept concept)
{
    for (size_t i = clause->first; i < clause->text; i++) {
        if (at(s, i) == concept)
            return true;
    }
    return false;
}

static bool has(const struct rules_clause *clause, rules_bits bits)
{
    return (clause->mask & bits) != 0;
}

/* "$75 back on PAY-1", "knock $20 off PAY-1", "return 35 USD of payment PAY-1". */
static void read_money_back(const struct rules_sentence *s, struct rules_clause *clause)
{
    static const rules_bits others =
        W(V_ASSIGN) | W(V_FOREIGN) | W(V_CHANGE) | W(V_ADD) | W(V_SEND) | W(V_CREATE);
    bool is_back = rules_clause_says(s, clause, "back") || rules_clause_says(s, clause, "off") ||
                   rules_clause_says(s, clause, "return");

    if (!is_back || !has(clause, R(ROLE_AMOUNT)) || !has(clause, R(ROLE_PAYMENT) | W(N_PAYMENT)) ||
        has(clause, W(N_LINK)))
        return;
    clause->mask &= ~others;
    clause->mask |= W(V_REFUND);
}

/* "How can he pay", "the ways jchen pays". */
static void read_how_to_pay(const struct rules_sentence *s, struct rules_clause *clause)
{
    (void)s;
    if (!has(clause, W(Q_HOW)) || !has(clause, W(N_PAID)) || has(clause, R(ROLE_AMOUNT)))
        return;
    clause->mask &= ~(W(N_PAID) | W(V_ASSIGN));
    clause->mask |= W(N_METHOD) | W(V_SHOW);
}

/* "What can I use instead of part 7?" */
static void read_instead(const struct rules_sentence *s, struct rules_clause *clause)
{
    bool is_asked = has(clause, W(V_SHOW) | W(Q_HAVE) | W(Q_CAN) | W(Q_IS) | W(Q_GOT));

    if (!is_asked || !rules_clause_says(s, clause, "instead") ||
        !has(clause, R(ROLE_PART) | R(ROLE_ID) | R(ROLE_NUMBER) | W(PRONOUN)) ||
        has(clause, R(ROLE_RO) | R(ROLE_TECH)))
        return;
    clause->mask &= ~(W(V_ADD) | W(V_RESERVE));
    clause->mask |= W(N_ALT);
}

/* A part and a vehicle in one question: whether the one goes with the other. */
static void read_fit(const struct rules_sentence *s, struct rules_clause *clause)
{
    static const rules_bits others = R(ROLE_RO) | W(V_SEARCH) | W(V_RESERVE) | W(N_ALT) |
                                     W(N_AVAIL) | W(Q_HAVE) | W(N_RO) | W(N_PRICE);
    bool is_asked = has(clause, W(Q_IS) | W(Q_CAN) | W(V_CHECK) | W(V_VALIDATE)) ||
                    ends_with_question(s, clause);
    bool has_vehicle = has(clause, R(ROLE_MODEL) | R(ROLE_MAKE)) ||
                       (has(clause, R(ROLE_YEAR)) && has(clause, W(N_VEHICLE)));

    if (is_asked && has_vehicle && !has(clause, others) &&
        has(clause, R(ROLE_PART) | R(ROLE_ID) | R(ROLE_NUMBER))) {
        clause->mask &= ~(W(V_ADD) | W(V_VALIDATE) | W(V_CHANGE));
        clause->mask |= W(N_FIT);
    }
}

/* "Is 12 a real part number?" */
static void read_sound(const struct rules_sentence *s, struct rules_clause *clause)
{
    for (size_t i = clause->first; i + 1 < clause->text; i++) {
        bool is_asked = at(s, i) == SOUND && (at(s, i + 1) == N_PART || at(s, i + 2) == N_PART);
        if (is_asked)
            clause->mask |= W(V_VALIDATE) | W(N_PART);
    }
}

/* "Get it scheduled", "get two allocated", "get $5 from a@b.cd": brings about, and shows nothing.
 */
static void read_get(const struct rules_sentence *s, struct rules_clause *clause)
{
    rules_bits brought = W(V_RESERVE) | R(ROLE_STATUS) | R(ROLE_TECH);
    size_t verb = rules_skip_courtesy(s, clause->first);
    bool is_money = has(clause, R(ROLE_EMAIL)) && has(clause, W(N_LINK) | R(ROLE_AMOUNT));

    while (at(s, verb) == Q_CAN || at(s, verb) == FILLER)
        verb++;
    if (verb >= clause->text || at(s, verb) != V_SHOW || (!has(clause, brought) && !is_money) ||
        strncmp(rules_item_token(s, verb)->text, "get", 3) != 0 ||
        has(clause, W(N_STATUS) | W(N_DETAILS)))
        return;
    clause->mask &= ~W(V_SHOW);
    clause->mask |= has(clause, R(ROLE_STATUS)) ? W(V_CHANGE) : 0;
    clause->mask |= has(clause, R(ROLE_TECH)) ? W(V_ASSIGN) : 0;
    clause->mask |= is_money ? W(V_SEND) | W(N_LINK) : 0;
}

/* "RO 5 can be closed", "RO 5 should go to QC": said of the order first, it is no question. */
static void read_permission(const struct rules_sentence *s, struct rules_clause *clause)
{
    size_t first = rules_skip_courtesy(s, clause->first);
    first += at(s, first) == DETERMINER;
    bool is_led = first < clause->text && s->items[first].entity != 0 &&
                  s->entities[s->items[first].entity - 1].role == ROLE_RO;
    bool is_due = rules_clause_says(s, clause, "can") || rules_clause_says(s, clause, "should") ||
                  rules_clause_says(s, clause, "may") || has(clause, W(V_CHANGE));

    if (is_led && is_due && has(clause, R(ROLE_TECH)) && !ends_with_question(s, clause)) {
        clause->mask &= ~(W(Q_CAN) | W(Q_IS));
        clause->mask |= W(V_ASSIGN);
    }
    if (!is_led || !is_due || ends_with_question(s, clause) ||
        !has(clause, R(ROLE_STATUS) | W(V_STATUS)) ||
        has(clause, W(V_VALIDATE) | W(IS_STATUS_PAIR)))
        return;
    clause->mask &= ~(W(Q_CAN) | W(Q_IS) | W(N_TRANSITION));
    clause->mask |= W(V_CHANGE);
}

/* "Part 7 to RO 5", "RO 5 to completed". */
static void read_arrows(const struct rules_sentence *s, struct rules_clause *clause)
{
    for (size_t i = clause->first; i + 1 < clause->text; i++) {
        size_t next = s->items[i + 1].entity;
        if (at(s, i) != TO || next == 0)
            continue;
        enum rules_role role = s->entities[next - 1].role;
        if (role == ROLE_STATUS && has(clause, R(ROLE_RO)))
            clause->mask |= W(V_CHANGE);
        if (role == ROLE_RO && has(clause, R(ROLE_PART)))
            clause->mask |= W(V_ADD);
    }
}

/* Names and values only, and what may stand between them. */
bool rules_is_bare(const struct rules_sentence *s, const struct rules_clause *clause)
{
    static const enum rules_concept small[] = {
        FILLER, TO,     COMMA, COLON, DETERMINER, PRIORITY, PREPOSITION, AND,  LABEL,     N_RO,
        N_PART, N_TECH, FOR,   OF,    OPEN_PAREN, N_THING,  N_STATUS,    UNIT, COMPLAINT, THEN};

    for (size_t i = clause->first; i < clause->text; i++) {
        bool is_small = s->items[i].entity != 0;
        for (size_t n = 0; n < SL_ARRAY_LENGTH(small) && !is_small; n++)
            is_small = at(s, i) == small[n];
        if (!is_small)
            return false;
    }
    return true;
}

/* No verb, and clear: "RO 5 -> invoiced", "RO 5 qc", "RO 5: 2x 1234", "complete RO 5". */
static void read_terse(const struct rules_sentence *s, struct rules_clause *clause)
{
    static const rules_bits order = R(ROLE_RO) | R(ROLE_NUMBER);
    size_t first = rules_skip_courtesy(s, clause->first);

    if (has(clause, VERBS) || ends_with_question(s, clause))
        return;
    if (first < clause->text && at(s, first) == STATUS && is_word(s, first, "complete"))
        clause->mask |= W(V_CHANGE);
    read_arrows(s, clause);
    bool is_plain = rules_is_bare(s, clause) &&
                    !has(clause, W(N_TRANSITION) | W(N_AVAIL) | W(N_HISTORY) | W(N_DETAILS) |
                                     W(N_PRICE) | W(N_NOTE) | R(ROLE_PAYMENT) | R(ROLE_AMOUNT) |
                                     R(ROLE_YEAR) | W(N_LINK) | W(N_FIT));
    if (is_plain && has(clause, order) && has(clause, R(ROLE_STATUS)) && !has(clause, R(ROLE_PART)))
        clause->mask |= W(V_CHANGE);
    if (is_plain && has(clause, R(ROLE_RO)) && has(clause, W(IS_COUNTED)) &&
        !has(clause, R(ROLE_STATUS))) {
        clause->mask |= W(V_ADD);
        clause->is_terse = true;
    }
}

/* "Is completed to invoiced allowed?": two statuses and no order in a question. */
static void read_status_pair(const struct rules_sentence *s, struct rules_clause *clause)
{
    bool is_asked = has(clause, QUESTIONS) || ends_with_question(s, clause);

    bool is_general = has(clause, W(N_RO)) &&
                      !has(clause, R(ROLE_RO) | R(ROLE_NUMBER) | R(ROLE_ID) | W(PRONOUN) | W(THEM));

    if (!has(clause, W(IS_STATUS_PAIR)) || has(clause, R(ROLE_PART) | R(ROLE_PAYMENT)))
        return;
    if (is_general)
        clause->mask &= ~(W(V_CHANGE) | W(V_ADD));
    if (is_general || (is_asked && !has(clause, W(V_CHANGE) | W(V_ADD))))
        clause->mask |= W(V_VALIDATE) | W(N_TRANSITION);
}

/* "Got any pads?": has a part, or nothing we know. */
static void read_got(const struct rules_sentence *s, struct rules_clause *clause)
{
    (void)s;
    if (has(clause, W(Q_GOT)) && has(clause, W(N_THING) | W(N_PART) | R(ROLE_PART) | W(N_ALT)) &&
        !has(clause, VERBS & ~(W(Q_IS) | W(Q_CAN) | W(V_CHECK) | W(V_SHOW))))
        clause->mask |= W(Q_HAVE);
}

/* "When did RO 5 change status?" */
static void read_when(const struct rules_sentence *s, struct rules_clause *clause)
{
    if (!has(clause, W(V_SHOW)) || !rules_clause_says(s, clause, "when") ||
        !has(clause, W(V_CHANGE) | W(V_STATUS) | R(ROLE_STATUS)) || !has(clause, R(ROLE_RO)))
        return;
    clause->mask &= ~(W(V_CHANGE) | W(V_STATUS) | W(N_STATUS));
    clause->mask |= W(N_HISTORY);
}

/* "Pull RO 5", "grab the details on part 7": shows; a part alone would be set aside. */
static void read_pull(const struct rules_sentence *s, struct rules_clause *clause)
{
    if (has(clause, W(V_RESERVE)) &&
        has(clause, W(N_DETAILS) | W(N_HISTORY) | W(N_PRICE) | W(N_STATUS)) &&
        !has(clause, R(ROLE_RO) | W(IS_COUNTED))) {
        clause->mask &= ~W(V_RESERVE);
        clause->mask |= W(V_SHOW);
    }
    if (!has(clause, W(V_RESERVE)) || !has(clause, R(ROLE_RO)) ||
        !rules_clause_says(s, clause, "pull") ||
        has(clause, ANY_PART | R(ROLE_ID) | R(ROLE_NUMBER) | R(ROLE_QUANTITY) | W(PRONOUN) |
                        W(THEM) | W(N_THING)))
        return;
    clause->mask &= ~W(V_RESERVE);
    clause->mask |= W(V_SHOW);
}

/* "bob@example.com to pay", "paid by bob@example.com", and not "pay $5 to bob@example.com". */
static bool is_payer_named(const struct rules_sentence *s, const struct rules_clause *clause)
{
    for (size_t i = clause->first + 2; i < clause->text; i++) {
        bool asks = at(s, i) == N_PAID && at(s, i - 1) == TO && at(s, i - 2) == EMAIL;
        bool by = at(s, i) == EMAIL && is_word(s, i - 1, "by") && at(s, i - 2) == N_PAID;
        if (asks || by)
            return true;
    }
    return false;
}

/* "How much do we charge for part 7": asks for a price. "Ask bob@example.com to pay $5": charges.
 */
static void read_charge(const struct rules_sentence *s, struct rules_clause *clause)
{
    if (has(clause, W(N_PRICE)) && !has(clause, R(ROLE_EMAIL) | R(ROLE_AMOUNT)))
        clause->mask &= ~W(V_CHARGE);
    if (has(clause, R(ROLE_EMAIL)) && has(clause, R(ROLE_AMOUNT)) && is_payer_named(s, clause) &&
        !has(clause, W(Q_IS) | W(V_CHECK) | R(ROLE_PAYMENT)))
        clause->mask |= W(V_CHARGE);
}

void rules_read_shape(const struct rules_sentence *s, struct rules_clause *clause)
{
    static void (*const shapes[])(const struct rules_sentence *, struct rules_clause *) = {
        read_get,        read_when,        read_pull, read_charge,     read_money_back,
        read_how_to_pay, read_instead,     read_got,  read_permission, read_sound,
        read_fit,        read_status_pair, read_terse};

    for (size_t i = 0; i < SL_ARRAY_LENGTH(shapes); i++)
        shapes[i](s, clause);
}

bool rules_is_statement(const struct rules_sentence *s, const struct rules_clause *clause)
{
    rules_bits verbs = clause->mask & VERBS;
    size_t first = rules_skip_courtesy(s, clause->first);

    return verbs == W(Q_IS) && at(s, first) != Q_IS && !ends_with_question(s, clause) &&
           first < s->item_count &&
           (s->items[first].entity != 0 || at(s, first) == DETERMINER || at(s, first) == PRONOUN ||
            (at(s, first) >= N_RO && at(s, first) <= N_TECH));
}

/* Who tells about himself or is told about: the customer, Mrs. Garcia, we. Returns the place
 * behind, or the same. */
static size_t skip_subject(const struct rules_sentence *s, size_t i)
{
    static const char *const selves[] = {"i",    "we",  "i've", "we've",    "he",      "she",
                                         "they", "ive", "weve", "somebody", "someone", "they've"};
    size_t first = i;

    i += at(s, i) == DETERMINER;
    if (at(s, i) == N_CUSTOMER) {
        size_t entity = s->items[i].entity;
        return entity != 0 ? s->entities[entity - 1].last : i + 1;
    }
    bool is_alone = i < s->item_count && s->items[i].last == s->items[i].first + 1;
    for (size_t n = 0; n < SL_ARRAY_LENGTH(selves) && is_alone; n++) {
        if (is_word(s, i, selves[n]))
            return i + 1;
    }
    while (at(s, i) == UNKNOWN && isupper((unsigned char)rules_item_token(s, i)->raw[0]))
        i++;
    return i > first && at(s, first) != DETERMINER ? i : first;
}

/* Past, or third person: what was done, no wish. */
static bool is_told(const struct rules_sentence *s, size_t i)
{
    static const char *const pasts[] = {"brought", "came",  "went", "said",  "sent",   "got",
                                        "took",    "had",   "left", "made",  "found",  "sold",
                                        "paid",    "gave",  "told", "says",  "thinks", "spoke",
                                        "called",  "wrote", "lost", "broke", "did",    "has"};

    if (i >= s->item_count)
        return false;
    if (s->items[i].is_participle || at(s, i) == COMPLAINT || at(s, i) == REASON ||
        (at(s, i) == Q_IS && !is_word(s, i, "do") && !is_word(s, i, "would")))
        return true;
    for (size_t n = 0; n < SL_ARRAY_LENGTH(pasts); n++) {
        if (is_word(s, i, pasts[n]))
            return true;
    }
    return false;
}

bool rules_begins_narrative(const struct rules_sentence *s, size_t i)
{
    size_t verb = skip_subject(s, i);

    if (verb == i || at(s, verb) == COMPLAINT)
        return false;
    for (size_t j = verb; j < verb + 3 && j < s->item_count; j++) {
        if (is_told(s, j))
            return true;
        if (rules_is_connector(at(s, j)) || at(s, j) == STOP)
            return false;
    }
    return false;
}

/* "RO 5 passed QC". */
static bool is_thing_told(const struct rules_sentence *s, const struct rules_clause *clause,
                          size_t first)
{
    size_t entity = first < clause->last ? s->items[first].entity : 0;

    if (entity == 0 || ends_with_question(s, clause))
        return false;
    const struct rules_entity *thing = &s->entities[entity - 1];
    bool is_thing = thing->role == ROLE_RO || thing->role == ROLE_PART ||
                    thing->role == ROLE_PAYMENT || thing->role == ROLE_VEHICLE;
    return is_thing && thing->last < clause->last && s->items[thing->last].entity == 0 &&
           at(s, thing->last) <= Q_HAVE && at(s, thing->last) != Q_IS &&
           s->items[thing->last].is_participle;
}

bool rules_is_narrative(const struct rules_sentence *s, const struct rules_clause *clause)
{
    static const rules_bits wishes = W(N_LINK) | W(V_RESERVE) | W(V_SEND) | W(V_CREATE) |
                                     W(V_REFUND) | W(V_ASSIGN) | W(V_OPEN) | W(N_RO);
    size_t first = clause->first;

    while (rules_is_connector(at(s, first)) || at(s, first) == TO ||
           (at(s, first) == FILLER && skip_subject(s, first) == first))
        first++;
    size_t verb = skip_subject(s, first);
    /* "We've got jchen here with VEH-103". */
    if (at(s, first) == Q_GOT && has(clause, R(ROLE_CUSTOMER) | R(ROLE_VEHICLE)))
        return true;
    bool is_wished = first > clause->first && at(s, first - 1) == FILLER;
    if (verb == first && !is_wished && is_thing_told(s, clause, first))
        return true;
    if (verb == first || verb >= clause->last || ends_with_question(s, clause))
        return false;
    if (has_concept(s, clause, COMPLAINT) && has(clause, wishes))
        return false;
    for (size_t i = verb; i < clause->last && i < verb + 4; i++) {
        if (is_told(s, i))
            return true;
    }
    return false;
}

bool rules_is_noise(const struct rules_sentence *s, const struct rules_clause *clause)
{
    static const char *const rules[] = {"instructions", "instruction", "validation",
                                        "validations",  "rules",       "guidelines",
                                        "restrictions", "table"};
    static const rules_bits things = W(V_FOREIGN) | W(V_VALIDATE);
    size_t first = rules_skip_courtesy(s, clause->first);
    bool is_waived = at(s, first) == V_FOREIGN || at(s, first) == NEGATION;

    /* "DROP TABLE orders" is no wish of a service desk. */
    if (is_word(s, first, "drop") && is_word(s, first + 1, "table"))
        return true;

    if (!is_waived || (clause->mask & ~things) != 0)
        return false;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(rules); i++) {
        if (rules_clause_says(s, clause, rules[i]))
            return true;
    }
    return false;
}
