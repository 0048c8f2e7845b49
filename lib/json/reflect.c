#include "json/reflect.h"

#include <ctype.h>
#include <string.h>

size_t sl_field_size(ProtobufCType type)
{
    static const size_t sizes[] = {
        [PROTOBUF_C_TYPE_INT32] = sizeof(int32_t),
        [PROTOBUF_C_TYPE_SINT32] = sizeof(int32_t),
        [PROTOBUF_C_TYPE_SFIXED32] = sizeof(int32_t),
        [PROTOBUF_C_TYPE_INT64] = sizeof(int64_t),
        [PROTOBUF_C_TYPE_SINT64] = sizeof(int64_t),
        [PROTOBUF_C_TYPE_SFIXED64] = sizeof(int64_t),
        [PROTOBUF_C_TYPE_UINT32] = sizeof(uint32_t),
        [PROTOBUF_C_TYPE_FIXED32] = sizeof(uint32_t),
        [PROTOBUF_C_TYPE_UINT64] = sizeof(uint64_t),
        [PROTOBUF_C_TYPE_FIXED64] = sizeof(uint64_t),
        [PROTOBUF_C_TYPE_FLOAT] = sizeof(float),
        [PROTOBUF_C_TYPE_DOUBLE] = sizeof(double),
        [PROTOBUF_C_TYPE_BOOL] = sizeof(protobuf_c_boolean),
        [PROTOBUF_C_TYPE_ENUM] = sizeof(int),
        [PROTOBUF_C_TYPE_STRING] = sizeof(char *),
        [PROTOBUF_C_TYPE_BYTES] = sizeof(ProtobufCBinaryData),
        [PROTOBUF_C_TYPE_MESSAGE] = sizeof(ProtobufCMessage *),
    };

    return sizes[type];
}

ProtobufCMessage *sl_message_make(const ProtobufCMessageDescriptor *type, struct sl_arena *arena)
{
    ProtobufCMessage *message = sl_arena_alloc(arena, type->sizeof_message);

    if (message)
        type->message_init(message);
    return message;
}

/* The descriptors do not carry protoc's map_entry option, but its shape is protoc's own: a nested
 * message <Field>Entry of a key (1) and a value (2). */
bool sl_field_is_map(const ProtobufCMessageDescriptor *type, const ProtobufCFieldDescriptor *field)
{
    const ProtobufCMessageDescriptor *entry = field->descriptor;
    size_t length = strlen(type->name);

    if (field->label != PROTOBUF_C_LABEL_REPEATED || field->type != PROTOBUF_C_TYPE_MESSAGE)
        return false;
    return entry->n_fields == 2 && entry->fields[0].id == 1 && entry->fields[1].id == 2 &&
           strcmp(entry->fields[0].name, "key") == 0 &&
           strcmp(entry->fields[1].name, "value") == 0 &&
           strncmp(entry->name, type->name, length) == 0 && entry->name[length] == '.' &&
           sl_text_ends_with(entry->short_name, "Entry");
}

void sl_camel_name(const char *name, char out[SL_NAME_SIZE])
{
    bool is_upper = false;
    size_t length = 0;

    for (; *name && length < SL_NAME_SIZE - 1; name++) {
        if (*name == '_') {
            is_upper = true;
            continue;
        }
        out[length++] = is_upper ? (char)toupper((unsigned char)*name) : *name;
        is_upper = false;
    }
    out[length] = '\0';
}

const ProtobufCFieldDescriptor *sl_message_field(const ProtobufCMessageDescriptor *type,
                                                 const char *name)
{
    return protobuf_c_message_descriptor_get_field_by_name(type, name);
}

const ProtobufCFieldDescriptor *sl_field_find(const ProtobufCMessageDescriptor *type,
                                              const char *name)
{
    const ProtobufCFieldDescriptor *field = sl_message_field(type, name);
    char camel[SL_NAME_SIZE];

    for (unsigned i = 0; !field && i < type->n_fields; i++) {
        sl_camel_name(type->fields[i].name, camel);
        if (strcmp(camel, name) == 0)
            field = &type->fields[i];
    }
    return field;
}

