#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "orchestrator/rules/sentence.h"

/* Ids, parts with quantities, money, vehicles, addresses: what parameters are filled with. */

/* Largest number of pieces that somebody reserves, and the largest that is one without "of" or "x"
 * behind it. */
#define MAX_QUANTITY 100000
#define MAX_BARE_QUANTITY 999

static const struct {
    enum rules_concept concept;
    enum rules_role role;
} nouns[] = {
    {N_RO, ROLE_RO},           {N_PART, ROLE_PART},
    {N_PAYMENT, ROLE_PAYMENT}, {N_CUSTOMER, ROLE_CUSTOMER},
    {N_VEHICLE, ROLE_VEHICLE}, {N_TECH, ROLE_TECH},
    {N_LINK, ROLE_PAYMENT},    {N_INVOICE, ROLE_PAYMENT},
};

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

static struct rules_entity *add_entity(struct rules_sentence *s, enum rules_role role, size_t first,
                                       size_t last)
{
    struct rules_entity *entity = &s->entities[s->entity_count++];

    *entity = (struct rules_entity){.role = role, .first = first, .last = last};
    for (size_t i = first; i < last; i++)
        s->items[i].entity = s->entity_count;
    return entity;
}

/* "RO 5 $640": the sign belongs to the number right behind it. */
static bool is_next_ones(const struct rules_sentence *s, size_t sign)
{
    return at(s, sign) == MONEY_SIGN && at(s, sign + 1) == NUMBER &&
           rules_item_token(s, sign)->end == rules_item_token(s, sign + 1)->begin &&
           rules_item_token(s, sign)->begin > rules_item_token(s, sign - 1)->end;
}

static bool is_money_next(const struct rules_sentence *s, size_t i)
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
static bool is_year(const struct rules_sentence *s, size_t i)
{
    enum rules_concept next = at(s, i + 1);
    enum rules_concept before = i > 0 ? at(s, i - 1) : STOP;
    bool is_from = before == PREPOSITION && i > 1 && at(s, i - 2) == MODEL;

    return is_year_number(&s->items[i]) && (next == MAKE || next == MODEL || before == MAKE ||
                                            before == MODEL || before == YEAR_WORD || is_from);
}

static bool is_id_item(const struct rules_sentence *s, size_t i)
{
    enum rules_concept concept = at(s, i);

    if (concept == ID)
        return true;
    return concept == NUMBER && !is_money_next(s, i) && !is_year(s, i);
}

static struct rules_entity *add_id(struct rules_sentence *s, enum rules_role role, size_t i)
{
    struct rules_entity *entity = add_entity(s, role, i, i + 1);

    entity->text = rules_id_text(rules_item_token(s, i));
    entity->number = s->items[i].number;
    return entity;
}

static double piece_count(const struct rules_sentence *s, const struct rules_item *item)
{
    size_t begin = s->text.tokens[item->first].begin;
    bool is_negative = begin > 0 && s->text.source[begin - 1] == '-';
    bool is_count = !is_negative && (item->concept == NUMBER || item->concept == NUMBER_WORD) &&
                    item->number >= 1 && item->number <= MAX_QUANTITY &&
                    item->number == (double)(long)item->number;

    return is_count ? item->number : 0;
}

/* "x2": the number; 0 for anything else. */
static double times_number(const char *text)
{
    int64_t number = 0;

    return text[0] == 'x' && sl_parse_int64(text + 1, 1, MAX_QUANTITY, &number) ? (double)number
                                                                                : 0;
}

static bool is_part_like(const struct rules_sentence *s, size_t i)
{
    if (!is_id_item(s, i) || s->items[i].entity != 0)
        return false;
    enum rules_role role = rules_role_of_id(rules_item_token(s, i));
    return (role == ROLE_ID && times_number(rules_item_token(s, i)->text) == 0) ||
           role == ROLE_NUMBER || role == ROLE_PART;
}

