#include "rpc/buffer.h"

#include <grpc/byte_buffer_reader.h>
#include <grpc/slice.h>

#include "base/memory.h"
#include "rpc/codec.h"
#include "rpc/inflate.h"

grpc_byte_buffer *sl_buffer_pack(const ProtobufCMessage *message)
{
    grpc_slice slice = grpc_slice_malloc(protobuf_c_message_get_packed_size(message));
    protobuf_c_message_pack(message, GRPC_SLICE_START_PTR(slice));
    grpc_byte_buffer *buffer = grpc_raw_byte_buffer_create(&slice, 1);
    /* The buffer has a reference of its own. */
    grpc_slice_unref(slice);
    return buffer;
}

static enum sl_code unpack_compressed(const struct sl_unpacking *unpacking,
                                      grpc_byte_buffer *buffer, ProtobufCMessage **ret_message,
                                      struct sl_error *err)
{
    uint8_t *bytes = NULL;
    size_t length = 0;
    SL_TRY(sl_buffer_inflate(buffer, unpacking->max_bytes, &bytes, &length, err));
    enum sl_code code =
        sl_message_unpack(unpacking->type, bytes, length, unpacking->arena, ret_message, err);
    sl_free(bytes);
    return code;
}

/* In several pieces: they are put together first. */
static enum sl_code unpack_pieces(const struct sl_unpacking *unpacking, grpc_byte_buffer *buffer,
                                  ProtobufCMessage **ret_message, struct sl_error *err)
{
    grpc_byte_buffer_reader reader;
    grpc_byte_buffer_reader_init(&reader, buffer);
    grpc_slice whole = grpc_byte_buffer_reader_readall(&reader);
    enum sl_code code =
        sl_message_unpack(unpacking->type, GRPC_SLICE_START_PTR(whole), GRPC_SLICE_LENGTH(whole),
                          unpacking->arena, ret_message, err);
    grpc_slice_unref(whole);
    grpc_byte_buffer_reader_destroy(&reader);
    return code;
}

enum sl_code sl_buffer_unpack(const struct sl_unpacking *unpacking, grpc_byte_buffer *buffer,
                              ProtobufCMessage **ret_message, struct sl_error *err)
{
    size_t length = grpc_byte_buffer_length(buffer);
    if (sl_buffer_is_compressed(buffer) && length > 0)
        return unpack_compressed(unpacking, buffer, ret_message, err);
    if (length == 0)
        return sl_message_unpack(unpacking->type, NULL, 0, unpacking->arena, ret_message, err);
    grpc_byte_buffer_reader reader;
    if (!grpc_byte_buffer_reader_init(&reader, buffer))
        return sl_error_set(err, SL_INVALID_ARGUMENT, "a %s that cannot be read",
                            unpacking->type->name);
    grpc_slice *first = NULL;
    bool is_one_piece =
        grpc_byte_buffer_reader_peek(&reader, &first) && GRPC_SLICE_LENGTH(*first) == length;
    /* In one piece already, as small messages are: no copy. */
    enum sl_code code = SL_OK;
    if (is_one_piece)
        code = sl_message_unpack(unpacking->type, GRPC_SLICE_START_PTR(*first), length,
                                 unpacking->arena, ret_message, err);
    grpc_byte_buffer_reader_destroy(&reader);
    return is_one_piece ? code : unpack_pieces(unpacking, buffer, ret_message, err);
}
