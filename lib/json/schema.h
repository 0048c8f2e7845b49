#ifndef SL_JSON_SCHEMA_H
#define SL_JSON_SCHEMA_H

#include "base/arena.h"
#include "base/error.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One place where a value does not fit its schema. Texts are owned by the arena of the check. */
struct sl_schema_fault {
    /** Where, such as "parts[0].quantity"; "" for the whole value. */
    const char *path;
    /** What was given and what is wanted: "\"abc\" is a string, a number is wanted". */
    const char *message;
};

struct sl_schema_faults {
    struct sl_schema_fault *entries;
    size_t count;
    size_t capacity;
};

/**
 * Checks value against a JSON Schema (2020-12): type, required, properties, additionalProperties,
 * enum, const, pattern, format (email, date-time), minimum, maximum, exclusive ones, lengths,
 * items, minItems, maxItems, anyOf, oneOf, allOf, $ref within the document; what else stands in it
 * is ignored. All faults are found, up to 64. A schema that is none itself (or recurses without
 * end) is a fault.
 *
 * Errors: SL_RESOURCE_EXHAUSTED only. No faults: the value fits.
 */
SL_MUST_USE enum sl_code sl_schema_check(const json_t *schema, const json_t *value,
                                         struct sl_arena *arena,
                                         struct sl_schema_faults *ret_faults, struct sl_error *err);

/** Patterns of schemas that are checked again and again, each compiled once. Guarded by its owner.
 */
struct sl_patterns;

/** NULL when memory is out. */
struct sl_patterns *sl_patterns_new(void);
/** patterns may be NULL. */
void sl_patterns_free(struct sl_patterns *patterns);

struct sl_schema_checking {
    /** Required. */
    const json_t *schema;
    /** Required. */
    const json_t *value;
    /** Required. */
    struct sl_arena *arena;
    /** Optional. */
    struct sl_patterns *patterns;
};

/** As sl_schema_check(). */
SL_MUST_USE enum sl_code sl_schema_check_with(const struct sl_schema_checking *checking,
                                              struct sl_schema_faults *ret_faults,
                                              struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
