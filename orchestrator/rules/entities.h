#ifndef ORCH_RULES_ENTITIES_H
#define ORCH_RULES_ENTITIES_H

#include "orchestrator/rules/sentence.h"

/* Readers of entities: each looks at a place, and returns the place behind what it has read, or the
 * same place. values.c reads money, vehicles and words with a value, parts.c ids and counted parts,
 * logins.c customers without a number. */

size_t rules_read_money(struct rules_sentence *s, size_t item);
size_t rules_read_year(struct rules_sentence *s, size_t item);
size_t rules_read_counted_part(struct rules_sentence *s, size_t item);
size_t rules_read_named(struct rules_sentence *s, size_t item);
size_t rules_read_login(struct rules_sentence *s, size_t item);
size_t rules_read_bare_login(struct rules_sentence *s, size_t item);
size_t rules_read_limit(struct rules_sentence *s, size_t item);
size_t rules_read_category(struct rules_sentence *s, size_t item);
size_t rules_read_plain(struct rules_sentence *s, size_t item);
size_t rules_read_unknown_model(struct rules_sentence *s, size_t item);
size_t rules_read_quantity(struct rules_sentence *s, size_t item);
size_t rules_read_id(struct rules_sentence *s, size_t item);

/** A new entity over [first, last). */
struct rules_entity *rules_add_entity(struct rules_sentence *s, enum rules_role role, size_t first,
                                      size_t last);
/** The number has a currency beside it. */
bool rules_is_money_next(const struct rules_sentence *s, size_t item);
/** A number with a vehicle's name beside it, or called a year, is a model year. */
bool rules_is_year(const struct rules_sentence *s, size_t item);
/** An id, or a number that is neither money nor a year. */
bool rules_is_id_item(const struct rules_sentence *s, size_t item);
/** May be a part's number: an id that says nothing else of itself. */
bool rules_is_part_like(const struct rules_sentence *s, size_t item);
/** A whole number of pieces; 0 for anything else. */
double rules_piece_count(const struct rules_sentence *s, const struct rules_item *item);
/** Behind "number", "#", "id". */
size_t rules_skip_labels(const struct rules_sentence *s, size_t item);

#endif
