#include "json/message.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/reflect.h"

/* Messages to JSON. */

static enum sl_code write_int64(const struct sl_message_writing *writing, int64_t number,
                                json_t **ret_json)
{
    char digits[24];

    if (writing->dialect == SL_DIALECT_REST)
        return sl_json_made(json_integer(number), ret_json, writing->err);
    snprintf(digits, sizeof(digits), "%lld", (long long)number);
    return sl_json_made(json_string(digits), ret_json, writing->err);
}

static enum sl_code write_uint64(const struct sl_message_writing *writing, uint64_t number,
                                 json_t **ret_json)
{
    char digits[24];

    if (number <= INT64_MAX)
        return write_int64(writing, (int64_t)number, ret_json);
    snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number);
    return sl_json_made(json_string(digits), ret_json, writing->err);
}

static enum sl_code write_double(const struct sl_message_writing *writing, double number,
                                 json_t **ret_json)
{
    const char *name = isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";

    if (isfinite(number))
        return sl_json_made(json_real(number), ret_json, writing->err);
    if (writing->dialect == SL_DIALECT_REST)
        return sl_json_made(json_null(), ret_json, writing->err);
    return sl_json_made(json_string(name), ret_json, writing->err);
}

/* 0.1f shows as 0.1, not as the double beside it. */
static double widen(float number)
{
    char text[32];

    if (!isfinite(number))
        return number;
    for (int precision = 6; precision <= 9; precision++) {
        snprintf(text, sizeof(text), "%.*g", precision, (double)number);
        if (strtof(text, NULL) == number)
            break;
    }
    return strtod(text, NULL);
}

static enum sl_code write_string(const struct sl_message_writing *writing,
                                 const ProtobufCFieldDescriptor *field, const char *text,
                                 json_t **ret_json)
{
    size_t length;

    text = text ? text : "";
    length = strlen(text);
    if (!sl_utf8_is_valid(text, length))
        return sl_error_set(writing->err, SL_INVALID_ARGUMENT, "%s: the text is not UTF-8",
                            field->name);
    return sl_json_made(json_stringn_nocheck(text, length), ret_json, writing->err);
}

static enum sl_code write_bytes(const struct sl_message_writing *writing,
                                const ProtobufCBinaryData *bytes, json_t **ret_json)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text text = {0};

    sl_base64_encode(&text, bytes->data, bytes->len);
    if (sl_text_failed(&text))
        return sl_error_no_memory(writing->err);
    return sl_json_made(json_string(sl_text_string(&text)), ret_json, writing->err);
}

static enum sl_code write_inner(struct sl_message_writing *writing, const ProtobufCMessage *message,
                                json_t **ret_json)
{
    enum sl_code code;

    if (!message)
        return sl_json_made(json_null(), ret_json, writing->err);
    if (writing->depth >= SL_MESSAGE_MAX_DEPTH)
        return sl_error_set(writing->err, SL_INVALID_ARGUMENT, "%s: nested deeper than %d levels",
                            message->descriptor->name, SL_MESSAGE_MAX_DEPTH);
    writing->depth++;
    code = sl_message_write(writing, message, ret_json);
    writing->depth--;
    return code;
}

