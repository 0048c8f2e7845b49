#include "protoc_c.h"

#include "base/text.h"

/* What is walked through: messages nest, within the depth that unpacking allowed. */
struct walk {
    const char *file;
    struct sl_arena *arena;
    struct sl_error *err;
};

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

static enum sl_code lower_field(const struct walk *walk, Google__Protobuf__DescriptorProto *message,
                                Google__Protobuf__FieldDescriptorProto *field)
{
    const char *message_name = message->name != NULL ? message->name : "";
    char *name;

    if (field->name == NULL || !field->has_oneof_index || field->oneof_index < 0 ||
        (size_t)field->oneof_index >= message->n_oneof_decl)
        return sl_error_set(walk->err, SL_INVALID_ARGUMENT,
                            "%s: message %s: an optional field lacks its name or its oneof",
                            walk->file, message_name);
    name = sl_arena_printf(walk->arena, "optional_%s", field->name);
    if (name == NULL)
        return sl_error_no_memory(walk->err);
    if (has_name(message, name))
        return sl_error_set(walk->err, SL_ALREADY_EXISTS,
                            "%s: message %s: \"%s\" is the name that the presence of \"%s\" needs",
                            walk->file, message_name, name, field->name);
    message->oneof_decl[field->oneof_index]->name = name;
    field->has_proto3_optional = false;
    return SL_OK;
}

/* protoc-c crashes over them. */
static enum sl_code refuse_group(const struct walk *walk,
                                 const Google__Protobuf__DescriptorProto *message,
                                 const Google__Protobuf__FieldDescriptorProto *field)
{
    return sl_error_set(walk->err, SL_UNIMPLEMENTED,
                        "%s: message %s: field \"%s\" is a group, which protoc-c does not know; "
                        "make it a message",
                        walk->file, message->name != NULL ? message->name : "",
                        field->name != NULL ? field->name : "");
}

static enum sl_code lower_message(const struct walk *walk,
                                  Google__Protobuf__DescriptorProto *message)
{
    for (size_t i = 0; i < message->n_field; i++) {
        Google__Protobuf__FieldDescriptorProto *field = message->field[i];

        if (field->has_type &&
            field->type == GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_GROUP)
            return refuse_group(walk, message, field);
        if (field->has_proto3_optional && field->proto3_optional)
            SL_TRY(lower_field(walk, message, field));
    }
    for (size_t i = 0; i < message->n_nested_type; i++)
        SL_TRY(lower_message(walk, message->nested_type[i]));
    return SL_OK;
}

enum sl_code gen_for_protoc_c(Google__Protobuf__FileDescriptorSet *set, struct sl_arena *arena,
                              struct sl_error *err)
{
    for (size_t i = 0; i < set->n_file; i++) {
        struct walk walk = {
            .file = set->file[i]->name != NULL ? set->file[i]->name : "?",
            .arena = arena,
            .err = err,
        };

        set->file[i]->n_service = 0;
        for (size_t m = 0; m < set->file[i]->n_message_type; m++)
            SL_TRY(lower_message(&walk, set->file[i]->message_type[m]));
    }
    return SL_OK;
}
