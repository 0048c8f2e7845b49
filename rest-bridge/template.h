#ifndef BRIDGE_TEMPLATE_H
#define BRIDGE_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

enum bridge_segment_kind { BRIDGE_LITERAL, BRIDGE_ONE, BRIDGE_REST };

struct bridge_segment {
    enum bridge_segment_kind kind;
    const char *literal;
};

/** A variable takes segments [first, first + count). */
struct bridge_template_variable {
    const char *field;
    size_t first, count;
};

/** A path template, taken apart. Owned by the arena of its making. */
struct bridge_template {
    struct bridge_segment *segments;
    size_t segment_count;
    struct bridge_template_variable *variables;
    size_t variable_count;
    /** Without its ":"; NULL where there is none. */
    const char *verb;
};

/** Where the segments of a path are; borrowed from the path. */
struct bridge_span {
    const char *text;
    size_t length;
};

/**
 * Takes a template apart; everything is owned by arena. Source: google/api/http.proto, "Path
 * template syntax". SL_INVALID_ARGUMENT names the template and what is wrong with it.
 */
SL_MUST_USE enum sl_code bridge_template_parse(const char *text, struct sl_arena *arena,
                                               struct bridge_template *ret_template,
                                               struct sl_error *err);

/**
 * Whether the template fits a path of these segments (not decoded; the verb cut off already).
 * ret_rest_length: how many segments "**" took.
 */
bool bridge_template_fits(const struct bridge_template *templ, const struct bridge_span *path,
                          size_t path_count, size_t *ret_rest_length);

/** Less than 0 where a is to be tried before b: literals, then "*", then "**"; else by order. */
int bridge_template_compare(const struct bridge_template *a, const struct bridge_template *b);

#ifdef __cplusplus
}
#endif

#endif
