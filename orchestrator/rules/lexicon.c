#include "orchestrator/rules/lexicon.h"

#include <pthread.h>
#include <string.h>

#include "base/memory.h"

/* An index of all phrases by their first word. It is made of constants when it is first asked for
 * and never changed: to everybody it is a constant itself. */

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

/* Apostrophes are often left out: they do not count. */
static size_t hash(const char *word, size_t length)
{
    uint32_t h = 2166136261U;

    for (size_t i = 0; i < length; i++)
        h = word[i] != '\'' ? (h ^ (unsigned char)word[i]) * 16777619U : h;
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

static struct rules_lexicon *the_lexicon;

static void make_lexicon(void)
{
    size_t count = count_phrases(rules_domain_phrases, rules_domain_phrase_count) +
                   count_phrases(rules_grammar_phrases, rules_grammar_phrase_count) +
                   count_phrases(rules_vehicle_phrases, rules_vehicle_phrase_count) +
                   count_phrases(rules_thing_phrases, rules_thing_phrase_count);
    struct rules_lexicon *lexicon = sl_alloc(sizeof *lexicon);

    if (lexicon == NULL || count > UINT16_MAX - 1) {
        sl_free(lexicon);
        return;
    }
    lexicon->entries = sl_alloc_array(count, sizeof *lexicon->entries);
    if (lexicon->entries == NULL) {
        sl_free(lexicon);
        return;
    }
    index_rows(lexicon, rules_domain_phrases, rules_domain_phrase_count);
    index_rows(lexicon, rules_grammar_phrases, rules_grammar_phrase_count);
    index_rows(lexicon, rules_vehicle_phrases, rules_vehicle_phrase_count);
    index_rows(lexicon, rules_thing_phrases, rules_thing_phrase_count);
    the_lexicon = lexicon;
}

const struct rules_lexicon *rules_lexicon(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_lexicon);
    return the_lexicon;
}

/* Whether a word is that of a phrase; loosely: but for apostrophes. Many of it end in s. */
static bool is_word(const char *word, const char *listed, size_t length, bool is_loose,
                    bool may_be_many)
{
    const char *end = listed + length;

    if (!is_loose)
        return strncmp(word, listed, length) == 0 &&
               (word[length] == '\0' || (may_be_many && strcmp(word + length, "s") == 0));
    for (;; word++, listed++) {
        word += *word == '\'';
        listed += listed < end && *listed == '\'';
        if (listed >= end || *word == '\0')
            return listed >= end && *word == '\0';
        if (*word != *listed)
            return false;
    }
}

/* How many words of the list the phrase takes; its first word is given as `first`. */
static size_t match_phrase(const struct entry *entry, const char *first, const char *const *words,
                           size_t count, bool is_loose)
{
    const char *p = entry->phrase;
    const char *end = p + entry->length;
    size_t matched = 0;

    while (p < end) {
        size_t length = strcspn(p, " |");
        const char *word = matched == 0 ? first : matched < count ? words[matched] : "";
        if (!is_word(word, p, length, is_loose, matched > 0 && p + length >= end))
            return 0;
        matched++;
        p += length + 1;
    }
    return matched;
}

static struct rules_match find_as(const struct rules_lexicon *lexicon, const char *first,
                                  const char *const *words, size_t count, bool is_loose)
{
    struct rules_match best = {.length = 0};

    for (uint16_t place = lexicon->slots[hash(first, strlen(first))]; place != 0;
         place = lexicon->entries[place - 1].next) {
        const struct entry *e = &lexicon->entries[place - 1];
        size_t length = match_phrase(e, first, words, count, is_loose);
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

/* Only what asks for something or says how it stands is worth a guess. */
static bool is_guessed(enum rules_concept concept)
{
    return (concept <= RULES_LAST_MASKED && concept != V_FOREIGN && concept != N_THING) ||
           concept == STATUS || concept == CHANNEL;
}

/* One slip of the keyboard: a letter left out, one too many, or two exchanged; the first is right.
 * Another letter makes another word ("starter", "started"). */
static bool is_slip(const char *word, size_t length, const char *listed, size_t listed_length)
{
    size_t same = 0;

    while (same < length && same < listed_length && word[same] == listed[same])
        same++;
    if (same == 0)
        return false;
    const char *w = word + same;
    const char *l = listed + same;
    if (length + 1 == listed_length && listed[listed_length - 1] == 's')
        return false;
    if (length + 1 == listed_length)
        return strncmp(w, l + 1, length - same) == 0;
    if (length == listed_length + 1)
        return strncmp(w + 1, l, listed_length - same) == 0;
    return length == listed_length && length >= same + 2 && w[0] == l[1] && w[1] == l[0] &&
           strncmp(w + 2, l + 2, length - same - 2) == 0;
}

static struct rules_match find_slip(const struct rules_lexicon *lexicon, const char *const *words,
                                    size_t count)
{
    size_t length = strlen(words[0]);
    struct rules_match best = {.length = 0};

    if (length < 4)
        return best;
    for (size_t i = 0; i < lexicon->count; i++) {
        const struct entry *e = &lexicon->entries[i];
        size_t first = strcspn(e->phrase, " |");
        bool is_near = first >= 5 && first <= length + 1 && length <= first + 1 &&
                       e->phrase[0] == words[0][0] && is_guessed(e->meaning->concept);
        if (!is_near || !is_slip(words[0], length, e->phrase, first))
            continue;
        char listed[MAX_WORD];
        if (first >= sizeof listed)
            continue;
        memcpy(listed, e->phrase, first);
        listed[first] = '\0';
        size_t taken = match_phrase(e, listed, words, count, false);
        if (taken > best.length)
            best = (struct rules_match){e->meaning->concept, e->meaning->value, taken};
    }
    return best;
}

struct rules_match rules_lexicon_find(const struct rules_lexicon *lexicon, const char *const *words,
                                      size_t count)
{
    struct rules_match match = find_as(lexicon, words[0], words, count, false);
    char base[MAX_WORD];

    if (match.length == 0)
        match = find_as(lexicon, words[0], words, count, true);
    for (size_t i = 0; match.length == 0 && i < SL_ARRAY_LENGTH(endings); i++) {
        if (strip(words[0], &endings[i], base))
            match = find_as(lexicon, base, words, count, false);
    }
    return match.length == 0 ? find_slip(lexicon, words, count) : match;
}