/* Behind a part: "x2", "x 2", "qty 2", "(2 pcs)", ", 2 units". Returns the place behind it. */
static size_t read_quantity_behind(struct rules_sentence *s, size_t i, double *ret_quantity)
{
    size_t j = i;

    while (at(s, j) == OPEN_PAREN || (at(s, j) == COMMA && at(s, j + 1) == QUANTITY_WORD))
        j++;
    if (at(s, j) == ID && times_number(rules_item_token(s, j)->text) > 0) {
        *ret_quantity = times_number(rules_item_token(s, j)->text);
        return j + 1;
    }
    if (at(s, j) == UNIT || at(s, j) == QUANTITY_WORD) {
        j++;
        while (at(s, j) == COLON || at(s, j) == OF || at(s, j) == LABEL)
            j++;
        bool is_next_part = is_part_like(s, j + 1);
        if (j < s->item_count && piece_count(s, &s->items[j]) > 0 && !is_next_part) {
            *ret_quantity = piece_count(s, &s->items[j]);
            return j + 1;
        }
        return i;
    }
    if (j < s->item_count && at(s, j + 1) == UNIT && !is_part_like(s, j + 2) &&
        at(s, j + 2) != OF && piece_count(s, &s->items[j]) > 0) {
        *ret_quantity = piece_count(s, &s->items[j]);
        return j + 2;
    }
    return i;
}

static size_t add_part(struct rules_sentence *s, size_t i, double quantity)
{
    struct rules_entity *part = add_id(s, ROLE_PART, i);
    size_t end = read_quantity_behind(s, i + 1, &quantity);

    part->quantity = quantity;
    for (size_t k = i + 1; k < end; k++)
        s->items[k].entity = s->entity_count;
    part->last = end;
    return end;
}

/* Before a part: "2 of part 1234", "2x 1234", "three 1234", "2 brake pads (part 1234)". Returns its
 * place, or 0. */
static size_t find_counted_part(const struct rules_sentence *s, size_t i)
{
    bool has_hint = false;
    bool is_sure = false;
    size_t j = i + 1;

    for (; j < i + 8 && !is_part_like(s, j); j++) {
        enum rules_concept concept = at(s, j);
        bool is_hint = concept == UNIT || concept == OF || concept == N_PART;
        bool may_pass = is_hint || concept == DETERMINER || concept == LABEL ||
                        concept == OPEN_PAREN || concept == UNKNOWN || concept == V_CHANGE ||
                        (concept == COMMA && at(s, j + 1) == N_PART);
        if (!may_pass)
            return 0;
        has_hint = has_hint || is_hint;
        is_sure = is_sure || concept == UNIT || concept == OF;
    }
    if (!is_part_like(s, j) || (!is_sure && s->items[i].number > MAX_BARE_QUANTITY))
        return 0;
    return has_hint || j == i + 1 ? j : 0;
}

static size_t skip_labels(const struct rules_sentence *s, size_t i)
{
    size_t limit = i + 4;

    while (i < limit && (at(s, i) == LABEL || at(s, i) == COLON || at(s, i) == OPEN_PAREN ||
                         (at(s, i) == N_VEHICLE && at(s, i - 1) == N_VEHICLE)))
        i++;
    return i;
}

/* After an id: ", 5678", "and RO 13", "& 7". Returns the place of the next id, or 0. */
static size_t find_next_id(const struct rules_sentence *s, size_t i, enum rules_concept noun)
{
    size_t j = i;

    while (at(s, j) == COMMA || at(s, j) == AND || at(s, j) == OR)
        j++;
    if (j == i)
        return 0;
    if (at(s, j) == noun)
        j = skip_labels(s, j + 1);
    if (!is_part_like(s, j))
        return 0;
    /* "and 2 of 99", "and 2 oil filters" count something else. */
    enum rules_concept next = at(s, j + 1);
    bool counts =
        at(s, j) == NUMBER && (next == OF || next == UNKNOWN || next == N_PART ||
                               is_part_like(s, j + 1) || (next == UNIT && is_part_like(s, j + 2)));
    return counts ? 0 : j;
}

