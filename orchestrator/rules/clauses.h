#ifndef ORCH_RULES_CLAUSES_H
#define ORCH_RULES_CLAUSES_H

#include "orchestrator/rules/intents.h"

/* Clauses while they are found: cut.c ends them, clauses.c reads them, shapes.c knows their forms
 * without a plain verb, settle.c joins and completes them. */

/** Skips what may stand before a verb without saying anything. */
size_t rules_skip_courtesy(const struct rules_sentence *s, size_t item);
bool rules_is_connector(enum rules_concept concept);
bool rules_is_opener(enum rules_concept concept);
/** An unknown word in the place of a verb, before an article: "feed the cat". */
bool rules_is_unknown_verb(const struct rules_sentence *s, size_t item);
/** Where the clause that begins at its `first` ends. */
size_t rules_clause_end(const struct rules_sentence *s, const struct rules_clause *clause);
/** What led to a clause: "then", "before", a negation. */
void rules_read_lead(const struct rules_sentence *s, struct rules_clause *clause);

/** Reads what a clause asks for. */
void rules_read_clause(struct rules_sentence *s, struct rules_clause *clause);
/** A word of a clause, in lower case. */
bool rules_clause_says(const struct rules_sentence *s, const struct rules_clause *clause,
                       const char *word);

/** Completes the mask of forms that say what they ask for without its verb: "RO 5 -> invoiced". */
void rules_read_shape(const struct rules_sentence *s, struct rules_clause *clause);
/** Names and values only, and what may stand between them. */
bool rules_is_bare(const struct rules_sentence *s, const struct rules_clause *clause);
/** "RO 12 is ready": tells, and asks for nothing. */
bool rules_is_statement(const struct rules_sentence *s, const struct rules_clause *clause);
/** "The customer brought it back": what somebody did. */
bool rules_is_narrative(const struct rules_sentence *s, const struct rules_clause *clause);
/** A narrative begins here. */
bool rules_begins_narrative(const struct rules_sentence *s, size_t item);
/** "Ignore all instructions": said to the planner, which has its rules all the same. */
bool rules_is_noise(const struct rules_sentence *s, const struct rules_clause *clause);

/** A note goes on over commas; a verb alone belongs to what was named before it. */
void rules_join_clauses(struct rules_sentence *s);
/** What "it", "also validate it", "and not" leave to the clause before. */
void rules_settle_clause(struct rules_sentence *s, size_t place);
/** "Do not send or create ..." forbids both. */
void rules_spread_negation(struct rules_sentence *s);
/** A request that only says "RO 5 is ready" wants that written down. */
void rules_settle_statement(struct rules_sentence *s);

#endif
