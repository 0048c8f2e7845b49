#include "orchestrator/rules/lexicon.h"

#include <string.h>

/* An index of all phrases by their first word, made once a request: there is no state to share. */

#define SLOTS 2048
#define MAX_WORD 32

struct entry {
    const char *phrase;
    const struct rules_phrases *meaning;
    uint16_t length;
    /** 1 + the place of the next entry of its slot; 0 for none. */
    uint16_t next;
};

struct rules_lexicon {
    struct entry *entries;
    uint16_t count;
    /** 1 + the place of the first entry; 0 for none. */
    uint16_t slots[SLOTS];
};

static size_t hash(const char *word, size_t length)
{
    uint32_t h = 2166136261U;

    for (size_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)word[i]) * 16777619U;
    return (h ^ h >> 15) % SLOTS;
}

static size_t count_phrases(const struct rules_phrases *rows, size_t count)
{
    size_t phrases = 0;

    for (size_t i = 0; i < count; i++) {
        phrases++;
        for (const char *p = rows[i].phrases; *p != '\0'; p++)
            phrases += *p == '|';
    }
    return phrases;
}

static void index_rows(struct rules_lexicon *lexicon, const struct rules_phrases *rows,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (const char *p = rows[i].phrases; *p != '\0'; p += *p == '|') {
            size_t length = strcspn(p, "|");
            uint16_t *slot = &lexicon->slots[hash(p, strcspn(p, " |"))];
            lexicon->entries[lexicon->count++] =
                (struct entry){p, &rows[i], (uint16_t)length, *slot};
            *slot = lexicon->count;
            p += length;
        }
    }
}

struct rules_lexicon *rules_lexicon_new(struct sl_arena *arena)
{
    size_t count = count_phrases(rules_domain_phrases, rules_domain_phrase_count) +
                   count_phrases(rules_grammar_phrases, rules_grammar_phrase_count) +
                   count_phrases(rules_vehicle_phrases, rules_vehicle_phrase_count);
    struct rules_lexicon *lexicon = sl_arena_alloc(arena, sizeof *lexicon);

    if (lexicon == NULL || count > UINT16_MAX - 1)
        return NULL;
    lexicon->entries = sl_arena_alloc_array(arena, count, sizeof *lexicon->entries);
    if (lexicon->entries == NULL)
        return NULL;
    index_rows(lexicon, rules_domain_phrases, rules_domain_phrase_count);
    index_rows(lexicon, rules_grammar_phrases, rules_grammar_phrase_count);
    index_rows(lexicon, rules_vehicle_phrases, rules_vehicle_phrase_count);
    return lexicon;
}

/* How many words of the list the phrase takes; its first word is given as `first`. */
static size_t match_phrase(const struct entry *entry, const char *first, const char *const *words,
                           size_t count)
{
    const char *p = entry->phrase;
    const char *end = p + entry->length;
    size_t matched = 0;

    while (p < end) {
        size_t length = strcspn(p, " |");
        const char *word = matched == 0 ? first : matched < count ? words[matched] : "";
        if (strncmp(word, p, length) != 0 || word[length] != '\0')
            return 0;
        matched++;
        p += length + 1;
    }
    return matched;
}

static struct rules_match find_as(const struct rules_lexicon *lexicon, const char *first,
                                  const char *const *words, size_t count)
{
    struct rules_match best = {.length = 0};

    for (uint16_t place = lexicon->slots[hash(first, strlen(first))]; place != 0;
         place = lexicon->entries[place - 1].next) {
        const struct entry *e = &lexicon->entries[place - 1];
        size_t length = match_phrase(e, first, words, count);
        if (length > best.length)
            best = (struct rules_match){e->meaning->concept, e->meaning->value, length};
    }
    return best;
}

/* An ending, and what may stand in its place in the form that is listed. */
struct ending {
    const char *ending;
    const char *instead;
    /** The letter doubled before it is single in the listed form: putting, scheduled. */
    bool undouble;
};

static const struct ending endings[] = {
    {"'s", "", false},  {"s", "", false},    {"es", "", false},  {"ies", "y", false},
    {"ing", "", false}, {"ing", "e", false}, {"ing", "", true},  {"ed", "", false},
    {"ed", "e", false}, {"ed", "", true},    {"ied", "y", false}};

static bool strip(const char *word, const struct ending *ending, char out[MAX_WORD])
{
    size_t length = strlen(word);
    size_t cut = strlen(ending->ending);

    if (length < cut + 2 || length + 2 > MAX_WORD ||
        strcmp(word + length - cut, ending->ending) != 0)
        return false;
    length -= cut;
    if (ending->undouble && (length < 3 || word[length - 1] != word[length - 2]))
        return false;
    length -= ending->undouble;
    memcpy(out, word, length);
    strcpy(out + length, ending->instead);
    return true;
}

struct rules_match rules_lexicon_find(const struct rules_lexicon *lexicon, const char *const *words,
                                      size_t count)
{
    struct rules_match match = find_as(lexicon, words[0], words, count);
    char base[MAX_WORD];

    for (size_t i = 0; match.length == 0 && i < SL_ARRAY_LENGTH(endings); i++) {
        if (strip(words[0], &endings[i], base))
            match = find_as(lexicon, base, words, count);
    }
    return match;
}
