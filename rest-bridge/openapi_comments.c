#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/text.h"
#include "google/protobuf/descriptor.pb-c.h"
#include "rest-bridge/openapi_private.h"
#include "rpc/codec.h"

/* Numbers of fields in descriptor.proto, of which a location's path is made. */
enum {
    FILE_PACKAGE = 2,
    FILE_MESSAGE = 4,
    FILE_ENUM = 5,
    FILE_SERVICE = 6,
    MESSAGE_FIELD = 2,
    MESSAGE_NESTED = 3,
    MESSAGE_ENUM = 4,
    ENUM_VALUE = 2,
    SERVICE_METHOD = 2,
};

/** What is left of a location's path: pairs of a field's number and an index. */
struct path {
    const int32_t *at;
    size_t count;
};

static bool takes(struct path *path, int32_t number, size_t limit, size_t *ret_index)
{
    if (path->count < 2 || path->at[0] != number || path->at[1] < 0 || (size_t)path->at[1] >= limit)
        return false;
    *ret_index = (size_t)path->at[1];
    path->at += 2;
    path->count -= 2;
    return true;
}

static void append(struct sl_text *name, const char *part)
{
    if (name->length > 0)
        sl_text_append_char(name, '.');
    sl_text_append(name, part);
}

static bool name_enum(const Google__Protobuf__EnumDescriptorProto *type, struct path path,
                      struct sl_text *name)
{
    size_t i = 0;
    append(name, type->name);
    if (takes(&path, ENUM_VALUE, type->n_value, &i))
        append(name, type->value[i]->name);
    return path.count == 0;
}

static bool name_message(const Google__Protobuf__DescriptorProto *type, struct path path,
                         struct sl_text *name)
{
    size_t i = 0;
    append(name, type->name);
    if (takes(&path, MESSAGE_NESTED, type->n_nested_type, &i))
        return name_message(type->nested_type[i], path, name);
    if (takes(&path, MESSAGE_ENUM, type->n_enum_type, &i))
        return name_enum(type->enum_type[i], path, name);
    if (takes(&path, MESSAGE_FIELD, type->n_field, &i))
        append(name, type->field[i]->name);
    return path.count == 0;
}

/** False where the location is of something that nobody asks for. */
static bool name_location(const Google__Protobuf__FileDescriptorProto *file,
                          const Google__Protobuf__SourceCodeInfo__Location *location,
                          struct sl_text *name)
{
    struct path path = {location->path, location->n_path};
    size_t i = 0;
    append(name, file->package != NULL ? file->package : "");
    if (path.count == 1 && path.at[0] == FILE_PACKAGE)
        return true;
    if (takes(&path, FILE_MESSAGE, file->n_message_type, &i))
        return name_message(file->message_type[i], path, name);
    if (takes(&path, FILE_ENUM, file->n_enum_type, &i))
        return name_enum(file->enum_type[i], path, name);
    if (!takes(&path, FILE_SERVICE, file->n_service, &i))
        return false;
    const Google__Protobuf__ServiceDescriptorProto *service = file->service[i];
    append(name, service->name);
    if (takes(&path, SERVICE_METHOD, service->n_method, &i))
        append(name, service->method[i]->name);
    return path.count == 0;
}

static enum sl_code read_location(const Google__Protobuf__FileDescriptorProto *file,
                                  const Google__Protobuf__SourceCodeInfo__Location *location,
                                  json_t *comments, struct sl_error *err)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text name = {0};
    const char *comment = location->leading_comments;
    if (comment == NULL || !name_location(file, location, &name))
        return SL_OK;
    if (sl_text_failed(&name) ||
        json_object_set_new(comments, sl_text_string(&name), bridge_comment_text(comment)) != 0)
        return sl_error_no_memory(err);
    return SL_OK;
}

static enum sl_code read_file(const struct sl_file *file, struct sl_arena *arena, json_t *comments,
                              struct sl_error *err)
{
    ProtobufCMessage *message = NULL;
    for (size_t i = 0; i < file->import_count; i++)
        SL_TRY(read_file(file->imports[i], arena, comments, err));
    SL_TRY(sl_message_unpack(&google__protobuf__file_descriptor_proto__descriptor, file->descriptor,
                             file->descriptor_size, arena, &message, err));
    const Google__Protobuf__FileDescriptorProto *proto =
        (const Google__Protobuf__FileDescriptorProto *)message;
    size_t count = proto->source_code_info != NULL ? proto->source_code_info->n_location : 0;
    for (size_t i = 0; i < count; i++)
        SL_TRY(read_location(proto, proto->source_code_info->location[i], comments, err));
    return SL_OK;
}

enum sl_code bridge_comments_read(const struct sl_file *file, json_t **ret_comments,
                                  struct sl_error *err)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    json_t *comments = json_object();
    enum sl_code code = arena != NULL && comments != NULL ? read_file(file, arena, comments, err)
                                                          : sl_error_no_memory(err);
    if (code == SL_OK)
        *ret_comments = comments;
    else
        json_decref(comments);
    return code;
}

/* ---- text ---- */

/** How the line before a line ends, which decides what is put between the two. */
enum line { LINE_NONE, LINE_TEXT, LINE_INDENTED };

static enum line append_line(struct sl_text *out, const char *line, size_t length, enum line before)
{
    bool is_indented = length > 0 && line[0] == ' ';
    if (length == 0)
        return LINE_NONE;
    if (before == LINE_NONE && out->length > 0)
        sl_text_append(out, "\n\n");
    else if (before == LINE_INDENTED && is_indented)
        sl_text_append_char(out, '\n');
    else if (before != LINE_NONE && (is_indented || before == LINE_INDENTED))
        sl_text_append(out, "\n\n");
    else if (before == LINE_TEXT)
        sl_text_append_char(out, ' ');
    if (is_indented)
        sl_text_append(out, "  ");
    sl_text_append_bytes(out, line, length);
    return is_indented ? LINE_INDENTED : LINE_TEXT;
}

json_t *bridge_comment_text(const char *comment)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text out = {0};
    enum line before = LINE_NONE;
    while (*comment != '\0') {
        size_t length = strcspn(comment, "\n");
        size_t skipped = length > 0 && comment[0] == ' ' ? 1 : 0;
        before = append_line(&out, comment + skipped, length - skipped, before);
        comment += length + (comment[length] == '\n');
    }
    return sl_text_failed(&out) ? NULL : json_string(sl_text_string(&out));
}