static size_t add_listed(struct rules_sentence *s, enum rules_role role, size_t i)
{
    if (role == ROLE_PART)
        return add_part(s, i, 0);
    add_id(s, role, i);
    return i + 1;
}

/* Takes the further ids of a list; returns the place behind it. */
static size_t read_list(struct rules_sentence *s, enum rules_role role, enum rules_concept noun,
                        size_t end)
{
    for (size_t j = find_next_id(s, end, noun); j != 0; j = find_next_id(s, end, noun))
        end = add_listed(s, role, j);
    return end;
}

static size_t read_counted_part(struct rules_sentence *s, size_t i)
{
    double quantity = piece_count(s, &s->items[i]);
    size_t part =
        quantity > 0 && !is_money_next(s, i) && !is_year(s, i) ? find_counted_part(s, i) : 0;

    if (part == 0)
        return i;
    size_t end = add_part(s, part, quantity);
    for (size_t k = i; k < part; k++)
        s->items[k].entity = s->entity_count;
    return read_list(s, ROLE_PART, N_PART, end);
}

static size_t read_money(struct rules_sentence *s, size_t i)
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
    struct rules_entity *entity = add_entity(s, ROLE_AMOUNT, i, end);
    entity->number = amount;
    entity->currency = currency;
    /* A sign right before the money takes from nobody. */
    size_t begin = rules_item_token(s, i)->begin;
    if (begin > 0 && s->text.source[begin - 1] == '-')
        entity->number = -amount;
    return end;
}

static size_t read_named(struct rules_sentence *s, size_t i)
{
    size_t row = 0;
    enum rules_concept noun = at(s, i);

    while (row < SL_ARRAY_LENGTH(nouns) && nouns[row].concept != noun)
        row++;
    if (row == SL_ARRAY_LENGTH(nouns))
        return i;
    size_t j = skip_labels(s, i + 1);
    if (!is_id_item(s, j) || s->items[j].entity != 0)
        return i;
    enum rules_role own = rules_role_of_id(rules_item_token(s, j));
    bool is_other = own != ROLE_ID && own != ROLE_NUMBER && own != nouns[row].role;
    bool needs_id = noun == N_LINK || noun == N_INVOICE;
    if (is_other || (needs_id && own != ROLE_PAYMENT) ||
        piece_count(s, &s->items[j]) * (at(s, j + 1) == OF) > 0)
        return i;
    size_t end = add_listed(s, nouns[row].role, j);
    for (size_t k = i; k < j; k++)
        s->items[k].entity = s->entity_count;
    return read_list(s, nouns[row].role, noun, end);
}

/* Customers may be known by a login: "for customer mgarcia". Names are written with capitals. */
static size_t read_login(struct rules_sentence *s, size_t i)
{
    size_t j = at(s, i) == N_CUSTOMER ? skip_labels(s, i + 1) : i;
    enum rules_concept before = i > 0 ? at(s, i - 1) : STOP;
    bool is_led = j > i + 1 || before == FOR || before == OF || before == PREPOSITION ||
                  before == Q_IS || before == TO || at(s, j + 1) == N_VEHICLE ||
                  (at(s, j + 1) == COMMA && at(s, j + 2) == N_VEHICLE);

    if (j == i || !is_led || at(s, j) != UNKNOWN || at(s, j + 1) == UNKNOWN)
        return i;
    const struct rules_token *token = rules_item_token(s, j);
    size_t length = strcspn(token->raw, "'");
    if (length < 3 || !islower((unsigned char)token->raw[0]))
        return i;
    struct rules_entity *customer = add_entity(s, ROLE_CUSTOMER, i, j + 1);
    customer->text = sl_arena_strndup(s->arena, token->raw, length);
    return j + 1;
}

