#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "orchestrator/rules/entities.h"

/* Money, vehicles, and words that have a value: a status, a limit. */

static const struct {
    enum rules_concept concept;
    enum rules_role role;
} plain_values[] = {
    {STATUS, ROLE_STATUS},     {MAKE, ROLE_MAKE},     {MODEL, ROLE_MODEL}, {CHANNEL, ROLE_CHANNEL},
    {PRIORITY, ROLE_PRIORITY}, {REASON, ROLE_REASON}, {EMAIL, ROLE_EMAIL},
};

static enum rules_concept at(const struct rules_sentence *s, size_t i)
{
    return rules_concept_at(s, i);
}

/* "RO 5 $640": the sign belongs to the number right behind it. */
static bool is_next_ones(const struct rules_sentence *s, size_t sign)
{
    return at(s, sign) == MONEY_SIGN && at(s, sign + 1) == NUMBER &&
           rules_item_token(s, sign)->end == rules_item_token(s, sign + 1)->begin &&
           rules_item_token(s, sign)->begin > rules_item_token(s, sign - 1)->end;
}

bool rules_is_money_next(const struct rules_sentence *s, size_t i)
{
    enum rules_concept next = at(s, i + 1);

    return next == CURRENCY || (next == MONEY_SIGN && !is_next_ones(s, i + 1)) || next == CENTS ||
           (i > 0 && (at(s, i - 1) == MONEY_SIGN || at(s, i - 1) == CURRENCY));
}

static bool is_year_number(const struct rules_item *item)
{
    return item->concept == NUMBER && item->number >= 1950 && item->number <= 2035 &&
           item->number == (double)(int)item->number;
}

/* A number with a vehicle's name beside it, or called a year, is a model year. */
bool rules_is_year(const struct rules_sentence *s, size_t i)
{
    enum rules_concept next = at(s, i + 1);
    enum rules_concept before = i > 0 ? at(s, i - 1) : STOP;
    bool is_from = before == PREPOSITION && i > 1 && at(s, i - 2) == MODEL;

    return is_year_number(&s->items[i]) && (next == MAKE || next == MODEL || before == MAKE ||
                                            before == MODEL || before == YEAR_WORD || is_from);
}

size_t rules_read_money(struct rules_sentence *s, size_t i)
{
    bool sign_first = (at(s, i) == MONEY_SIGN || at(s, i) == CURRENCY) &&
                      (at(s, i + 1) == NUMBER || at(s, i + 1) == NUMBER_WORD);
    bool sign_last =
        (at(s, i) == NUMBER || at(s, i) == NUMBER_WORD) &&
        ((at(s, i + 1) == MONEY_SIGN && !is_next_ones(s, i + 1)) || at(s, i + 1) == CURRENCY);

    if (!sign_first && !sign_last)
        return i;
    const struct rules_item *number = &s->items[sign_first ? i + 1 : i];
    const struct rules_item *sign = &s->items[sign_first ? i : i + 1];
    size_t end = i + 2;
    double amount = number->number;
    const char *currency = sign->value;
    if (sign_first && at(s, end) == CURRENCY)
        currency = s->items[end++].value;
    size_t cents = at(s, end) == AND ? end + 1 : end;
    if (at(s, cents + 1) == CENTS && cents < s->item_count) {
        amount += s->items[cents].number / 100;
        end = cents + 2;
    }
    struct rules_entity *entity = rules_add_entity(s, ROLE_AMOUNT, i, end);
    entity->number = amount;
    entity->currency = currency;
    /* A sign right before the money takes from nobody. */
    size_t begin = rules_item_token(s, i)->begin;
    size_t digits = rules_item_token(s, sign_first ? i + 1 : i)->begin;
    if ((begin > 0 && s->text.source[begin - 1] == '-') ||
        (digits > 0 && s->text.source[digits - 1] == '-'))
        entity->number = -amount;
    return end;
}

/* "Browse batteries, show 3". */
static bool is_shown_count(const struct rules_sentence *s, size_t i)
{
    enum rules_concept behind = at(s, i + 2);
    bool is_search = false;

    if (at(s, i) != V_SHOW || at(s, i + 1) != NUMBER || (behind != STOP && behind != COMMA) ||
        rules_piece_count(s, &s->items[i + 1]) == 0 || s->items[i + 1].number > 100)
        return false;
    for (size_t j = 0; j < i; j++)
        is_search = is_search || at(s, j) == V_SEARCH || at(s, j) == Q_HAVE;
    return is_search;
}

