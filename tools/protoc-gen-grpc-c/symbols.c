#include "symbols.h"

#include <ctype.h>
#include <string.h>

#include "comments.h"
#include "types.h"

/* Field numbers in FileDescriptorProto and DescriptorProto, for paths in SourceCodeInfo. */
#define FILE_MESSAGE_FIELD 4
#define FILE_ENUM_FIELD 5
#define MESSAGE_FIELD_FIELD 2
#define MESSAGE_NESTED_FIELD 3
#define MESSAGE_ENUM_FIELD 4
#define MESSAGE_ONEOF_FIELD 8
#define ENUM_VALUE_FIELD 2
/* A path has two numbers a level; unpacking allows 100 levels. */
#define MAX_PATH 200

static const char *const message_suffixes[] = {
    "__init",   "__get_packed_size", "__pack",       "__pack_to_buffer",
    "__unpack", "__free_unpacked",   "__descriptor", NULL};
static const char *const enum_suffixes[] = {"__descriptor", NULL};

typedef Google__Protobuf__DescriptorProto message_proto;
typedef Google__Protobuf__FieldDescriptorProto field_proto;
typedef Google__Protobuf__EnumDescriptorProto enum_proto;

/* Where the walk through a file is. */
struct walk {
    struct gen_names *names;
    const Google__Protobuf__FileDescriptorProto *file;
    enum gen_name_kind kind;
    struct sl_arena *arena;
    struct sl_error *err;
    int32_t path[MAX_PATH];
    size_t depth;
    /* Where the last location was found: the next one is not far from it. */
    size_t *near;
};

static bool enter(struct walk *walk, int32_t field, size_t index)
{
    if (walk->depth + 2 > MAX_PATH)
        return false;
    walk->path[walk->depth++] = field;
    walk->path[walk->depth++] = (int32_t)index;
    return true;
}

/* protoc writes no such request. */
static enum sl_code refuse_nameless(const struct walk *walk, const char *what, const char *scope)
{
    return sl_error_set(walk->err, SL_INVALID_ARGUMENT, "%s: %s of %s lacks its name",
                        walk->file->name, what, scope);
}

static void leave(struct walk *walk)
{
    walk->depth -= 2;
}

static enum sl_code add(const struct walk *walk, const struct gen_name *element, const char *prefix,
                        const char *suffix)
{
    struct gen_name name = *element;

    if (prefix == NULL || suffix == NULL)
        return sl_error_no_memory(walk->err);
    name.name = sl_arena_printf(walk->arena, "%s%s", prefix, suffix);
    return gen_names_add(walk->names, walk->arena, &name, walk->err);
}

static char *to_upper(struct sl_arena *arena, const char *text)
{
    char *result = sl_arena_strdup(arena, text != NULL ? text : "");

    for (char *c = result; c != NULL && *c != '\0'; c++)
        *c = (char)toupper((unsigned char)*c);
    return result;
}

/* What is where the walk is; what is "message", "field" and so on. */
static struct gen_name element_of(const struct walk *walk, const char *what, const char *full_name)
{
    return (struct gen_name){
        .kind = walk->kind,
        .owner = sl_arena_printf(walk->arena, "%s %s", what, full_name),
        .place =
            gen_location_place(walk->file->name, gen_location_find_near(walk->file, walk->path,
                                                                        walk->depth, walk->near)),
    };
}

/* The names of one message or enum; what is "message" or "enum". */
static enum sl_code add_element(const struct walk *walk, const char *what, const char *full_name,
                                const char *const *suffixes)
{
    const char *lower = gen_message_lower(walk->arena, full_name);
    const char *macro = suffixes == message_suffixes ? "__INIT" : "";
    struct gen_name element = element_of(walk, what, full_name);

    SL_TRY(add(walk, &element, gen_message_type(walk->arena, full_name), ""));
    for (size_t i = 0; suffixes[i] != NULL; i++)
        SL_TRY(add(walk, &element, lower, suffixes[i]));
    if (*macro != '\0')
        SL_TRY(add(walk, &element, to_upper(walk->arena, lower), macro));
    return SL_OK;
}

static const char *join(const struct walk *walk, const char *scope, const char *name)
{
    const char *dot = *scope != '\0' ? "." : "";

    return sl_arena_printf(walk->arena, "%s%s%s", scope, dot, name != NULL ? name : "");
}

