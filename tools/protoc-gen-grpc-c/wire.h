#ifndef PROTOC_GEN_GRPC_C_WIRE_H
#define PROTOC_GEN_GRPC_C_WIRE_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

/**
 * Unpacks a message after checking what protobuf-c does not: nesting (it recurses without bound),
 * UTF-8 and embedded NULs of strings.
 *
 * bytes  borrowed until the call returns; *ret_message is owned by arena.
 * Errors: SL_INVALID_ARGUMENT names the message and what is wrong with it; SL_RESOURCE_EXHAUSTED.
 */
SL_MUST_USE enum sl_code gen_unpack(const ProtobufCMessageDescriptor *type,
                                    const struct sl_text *bytes, struct sl_arena *arena,
                                    ProtobufCMessage **ret_message, struct sl_error *err);

/** Packs; *ret_bytes is owned by arena. */
SL_MUST_USE enum sl_code gen_pack(const ProtobufCMessage *message, struct sl_arena *arena,
                                  uint8_t **ret_bytes, size_t *ret_length, struct sl_error *err);

/** Reads a base 128 varint; returns its length in bytes, 0 where there is none. */
size_t gen_varint(const uint8_t *bytes, size_t length, uint64_t *ret_value);

/** Reads all of file; name is for errors. */
SL_MUST_USE enum sl_code gen_read(FILE *file, const char *name, struct sl_text *bytes,
                                  struct sl_error *err);

#endif