/* What follows a login: its vehicle, with or without a comma. */
static bool has_vehicle_next(const struct rules_sentence *s, size_t i)
{
    size_t j = at(s, i + 1) == COMMA ? i + 2 : i + 1;

    j += at(s, j) == PREPOSITION || at(s, j) == DETERMINER;
    return at(s, j) == N_VEHICLE ||
           (at(s, j) == ID && rules_role_of_id(rules_item_token(s, j)) == ROLE_VEHICLE);
}

/* "Which cards does mgarcia have": whoever is named where ways to pay are asked for. */
static bool is_payer(const struct rules_sentence *s, size_t i)
{
    size_t from = i > 6 ? i - 6 : 0;

    for (size_t j = i; j > from && at(s, j - 1) != STOP && at(s, j - 1) != COMMA; j--) {
        if (at(s, j - 1) == N_METHOD)
            return true;
    }
    for (size_t j = i + 1; j < i + 5 && at(s, j) != STOP && at(s, j) != COMMA; j++) {
        if (at(s, j) == N_METHOD)
            return true;
    }
    return false;
}

/* A login where only a customer can stand: "for mgarcia VEH-102", "how can mgarcia pay". */
static size_t read_bare_login(struct rules_sentence *s, size_t i)
{
    enum rules_concept before = i > 0 ? at(s, i - 1) : STOP;
    bool is_led = before == FOR || before == OF || before == TO || before == N_RO ||
                  before == N_METHOD || before == Q_IS;

    if (at(s, i) != UNKNOWN || at(s, i + 1) == UNKNOWN || !is_led ||
        (!has_vehicle_next(s, i) && !is_payer(s, i)))
        return i;
    const struct rules_token *token = rules_item_token(s, i);
    size_t length = strcspn(token->raw, "'");
    if (length < 3 || !islower((unsigned char)token->raw[0]))
        return i;
    struct rules_entity *customer = add_entity(s, ROLE_CUSTOMER, i, i + 1);
    customer->text = sl_arena_strndup(s->arena, token->raw, length);
    return i + 1;
}

/* "Max 3", "top 5". Without a number it is a word like any other. */
static size_t read_limit(struct rules_sentence *s, size_t i)
{
    if (at(s, i) != LIMIT_WORD)
        return i;
    if (i + 1 >= s->item_count || piece_count(s, &s->items[i + 1]) == 0) {
        s->items[i].concept = UNKNOWN;
        return i;
    }
    add_entity(s, ROLE_LIMIT, i, i + 2)->number = s->items[i + 1].number;
    return i + 2;
}

/* "Category Brakes", "the Brakes category". */
static size_t read_category(struct rules_sentence *s, size_t i)
{
    bool is_behind = at(s, i) == UNKNOWN && at(s, i + 1) == CATEGORY_WORD;
    size_t name = is_behind ? i : skip_labels(s, i + 1);

    if (!is_behind && (at(s, i) != CATEGORY_WORD || at(s, name) != UNKNOWN))
        return i;
    size_t end = is_behind ? i + 2 : name + 1;
    add_entity(s, ROLE_CATEGORY, i, end)->text = rules_item_token(s, name)->raw;
    return end;
}

/* A word behind a make that we do not know is its model: "Honda Passport". */
static size_t read_unknown_model(struct rules_sentence *s, size_t i)
{
    if (i == 0 || at(s, i - 1) != MAKE || (at(s, i) != UNKNOWN && at(s, i) != ID))
        return i;
    struct rules_entity *model = add_entity(s, ROLE_MODEL, i, i + 1);
    model->text = rules_item_token(s, i)->raw;
    return i + 1;
}

