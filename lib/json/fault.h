#ifndef SL_JSON_FAULT_H
#define SL_JSON_FAULT_H

#include "base/text.h"
#include "json/json.h"

/* How this folder says where something is wrong, and what. Not for others. */

/** A place in a value, from the inside out; lives on the stack of a recursion. */
struct sl_json_path {
    const struct sl_json_path *parent;
    /** Name of a member; NULL where the step is index. */
    const char *name;
    size_t index;
};

/** Appends "parts[0].quantity"; nothing for NULL, which is the whole value. */
void sl_json_path_append(const struct sl_json_path *path, struct sl_text *out);

/** Appends "\"abc\" is a string", "12 is an integer", "an array is given"; long texts are cut. */
void sl_json_describe(const json_t *value, struct sl_text *out);

/** Sets err to SL_INVALID_ARGUMENT, "path: <value described>, <wanted> is wanted". */
enum sl_code sl_json_fault(const struct sl_json_path *path, const json_t *value, const char *wanted,
                           struct sl_error *err);

/** Sets err to SL_INVALID_ARGUMENT, "path: <what>". */
enum sl_code sl_json_fault_text(const struct sl_json_path *path, const char *what,
                                struct sl_error *err);

#endif