enum sl_code sl_message_write_one(struct sl_message_writing *writing,
                                  const ProtobufCFieldDescriptor *field, const void *at,
                                  json_t **ret_json)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        return sl_json_made(json_integer(*(const int32_t *)at), ret_json, writing->err);
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return sl_json_made(json_integer(*(const uint32_t *)at), ret_json, writing->err);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return write_int64(writing, *(const int64_t *)at, ret_json);
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return write_uint64(writing, *(const uint64_t *)at, ret_json);
    case PROTOBUF_C_TYPE_FLOAT:
        return write_double(writing, widen(*(const float *)at), ret_json);
    case PROTOBUF_C_TYPE_DOUBLE:
        return write_double(writing, *(const double *)at, ret_json);
    case PROTOBUF_C_TYPE_BOOL:
        return sl_json_made(json_boolean(*(const protobuf_c_boolean *)at), ret_json, writing->err);
    case PROTOBUF_C_TYPE_ENUM:
        return sl_enum_write(writing, field->descriptor, *(const int *)at, ret_json);
    case PROTOBUF_C_TYPE_STRING:
        return write_string(writing, field, *(const char *const *)at, ret_json);
    case PROTOBUF_C_TYPE_BYTES:
        return write_bytes(writing, at, ret_json);
    case PROTOBUF_C_TYPE_MESSAGE:
        return write_inner(writing, *(const ProtobufCMessage *const *)at, ret_json);
    }
    return sl_error_set(writing->err, SL_INTERNAL, "%s: field type %d is unknown", field->name,
                        (int)field->type);
}

static enum sl_code write_list(struct sl_message_writing *writing,
                               const ProtobufCFieldDescriptor *field,
                               const ProtobufCMessage *message, json_t **ret_json)
{
    size_t count = *(const size_t *)sl_member(message, field->quantifier_offset);
    const char *at = *(const char *const *)sl_member(message, field->offset);
    SL_CLEANUP(sl_json_cleanup) json_t *array = json_array();

    if (!array)
        return sl_error_no_memory(writing->err);
    for (size_t i = 0; i < count; i++) {
        json_t *json = NULL;

        SL_TRY(sl_message_write_one(writing, field, at + i * sl_field_size(field->type), &json));
        if (json_array_append_new(array, json) != 0)
            return sl_error_no_memory(writing->err);
    }
    *ret_json = SL_TAKE(array);
    return SL_OK;
}

/* A key as the name of a member. Numbers and booleans are their texts (ProtoJSON). */
static enum sl_code write_key(struct sl_message_writing *writing,
                              const ProtobufCFieldDescriptor *field, const void *at,
                              struct sl_text *out)
{
    SL_CLEANUP(sl_json_cleanup) json_t *json = NULL;

    sl_text_clear(out);
    SL_TRY(sl_message_write_one(writing, field, at, &json));
    if (json_is_string(json))
        sl_text_append(out, json_string_value(json));
    else
        sl_json_write(json, SL_JSON_COMPACT, out);
    return sl_text_failed(out) ? sl_error_no_memory(writing->err) : SL_OK;
}

static enum sl_code write_map(struct sl_message_writing *writing,
                              const ProtobufCFieldDescriptor *field,
                              const ProtobufCMessage *message, json_t **ret_json)
{
    const ProtobufCMessageDescriptor *type = field->descriptor;
    size_t count = *(const size_t *)sl_member(message, field->quantifier_offset);
    const ProtobufCMessage *const *entries =
        *(const ProtobufCMessage *const *const *)sl_member(message, field->offset);
    SL_CLEANUP(sl_text_cleanup) struct sl_text key = {0};
    SL_CLEANUP(sl_json_cleanup) json_t *object = json_object();

    if (!object)
        return sl_error_no_memory(writing->err);
    for (size_t i = 0; i < count; i++) {
        json_t *json = NULL;

        SL_TRY(write_key(writing, &type->fields[0], sl_member(entries[i], type->fields[0].offset),
                         &key));
        SL_TRY(sl_message_write_one(writing, &type->fields[1],
                                    sl_member(entries[i], type->fields[1].offset), &json));
        if (json_object_set_new_nocheck(object, sl_text_string(&key), json) != 0)
            return sl_error_no_memory(writing->err);
    }
    *ret_json = SL_TAKE(object);
    return SL_OK;
}

