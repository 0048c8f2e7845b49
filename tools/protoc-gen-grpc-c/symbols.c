#include "symbols.h"

#include <ctype.h>
#include <string.h>

#include "comments.h"

/* Field numbers in FileDescriptorProto and DescriptorProto, for paths in SourceCodeInfo. */
#define FILE_MESSAGE_FIELD 4
#define FILE_ENUM_FIELD 5
#define MESSAGE_NESTED_FIELD 3
#define MESSAGE_ENUM_FIELD 4
/* A path has two numbers a level; unpacking allows 100 levels. */
#define MAX_PATH 200

static const char *const message_suffixes[] = {
    "__init",   "__get_packed_size", "__pack",       "__pack_to_buffer",
    "__unpack", "__free_unpacked",   "__descriptor", NULL};
static const char *const enum_suffixes[] = {"__descriptor", NULL};

/* Where the walk through a file is. */
struct walk {
    struct gen_names *names;
    const Google__Protobuf__FileDescriptorProto *file;
    enum gen_name_kind kind;
    struct sl_arena *arena;
    struct sl_error *err;
    int32_t path[MAX_PATH];
    size_t depth;
};

static bool enter(struct walk *walk, int32_t field, size_t index)
{
    if (walk->depth + 2 > MAX_PATH)
        return false;
    walk->path[walk->depth++] = field;
    walk->path[walk->depth++] = (int32_t)index;
    return true;
}

static void leave(struct walk *walk)
{
    walk->depth -= 2;
}

static enum sl_code add(const struct walk *walk, const struct gen_name *element, const char *prefix,
                        const char *suffix)
{
    struct gen_name name = *element;

    if (prefix == NULL)
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

/* The names of one message or enum; what is "message" or "enum". */
static enum sl_code add_element(const struct walk *walk, const char *what, const char *full_name,
                                const char *const *suffixes)
{
    const char *lower = gen_message_lower(walk->arena, full_name);
    const char *macro = suffixes == message_suffixes ? "__INIT" : "";
    struct gen_name element = {
        .kind = walk->kind,
        .owner = sl_arena_printf(walk->arena, "%s %s", what, full_name),
        .place = gen_location_place(walk->file->name,
                                    gen_location_find(walk->file, walk->path, walk->depth)),
    };

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

static enum sl_code add_enums(struct walk *walk, const char *scope, int32_t field,
                              Google__Protobuf__EnumDescriptorProto *const *enums, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *full_name = join(walk, scope, enums[i]->name);

        if (full_name == NULL || !enter(walk, field, i))
            return sl_error_no_memory(walk->err);
        SL_TRY(add_element(walk, "enum", full_name, enum_suffixes));
        leave(walk);
    }
    return SL_OK;
}

static enum sl_code add_messages(struct walk *walk, const char *scope, int32_t field,
                                 Google__Protobuf__DescriptorProto *const *messages, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const Google__Protobuf__DescriptorProto *message = messages[i];
        const char *full_name = join(walk, scope, message->name);

        if (full_name == NULL || !enter(walk, field, i))
            return sl_error_no_memory(walk->err);
        SL_TRY(add_element(walk, "message", full_name, message_suffixes));
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
    struct walk walk = {.names = names, .file = file, .kind = kind, .arena = arena, .err = err};

    SL_TRY(add_enums(&walk, c_package, FILE_ENUM_FIELD, file->enum_type, file->n_enum_type));
    return add_messages(&walk, c_package, FILE_MESSAGE_FIELD, file->message_type,
                        file->n_message_type);
}
