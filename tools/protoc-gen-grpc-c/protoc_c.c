#include "protoc_c.h"

#include "base/text.h"
#include "comments.h"
#include "names.h"

/* Field numbers in FileDescriptorProto and DescriptorProto, for paths in SourceCodeInfo. */
#define FILE_MESSAGE_FIELD 4
#define FILE_SYNTAX_FIELD 12
#define MESSAGE_FIELD_FIELD 2
#define MESSAGE_NESTED_FIELD 3
/* A path has two numbers a level; unpacking allows 100 levels. */
#define MAX_PATH 200

/* What is walked through: messages nest, within the depth that unpacking allowed. */
struct walk {
    const Google__Protobuf__FileDescriptorProto *file;
    struct sl_arena *arena;
    struct sl_error *err;
    int32_t path[MAX_PATH + 2];
    size_t depth;
};

static const char *file_name(const Google__Protobuf__FileDescriptorProto *file)
{
    return file->name != NULL ? file->name : "?";
}

/* "a.proto:7:3" of the field of the message where the walk is. */
static const char *place_of(struct walk *walk, const Google__Protobuf__DescriptorProto *message,
                            const Google__Protobuf__FieldDescriptorProto *field)
{
    struct gen_place place;
    size_t index = 0;

    while (index < message->n_field && message->field[index] != field)
        index++;
    walk->path[walk->depth] = MESSAGE_FIELD_FIELD;
    walk->path[walk->depth + 1] = (int32_t)index;
    place = gen_location_place(file_name(walk->file),
                               gen_location_find(walk->file, walk->path, walk->depth + 2));
    return gen_place_text(walk->arena, &place);
}

static bool has_name(const Google__Protobuf__DescriptorProto *message, const char *name)
{
    for (size_t i = 0; i < message->n_field; i++) {
        if (sl_text_equals(message->field[i]->name, name))
            return true;
    }
    for (size_t i = 0; i < message->n_oneof_decl; i++) {
        if (sl_text_equals(message->oneof_decl[i]->name, name))
            return true;
    }
    return false;
}

static enum sl_code lower_field(struct walk *walk, Google__Protobuf__DescriptorProto *message,
                                Google__Protobuf__FieldDescriptorProto *field)
{
    const char *message_name = message->name != NULL ? message->name : "";
    char *name;

    if (field->name == NULL || !field->has_oneof_index || field->oneof_index < 0 ||
        (size_t)field->oneof_index >= message->n_oneof_decl)
        return sl_error_set(walk->err, SL_INVALID_ARGUMENT,
                            "%s: message %s: an optional field lacks its name or its oneof",
                            place_of(walk, message, field), message_name);
    name = sl_arena_printf(walk->arena, "optional_%s", field->name);
    if (name == NULL)
        return sl_error_no_memory(walk->err);
    if (has_name(message, name))
        return sl_error_set(walk->err, SL_ALREADY_EXISTS,
                            "%s: message %s: \"%s\" is the name that the presence of \"%s\" needs",
                            place_of(walk, message, field), message_name, name, field->name);
    message->oneof_decl[field->oneof_index]->name = name;
    field->has_proto3_optional = false;
    return SL_OK;
}

/* export becomes export_, as protoc-c makes int_ of int: its header would be no C++ otherwise. */
static enum sl_code escape_field(struct walk *walk,
                                 const Google__Protobuf__DescriptorProto *message,
                                 Google__Protobuf__FieldDescriptorProto *field)
{
    char *name = field->name != NULL ? gen_field_for_protoc_c(walk->arena, field->name) : NULL;

    if (name == NULL)
        return field->name == NULL ? SL_OK : sl_error_no_memory(walk->err);
    if (sl_text_equals(name, field->name))
        return SL_OK;
    if (has_name(message, name))
        return sl_error_set(walk->err, SL_ALREADY_EXISTS,
                            "%s: message %s: \"%s\" is the name that \"%s\", a keyword, needs",
                            place_of(walk, message, field),
                            message->name != NULL ? message->name : "", name, field->name);
    field->name = name;
    return SL_OK;
}

/* protoc-c crashes over them. */
static enum sl_code refuse_group(struct walk *walk,
                                 const Google__Protobuf__DescriptorProto *message,
                                 const Google__Protobuf__FieldDescriptorProto *field)
{
    return sl_error_set(walk->err, SL_UNIMPLEMENTED,
                        "%s: message %s: field \"%s\" is a group, which protoc-c does not know; "
                        "make it a message",
                        place_of(walk, message, field), message->name != NULL ? message->name : "",
                        field->name != NULL ? field->name : "");
}

static enum sl_code lower_messages(struct walk *walk, int32_t field,
                                   Google__Protobuf__DescriptorProto *const *messages,
                                   size_t count);

static enum sl_code lower_message(struct walk *walk, Google__Protobuf__DescriptorProto *message)
{
    for (size_t i = 0; i < message->n_field; i++) {
        Google__Protobuf__FieldDescriptorProto *field = message->field[i];

        if (field->has_type &&
            field->type == GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_GROUP)
            return refuse_group(walk, message, field);
        if (field->has_proto3_optional && field->proto3_optional)
            SL_TRY(lower_field(walk, message, field));
        SL_TRY(escape_field(walk, message, field));
    }
    return lower_messages(walk, MESSAGE_NESTED_FIELD, message->nested_type, message->n_nested_type);
}

static enum sl_code lower_messages(struct walk *walk, int32_t field,
                                   Google__Protobuf__DescriptorProto *const *messages, size_t count)
{
    if (walk->depth + 2 > MAX_PATH)
        return sl_error_no_memory(walk->err);
    for (size_t i = 0; i < count; i++) {
        walk->path[walk->depth++] = field;
        walk->path[walk->depth++] = (int32_t)i;
        SL_TRY(lower_message(walk, messages[i]));
        walk->depth -= 2;
    }
    return SL_OK;
}

enum sl_code gen_check_syntax(const Google__Protobuf__FileDescriptorProto *file,
                              struct sl_arena *arena, struct sl_error *err)
{
    static const int32_t PATH[] = {FILE_SYNTAX_FIELD};
    struct gen_place place;

    if (file->syntax == NULL || *file->syntax == '\0' || sl_text_equals(file->syntax, "proto2") ||
        sl_text_equals(file->syntax, "proto3"))
        return SL_OK;
    place = gen_location_place(file_name(file), gen_location_find(file, PATH, 1));
    return sl_error_set(err, SL_UNIMPLEMENTED,
                        "%s: syntax \"%s\", which protoc-c does not know; wanted: proto3 or proto2",
                        gen_place_text(arena, &place), file->syntax);
}

enum sl_code gen_for_protoc_c(Google__Protobuf__FileDescriptorSet *set, struct sl_arena *arena,
                              struct sl_error *err)
{
    for (size_t i = 0; i < set->n_file; i++) {
        struct walk walk = {.file = set->file[i], .arena = arena, .err = err};

        SL_TRY(gen_check_syntax(set->file[i], arena, err));
        set->file[i]->n_service = 0;
        SL_TRY(lower_messages(&walk, FILE_MESSAGE_FIELD, set->file[i]->message_type,
                              set->file[i]->n_message_type));
    }
    return SL_OK;
}