/* ENUM__value, as it is written there. */
static enum sl_code add_values(struct walk *walk, const char *full_name, const enum_proto *proto)
{
    const char *upper = to_upper(walk->arena, gen_message_lower(walk->arena, full_name));

    for (size_t i = 0; i < proto->n_value; i++) {
        const char *name = proto->value[i]->name;
        struct gen_name element;

        if (name == NULL)
            return refuse_nameless(walk, "a value", full_name);
        if (!enter(walk, ENUM_VALUE_FIELD, i))
            return sl_error_no_memory(walk->err);
        element = element_of(walk, "enum value", join(walk, full_name, name));
        SL_TRY(add(walk, &element, upper, sl_arena_printf(walk->arena, "__%s", name)));
        leave(walk);
    }
    return SL_OK;
}

static enum sl_code add_enums(struct walk *walk, const char *scope, int32_t field,
                              enum_proto *const *enums, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *full_name = join(walk, scope, enums[i]->name);

        if (full_name == NULL || !enter(walk, field, i))
            return sl_error_no_memory(walk->err);
        SL_TRY(add_element(walk, "enum", full_name, enum_suffixes));
        SL_TRY(add_values(walk, full_name, enums[i]));
        leave(walk);
    }
    return SL_OK;
}

/* ---- Members of a message's struct, which have a space of names of their own ---- */

static enum sl_code add_member(const struct walk *walk, const struct gen_name *element,
                               const char *message, const char *prefix, const char *name)
{
    const char *type = gen_message_type(walk->arena, message);

    if (type == NULL || name == NULL)
        return sl_error_no_memory(walk->err);
    return add(walk, element, type, sl_arena_printf(walk->arena, ".%s%s", prefix, name));
}

