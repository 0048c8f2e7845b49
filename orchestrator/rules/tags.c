#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "orchestrator/rules/sentence.h"

/* From tokens to items. */

#define LOOKAHEAD 6

struct sign {
    const char *text;
    enum rules_concept concept;
    const char *value;
};

static const struct sign signs[] = {
    {",", COMMA, NULL},       {"\n", COMMA, NULL},      {".", STOP, NULL},
    {"!", STOP, NULL},        {"?", STOP, NULL},        {";", COMMA, NULL},
    {":", COLON, NULL},       {"(", OPEN_PAREN, NULL},  {"&", AND, NULL},
    {"+", AND, NULL},         {"$", MONEY_SIGN, "USD"}, {"€", MONEY_SIGN, "EUR"},
    {"£", MONEY_SIGN, "GBP"}, {"#", LABEL, NULL},       {"=", LABEL, NULL},
    {">", TO, NULL},          {"*", UNIT, NULL},        {"×", UNIT, NULL},
};

const struct rules_token *rules_item_token(const struct rules_sentence *sentence, size_t item)
{
    return &sentence->text.tokens[sentence->items[item].first];
}

enum rules_concept rules_concept_at(const struct rules_sentence *sentence, size_t item)
{
    return item < sentence->item_count ? sentence->items[item].concept : STOP;
}

const char *rules_slice(const struct rules_sentence *sentence, size_t first, size_t last)
{
    if (first >= last)
        return "";
    const struct rules_token *begin = rules_item_token(sentence, first);
    const struct rules_token *end = &sentence->text.tokens[sentence->items[last - 1].last - 1];

    if (end->end < begin->begin)
        return "";
    return sl_arena_strndup(sentence->arena, sentence->text.source + begin->begin,
                            end->end - begin->begin);
}

static struct rules_item *add_item(struct rules_sentence *sentence, enum rules_concept concept,
                                   size_t first, size_t last)
{
    struct rules_item *item = &sentence->items[sentence->item_count++];

    *item = (struct rules_item){.concept = concept, .first = first, .last = last};
    return item;
}

/* " - " parts what is said from what it is said of, as a colon does. */
static bool is_dash(const struct rules_text *text, size_t token)
{
    const struct rules_token *t = &text->tokens[token];

    return strcmp(t->text, "-") == 0 && t->begin > 0 && strchr(" -", text->source[t->begin - 1]) &&
           strchr(" ", text->source[t->end]) != NULL && text->source[t->end] != '\0';
}

static void tag_sign(struct rules_sentence *sentence, size_t token)
{
    const char *text = sentence->text.tokens[token].text;

    if (is_dash(&sentence->text, token)) {
        add_item(sentence, COLON, token, token + 1);
        return;
    }

    for (size_t i = 0; i < SL_ARRAY_LENGTH(signs); i++) {
        if (strcmp(signs[i].text, text) != 0)
            continue;
        add_item(sentence, signs[i].concept, token, token + 1)->value = signs[i].value;
        return;
    }
}

/* Words that a phrase may go over: to the next sign other than a dash. Fills words and their
 * tokens. */
static size_t gather_words(const struct rules_text *text, size_t token, const char **words,
                           size_t *places)
{
    size_t count = 0;

    for (; token < text->count && count < LOOKAHEAD; token++) {
        const struct rules_token *t = &text->tokens[token];
        bool is_dash = t->kind == RULES_SIGN && strcmp(t->text, "-") == 0;
        if (is_dash && count > 0 && t->begin == text->tokens[token - 1].end)
            continue;
        if (t->kind != RULES_WORD && t->kind != RULES_NUMBER && t->kind != RULES_ID)
            break;
        words[count] = t->text;
        places[count++] = token;
    }
    return count;
}

static enum rules_concept concept_of_kind(enum rules_token_kind kind)
{
    static const enum rules_concept concepts[] = {
        [RULES_WORD] = UNKNOWN, [RULES_NUMBER] = NUMBER,       [RULES_ID] = ID,
        [RULES_EMAIL] = EMAIL,  [RULES_BAD_EMAIL] = BAD_EMAIL, [RULES_QUOTED] = QUOTED,
        [RULES_SIGN] = UNKNOWN,
    };

    return concepts[kind];
}

static bool is_thing(enum rules_concept concept)
{
    return concept >= N_RO && concept <= N_TECH;
}

/* "RO no 5" labels a number, "no payment link" forbids. */
static enum rules_concept settle_no(const struct rules_sentence *sentence, size_t token)
{
    bool after_thing =
        sentence->item_count > 0 && is_thing(sentence->items[sentence->item_count - 1].concept);
    bool before_number = token + 1 < sentence->text.count &&
                         (sentence->text.tokens[token + 1].kind == RULES_NUMBER ||
                          sentence->text.tokens[token + 1].kind == RULES_ID);

    return after_thing && before_number ? LABEL : NEGATION;
}

static bool is_participle(const char *word)
{
    static const char *const irregular[] = {"sent", "held", "built", "written", "given"};

    for (size_t i = 0; i < SL_ARRAY_LENGTH(irregular); i++) {
        if (strcmp(word, irregular[i]) == 0)
            return true;
    }
    return sl_text_ends_with(word, "ed") && strcmp(word, "need") != 0;
}

