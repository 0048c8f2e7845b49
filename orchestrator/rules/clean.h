#ifndef ORCH_RULES_CLEAN_H
#define ORCH_RULES_CLEAN_H

#include <stddef.h>

/**
 * Copies a request without what nobody says: control characters and pictures become spaces,
 * invisible marks vanish, typographic quotes and dashes become plain ones.
 *
 * out  has room for length + 1 bytes. Returns the length; *ret_foreign counts letters of other
 * scripts than Latin.
 */
size_t rules_clean(const char *request, size_t length, char *out, size_t *ret_foreign);

#endif
