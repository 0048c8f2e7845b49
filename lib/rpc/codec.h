#ifndef SL_RPC_CODEC_H
#define SL_RPC_CODEC_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How deep messages may nest in each other; protobuf-c itself recurses without bound. */
#define SL_MESSAGE_MAX_DEPTH 100

/**
 * Unpacks a message into arena, after checking it: depth, UTF-8 and embedded NULs of strings, map
 * entries without value (which get an empty one). Unknown fields are kept.
 *
 * Errors: SL_INVALID_ARGUMENT says what is wrong and in which field; SL_RESOURCE_EXHAUSTED.
 */
SL_MUST_USE enum sl_code sl_message_unpack(const ProtobufCMessageDescriptor *type,
                                           const void *bytes, size_t length, struct sl_arena *arena,
                                           ProtobufCMessage **ret_message, struct sl_error *err);

/** Packs into the arena. */
SL_MUST_USE enum sl_code sl_message_pack(const ProtobufCMessage *message, struct sl_arena *arena,
                                         uint8_t **ret_bytes, size_t *ret_length,
                                         struct sl_error *err);

/** A ProtobufCAllocator over arena (its free does nothing). */
ProtobufCAllocator sl_arena_protobuf_allocator(struct sl_arena *arena);

#ifdef __cplusplus
}
#endif

#endif
