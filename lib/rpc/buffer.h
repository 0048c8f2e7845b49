#ifndef SL_RPC_BUFFER_H
#define SL_RPC_BUFFER_H

#include <grpc/byte_buffer.h>
#include <protobuf-c/protobuf-c.h>

#include "base/arena.h"
#include "base/error.h"

/** The message packed, in one piece; the caller destroys it. */
grpc_byte_buffer *sl_buffer_pack(const ProtobufCMessage *message);

/** sl_message_unpack() of what a peer sent. buffer is borrowed. */
SL_MUST_USE enum sl_code sl_buffer_unpack(const ProtobufCMessageDescriptor *type,
                                          grpc_byte_buffer *buffer, struct sl_arena *arena,
                                          ProtobufCMessage **ret_message, struct sl_error *err);

#endif
