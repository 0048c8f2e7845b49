#ifndef SL_RPC_BUFFER_H
#define SL_RPC_BUFFER_H

#include <grpc/byte_buffer.h>
#include <protobuf-c/protobuf-c.h>

#include "base/arena.h"
#include "base/error.h"

/** The message packed, in one piece; the caller destroys it. */
grpc_byte_buffer *sl_buffer_pack(const ProtobufCMessage *message);

/** What to make of what a peer sent. */
struct sl_unpacking {
    const ProtobufCMessageDescriptor *type;
    struct sl_arena *arena;
    /** What a compressed message may become; the others are bounded by gRPC. */
    size_t max_bytes;
};

/** sl_message_unpack() of what a peer sent, decompressed where it is compressed. buffer is
 * borrowed. Also: SL_RESOURCE_EXHAUSTED, where it becomes too large. */
SL_MUST_USE enum sl_code sl_buffer_unpack(const struct sl_unpacking *unpacking,
                                          grpc_byte_buffer *buffer, ProtobufCMessage **ret_message,
                                          struct sl_error *err);

#endif
