#include <string.h>

#include "base/text.h"
#include "orchestrator/rules/sources.h"

/* Why money is given back, where no set phrase of the tables says it: by words that need not stand
 * side by side, as in "brought the battery back". */

static const struct {
    const char *code;
    /** Beginnings of words, parted by '|'; one of each is there. NULL wants none. */
    const char *first;
    const char *second;
} reasons[] = {
    {"part_returned", "brought|bring|took|sent|gave", "back"},
    {"part_returned", "returned|returning|returns", NULL},
    {"duplicate_payment", "charged|paid|billed|pay|charge", "twice|double|again|two"},
    {"duplicate_payment", "duplicate", NULL},
    {"overcharge", "overcharg|overbill|overpa", NULL},
    {"overcharge", "wrong|incorrect|higher", "price|amount|charge|charged|total|quote"},
    {"overcharge", "charged|paid|billed", "much"},
    {"service_not_performed", "never|not|didn't|didnt|wasn't|wasnt|no",
     "performed|done|did|made|happened|finished|carried"},
    {"service_not_performed", "cancelled|canceled", "service|job|appointment|work"},
    {"defective_part", "defect|faulty|broken|broke|damaged|bad|failed", NULL},
    {"part_unavailable", "unavailable|discontinued|backorder", NULL},
    {"part_unavailable", "couldn't|couldnt|can't|cant|cannot", "get|find|source"},
    {"warranty", "warranty", NULL},
    {"goodwill", "goodwill|courtesy|gesture|inconvenience|apolog|sorry", NULL},
    {"fraud", "fraud|stolen|unauthori", NULL},
    {"customer_request", "asked|requested|request|mind", NULL},
};

static bool is_listed(const char *list, const char *word)
{
    for (const char *p = list; *p != '\0'; p += *p == '|') {
        size_t length = strcspn(p, "|");
        if (strncmp(word, p, length) == 0)
            return true;
        p += length;
    }
    return false;
}

static bool has_listed(const struct rules_sentence *s, const struct rules_clause *clause,
                       const char *list)
{
    for (size_t i = clause->first; i < clause->last; i++) {
        for (size_t t = s->items[i].first; t < s->items[i].last; t++) {
            if (is_listed(list, s->text.tokens[t].text))
                return true;
        }
    }
    return false;
}

static const char *reason_of(const struct rules_sentence *s, const struct rules_clause *clause,
                             size_t row)
{
    bool holds = has_listed(s, clause, reasons[row].first) &&
                 (reasons[row].second == NULL || has_listed(s, clause, reasons[row].second));

    return holds ? reasons[row].code : NULL;
}

const char *rules_reason(const struct rules_sentence *s, size_t place)
{
    const char *found = NULL;

    for (size_t i = 0; i < s->clause_count; i++) {
        const struct rules_clause *clause = &s->clauses[i];
        if (i != place && (clause->intent != INTENT_NONE || clause->is_negated))
            continue;
        for (size_t row = 0; row < SL_ARRAY_LENGTH(reasons); row++) {
            /* "Give 5 dollars back": what is asked for is not why. */
            bool is_asked = i == place && row == 0;
            const char *code = is_asked ? NULL : reason_of(s, clause, row);
            if (code != NULL && found != NULL && strcmp(code, found) != 0)
                return NULL;
            found = code != NULL ? code : found;
        }
    }
    return found;
}