/* protoc-c's way: small letters, and "_" after a keyword. */
static const char *member_name(const struct walk *walk, const char *field)
{
    char *name = gen_field_for_protoc_c(walk->arena, field);

    for (char *c = name; c != NULL && *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    return name != NULL && gen_is_keyword(name) ? sl_arena_printf(walk->arena, "%s_", name) : name;
}

/* The count or the flag that protoc-c sets beside a field; NULL where there is none. */
static const char *companion_of(const struct walk *walk, const field_proto *field)
{
    bool is_proto2 = walk->file->syntax == NULL || *walk->file->syntax == '\0' ||
                     strcmp(walk->file->syntax, "proto2") == 0;
    bool is_pointer = field->type == GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_STRING ||
                      field->type == GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_MESSAGE;

    if (field->label == GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__LABEL__LABEL_REPEATED)
        return "n_";
    if (field->label == GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__LABEL__LABEL_OPTIONAL &&
        is_proto2 && !is_pointer && !field->has_oneof_index)
        return "has_";
    return NULL;
}

static enum sl_code add_field(const struct walk *walk, const char *message,
                              const field_proto *field)
{
    const char *full_name = join(walk, message, field->name);
    struct gen_name element = element_of(walk, "field", full_name);
    const char *name = member_name(walk, field->name);
    const char *companion = companion_of(walk, field);

    SL_TRY(add_member(walk, &element, message, "", name));
    if (companion != NULL)
        SL_TRY(add_member(walk, &element, message, companion, name));
    if (field->default_value != NULL && full_name != NULL)
        SL_TRY(add(walk, &element, gen_message_lower(walk->arena, full_name), "__default_value"));
    return SL_OK;
}

static enum sl_code add_fields(struct walk *walk, const char *full_name,
                               const message_proto *message)
{
    struct gen_name base = element_of(walk, "message", full_name);

    SL_TRY(add_member(walk, &base, full_name, "", gen_base_name(message, walk->arena)));
    for (size_t i = 0; i < message->n_field; i++) {
        if (message->field[i]->name == NULL)
            return refuse_nameless(walk, "a field", full_name);
        if (!enter(walk, MESSAGE_FIELD_FIELD, i))
            return sl_error_no_memory(walk->err);
        SL_TRY(add_field(walk, full_name, message->field[i]));
        leave(walk);
    }
    return SL_OK;
}

/* Index of the proto3 optional field that this is the oneof of; n_field where it is a real one. */
static size_t optional_field_of(const message_proto *message, size_t index)
{
    for (size_t i = 0; i < message->n_field; i++) {
        const field_proto *field = message->field[i];

        if (field->proto3_optional && field->has_oneof_index && (size_t)field->oneof_index == index)
            return i;
    }
    return message->n_field;
}

/* By the time that protoc-c sees it, that of an optional field has another name. */
static const char *oneof_name(const struct walk *walk, const message_proto *message, size_t index)
{
    size_t field = optional_field_of(message, index);

    if (field == message->n_field)
        return message->oneof_decl[index]->name;
    return sl_arena_printf(walk->arena, "optional_%s", message->field[field]->name);
}

static const char *case_name(const struct walk *walk, const field_proto *field)
{
    const char *name = gen_field_for_protoc_c(walk->arena, field->name);

    return name != NULL ? to_upper(walk->arena, gen_message_lower(walk->arena, name)) : NULL;
}

/* The type of its cases, their names, and the member that says which it is. */
static enum sl_code add_oneof(struct walk *walk, const char *message_name,
                              const message_proto *message, size_t index)
{
    struct sl_arena *arena = walk->arena;
    const char *name = oneof_name(walk, message, index);
    const char *full_name = name != NULL ? join(walk, message_name, name) : NULL;
    const char *lower = full_name != NULL ? gen_message_lower(arena, full_name) : NULL;
    const char *upper = lower != NULL ? to_upper(arena, lower) : NULL;
    struct gen_name element = element_of(walk, "oneof", full_name != NULL ? full_name : "");

    if (upper == NULL)
        return sl_error_no_memory(walk->err);
    SL_TRY(add(walk, &element, gen_message_type(arena, full_name), "Case"));
    SL_TRY(add(walk, &element, upper, "__NOT_SET"));
    SL_TRY(add_member(walk, &element, message_name, gen_message_lower(arena, name), "_case"));
    for (size_t i = 0; i < message->n_field; i++) {
        const field_proto *field = message->field[i];

        if (field->has_oneof_index && (size_t)field->oneof_index == index)
            SL_TRY(
                add(walk, &element, upper, sl_arena_printf(arena, "_%s", case_name(walk, field))));
    }
    return SL_OK;
}

static enum sl_code add_oneofs(struct walk *walk, const char *full_name,
                               const message_proto *message)
{
    for (size_t i = 0; i < message->n_oneof_decl; i++) {
        size_t field = optional_field_of(message, i);
        bool is_real = field == message->n_field;

        if (message->oneof_decl[i]->name == NULL)
            return refuse_nameless(walk, "a oneof", full_name);
        if (!enter(walk, is_real ? MESSAGE_ONEOF_FIELD : MESSAGE_FIELD_FIELD, is_real ? i : field))
            return sl_error_no_memory(walk->err);
        SL_TRY(add_oneof(walk, full_name, message, i));
        leave(walk);
    }
    return SL_OK;
}

static enum sl_code add_messages(struct walk *walk, const char *scope, int32_t field,
                                 message_proto *const *messages, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const message_proto *message = messages[i];
        const char *full_name = join(walk, scope, message->name);

        if (full_name == NULL || !enter(walk, field, i))
            return sl_error_no_memory(walk->err);
        SL_TRY(add_element(walk, "message", full_name, message_suffixes));
        SL_TRY(add_fields(walk, full_name, message));
        SL_TRY(add_oneofs(walk, full_name, message));
        SL_TRY(add_enums(walk, full_name, MESSAGE_ENUM_FIELD, message->enum_type,
                         message->n_enum_type));
        SL_TRY(add_messages(walk, full_name, MESSAGE_NESTED_FIELD, message->nested_type,
                            message->n_nested_type));
        leave(walk);
    }
    return SL_OK;
}

enum sl_code gen_symbols_add(struct gen_names *names,
                             const Google__Protobuf__FileDescriptorProto *file,
                             const char *c_package, enum gen_name_kind kind, struct sl_arena *arena,
                             struct sl_error *err)
{
    size_t near = 0;
    struct walk walk = {
        .names = names, .file = file, .kind = kind, .arena = arena, .err = err, .near = &near};

    SL_TRY(add_enums(&walk, c_package, FILE_ENUM_FIELD, file->enum_type, file->n_enum_type));
    return add_messages(&walk, c_package, FILE_MESSAGE_FIELD, file->message_type,
                        file->n_message_type);
}