static size_t tag_word(struct rules_sentence *sentence, const struct rules_lexicon *lexicon,
                       size_t token)
{
    const struct rules_token *t = &sentence->text.tokens[token];
    const char *words[LOOKAHEAD];
    size_t places[LOOKAHEAD];
    size_t count = gather_words(&sentence->text, token, words, places);
    struct rules_match match = rules_lexicon_find(lexicon, words, count);

    if (match.length == 0) {
        if (strcmp(t->text, "s") != 0)
            add_item(sentence, UNKNOWN, token, token + 1);
        return token + 1;
    }
    size_t last = places[match.length - 1] + 1;
    struct rules_item *item = add_item(sentence, match.concept, token, last);
    item->value = match.value;
    item->is_participle = is_participle(t->text);
    if (strcmp(t->text, "no") == 0 && match.length == 1) {
        sentence->item_count--;
        item->concept = settle_no(sentence, token);
        sentence->item_count++;
    }
    return last;
}

/* A status may be quoted: set it to "in progress". Other quoted text stays what it is. */
static const char *quoted_status(struct rules_sentence *sentence,
                                 const struct rules_lexicon *lexicon,
                                 const struct rules_token *token)
{
    char *rest = sl_arena_strdup(sentence->arena, token->text);
    const char *words[LOOKAHEAD];
    size_t count = 0;
    char *state = NULL;

    for (char *word = rest != NULL ? strtok_r(rest, " _-", &state) : NULL; word != NULL;
         word = strtok_r(NULL, " _-", &state)) {
        if (count == LOOKAHEAD)
            return NULL;
        words[count++] = word;
    }
    if (count == 0)
        return NULL;
    struct rules_match match = rules_lexicon_find(lexicon, words, count);
    return match.concept == STATUS && match.length == count ? match.value : NULL;
}

/* Numbers and ids begin a phrase too: "4runner", "3 series"; otherwise they are themselves. */
static size_t tag_value(struct rules_sentence *sentence, const struct rules_lexicon *lexicon,
                        size_t token)
{
    const struct rules_token *t = &sentence->text.tokens[token];
    const char *words[LOOKAHEAD];
    size_t places[LOOKAHEAD];
    size_t count = gather_words(&sentence->text, token, words, places);
    struct rules_match match = {.length = 0};

    if (count > 0)
        match = rules_lexicon_find(lexicon, words, count);
    if (match.length > 0 && (match.concept == MODEL || match.concept == STATUS)) {
        size_t last = places[match.length - 1] + 1;
        add_item(sentence, match.concept, token, last)->value = match.value;
        return last;
    }
    const char *status = t->kind == RULES_QUOTED ? quoted_status(sentence, lexicon, t) : NULL;
    if (status != NULL) {
        add_item(sentence, STATUS, token, token + 1)->value = status;
        return token + 1;
    }
    add_item(sentence, concept_of_kind(t->kind), token, token + 1)->number = t->number;
    return token + 1;
}

/* "one hundred and twenty five" is one number: hundreds and thousands multiply what came before. */
static double join_number(double so_far, double next)
{
    if (next >= 100)
        return (so_far == 0 ? 1 : so_far) * next;
    return so_far + next;
}

static bool continues_number(double so_far, double next)
{
    if (next >= 100)
        return so_far > 0 && so_far < next;
    if (so_far >= 100)
        return true;
    return so_far >= 20 && next < 10 && next > 0;
}

static void merge_number_words(struct rules_sentence *sentence)
{
    size_t kept = 0;

    for (size_t i = 0; i < sentence->item_count; i++) {
        struct rules_item item = sentence->items[i];
        struct rules_item *previous = kept > 0 ? &sentence->items[kept - 1] : NULL;
        bool after_and = previous != NULL && previous->concept == AND && kept > 1;
        struct rules_item *number = after_and ? &sentence->items[kept - 2] : previous;
        if (item.concept != NUMBER_WORD) {
            sentence->items[kept++] = item;
            continue;
        }
        item.number = strtod(item.value, NULL);
        bool is_open = number != NULL && number->concept == NUMBER_WORD &&
                       (!after_and || number->number >= 100);
        if (is_open && continues_number(number->number, item.number)) {
            number->number = join_number(number->number, item.number);
            number->last = item.last;
            kept -= after_and;
            continue;
        }
        sentence->items[kept++] = item;
    }
    sentence->item_count = kept;
}

enum sl_code rules_tag(struct rules_sentence *sentence)
{
    const struct rules_lexicon *lexicon = rules_lexicon();
    size_t capacity = sentence->text.count + 1;

    sentence->items = sl_arena_alloc_array(sentence->arena, capacity, sizeof *sentence->items);
    if (lexicon == NULL || sentence->items == NULL)
        return SL_RESOURCE_EXHAUSTED;
    for (size_t token = 0; token < sentence->text.count;) {
        enum rules_token_kind kind = sentence->text.tokens[token].kind;
        if (kind == RULES_SIGN)
            tag_sign(sentence, token++);
        else if (kind == RULES_WORD)
            token = tag_word(sentence, lexicon, token);
        else
            token = tag_value(sentence, lexicon, token);
    }
    merge_number_words(sentence);
    return SL_OK;
}
