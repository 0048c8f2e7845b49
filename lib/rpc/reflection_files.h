#ifndef SL_RPC_REFLECTION_FILES_H
#define SL_RPC_REFLECTION_FILES_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "rpc/method.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Files without repetition, each before those that it imports. Zeroed it is empty; grows in an
 * arena. */
struct sl_file_list {
    const struct sl_file **files;
    size_t count;
    size_t capacity;
};

/** Adds the file and what it imports, directly or not, where they are not in the list yet. */
SL_MUST_USE enum sl_code sl_file_list_add(struct sl_file_list *list, struct sl_arena *arena,
                                          const struct sl_file *file);

/** By name, such as "google/protobuf/struct.proto"; NULL where there is none. */
const struct sl_file *sl_file_list_find(const struct sl_file_list *list, const char *name);

/**
 * The file that declares a message, enum, service, method, field or extension of this full name
 * (without a leading dot); NULL where there is none.
 */
const struct sl_file *sl_file_list_find_symbol(const struct sl_file_list *list, const char *symbol);

#ifdef __cplusplus
}
#endif

#endif
