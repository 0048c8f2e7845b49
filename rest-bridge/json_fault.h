#ifndef BRIDGE_JSON_FAULT_H
#define BRIDGE_JSON_FAULT_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Where and why Python's json module (3.12) refuses a text: FastAPI passes its words on. For texts
 * that were refused already; UTF-8. False where Python finds nothing wrong with it (NaN) or it is
 * nested deeply.
 *
 * ret_position  counts characters from 0. ret_words  static.
 */
bool bridge_json_fault(const char *text, size_t length, size_t *ret_position,
                       const char **ret_words);

#ifdef __cplusplus
}
#endif

#endif
