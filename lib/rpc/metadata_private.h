#ifndef SL_RPC_METADATA_PRIVATE_H
#define SL_RPC_METADATA_PRIVATE_H

#include <grpc/grpc.h>

#include "rpc/metadata.h"

/** Metadata in the form in which gRPC takes it. */
struct sl_metadata_wire {
    grpc_metadata *entries;
    size_t count;
};

/** The first entry under key, NULL where there is none; metadata may be NULL. */
const struct sl_metadata_entry *sl_metadata_find(const struct sl_metadata *metadata,
                                                 const char *key);

/** Adds copies of what arrived, owned by arena. */
SL_MUST_USE enum sl_code sl_metadata_receive(struct sl_metadata *metadata, struct sl_arena *arena,
                                             const grpc_metadata_array *array);

/** The entries with slices of their own, the array owned by arena; metadata may be NULL. */
SL_MUST_USE enum sl_code sl_metadata_send(const struct sl_metadata *metadata,
                                          struct sl_arena *arena,
                                          struct sl_metadata_wire *ret_wire);

/** The same, with the word that has gRPC compress the messages of a call at a client. */
SL_MUST_USE enum sl_code sl_metadata_send_compressed(const struct sl_metadata *metadata,
                                                     struct sl_arena *arena,
                                                     struct sl_metadata_wire *ret_wire);

/** Drops the slices, once the batch that they were given to has completed. */
void sl_metadata_sent(struct sl_metadata_wire *wire);

#endif
