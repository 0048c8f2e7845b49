#ifndef PARTS_ALTERNATIVES_H
#define PARTS_ALTERNATIVES_H

#include <jansson.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Reading what the tools of a parts server answer. Any thread; no state. */

/** The category of a part, from its details; NULL where they name none. Borrowed from details. */
const char *parts_category(const json_t *details);

/**
 * {original_part, alternatives}: what a search found, without the part itself.
 *
 * found  the search's answer: an array, or an object with one ("parts", "results", "matches").
 * Returns a new reference; NULL when memory is out.
 */
json_t *parts_alternatives(const char *part_number, json_t *details, const json_t *found);

#ifdef __cplusplus
}
#endif

#endif