static size_t read_plain(struct rules_sentence *s, size_t i)
{
    const struct rules_item *item = &s->items[i];

    for (size_t row = 0; row < SL_ARRAY_LENGTH(plain_values); row++) {
        if (plain_values[row].concept != item->concept)
            continue;
        struct rules_entity *entity = add_entity(s, plain_values[row].role, i, i + 1);
        entity->text = item->value != NULL ? item->value : rules_item_token(s, i)->raw;
        return i + 1;
    }
    return i;
}

static size_t read_id(struct rules_sentence *s, size_t i)
{
    if (!is_id_item(s, i))
        return i;
    enum rules_role role = rules_role_of_id(rules_item_token(s, i));
    if (role == ROLE_PART)
        return add_part(s, i, 0);
    if (role != ROLE_ID && role != ROLE_NUMBER) {
        size_t end = i + 1;
        add_id(s, role, i);
        for (size_t j = find_next_id(s, end, N_RO); j != 0 && at(s, j) == ID;
             j = find_next_id(s, end, N_RO)) {
            add_id(s, role, j);
            end = j + 1;
        }
        return end;
    }
    bool is_reserved =
        i > 0 && at(s, i - 1) == V_RESERVE && strlen(rules_item_token(s, i)->text) >= 3;
    if (is_reserved)
        return read_list(s, ROLE_PART, N_PART, add_part(s, i, 0));
    struct rules_entity *entity = add_id(s, role, i);
    entity->last = read_quantity_behind(s, i + 1, &entity->quantity);
    return entity->last;
}

/* "'18 Civic": the century is left out. */
static bool is_short_year(const struct rules_sentence *s, size_t i)
{
    const struct rules_item *item = &s->items[i];
    size_t begin = rules_item_token(s, i)->begin;

    return item->concept == NUMBER && item->number >= 0 && item->number < 100 && begin > 0 &&
           s->text.source[begin - 1] == '\'' && (at(s, i + 1) == MAKE || at(s, i + 1) == MODEL);
}

static size_t read_year(struct rules_sentence *s, size_t i)
{
    if (is_short_year(s, i)) {
        double number = s->items[i].number;
        add_entity(s, ROLE_YEAR, i, i + 1)->number = number + (number <= 35 ? 2000 : 1900);
        return i + 1;
    }
    if (!is_year(s, i))
        return i;
    add_entity(s, ROLE_YEAR, i, i + 1)->number = s->items[i].number;
    return i + 1;
}

/* "2 of them", "three each": counts what was named. */
static size_t read_quantity(struct rules_sentence *s, size_t i)
{
    size_t number = at(s, i) == QUANTITY_WORD ? i + 1 : i;

    while (number > i && (at(s, number) == COLON || at(s, number) == OF))
        number++;
    if (number >= s->item_count || piece_count(s, &s->items[number]) == 0)
        return i;
    enum rules_concept next = at(s, number + 1);
    bool is_count = number > i || at(s, number) == NUMBER_WORD || next == EACH || next == UNIT ||
                    (next == OF && (at(s, number + 2) == THEM || at(s, number + 2) == PRONOUN));
    if (!is_count)
        return i;
    add_entity(s, ROLE_QUANTITY, i, number + 1)->number = s->items[number].number;
    return number + 1;
}

enum sl_code rules_find_entities(struct rules_sentence *s)
{
    static size_t (*const readers[])(struct rules_sentence *, size_t) = {
        read_money, read_year,          read_counted_part, read_named,
        read_login, read_bare_login,    read_limit,        read_category,
        read_plain, read_unknown_model, read_quantity,     read_id};

    s->entities = sl_arena_alloc_array(s->arena, s->item_count + 1, sizeof *s->entities);
    if (s->entities == NULL)
        return SL_RESOURCE_EXHAUSTED;
    for (size_t i = 0; i < s->item_count;) {
        size_t end = i;
        for (size_t r = 0; r < SL_ARRAY_LENGTH(readers) && end == i; r++)
            end = readers[r](s, i);
        i = end > i ? end : i + 1;
    }
    return SL_OK;
}
