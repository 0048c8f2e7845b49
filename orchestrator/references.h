#ifndef ORCH_REFERENCES_H
#define ORCH_REFERENCES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * References in parameters: {{step_id.path}}, or {{step_id}} for the whole result. A path is
 * members and array places, "parts.0.part_number" or "parts[0].part_number". What does not read as
 * one is plain text.
 */

/** One reference inside a text; pointers are into that text. */
struct orch_reference {
    const char *begin;
    const char *end;
    const char *step_id;
    size_t step_id_length;
    /** What follows the step's id, without the dot; empty for the whole result. */
    const char *path;
    size_t path_length;
};

/** The first reference at or after text; false where there is none. */
bool orch_reference_next(const char *text, struct orch_reference *ret_reference);

/** Called for each reference; anything but SL_OK ends the walk and is returned. */
typedef enum sl_code (*orch_reference_fn)(void *self, const struct orch_reference *reference);

/** Visits every reference in a value's texts, however deep it nests. */
SL_MUST_USE enum sl_code orch_references_each(const json_t *value, orch_reference_fn visit,
                                              void *self);

/** Follows a path into a value; borrowed, NULL where it leads nowhere. */
const json_t *orch_reference_follow(const json_t *value, const char *path, size_t path_length);

#ifdef __cplusplus
}
#endif

#endif
