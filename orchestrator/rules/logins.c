#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "orchestrator/rules/entities.h"

/* Customers that are known by a login: mgarcia. Names are written with capitals. */

static enum rules_concept at(const struct rules_sentence *s, size_t i)
{
    return rules_concept_at(s, i);
}

/* Not a name, which begins with one capital, and no word of English grammar. */
static bool is_login(const struct rules_token *token, size_t length)
{
    bool is_name = isupper((unsigned char)token->raw[0]) && islower((unsigned char)token->raw[1]);

    return length >= 3 && !is_name && !sl_text_ends_with(token->text, "ed") &&
           !sl_text_ends_with(token->text, "ing");
}

/* Customers may be known by a login: "for customer mgarcia". Names are written with capitals. */
size_t rules_read_login(struct rules_sentence *s, size_t i)
{
    size_t j = at(s, i) == N_CUSTOMER ? rules_skip_labels(s, i + 1) : i;
    enum rules_concept before = i > 0 ? at(s, i - 1) : STOP;
    bool is_first = j > i && (i == 0 || before == STOP || before == COMMA);
    bool is_led = is_first || j > i + 1 || before == FOR || before == OF || before == PREPOSITION ||
                  before == Q_IS || before == TO || at(s, j + 1) == N_VEHICLE ||
                  (at(s, j + 1) == COMMA && at(s, j + 2) == N_VEHICLE);

    /* "Customer mgarcia dropped off ...", and not "customer service desk". */
    bool is_subject =
        at(s, j + 1) == UNKNOWN && sl_text_ends_with(rules_item_token(s, j + 1)->text, "ed");
    if (j == i || !is_led || at(s, j) != UNKNOWN || (at(s, j + 1) == UNKNOWN && !is_subject))
        return i;
    const struct rules_token *token = rules_item_token(s, j);
    size_t length = strcspn(token->raw, "'");
    if (!is_login(token, length))
        return i;
    struct rules_entity *customer = rules_add_entity(s, ROLE_CUSTOMER, i, j + 1);
    customer->text = sl_arena_strndup(s->arena, token->raw, length);
    return j + 1;
}

static bool is_vehicle(const struct rules_sentence *s, size_t i)
{
    return at(s, i) == N_VEHICLE ||
           (at(s, i) == ID && rules_role_of_id(rules_item_token(s, i)) == ROLE_VEHICLE);
}

/* What follows a login: its vehicle, "here with VEH-107", ", it's his Wrangler VEH-112". */
static bool has_vehicle_next(const struct rules_sentence *s, size_t i)
{
    for (size_t j = i + 1; j < i + 8 && j < s->item_count; j++) {
        enum rules_concept concept = at(s, j);
        if (is_vehicle(s, j))
            return true;
        if (concept != FILLER && concept != COMMA && concept != AND && concept != PREPOSITION &&
            concept != DETERMINER && concept != PRONOUN && concept != MAKE && concept != MODEL &&
            concept != NUMBER)
            return false;
    }
    return false;
}

/* "VEH-101 for ambujmehra". */
static bool has_vehicle_before(const struct rules_sentence *s, size_t i)
{
    return i > 1 && at(s, i - 1) == FOR && is_vehicle(s, i - 2);
}

/* "Which cards does mgarcia have": whoever is named where ways to pay are asked for. */
static bool is_payer(const struct rules_sentence *s, size_t i)
{
    size_t from = i > 6 ? i - 6 : 0;
    bool has_pay = false;

    for (size_t j = i + 1; j < i + 5; j++)
        has_pay = has_pay || at(s, j) == N_PAID;

    for (size_t j = i; j > from && at(s, j - 1) != STOP && at(s, j - 1) != COMMA; j--) {
        if (at(s, j - 1) == N_METHOD || (at(s, j - 1) == Q_HOW && has_pay))
            return true;
    }
    for (size_t j = i + 1; j < i + 5 && at(s, j) != STOP && at(s, j) != COMMA; j++) {
        if (at(s, j) == N_METHOD)
            return true;
    }
    return false;
}

/* A login where only a customer can stand: "for mgarcia VEH-102", "how can mgarcia pay". */
size_t rules_read_bare_login(struct rules_sentence *s, size_t i)
{
    enum rules_concept before = i > 0 ? at(s, i - 1) : STOP;
    bool is_led = before == FOR || before == OF || before == TO || before == N_RO ||
                  before == N_METHOD || before == Q_IS || before == V_CREATE || before == Q_GOT ||
                  before == Q_HOW || before == N_CUSTOMER || before == V_SHOW || i == 0 ||
                  at(s, i + 1) == Q_CAN;

    if (at(s, i) != UNKNOWN || at(s, i + 1) == UNKNOWN || !is_led ||
        (!has_vehicle_next(s, i) && !has_vehicle_before(s, i) && !is_payer(s, i)))
        return i;
    const struct rules_token *token = rules_item_token(s, i);
    size_t length = strcspn(token->raw, "'");
    if (!is_login(token, length))
        return i;
    struct rules_entity *customer = rules_add_entity(s, ROLE_CUSTOMER, i, i + 1);
    customer->text = sl_arena_strndup(s->arena, token->raw, length);
    return i + 1;
}
