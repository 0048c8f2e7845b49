#ifndef ORCH_RULES_SENTENCE_H
#define ORCH_RULES_SENTENCE_H

#include "orchestrator/rules/lexer.h"
#include "orchestrator/rules/lexicon.h"

/* A request as the stages see it: items (words with a meaning), entities in them, clauses around
 * them. */

/** A word, phrase, number or sign with its meaning. */
struct rules_item {
    enum rules_concept concept;
    /** The lexicon's value, or the money sign's currency; NULL for none. */
    const char *value;
    /** Of NUMBER. */
    double number;
    /** Its tokens: [first, last). */
    size_t first;
    size_t last;
    /** 1 + the entity it belongs to; 0 for none. */
    size_t entity;
    /** Ends in -ed: says how something is, asks for nothing. */
    bool is_participle;
};

/** Concepts and roles that a clause has, a bit for each: there are more than 64 of them. */
__extension__ typedef unsigned __int128 rules_bits;

/** What a parameter can be filled with. */
enum rules_role {
    ROLE_RO,
    ROLE_PART,
    ROLE_PAYMENT,
    ROLE_CUSTOMER,
    ROLE_VEHICLE,
    ROLE_TECH,
    ROLE_EMAIL,
    ROLE_AMOUNT,
    ROLE_STATUS,
    ROLE_YEAR,
    ROLE_MAKE,
    ROLE_MODEL,
    ROLE_CHANNEL,
    ROLE_REASON,
    /** Could be the id of anything. */
    ROLE_ID,
    ROLE_NUMBER,
    ROLE_QUANTITY,
    ROLE_PRIORITY,
    ROLE_CATEGORY,
    ROLE_LIMIT,
    ROLE_COUNT,
};

struct rules_entity {
    enum rules_role role;
    /** Id, address or value as it goes into a parameter. Owned by arena or static. */
    const char *text;
    double number;
    /** Of an amount; NULL where none was said. */
    const char *currency;
    /** Of a part; 0 where none was said. */
    double quantity;
    /** Its items: [first, last). */
    size_t first;
    size_t last;
    /** RULES_NO_CLAUSE where it is part of a text. */
    size_t clause;
};
#define RULES_NO_CLAUSE SIZE_MAX

/** A part of a request that asks for one thing, or for none. */
struct rules_clause {
    /** Its items: [first, last). */
    size_t first;
    size_t last;
    /** Where its free text begins (of a note, a description); last where it has none. */
    size_t text;
    /** Bits of concepts and of roles (RULES_ROLE_BIT). */
    rules_bits mask;
    bool is_negated;
    bool is_conditional;
    /** Tells the planner to forget its rules, which it does not: passed over. */
    bool is_noise;
    /** Tells something that requests around it may need; asks for nothing. */
    bool is_remark;
    /** Only lists parts for an order: "RO 5 needs 2 of 1234". */
    bool is_terse;
    /** A sentence ended before it. */
    bool is_sentence;
    /** What led to it: AFTER, BEFORE, ONCE, THEN, AND, OR, COMMA. */
    enum rules_concept lead;
    /** An enum rules_intent. */
    int intent;
};

#define RULES_CONCEPT_BIT(concept) ((rules_bits)1 << (concept))
#define RULES_ROLE_BIT(role) ((rules_bits)1 << (RULES_LAST_MASKED + 1 + (role)))

struct rules_sentence {
    struct sl_arena *arena;
    struct rules_text text;
    struct rules_item *items;
    size_t item_count;
    struct rules_entity *entities;
    size_t entity_count;
    struct rules_clause *clauses;
    size_t clause_count;
};

/** Gives each word its meaning. */
SL_MUST_USE enum sl_code rules_tag(struct rules_sentence *sentence);
/** Finds the entities. */
SL_MUST_USE enum sl_code rules_find_entities(struct rules_sentence *sentence);
/** Cuts into clauses and recognises what each asks for. */
SL_MUST_USE enum sl_code rules_cut_clauses(struct rules_sentence *sentence);

/** What kind of thing an id names by its own spelling: ROLE_ID where it does not say, ROLE_NUMBER
 * for a number. */
enum rules_role rules_role_of_id(const struct rules_token *token);
/** The id as a parameter. */
const char *rules_id_text(const struct rules_token *token);
/** The token that begins an item. */
const struct rules_token *rules_item_token(const struct rules_sentence *sentence, size_t item);
/** Source between two items, as written, without spaces around; owned by arena, NULL out of memory.
 */
const char *rules_slice(const struct rules_sentence *sentence, size_t first, size_t last);
/** Concept at a place; STOP behind the end. */
enum rules_concept rules_concept_at(const struct rules_sentence *sentence, size_t item);

#endif
