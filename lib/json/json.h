#ifndef SL_JSON_JSON_H
#define SL_JSON_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * JSON as jansson's json_t (counted references; objects keep their members' order), read and
 * written under this house's rules. A json_t is guarded by its owner: one thread at a time,
 * references included.
 */

/** How deep JSON from outside may nest (protobuf's Python reads 33). */
#define SL_JSON_MAX_DEPTH 32

struct sl_json_limits {
    /** Optional. Nesting allowed; 0 means SL_JSON_MAX_DEPTH. */
    size_t max_depth;
    /** Optional. Bytes allowed; 0 means 16 MiB. */
    size_t max_bytes;
    /** Optional. Integers beyond 2^53, which no double holds, become strings of their digits: for
     * results of tools. */
    bool are_big_integers_strings;
};

/**
 * Reads one JSON value (RFC 8259) and nothing after it. Duplicate members: the last wins. Refuses
 * invalid UTF-8, lone surrogates, NULs in strings, numbers that no double holds, integers of more
 * than 64 bits, excess depth.
 *
 * limits  may be NULL. ret_value  a new reference.
 * Errors: SL_INVALID_ARGUMENT, "line L column C: what"; SL_RESOURCE_EXHAUSTED.
 */
SL_MUST_USE enum sl_code sl_json_parse(const char *text, size_t length,
                                       const struct sl_json_limits *limits, json_t **ret_value,
                                       struct sl_error *err);

enum sl_json_style {
    /** {"a":1,"b":[1,2]}: what goes over wires. */
    SL_JSON_COMPACT,
    /** {"a": 1, "b": [1, 2]} on one line: what people read (the summary). */
    SL_JSON_SPACED,
    /** Indented by two, on lines. */
    SL_JSON_PRETTY,
    /** Compact, members sorted by bytes, shortest numbers: equal values have equal texts. */
    SL_JSON_CANONICAL,
};

/**
 * Appends value as text: integral doubles as integers (1, not 1.0) while within 2^53, other doubles
 * in the shortest form that reads back equal, non-ASCII unescaped.
 */
void sl_json_write(const json_t *value, enum sl_json_style style, struct sl_text *out);

/** As sl_json_write(), into a string for sl_free(); NULL when memory is out. */
char *sl_json_text(const json_t *value, enum sl_json_style style);

/** As sl_json_text(), owned by arena. */
char *sl_json_arena_text(const json_t *value, enum sl_json_style style, struct sl_arena *arena);

/** Shortest text of a double, an integral one without ".0"; out has room for 32 bytes. */
void sl_json_format_double(double number, char out[32]);

/** A member's text, NULL where it is missing or no string. Borrowed from object (may be NULL). */
const char *sl_json_string(const json_t *object, const char *name);
/** A member's number, or fallback. */
double sl_json_number(const json_t *object, const char *name, double fallback);
bool sl_json_bool(const json_t *object, const char *name, bool fallback);

/** "null", "a boolean", "an integer", "a number", "a string", "an array", "an object". Static. */
const char *sl_json_type_name(const json_t *value);

/** How deep value nests: 0 for a scalar, 1 for [] and {}. Counts no further than limit + 1. */
size_t sl_json_depth(const json_t *value, size_t limit);

/** Ties the reference to the arena: json_decref() when that is freed. Returns value; NULL out of
 * memory. */
json_t *sl_json_own(struct sl_arena *arena, json_t *value);

static inline void sl_json_cleanup(json_t **value)
{
    json_decref(*value);
}

#ifdef __cplusplus
}
#endif

#endif
