#include "types.h"

#include <string.h>

#include "base/text.h"
#include "wire.h"

/* protoc-c's own options, an extension of FileOptions and of MessageOptions; and some of theirs. */
#define PROTOBUF_C_FIELD 1019
#define FILE_C_PACKAGE_FIELD 6
#define MESSAGE_BASE_FIELD_NAME_FIELD 3

static const Google__Protobuf__DescriptorProto *
find_among(Google__Protobuf__DescriptorProto *const *messages, size_t count, const char *name,
           size_t length)
{
    for (size_t i = 0; i < count; i++) {
        const char *candidate = messages[i]->name;

        if (candidate != NULL && strlen(candidate) == length &&
            memcmp(candidate, name, length) == 0)
            return messages[i];
    }
    return NULL;
}

/* The message "Outer.Inner" of the file. */
static const Google__Protobuf__DescriptorProto *
find_message(const Google__Protobuf__FileDescriptorProto *file, const char *name)
{
    size_t length = strcspn(name, ".");
    const Google__Protobuf__DescriptorProto *message =
        find_among(file->message_type, file->n_message_type, name, length);

    while (message != NULL && name[length] == '.') {
        name += length + 1;
        length = strcspn(name, ".");
        message = find_among(message->nested_type, message->n_nested_type, name, length);
    }
    return message;
}

/* What follows the package in a name without leading dot; NULL where it is of another package. */
static const char *after_package(const char *name, const char *package)
{
    size_t length = strlen(package);

    if (length == 0)
        return name;
    return strncmp(name, package, length) == 0 && name[length] == '.' ? name + length + 1 : NULL;
}

/* The string in a field of a serialized message of booleans and strings; NULL where there is none.
 */
static const char *find_string(const uint8_t *bytes, size_t length, uint64_t wanted,
                               struct sl_arena *arena)
{
    const char *result = NULL;

    while (length > 0) {
        uint64_t tag = 0;
        uint64_t value = 0;
        size_t used = gen_varint(bytes, length, &tag);
        size_t used_value = used > 0 ? gen_varint(bytes + used, length - used, &value) : 0;
        bool is_bytes = (tag & 7) == 2;

        if (used_value == 0 || (!is_bytes && (tag & 7) != 0))
            return NULL;
        bytes += used + used_value;
        length -= used + used_value;
        if (!is_bytes)
            continue;
        if (value > length)
            return NULL;
        if (tag >> 3 == wanted)
            result = sl_arena_strndup(arena, (const char *)bytes, (size_t)value);
        bytes += value;
        length -= (size_t)value;
    }
    return result;
}

/* One of protoc-c's options, or what holds without it. options may be NULL. */
static const char *option_of(const ProtobufCMessage *options, uint64_t wanted,
                             const char *otherwise, struct sl_arena *arena)
{
    for (size_t i = 0; options != NULL && i < options->n_unknown_fields; i++) {
        const ProtobufCMessageUnknownField *field = &options->unknown_fields[i];
        uint64_t length;
        size_t prefix;
        const char *found;

        if (field->tag != PROTOBUF_C_FIELD ||
            field->wire_type != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
            continue;
        prefix = gen_varint(field->data, field->len, &length);
        found = find_string(field->data + prefix, field->len - prefix, wanted, arena);
        otherwise = found != NULL ? found : otherwise;
    }
    return otherwise;
}

const char *gen_c_package(const Google__Protobuf__FileDescriptorProto *file, struct sl_arena *arena)
{
    const char *package = file->package != NULL ? file->package : "";

    return option_of(file->options != NULL ? &file->options->base : NULL, FILE_C_PACKAGE_FIELD,
                     package, arena);
}

const char *gen_base_name(const Google__Protobuf__DescriptorProto *message, struct sl_arena *arena)
{
    return option_of(message->options != NULL ? &message->options->base : NULL,
                     MESSAGE_BASE_FIELD_NAME_FIELD, "base", arena);
}

static enum sl_code fill(const Google__Protobuf__DescriptorProto *message, const char *full_name,
                         struct sl_arena *arena, struct gen_type *ret_type, struct sl_error *err)
{
    struct gen_type type = {.base = gen_base_name(message, arena)};

    if (full_name == NULL)
        return sl_error_no_memory(err);
    if (!gen_is_identifier(type.base))
        return sl_error_set(err, SL_INVALID_ARGUMENT, "\"%s\" is no name for the base field of %s",
                            type.base, full_name);
    type.name = gen_message_type(arena, full_name);
    type.descriptor = gen_message_descriptor(arena, full_name);
    if (type.name == NULL || type.descriptor == NULL)
        return sl_error_no_memory(err);
    *ret_type = type;
    return SL_OK;
}

enum sl_code gen_type_find(const Google__Protobuf__Compiler__CodeGeneratorRequest *request,
                           const char *name, struct sl_arena *arena, struct gen_type *ret_type,
                           struct sl_error *err)
{
    for (size_t i = 0; i < request->n_proto_file && name != NULL && *name == '.'; i++) {
        const Google__Protobuf__FileDescriptorProto *file = request->proto_file[i];
        const char *package = file->package != NULL ? file->package : "";
        const char *local = after_package(name + 1, package);
        const Google__Protobuf__DescriptorProto *message =
            local != NULL ? find_message(file, local) : NULL;

        if (message != NULL)
            return fill(message, sl_arena_printf(arena, "%s.%s", gen_c_package(file, arena), local),
                        arena, ret_type, err);
    }
    return sl_error_set(err, SL_NOT_FOUND, "there is no message %s in the request",
                        name != NULL ? name : "\"\"");
}
