#ifndef SL_RPC_CODEC_CHECK_H
#define SL_RPC_CODEC_CHECK_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Looks through the bytes of a message as protobuf-c would, without building anything, and refuses
 * what protobuf-c would not survive or would let pass: depth, groups, strings with invalid UTF-8 or
 * a NUL, lengths beyond the end.
 *
 * ret_lacks_map_values  set to true where some map entry has no value; else untouched.
 * Errors: SL_INVALID_ARGUMENT, naming the message and the field.
 * Source: protobuf.dev, "Encoding"; recursion limit as protobuf's own implementations have it.
 */
SL_MUST_USE enum sl_code sl_message_check(const ProtobufCMessageDescriptor *type, const void *bytes,
                                          size_t length, bool *ret_lacks_map_values,
                                          struct sl_error *err);

/** The value field of the map that `field` is, NULL where it is no map. protobuf-c keeps no flag:
 * told by shape. */
const ProtobufCFieldDescriptor *sl_map_value_field(const ProtobufCFieldDescriptor *field);

#ifdef __cplusplus
}
#endif

#endif
