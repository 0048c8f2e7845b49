#include "orchestrator/said.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

enum sl_code orch_said_init(struct orch_said *said, const char *user_request, const json_t *context,
                            struct sl_arena *arena)
{
    *said = (struct orch_said){
        .user_request = user_request, .context = context, .sentence = {.arena = arena}};
    SL_TRY(rules_lex(user_request, arena, &said->sentence.text));
    if (said->sentence.text.is_too_long)
        return SL_OK;
    SL_TRY(rules_tag(&said->sentence));
    return said->sentence.item_count > 0 ? rules_find_entities(&said->sentence) : SL_OK;
}

/* ---- Words ---- */

enum letter { SIGN, LETTER, DIGIT };

/* Bytes of other scripts are letters. */
static enum letter letter_of(char c)
{
    unsigned char byte = (unsigned char)c;

    if (isdigit(byte))
        return DIGIT;
    return isalpha(byte) || byte >= 0x80 ? LETTER : SIGN;
}

/* A word of one kind of letters ends where another kind begins: "RO1234" holds "1234". */
static bool is_border(char before, char after)
{
    return letter_of(before) == SIGN || letter_of(before) != letter_of(after);
}

static bool is_between(char c)
{
    return c != '\0' && strchr(" -_#./()+", c) != NULL;
}

static bool may_skip(const char *words, char before, bool value_has_sign, bool is_loose)
{
    const char *next = words;

    while (is_between(*next))
        next++;
    return value_has_sign || is_loose || letter_of(before) != letter_of(*next);
}

/* Whether the value stands at this place; both begin with no sign. */
static bool matches_at(const char *words, const char *value, bool is_loose)
{
    char before = *value;

    for (;;) {
        bool value_has_sign = false;
        for (; *value != '\0' && letter_of(*value) == SIGN; value++)
            value_has_sign = true;
        if (*value == '\0')
            return letter_of(before) == SIGN || *words == '\0' || is_border(*words, before);
        if (letter_of(*words) == SIGN && !may_skip(words, before, value_has_sign, is_loose))
            return false;
        while (is_between(*words))
            words++;
        if (tolower((unsigned char)*words) != tolower((unsigned char)*value))
            return false;
        before = *value;
        words++;
        value++;
    }
}

bool orch_words_hold(const char *words, const char *value, bool is_loose)
{
    char before = ' ';

    while (*value != '\0' && letter_of(*value) == SIGN)
        value++;
    if (*value == '\0')
        return false;
    for (; *words != '\0'; before = *words++) {
        if (letter_of(*words) != SIGN && is_border(before, *words) &&
            matches_at(words, value, is_loose))
            return true;
    }
    return false;
}

static bool is_of_address(char c)
{
    return c != '\0' && (letter_of(c) != SIGN || strchr("._%+-@", c) != NULL);
}

/* A dot that ends a sentence ends the address too. */
static bool ends_address(const char *rest)
{
    if (*rest == '.' || *rest == '-')
        return letter_of(rest[1]) == SIGN;
    return !is_of_address(*rest);
}

bool orch_words_hold_address(const char *words, const char *address)
{
    size_t length = strlen(address);
    const char *found = length > 0 ? strcasestr(words, address) : NULL;

    for (; found != NULL; found = strcasestr(found + 1, address)) {
        if ((found == words || !is_of_address(found[-1])) && ends_address(found + length))
            return true;
    }
    return false;
}

/* ---- Numbers ---- */

static bool is_free_number(const struct rules_sentence *sentence, const struct rules_item *item,
                           double number)
{
    enum rules_role role =
        item->entity > 0 ? sentence->entities[item->entity - 1].role : ROLE_COUNT;
    bool is_number = rules_concept_at(sentence, (size_t)(item - sentence->items)) == NUMBER;

    return is_number && item->number == number &&
           (role == ROLE_COUNT || role == ROLE_NUMBER || role == ROLE_AMOUNT);
}

bool orch_said_number(const struct orch_said *said, double number)
{
    const struct rules_sentence *sentence = &said->sentence;

    for (size_t i = 0; i < sentence->entity_count; i++) {
        const struct rules_entity *entity = &sentence->entities[i];
        if ((entity->role == ROLE_AMOUNT || entity->role == ROLE_NUMBER) &&
            entity->number == number)
            return true;
    }
    for (size_t i = 0; i < sentence->item_count; i++) {
        if (is_free_number(sentence, &sentence->items[i], number))
            return true;
    }
    return false;
}

bool orch_said_currency(const struct orch_said *said, const char *currency)
{
    for (size_t i = 0; i < said->sentence.entity_count; i++) {
        const char *named = said->sentence.entities[i].currency;
        if (named != NULL && sl_text_equals_nocase(named, currency))
            return true;
    }
    return orch_words_hold(said->user_request, currency, false);
}