/* "Max 3", "top 5". Without a number it is a word like any other. */
size_t rules_read_limit(struct rules_sentence *s, size_t i)
{
    if (is_shown_count(s, i)) {
        rules_add_entity(s, ROLE_LIMIT, i, i + 2)->number = s->items[i + 1].number;
        return i + 2;
    }
    if (at(s, i) != LIMIT_WORD)
        return i;
    if (i + 1 >= s->item_count || rules_piece_count(s, &s->items[i + 1]) == 0) {
        s->items[i].concept = UNKNOWN;
        return i;
    }
    rules_add_entity(s, ROLE_LIMIT, i, i + 2)->number = s->items[i + 1].number;
    return i + 2;
}

static bool is_name(enum rules_concept concept)
{
    return concept == UNKNOWN || concept == N_THING;
}

/* "Category Brakes", "the Brakes category". */
size_t rules_read_category(struct rules_sentence *s, size_t i)
{
    bool is_behind = is_name(at(s, i)) && at(s, i + 1) == CATEGORY_WORD;
    size_t name = is_behind ? i : rules_skip_labels(s, i + 1);

    if (!is_behind && (at(s, i) != CATEGORY_WORD || !is_name(at(s, name))))
        return i;
    size_t end = is_behind ? i + 2 : name + 1;
    rules_add_entity(s, ROLE_CATEGORY, i, end)->text = rules_item_token(s, name)->raw;
    return end;
}

/* A word behind a make that we do not know is its model: "Honda Passport". */
size_t rules_read_unknown_model(struct rules_sentence *s, size_t i)
{
    bool is_number = at(s, i) == NUMBER && s->items[i].number < 1000 && !rules_is_money_next(s, i);

    if (i == 0 || at(s, i - 1) != MAKE || (at(s, i) != UNKNOWN && at(s, i) != ID && !is_number))
        return i;
    struct rules_entity *model = rules_add_entity(s, ROLE_MODEL, i, i + 1);
    model->text = rules_item_token(s, i)->raw;
    return i + 1;
}

size_t rules_read_plain(struct rules_sentence *s, size_t i)
{
    const struct rules_item *item = &s->items[i];

    for (size_t row = 0; row < SL_ARRAY_LENGTH(plain_values); row++) {
        if (plain_values[row].concept != item->concept)
            continue;
        struct rules_entity *entity = rules_add_entity(s, plain_values[row].role, i, i + 1);
        entity->text = item->value != NULL ? item->value : rules_item_token(s, i)->raw;
        return i + 1;
    }
    return i;
}

/* "'18 Civic": the century is left out. */
static bool is_short_year(const struct rules_sentence *s, size_t i)
{
    const struct rules_item *item = &s->items[i];
    size_t begin = rules_item_token(s, i)->begin;

    return item->concept == NUMBER && item->number >= 0 && item->number < 100 && begin > 0 &&
           s->text.source[begin - 1] == '\'' && (at(s, i + 1) == MAKE || at(s, i + 1) == MODEL);
}

size_t rules_read_year(struct rules_sentence *s, size_t i)
{
    if (is_short_year(s, i)) {
        double number = s->items[i].number;
        rules_add_entity(s, ROLE_YEAR, i, i + 1)->number = number + (number <= 35 ? 2000 : 1900);
        return i + 1;
    }
    if (!rules_is_year(s, i))
        return i;
    rules_add_entity(s, ROLE_YEAR, i, i + 1)->number = s->items[i].number;
    return i + 1;
}

/* "2 of them", "three each": counts what was named. */
size_t rules_read_quantity(struct rules_sentence *s, size_t i)
{
    size_t number = at(s, i) == QUANTITY_WORD ? i + 1 : i;

    while (number > i && (at(s, number) == COLON || at(s, number) == OF))
        number++;
    if (number >= s->item_count || rules_piece_count(s, &s->items[number]) == 0)
        return i;
    enum rules_concept next = at(s, number + 1);
    bool is_count = number > i || at(s, number) == NUMBER_WORD || next == EACH || next == UNIT ||
                    (next == OF && (at(s, number + 2) == THEM || at(s, number + 2) == PRONOUN));
    if (!is_count)
        return i;
    rules_add_entity(s, ROLE_QUANTITY, i, number + 1)->number = s->items[number].number;
    return number + 1;
}
