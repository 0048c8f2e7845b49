#ifndef SL_JSON_SCHEMA_RUN_H
#define SL_JSON_SCHEMA_RUN_H

#include "json/fault.h"
#include "json/schema.h"

/* What the files of the schema check share. Not for others. */

/** One check under way. */
struct sl_schema_run {
    /** The whole document, for $ref. */
    const json_t *root;
    /** NULL: none are kept. */
    struct sl_patterns *patterns;
    struct sl_arena *arena;
    struct sl_schema_faults *faults;
    struct sl_error *err;
    /** Schemas entered on the way down; bounds a schema that refers to itself. */
    size_t depth;
    /** Schemas applied so far; bounds one that multiplies. */
    size_t steps;
};

/** A schema and the value it is about. */
struct sl_schema_place {
    const json_t *schema;
    const json_t *value;
    const struct sl_json_path *path;
};

/** Applies one keyword; what does not fit goes to the run's faults. SL_RESOURCE_EXHAUSTED only. */
typedef enum sl_code sl_schema_keyword_fn(struct sl_schema_run *run,
                                          const struct sl_schema_place *place,
                                          const json_t *keyword);

/** Applies a schema to the place's value. */
enum sl_code sl_schema_apply(struct sl_schema_run *run, const struct sl_schema_place *place);

/** Adds a fault; the first 64 are kept. */
enum sl_code sl_schema_fault(struct sl_schema_run *run, const struct sl_json_path *path,
                             const char *format, ...) SL_PRINTF(3, 4);
/** Adds "<the place's value described>, <wanted> is wanted". */
enum sl_code sl_schema_fault_wanted(struct sl_schema_run *run, const struct sl_schema_place *place,
                                    const char *format, ...) SL_PRINTF(3, 4);

/** Equal as JSON Schema has it: 1 and 1.0 are. */
bool sl_schema_equals(const json_t *a, const json_t *b);

/* Keywords of scalars (schema_scalar.c). */
sl_schema_keyword_fn sl_schema_type, sl_schema_enum, sl_schema_const, sl_schema_minimum,
    sl_schema_maximum, sl_schema_exclusive_minimum, sl_schema_exclusive_maximum,
    sl_schema_min_length, sl_schema_max_length, sl_schema_pattern, sl_schema_format;
/* Keywords of objects and arrays (schema_parts.c). */
sl_schema_keyword_fn sl_schema_properties, sl_schema_pattern_properties,
    sl_schema_additional_properties, sl_schema_required, sl_schema_items, sl_schema_prefix_items,
    sl_schema_min_items, sl_schema_max_items;

enum sl_pattern_result {
    SL_PATTERN_FITS,
    SL_PATTERN_DIFFERS,
    SL_PATTERN_BROKEN,
    SL_PATTERN_COSTLY
};
/** Whether pattern (an ECMA-262 regular expression) is found in text. */
enum sl_pattern_result sl_pattern_match(struct sl_patterns *patterns, const char *pattern,
                                        const char *text, size_t length);

/** Whether text has the named format; true for formats that are not checked. */
bool sl_format_fits(const char *format, const char *text);

#endif
