#ifndef BRIDGE_FAULTS_H
#define BRIDGE_FAULTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What is wrong with a request, in pydantic v2's terms (its documentation, "Validation Errors").
 */
enum bridge_fault {
    BRIDGE_FAULT_MISSING,
    BRIDGE_FAULT_JSON_INVALID,
    BRIDGE_FAULT_STRING_TYPE,
    BRIDGE_FAULT_INT_TYPE,
    BRIDGE_FAULT_INT_PARSING,
    BRIDGE_FAULT_INT_FROM_FLOAT,
    BRIDGE_FAULT_TOO_LARGE,
    BRIDGE_FAULT_TOO_SMALL,
    BRIDGE_FAULT_FLOAT_TYPE,
    BRIDGE_FAULT_FLOAT_PARSING,
    BRIDGE_FAULT_BOOL_TYPE,
    BRIDGE_FAULT_BOOL_PARSING,
    BRIDGE_FAULT_DICT_TYPE,
    BRIDGE_FAULT_LIST_TYPE,
    BRIDGE_FAULT_OBJECT_TYPE,
    /** Refused by a rule of its own; the words come with it. */
    BRIDGE_FAULT_VALUE,
};

/** Where: a chain from the innermost name outwards. "body" → "parameters" is {&body, "parameters"}.
 */
struct bridge_place {
    const struct bridge_place *outer;
    /** NULL: an element of a list, by index. */
    const char *name;
    size_t index;
};

/** All faults of one request. Zeroed it has none. */
struct bridge_faults {
    /** A list of {"type", "loc", "msg", "input"}; NULL while there are none. */
    json_t *list;
    bool is_out_of_memory;
};

void bridge_faults_done(struct bridge_faults *faults);

static inline bool bridge_faults_any(const struct bridge_faults *faults)
{
    return faults->list != NULL || faults->is_out_of_memory;
}

/** Adds a fault. input is borrowed, NULL gives null. */
void bridge_faults_add(struct bridge_faults *faults, enum bridge_fault fault,
                       const struct bridge_place *place, json_t *input);

/** As bridge_faults_add(); limit goes into its words, `ctx` and all. For TOO_LARGE and TOO_SMALL.
 */
void bridge_faults_add_limit(struct bridge_faults *faults, enum bridge_fault fault,
                             const struct bridge_place *place, json_t *input, double limit);

/** A fault with words of its own, for BRIDGE_FAULT_VALUE. */
void bridge_faults_add_words(struct bridge_faults *faults, const struct bridge_place *place,
                             json_t *input, const char *words);

/** The body is no JSON: position counts characters, words are those of Python's json module. */
void bridge_faults_add_json(struct bridge_faults *faults, size_t position, const char *words);

#ifdef __cplusplus
}
#endif

#endif
