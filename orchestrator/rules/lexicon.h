#ifndef ORCH_RULES_LEXICON_H
#define ORCH_RULES_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

/* Which words mean what to a service desk. */

/** What a word or phrase says. Those up to RULES_LAST_MASKED take part in recognising intents. */
enum rules_concept {
    V_ADD,
    V_RESERVE,
    V_SEND,
    V_CREATE,
    V_OPEN,
    V_SHOW,
    V_CHECK,
    V_VALIDATE,
    V_SEARCH,
    V_ASSIGN,
    V_CHANGE,
    /** A verb that names the new status: close, cancel. Value: the status. */
    V_STATUS,
    V_REFUND,
    V_NOTE,
    V_REMIND,
    V_CHARGE,
    /** What no service here does. */
    V_FOREIGN,
    Q_IS,
    Q_CAN,
    Q_HAVE,
    N_RO,
    N_PART,
    N_PAYMENT,
    N_LINK,
    N_CUSTOMER,
    N_VEHICLE,
    N_TECH,
    N_STATUS,
    N_HISTORY,
    N_METHOD,
    N_DATA,
    N_AVAIL,
    N_DETAILS,
    N_FIT,
    N_ALT,
    N_TRANSITION,
    N_PAID,
    N_NOTE,
    N_INVOICE,
    N_RESERVATION,
    NEW,
    PRONOUN,
    THEM,
    N_PRICE,
    /** What parts are called: brake pads. */
    N_THING,
    /** "How", "ways": with paying it asks for the ways to pay. */
    Q_HOW,
    /** "Got", "is there a": asks for parts only where parts are spoken of. */
    Q_GOT,
    /** Two statuses were named. Never a word. */
    IS_STATUS_PAIR,
    /** The clause has parts with a number of pieces. Never a word. */
    IS_COUNTED,
    RULES_LAST_MASKED = IS_COUNTED,

    DETERMINER,
    PREPOSITION,
    TO,
    FOR,
    OF,
    AS,
    THAT,
    AND,
    OR,
    THEN,
    AFTER,
    BEFORE,
    ONCE,
    IF,
    NEGATION,
    FILLER,
    LABEL,
    UNIT,
    EACH,
    QUANTITY_WORD,
    YEAR_WORD,
    /** Real, proper: asks for validity before "part number". */
    SOUND,
    /** Wants, complains of: what is to be done follows. */
    COMPLAINT,
    FULL,
    CORRECTION,
    /** With a value: the number, the currency, ... */
    NUMBER_WORD,
    CURRENCY,
    CENTS,
    MAKE,
    MODEL,
    STATUS,
    CHANNEL,
    REASON,
    PRIORITY,
    /** "At most", before a number. */
    LIMIT_WORD,
    CATEGORY_WORD,
    COLON,
    COMMA,
    STOP,
    OPEN_PAREN,
    MONEY_SIGN,
    /** What is no word of ours. */
    NUMBER,
    ID,
    EMAIL,
    BAD_EMAIL,
    QUOTED,
    UNKNOWN,
};

/** Phrases of one meaning: words by spaces, phrases by '|'. */
struct rules_phrases {
    enum rules_concept concept;
    const char *value;
    const char *phrases;
};

extern const struct rules_phrases rules_domain_phrases[];
extern const size_t rules_domain_phrase_count;
extern const struct rules_phrases rules_grammar_phrases[];
extern const size_t rules_grammar_phrase_count;
extern const struct rules_phrases rules_vehicle_phrases[];
extern const size_t rules_vehicle_phrase_count;
extern const struct rules_phrases rules_thing_phrases[];
extern const size_t rules_thing_phrase_count;

/** A phrase found at the beginning of a list of words. */
struct rules_match {
    enum rules_concept concept;
    const char *value;
    /** Words it takes; 0 where nothing was found. */
    size_t length;
};

struct rules_lexicon;

/** The index of all phrases, made when it is first asked for; NULL when memory was out. Any thread.
 */
const struct rules_lexicon *rules_lexicon(void);

/** The longest phrase that begins words[0]; inflected verbs and plurals are found too, and words
 * with a slip of the keyboard. */
struct rules_match rules_lexicon_find(const struct rules_lexicon *lexicon, const char *const *words,
                                      size_t count);

#endif
