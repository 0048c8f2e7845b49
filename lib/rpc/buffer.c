#include "rpc/buffer.h"

#include <grpc/byte_buffer_reader.h>
#include <grpc/slice.h>

#include "rpc/codec.h"

grpc_byte_buffer *sl_buffer_pack(const ProtobufCMessage *message)
{
    grpc_slice slice = grpc_slice_malloc(protobuf_c_message_get_packed_size(message));
    protobuf_c_message_pack(message, GRPC_SLICE_START_PTR(slice));
    grpc_byte_buffer *buffer = grpc_raw_byte_buffer_create(&slice, 1);
    /* The buffer has a reference of its own. */
    grpc_slice_unref(slice);
    return buffer;
}

enum sl_code sl_buffer_unpack(const ProtobufCMessageDescriptor *type, grpc_byte_buffer *buffer,
                              struct sl_arena *arena, ProtobufCMessage **ret_message,
                              struct sl_error *err)
{
    grpc_byte_buffer_reader reader;
    if (!grpc_byte_buffer_reader_init(&reader, buffer))
        return sl_error_set(err, SL_INVALID_ARGUMENT, "a %s that cannot be read", type->name);
    size_t length = grpc_byte_buffer_length(buffer);
    grpc_slice *first = NULL;
    enum sl_code code;
    if (length == 0) {
        code = sl_message_unpack(type, NULL, 0, arena, ret_message, err);
    } else if (grpc_byte_buffer_reader_peek(&reader, &first) &&
               GRPC_SLICE_LENGTH(*first) == length) {
        /* In one piece already, as small messages are: no copy. */
        code =
            sl_message_unpack(type, GRPC_SLICE_START_PTR(*first), length, arena, ret_message, err);
    } else {
        grpc_byte_buffer_reader_destroy(&reader);
        grpc_byte_buffer_reader_init(&reader, buffer);
        grpc_slice whole = grpc_byte_buffer_reader_readall(&reader);
        code = sl_message_unpack(type, GRPC_SLICE_START_PTR(whole), GRPC_SLICE_LENGTH(whole), arena,
                                 ret_message, err);
        grpc_slice_unref(whole);
    }
    grpc_byte_buffer_reader_destroy(&reader);
    return code;
}
