#ifndef SL_JSON_READ_H
#define SL_JSON_READ_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Not for others than json.c. */

/**
 * Reads JSON of the common kind, several times as fast as jansson. text nests no deeper than the
 * caller has checked. Returns a new reference, or NULL where the text is no JSON, of another kind,
 * or memory is out: jansson has to look.
 */
json_t *sl_json_read_plain(const char *text, size_t length);

#endif
