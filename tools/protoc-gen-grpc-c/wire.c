#include "wire.h"

#include <errno.h>
#include <string.h>

/* As deep as protoc itself reads messages, by default. */
#define MAX_DEPTH 100

enum wire_type { WIRE_VARINT = 0, WIRE_64_BITS = 1, WIRE_BYTES = 2, WIRE_32_BITS = 5 };

static void *arena_alloc(void *data, size_t size)
{
    return sl_arena_alloc(data, size);
}

static void arena_free(void *data, void *memory)
{
    (void)data;
    (void)memory;
}

size_t gen_varint(const uint8_t *bytes, size_t length, uint64_t *ret_value)
{
    uint64_t value = 0;

    for (size_t i = 0; i < length && i < 10; i++) {
        value |= (uint64_t)(bytes[i] & 0x7f) << (7 * i);
        if (bytes[i] < 0x80) {
            *ret_value = value;
            return i + 1;
        }
    }
    return 0;
}

static enum sl_code broken(const ProtobufCMessageDescriptor *type, struct sl_error *err)
{
    return sl_error_set(err, SL_INVALID_ARGUMENT, "these bytes are no %s", type->name);
}

static enum sl_code check_message(const ProtobufCMessageDescriptor *type, const uint8_t *bytes,
                                  size_t length, int depth, struct sl_error *err);

static enum sl_code check_value(const ProtobufCFieldDescriptor *field, const uint8_t *bytes,
                                size_t length, int depth, struct sl_error *err)
{
    if (field == NULL)
        return SL_OK;
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return check_message(field->descriptor, bytes, length, depth + 1, err);
    if (field->type != PROTOBUF_C_TYPE_STRING)
        return SL_OK;
    if (memchr(bytes, 0, length) != NULL)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "the field \"%s\" contains a NUL",
                            field->name);
    if (!sl_utf8_is_valid((const char *)bytes, length))
        return sl_error_set(err, SL_INVALID_ARGUMENT, "the field \"%s\" is not UTF-8", field->name);
    return SL_OK;
}

/* How many bytes the value takes, its length prefix (which *ret_prefix counts) included; 0: broken.
 */
static size_t value_size(enum wire_type wire, const uint8_t *bytes, size_t length,
                         size_t *ret_prefix)
{
    uint64_t value = 0;

    *ret_prefix = 0;
    switch (wire) {
    case WIRE_VARINT:
        return gen_varint(bytes, length, &value);
    case WIRE_64_BITS:
        return length >= 8 ? 8 : 0;
    case WIRE_32_BITS:
        return length >= 4 ? 4 : 0;
    case WIRE_BYTES:
        *ret_prefix = gen_varint(bytes, length, &value);
        return *ret_prefix > 0 && value <= length - *ret_prefix ? *ret_prefix + (size_t)value : 0;
    default:
        return 0;
    }
}

/* Recursion is bounded by MAX_DEPTH: that is what it is for. */
static enum sl_code check_message(const ProtobufCMessageDescriptor *type, const uint8_t *bytes,
                                  size_t length, int depth, struct sl_error *err)
{
    if (depth > MAX_DEPTH)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "%s nests deeper than %d levels", type->name,
                            MAX_DEPTH);
    while (length > 0) {
        uint64_t tag = 0;
        size_t prefix;
        size_t size = gen_varint(bytes, length, &tag);

        if (size == 0 || tag >> 3 == 0 || tag >> 3 > UINT32_MAX >> 3)
            return broken(type, err);
        bytes += size;
        length -= size;
        size = value_size((enum wire_type)(tag & 7), bytes, length, &prefix);
        if (size == 0)
            return broken(type, err);
        if ((tag & 7) == WIRE_BYTES)
            SL_TRY(
                check_value(protobuf_c_message_descriptor_get_field(type, (unsigned int)(tag >> 3)),
                            bytes + prefix, size - prefix, depth, err));
        bytes += size;
        length -= size;
    }
    return SL_OK;
}

enum sl_code gen_unpack(const ProtobufCMessageDescriptor *type, const struct sl_text *bytes,
                        struct sl_arena *arena, ProtobufCMessage **ret_message,
                        struct sl_error *err)
{
    ProtobufCAllocator allocator = {arena_alloc, arena_free, arena};
    const uint8_t *data = (const uint8_t *)sl_text_string(bytes);
    ProtobufCMessage *message;

    if (sl_text_failed(bytes))
        return sl_error_no_memory(err);
    SL_TRY(check_message(type, data, bytes->length, 1, err));
    message = protobuf_c_message_unpack(type, &allocator, bytes->length, data);
    if (message == NULL)
        return broken(type, err);
    *ret_message = message;
    return SL_OK;
}

enum sl_code gen_pack(const ProtobufCMessage *message, struct sl_arena *arena, uint8_t **ret_bytes,
                      size_t *ret_length, struct sl_error *err)
{
    size_t length = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = sl_arena_alloc(arena, length);

    if (bytes == NULL)
        return sl_error_no_memory(err);
    protobuf_c_message_pack(message, bytes);
    *ret_bytes = bytes;
    *ret_length = length;
    return SL_OK;
}

enum sl_code gen_read(FILE *file, const char *name, struct sl_text *bytes, struct sl_error *err)
{
    char buffer[16384];
    size_t length;

    while ((length = fread(buffer, 1, sizeof(buffer), file)) > 0)
        sl_text_append_bytes(bytes, buffer, length);
    if (ferror(file))
        return sl_error_set(err, SL_UNAVAILABLE, "cannot read %s: %s", name, strerror(errno));
    return sl_text_failed(bytes) ? sl_error_no_memory(err) : SL_OK;
}