/* Whether a singular field was set, as far as its kind can tell. */
static bool is_present(const ProtobufCFieldDescriptor *field, const ProtobufCMessage *message)
{
    const void *at = sl_member(message, field->offset);

    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
        return *(const uint32_t *)sl_member(message, field->quantifier_offset) == field->id;
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return *(const void *const *)at != NULL;
    if (field->label != PROTOBUF_C_LABEL_OPTIONAL)
        return true;
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return *(const void *const *)at != NULL && *(const void *const *)at != field->default_value;
    return *(const protobuf_c_boolean *)sl_member(message, field->quantifier_offset) != 0;
}

/* Whether ProtoJSON leaves the field out: a proto3 field without presence at its zero. */
static bool is_default(const ProtobufCFieldDescriptor *field, const ProtobufCMessage *message)
{
    static const char zeroes[sizeof(uint64_t)];
    const void *at = sl_member(message, field->offset);
    const char *text;

    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return *(const size_t *)sl_member(message, field->quantifier_offset) == 0;
    if (field->label != PROTOBUF_C_LABEL_NONE || (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF))
        return false;
    if (field->type == PROTOBUF_C_TYPE_STRING) {
        text = *(const char *const *)at;
        return !text || !*text;
    }
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return ((const ProtobufCBinaryData *)at)->len == 0;
    return memcmp(at, zeroes, sl_field_size(field->type)) == 0;
}

static enum sl_code write_field(struct sl_message_writing *writing,
                                const ProtobufCFieldDescriptor *field,
                                const ProtobufCMessage *message, json_t **ret_json)
{
    if (sl_field_is_map(message->descriptor, field))
        return write_map(writing, field, message, ret_json);
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return write_list(writing, field, message, ret_json);
    if (!is_present(field, message))
        return sl_json_made(json_null(), ret_json, writing->err);
    return sl_message_write_one(writing, field, sl_member(message, field->offset), ret_json);
}

static bool is_left_out(const struct sl_message_writing *writing,
                        const ProtobufCFieldDescriptor *field, const ProtobufCMessage *message)
{
    if (writing->dialect == SL_DIALECT_REST)
        return false;
    return is_default(field, message) ||
           (field->label != PROTOBUF_C_LABEL_REPEATED && !is_present(field, message));
}

enum sl_code sl_message_write(struct sl_message_writing *writing, const ProtobufCMessage *message,
                              json_t **ret_json)
{
    const ProtobufCMessageDescriptor *type = message->descriptor;
    const struct sl_wellknown *wellknown = sl_wellknown_find(type);
    SL_CLEANUP(sl_json_cleanup) json_t *object = NULL;
    char camel[SL_NAME_SIZE];

    if (wellknown)
        return wellknown->write(writing, message, ret_json);
    object = json_object();
    if (!object)
        return sl_error_no_memory(writing->err);
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        const char *name = field->name;
        json_t *json = NULL;

        if (is_left_out(writing, field, message))
            continue;
        SL_TRY(write_field(writing, field, message, &json));
        if (writing->dialect == SL_DIALECT_PROTO) {
            sl_camel_name(field->name, camel);
            name = camel;
        }
        if (json_object_set_new_nocheck(object, name, json) != 0)
            return sl_error_no_memory(writing->err);
    }
    *ret_json = SL_TAKE(object);
    return SL_OK;
}

enum sl_code sl_message_to_json(const ProtobufCMessage *message, enum sl_message_dialect dialect,
                                json_t **ret_json, struct sl_error *err)
{
    struct sl_message_writing writing = {.dialect = dialect, .err = err};

    return sl_message_write(&writing, message, ret_json);
}

enum sl_code sl_message_enum_to_json(const ProtobufCEnumDescriptor *type, int number,
                                     enum sl_message_dialect dialect, json_t **ret_json,
                                     struct sl_error *err)
{
    struct sl_message_writing writing = {.dialect = dialect, .err = err};

    return sl_enum_write(&writing, type, number, ret_json);
}

bool sl_message_field_is_map(const ProtobufCMessageDescriptor *type,
                             const ProtobufCFieldDescriptor *field)
{
    return sl_field_is_map(type, field);
}
