#include "rpc/codec.h"

#include <string.h>

#include "rpc/codec_check.h"

/* An arena that remembers whether it had to refuse: protobuf-c only says that it failed. */
struct watched_arena {
    struct sl_arena *arena;
    bool has_refused;
};

static void *watched_alloc(void *data, size_t size)
{
    struct watched_arena *watched = data;
    void *memory = sl_arena_alloc(watched->arena, size);
    if (memory == NULL)
        watched->has_refused = true;
    return memory;
}

static void *arena_alloc(void *data, size_t size)
{
    return sl_arena_alloc(data, size);
}

static void arena_free(void *data, void *memory)
{
    (void)data;
    (void)memory;
}

ProtobufCAllocator sl_arena_protobuf_allocator(struct sl_arena *arena)
{
    return (ProtobufCAllocator){.alloc = arena_alloc, .free = arena_free, .allocator_data = arena};
}

static void *member(const ProtobufCMessage *message, unsigned offset)
{
    return (char *)(uintptr_t)message + offset;
}

static bool has_value(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0)
        return true;
    return *(const uint32_t *)member(message, field->quantifier_offset) == field->id;
}

static ProtobufCMessage *new_message(const ProtobufCMessageDescriptor *type, struct sl_arena *arena)
{
    ProtobufCMessage *message = sl_arena_alloc(arena, type->sizeof_message);
    if (message != NULL)
        protobuf_c_message_init(type, message);
    return message;
}

static enum sl_code fill_map_values(ProtobufCMessage *message, struct sl_arena *arena);

/* The messages behind one field: for entries of a map also the value that the bytes left out. */
static enum sl_code fill_field(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                               struct sl_arena *arena)
{
    ProtobufCMessage **children = member(message, field->offset);
    size_t count = 1;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        count = *(const size_t *)member(message, field->quantifier_offset);
        children = *(ProtobufCMessage ***)member(message, field->offset);
    }
    for (size_t i = 0; i < count; i++) {
        if (children[i] != NULL)
            SL_TRY(fill_map_values(children[i], arena));
    }
    const ProtobufCFieldDescriptor *value = sl_map_value_field(field);
    if (value == NULL || value->type != PROTOBUF_C_TYPE_MESSAGE)
        return SL_OK;
    for (size_t i = 0; i < count; i++) {
        ProtobufCMessage **slot = member(children[i], value->offset);
        if (*slot == NULL && (*slot = new_message(value->descriptor, arena)) == NULL)
            return SL_RESOURCE_EXHAUSTED;
    }
    return SL_OK;
}

/* Recurses no deeper than what sl_message_check() let pass. */
static enum sl_code fill_map_values(ProtobufCMessage *message, struct sl_arena *arena)
{
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        if (field->type == PROTOBUF_C_TYPE_MESSAGE && has_value(message, field))
            SL_TRY(fill_field(message, field, arena));
    }
    return SL_OK;
}

enum sl_code sl_message_unpack(const ProtobufCMessageDescriptor *type, const void *bytes,
                               size_t length, struct sl_arena *arena,
                               ProtobufCMessage **ret_message, struct sl_error *err)
{
    bool lacks_map_values = false;
    SL_TRY(sl_message_check(type, bytes, length, &lacks_map_values, err));
    struct watched_arena watched = {arena, false};
    ProtobufCAllocator allocator = {
        .alloc = watched_alloc, .free = arena_free, .allocator_data = &watched};
    ProtobufCMessage *message = protobuf_c_message_unpack(type, &allocator, length, bytes);
    if (message == NULL && watched.has_refused)
        return sl_error_no_memory(err);
    if (message == NULL)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "%zu bytes that are no %s", length,
                            type->name);
    if (lacks_map_values && fill_map_values(message, arena) != SL_OK)
        return sl_error_no_memory(err);
    *ret_message = message;
    return SL_OK;
}

enum sl_code sl_message_pack(const ProtobufCMessage *message, struct sl_arena *arena,
                             uint8_t **ret_bytes, size_t *ret_length, struct sl_error *err)
{
    size_t length = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = sl_arena_alloc(arena, length);
    if (bytes == NULL)
        return sl_error_no_memory(err);
    *ret_length = protobuf_c_message_pack(message, bytes);
    *ret_bytes = bytes;
    return SL_OK;
}
