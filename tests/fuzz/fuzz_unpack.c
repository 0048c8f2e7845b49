/*
 * What a peer may send for a message: refused or taken, and what was taken is the same after it was
 * packed and unpacked once more, unknown fields included. The first byte says as which type, and
 * whether the rest is compressed.
 */
#include <grpc/byte_buffer.h>
#include <grpc/slice.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "google/protobuf/descriptor.pb-c.h"
#include "google/protobuf/empty.pb-c.h"
#include "google/protobuf/struct.pb-c.h"
#include "google/protobuf/wrappers.pb-c.h"
#include "rpc/codec.h"
#include "rpc/inflate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_BYTES = 1 << 20, COMPRESSED = 0x80 };

static const ProtobufCMessageDescriptor *const TYPES[] = {
    &google__protobuf__struct__descriptor,
    &google__protobuf__list_value__descriptor,
    &google__protobuf__value__descriptor,
    &google__protobuf__string_value__descriptor,
    &google__protobuf__double_value__descriptor,
    &google__protobuf__file_descriptor_proto__descriptor,
    &google__protobuf__empty__descriptor,
};

static void unpack(const ProtobufCMessageDescriptor *type, const uint8_t *bytes, size_t length,
                   struct sl_arena *arena)
{
    struct sl_error err = {0};
    ProtobufCMessage *first = NULL, *second = NULL;
    uint8_t *packed = NULL, *again = NULL;
    size_t packed_length = 0, again_length = 0;
    enum sl_code code = sl_message_unpack(type, bytes, length, arena, &first, &err);
    if (code != SL_OK) {
        if (code != SL_INVALID_ARGUMENT || err.code != code || first != NULL)
            abort();
        return;
    }
    if (type->n_fields == 0 && length > 0 && first->n_unknown_fields == 0)
        abort();
    if (sl_message_pack(first, arena, &packed, &packed_length, &err) != SL_OK ||
        sl_message_unpack(type, packed, packed_length, arena, &second, &err) != SL_OK ||
        second->n_unknown_fields != first->n_unknown_fields ||
        sl_message_pack(second, arena, &again, &again_length, &err) != SL_OK)
        abort();
    if (again_length != packed_length || memcmp(packed, again, again_length) != 0)
        abort();
}

static void unpack_compressed(const ProtobufCMessageDescriptor *type, const uint8_t *data,
                              size_t size, struct sl_arena *arena)
{
    struct sl_error err = {0};
    uint8_t *bytes = NULL;
    size_t length = 0;
    grpc_slice slice = grpc_slice_from_copied_buffer((const char *)data, size);
    grpc_byte_buffer *buffer =
        grpc_raw_compressed_byte_buffer_create(&slice, 1, GRPC_COMPRESS_GZIP);
    enum sl_code code = sl_buffer_inflate(buffer, MAX_BYTES, &bytes, &length, &err);
    if (code == SL_OK)
        unpack(type, bytes, length, arena);
    sl_free(bytes);
    grpc_byte_buffer_destroy(buffer);
    grpc_slice_unref(slice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const ProtobufCMessageDescriptor *type =
        TYPES[(size_t)(data[0] & ~COMPRESSED) % SL_ARRAY_LENGTH(TYPES)];
    struct sl_arena *arena = sl_arena_new();
    if ((data[0] & COMPRESSED) != 0)
        unpack_compressed(type, data + 1, size - 1, arena);
    else
        unpack(type, data + 1, size - 1, arena);
    sl_arena_free(arena);
    return 0;
}
