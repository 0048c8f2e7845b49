#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "orchestrator/rules/entities.h"

/* Ids with and without the name of what they are, and parts with a number of pieces. */

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

static enum rules_concept at(const struct rules_sentence *s, size_t i)
{
    return rules_concept_at(s, i);
}

bool rules_is_id_item(const struct rules_sentence *s, size_t i)
{
    enum rules_concept concept = at(s, i);

    if (concept == ID)
        return true;
    return concept == NUMBER && !rules_is_money_next(s, i) && !rules_is_year(s, i);
}

static const char *in_capitals(struct sl_arena *arena, const char *text)
{
    char *copy = sl_arena_strdup(arena, text);

    for (char *p = copy; p != NULL && *p != '\0'; p++)
        *p = (char)((unsigned char)*p < 0x80 ? toupper((unsigned char)*p) : *p);
    return copy != NULL ? copy : text;
}

static struct rules_entity *add_id(struct rules_sentence *s, enum rules_role role, size_t i)
{
    struct rules_entity *entity = rules_add_entity(s, role, i, i + 1);

    entity->text = rules_id_text(rules_item_token(s, i));
    /* Ids that say what they are have capitals: "t-2" was typed in a hurry. */
    if (role == rules_role_of_id(rules_item_token(s, i)) && at(s, i) == ID)
        entity->text =
            strchr(entity->text, '_') == NULL ? in_capitals(s->arena, entity->text) : entity->text;
    entity->number = s->items[i].number;
    return entity;
}

double rules_piece_count(const struct rules_sentence *s, const struct rules_item *item)
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

bool rules_is_part_like(const struct rules_sentence *s, size_t i)
{
    if (!rules_is_id_item(s, i) || s->items[i].entity != 0)
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
        bool is_next_part = rules_is_part_like(s, j + 1);
        if (j < s->item_count && rules_piece_count(s, &s->items[j]) > 0 && !is_next_part) {
            *ret_quantity = rules_piece_count(s, &s->items[j]);
            return j + 1;
        }
        return i;
    }
    if (j < s->item_count && at(s, j + 1) == UNIT && !rules_is_part_like(s, j + 2) &&
        at(s, j + 2) != OF && rules_piece_count(s, &s->items[j]) > 0) {
        *ret_quantity = rules_piece_count(s, &s->items[j]);
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
    /* "1 gizmo 4015": a few of something without a name we know. */
    bool has_hint = s->items[i].number <= 20 && at(s, i + 1) == UNKNOWN;
    bool is_sure = false;
    size_t j = i + 1;

    for (; j < i + 8 && !rules_is_part_like(s, j); j++) {
        enum rules_concept concept = at(s, j);
        bool is_hint = concept == UNIT || concept == OF || concept == N_PART || concept == N_THING;
        bool may_pass = is_hint || concept == DETERMINER || concept == LABEL ||
                        concept == OPEN_PAREN || concept == UNKNOWN || concept == V_CHANGE ||
                        (concept == COMMA && at(s, j + 1) == N_PART);
        if (!may_pass)
            return 0;
        has_hint = has_hint || is_hint;
        is_sure = is_sure || concept == UNIT || concept == OF;
    }
    if (!rules_is_part_like(s, j) || (!is_sure && s->items[i].number > MAX_BARE_QUANTITY))
        return 0;
    return has_hint || j == i + 1 ? j : 0;
}

size_t rules_skip_labels(const struct rules_sentence *s, size_t i)
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
        j = rules_skip_labels(s, j + 1);
    if (!rules_is_part_like(s, j))
        return 0;
    /* "RO 12 and BP-3 for RO 13": what goes to another order is none itself. */
    bool is_sent_on = at(s, j + 1) == FOR || at(s, j + 1) == TO || at(s, j + 1) == PREPOSITION;
    if (noun == N_RO && is_sent_on && at(s, j + 2) == N_RO)
        return 0;
    /* "and 2 of 99", "and 2 oil filters" count something else. */
    enum rules_concept next = at(s, j + 1);
    bool counts = at(s, j) == NUMBER &&
                  (next == OF || next == UNKNOWN || next == N_PART || next == N_THING ||
                   rules_is_part_like(s, j + 1) || (next == UNIT && rules_is_part_like(s, j + 2)));
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

size_t rules_read_counted_part(struct rules_sentence *s, size_t i)
{
    double quantity = rules_piece_count(s, &s->items[i]);
    size_t part = quantity > 0 && !rules_is_money_next(s, i) && !rules_is_year(s, i)
                      ? find_counted_part(s, i)
                      : 0;

    if (part == 0)
        return i;
    size_t end = add_part(s, part, quantity);
    for (size_t k = i; k < part; k++)
        s->items[k].entity = s->entity_count;
    return read_list(s, ROLE_PART, N_PART, end);
}

size_t rules_read_named(struct rules_sentence *s, size_t i)
{
    size_t row = 0;
    enum rules_concept noun = at(s, i);

    while (row < SL_ARRAY_LENGTH(nouns) && nouns[row].concept != noun)
        row++;
    if (row == SL_ARRAY_LENGTH(nouns))
        return i;
    size_t j = rules_skip_labels(s, i + 1);
    if (!rules_is_id_item(s, j) || s->items[j].entity != 0)
        return i;
    enum rules_role own = rules_role_of_id(rules_item_token(s, j));
    bool is_other = own != ROLE_ID && own != ROLE_NUMBER && own != nouns[row].role;
    bool needs_id = noun == N_LINK || noun == N_INVOICE;
    if (is_other || (needs_id && own != ROLE_PAYMENT) ||
        rules_piece_count(s, &s->items[j]) * (at(s, j + 1) == OF) > 0)
        return i;
    size_t end = add_listed(s, nouns[row].role, j);
    for (size_t k = i; k < j; k++)
        s->items[k].entity = s->entity_count;
    return read_list(s, nouns[row].role, noun, end);
}

/* "Hold 7 for RO 12 and BP-3 for RO 13": set aside for an order, and so a part. */
static bool is_for_order(const struct rules_sentence *s, size_t i)
{
    if (at(s, i) != ID || at(s, i + 1) != FOR || at(s, i + 2) != N_RO)
        return false;
    for (size_t j = i; j > 0 && at(s, j - 1) != STOP; j--) {
        if (at(s, j - 1) == V_RESERVE || at(s, j - 1) == V_ADD)
            return true;
    }
    return false;
}

size_t rules_read_id(struct rules_sentence *s, size_t i)
{
    if (!rules_is_id_item(s, i))
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
    if (i > 0 && at(s, i - 1) == V_STATUS && at(s, i) == NUMBER &&
        strlen(rules_item_token(s, i)->text) >= 3) {
        add_id(s, ROLE_RO, i);
        return read_list(s, ROLE_RO, N_RO, i + 1);
    }
    bool is_reserved =
        i > 0 && at(s, i - 1) == V_RESERVE && strlen(rules_item_token(s, i)->text) >= 3;
    if (is_reserved || is_for_order(s, i))
        return read_list(s, ROLE_PART, N_PART, add_part(s, i, 0));
    struct rules_entity *entity = add_id(s, role, i);
    entity->last = read_quantity_behind(s, i + 1, &entity->quantity);
    return entity->last;
}
