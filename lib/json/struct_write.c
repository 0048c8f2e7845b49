#include <math.h>
#include <string.h>

#include "json/struct_layout.h"

/* Struct, Value and ListValue to JSON. */

struct writing {
    const struct sl_struct_layout *layout;
    struct sl_error *err;
};

static enum sl_code write_value(const struct writing *writing, const void *value, size_t depth,
                                json_t **ret_json);

static enum sl_code write_struct(const struct writing *writing, const void *message, size_t depth,
                                 json_t **ret_json)
{
    const struct sl_struct_layout *layout = writing->layout;
    size_t count = SL_AT_CONST(size_t, message, layout->fields_count);
    const char *const *entries = SL_AT_CONST(const char *const *, message, layout->fields);
    SL_CLEANUP(sl_json_cleanup) json_t *object = json_object();

    if (!object)
        return sl_error_no_memory(writing->err);
    for (size_t i = 0; i < count; i++) {
        const char *key = SL_AT_CONST(const char *, entries[i], layout->entry_key);
        const void *value = SL_AT_CONST(const void *, entries[i], layout->entry_value);
        json_t *json = NULL;

        SL_TRY(write_value(writing, value, depth, &json));
        key = key ? key : "";
        if (json_object_setn_new_nocheck(object, key, strlen(key), json) != 0)
            return sl_error_no_memory(writing->err);
    }
    *ret_json = SL_TAKE(object);
    return SL_OK;
}

static enum sl_code write_list(const struct writing *writing, const void *message, size_t depth,
                               json_t **ret_json)
{
    const struct sl_struct_layout *layout = writing->layout;
    size_t count = SL_AT_CONST(size_t, message, layout->values_count);
    const void *const *values = SL_AT_CONST(const void *const *, message, layout->values);
    SL_CLEANUP(sl_json_cleanup) json_t *array = json_array();

    if (!array)
        return sl_error_no_memory(writing->err);
    for (size_t i = 0; i < count; i++) {
        json_t *json = NULL;

        SL_TRY(write_value(writing, values[i], depth, &json));
        if (json_array_append_new(array, json) != 0)
            return sl_error_no_memory(writing->err);
    }
    *ret_json = SL_TAKE(array);
    return SL_OK;
}

static enum sl_code write_number(const struct writing *writing, double number, json_t **ret_json)
{
    if (number >= -SL_EXACT_LIMIT && number <= SL_EXACT_LIMIT && number == floor(number))
        return sl_json_made(json_integer((json_int_t)number), ret_json, writing->err);
    if (!isfinite(number))
        return sl_error_set(writing->err, SL_INVALID_ARGUMENT,
                            "google.protobuf.Value: a number that is not finite has no JSON");
    return sl_json_made(json_real(number), ret_json, writing->err);
}

static enum sl_code write_string(const struct writing *writing, const char *string,
                                 json_t **ret_json)
{
    string = string ? string : "";
    return sl_json_made(json_stringn_nocheck(string, strlen(string)), ret_json, writing->err);
}

static enum sl_code write_value(const struct writing *writing, const void *value, size_t depth,
                                json_t **ret_json)
{
    const struct sl_struct_layout *layout = writing->layout;
    const void *inner;

    /* A map's entry without a value is unpacked to NULL. */
    if (!value)
        return sl_json_made(json_null(), ret_json, writing->err);
    if (depth >= SL_MESSAGE_MAX_DEPTH)
        return sl_error_set(writing->err, SL_INVALID_ARGUMENT,
                            "google.protobuf.Value: nested deeper than %d levels",
                            SL_MESSAGE_MAX_DEPTH);
    switch (SL_AT_CONST(uint32_t, value, layout->value_kind)) {
    case SL_KIND_NULL:
        return sl_json_made(json_null(), ret_json, writing->err);
    case SL_KIND_NUMBER:
        return write_number(writing, SL_AT_CONST(double, value, layout->value), ret_json);
    case SL_KIND_STRING:
        return write_string(writing, SL_AT_CONST(const char *, value, layout->value), ret_json);
    case SL_KIND_BOOL:
        return sl_json_made(json_boolean(SL_AT_CONST(protobuf_c_boolean, value, layout->value)),
                            ret_json, writing->err);
    case SL_KIND_STRUCT:
        inner = SL_AT_CONST(const void *, value, layout->value);
        return inner ? write_struct(writing, inner, depth + 1, ret_json)
                     : sl_json_made(json_object(), ret_json, writing->err);
    case SL_KIND_LIST:
        inner = SL_AT_CONST(const void *, value, layout->value);
        return inner ? write_list(writing, inner, depth + 1, ret_json)
                     : sl_json_made(json_array(), ret_json, writing->err);
    default:
        return sl_error_set(writing->err, SL_INVALID_ARGUMENT,
                            "google.protobuf.Value: it has no kind, one of null, number, string, "
                            "bool, struct and list is wanted");
    }
}

static enum sl_code write_any(const ProtobufCMessage *message, size_t depth, json_t **ret_json,
                              struct sl_error *err)
{
    struct sl_struct_layout layout;
    struct writing writing = {.layout = &layout, .err = err};

    SL_TRY(sl_struct_layout_find(message->descriptor, &layout, err));
    if (message->descriptor == layout.struct_type)
        return write_struct(&writing, message, depth, ret_json);
    if (message->descriptor == layout.list_type)
        return write_list(&writing, message, depth, ret_json);
    return write_value(&writing, message, depth, ret_json);
}

enum sl_code sl_wellknown_write_struct(struct sl_message_writing *writing,
                                       const ProtobufCMessage *message, json_t **ret_json)
{
    return write_any(message, writing->depth, ret_json, writing->err);
}

enum sl_code sl_struct_to_json(const ProtobufCMessage *struct_or_value, json_t **ret_json,
                               struct sl_error *err)
{
    if (!struct_or_value)
        return sl_json_made(json_null(), ret_json, err);
    return write_any(struct_or_value, 0, ret_json, err);
}