/* Bytes of a value's name that repeat its type's: "TASK_STATUS_" of TaskStatus; 0 where none do. */
static size_t prefix_length(const ProtobufCEnumDescriptor *type, const char *value_name)
{
    size_t length = 0;

    for (const char *c = type->short_name; *c; c++) {
        bool is_new_word =
            c > type->short_name && isupper((unsigned char)c[0]) && !isupper((unsigned char)c[-1]);

        if (is_new_word && value_name[length++] != '_')
            return 0;
        if (value_name[length++] != toupper((unsigned char)*c))
            return 0;
    }
    return value_name[length] == '_' && value_name[length + 1] ? length + 1 : 0;
}

/* TASK_STATUS_FAILED to "failed". */
static void short_value_name(const ProtobufCEnumDescriptor *type, const char *value_name,
                             char out[SL_NAME_SIZE])
{
    const char *rest = value_name + prefix_length(type, value_name);
    size_t length = 0;

    for (; rest[length] && length < SL_NAME_SIZE - 1; length++)
        out[length] = (char)tolower((unsigned char)rest[length]);
    out[length] = '\0';
}

static bool is_null_value(const ProtobufCEnumDescriptor *type)
{
    return strcmp(type->name, "google.protobuf.NullValue") == 0;
}

enum sl_code sl_enum_write(struct sl_message_writing *writing, const ProtobufCEnumDescriptor *type,
                           int number, json_t **ret_json)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(type, number);
    char name[SL_NAME_SIZE];

    if (is_null_value(type))
        return sl_json_made(json_null(), ret_json, writing->err);
    if (!value)
        return sl_json_made(json_integer(number), ret_json, writing->err);
    if (writing->dialect == SL_DIALECT_PROTO)
        return sl_json_made(json_string(value->name), ret_json, writing->err);
    short_value_name(type, value->name, name);
    if (number == 0 && strcmp(name, "unspecified") == 0)
        return sl_json_made(json_null(), ret_json, writing->err);
    return sl_json_made(json_string(name), ret_json, writing->err);
}

static const ProtobufCEnumValue *find_value(const ProtobufCEnumDescriptor *type, const char *name,
                                            enum sl_message_dialect dialect)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value_by_name(type, name);
    char short_name[SL_NAME_SIZE];

    for (unsigned i = 0; !value && dialect == SL_DIALECT_REST && i < type->n_values; i++) {
        short_value_name(type, type->values[i].name, short_name);
        if (strcmp(short_name, name) == 0)
            value = &type->values[i];
    }
    return value;
}

/* "one of accepted, failed" as this dialect spells them. */
static enum sl_code refuse_value(const struct sl_message_reading *reading,
                                 const ProtobufCEnumDescriptor *type, const json_t *json,
                                 const struct sl_json_path *path)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text wanted = {0};
    char name[SL_NAME_SIZE];

    for (unsigned i = 0; i < type->n_values; i++) {
        const char *shown = type->values[i].name;

        short_value_name(type, shown, name);
        if (reading->dialect == SL_DIALECT_REST)
            shown = strcmp(name, "unspecified") == 0 ? NULL : name;
        if (shown)
            sl_text_printf(&wanted, "%s%s", wanted.length > 0 ? ", " : "one of ", shown);
    }
    return sl_json_fault(path, json, sl_text_string(&wanted), reading->err);
}

enum sl_code sl_enum_read(struct sl_message_reading *reading, const ProtobufCEnumDescriptor *type,
                          const json_t *json, const struct sl_json_path *path, int *ret_number)
{
    const ProtobufCEnumValue *value = NULL;
    json_int_t number = json_integer_value(json);

    if (is_null_value(type) && json_is_null(json)) {
        *ret_number = 0;
        return SL_OK;
    }
    /* proto3's enums are open: a number without a name is a value too. */
    if (json_is_integer(json) && number >= INT32_MIN && number <= INT32_MAX) {
        *ret_number = (int)number;
        return SL_OK;
    }
    if (json_is_string(json))
        value = find_value(type, json_string_value(json), reading->dialect);
    if (!value)
        return refuse_value(reading, type, json, path);
    *ret_number = value->value;
    return SL_OK;
}
