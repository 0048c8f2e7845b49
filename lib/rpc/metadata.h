#ifndef SL_RPC_METADATA_H
#define SL_RPC_METADATA_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Trailing metadata of a failed call: what it did, by sl_outcome_name(), where the server knows.
 * Servers of this library say not_executed of calls that they refuse before the handler; a handler
 * may say it too. Clients of this library find it in the error's outcome.
 */
#define SL_OUTCOME_KEY "sl-outcome"

/** A key with a value. Keys that end in "-bin" may hold any bytes, others visible ASCII and spaces.
 */
struct sl_metadata_entry {
    /** Lower case, ends with NUL. */
    const char *key;
    /** Ends with a NUL that is not counted. */
    const char *value;
    size_t length;
};

/** Metadata of a call, in order, keys may repeat. Zeroed it is empty. Guarded by its owner. */
struct sl_metadata {
    struct sl_metadata_entry *entries;
    size_t count;
    size_t capacity;
};

/** Adds a copy, owned by arena; key is put in lower case. SL_INVALID_ARGUMENT: gRPC allows no such
 * key or value. */
SL_MUST_USE enum sl_code sl_metadata_add(struct sl_metadata *metadata, struct sl_arena *arena,
                                         const char *key, const char *value);
SL_MUST_USE enum sl_code sl_metadata_add_bytes(struct sl_metadata *metadata, struct sl_arena *arena,
                                               const char *key, const void *value, size_t length);

/** The first value under key (lower case), NULL where there is none; metadata may be NULL. */
const char *sl_metadata_get(const struct sl_metadata *metadata, const char *key);

#ifdef __cplusplus
}
#endif

#endif
