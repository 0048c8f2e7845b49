#include <string.h>

#include "json/struct_layout.h"

/* Struct, Value and ListValue from JSON. */

struct reading {
    const struct sl_struct_layout *layout;
    struct sl_arena *arena;
    struct sl_error *err;
};

static enum sl_code read_value(const struct reading *reading, const json_t *json,
                               const struct sl_json_path *path, size_t depth, void *value);

/* `count` messages of type in one block, with an array of pointers to them before it. */
static void **make_messages(const struct reading *reading, const ProtobufCMessageDescriptor *type,
                            size_t count)
{
    void **pointers = sl_arena_alloc_array(reading->arena, count, sizeof(*pointers));
    char *block = sl_arena_alloc_array(reading->arena, count, type->sizeof_message);

    if (!pointers || !block)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        pointers[i] = block + i * type->sizeof_message;
        /* All else in these messages starts as zero, which an arena's memory is. */
        SL_AT(const ProtobufCMessageDescriptor *, pointers[i], 0) = type;
    }
    return pointers;
}

static enum sl_code check_depth(const struct reading *reading, const struct sl_json_path *path,
                                size_t depth)
{
    if (depth <= SL_JSON_MAX_DEPTH)
        return SL_OK;
    return sl_json_fault_text(path, "nested deeper than 32 levels", reading->err);
}

static enum sl_code copy_text(const struct reading *reading, const struct sl_json_path *path,
                              const char *text, size_t length, void *at)
{
    char *copy;

    if (memchr(text, '\0', length))
        return sl_json_fault_text(path, "a NUL stands in the text", reading->err);
    copy = sl_arena_strndup(reading->arena, text, length);
    if (!copy)
        return sl_error_no_memory(reading->err);
    *(char **)at = copy;
    return SL_OK;
}

static enum sl_code read_struct(const struct reading *reading, const json_t *json,
                                const struct sl_json_path *path, size_t depth, void *message)
{
    const struct sl_struct_layout *layout = reading->layout;
    size_t count = json_object_size(json);
    /* jansson's iterators take no const, and change nothing. */
    json_t *object = (json_t *)(uintptr_t)json;
    void **entries = make_messages(reading, layout->entry_type, count);
    void **values = make_messages(reading, layout->value_type, count);
    void *at = json_object_iter(object);

    SL_TRY(check_depth(reading, path, depth));
    if (!entries || !values)
        return sl_error_no_memory(reading->err);
    for (size_t i = 0; i < count; i++, at = json_object_iter_next(object, at)) {
        const char *name = json_object_iter_key(at);
        struct sl_json_path member = {.parent = path, .name = name};

        SL_TRY(copy_text(reading, &member, name, json_object_iter_key_len(at),
                         (char *)entries[i] + layout->entry_key));
        SL_TRY(read_value(reading, json_object_iter_value(at), &member, depth, values[i]));
        SL_AT(void *, entries[i], layout->entry_value) = values[i];
    }
    SL_AT(size_t, message, layout->fields_count) = count;
    SL_AT(void **, message, layout->fields) = count > 0 ? entries : NULL;
    return SL_OK;
}

static enum sl_code read_list(const struct reading *reading, const json_t *json,
                              const struct sl_json_path *path, size_t depth, void *message)
{
    const struct sl_struct_layout *layout = reading->layout;
    size_t count = json_array_size(json);
    void **values = make_messages(reading, layout->value_type, count);

    SL_TRY(check_depth(reading, path, depth));
    if (!values)
        return sl_error_no_memory(reading->err);
    for (size_t i = 0; i < count; i++) {
        struct sl_json_path member = {.parent = path, .index = i};

        SL_TRY(read_value(reading, json_array_get(json, i), &member, depth, values[i]));
    }
    SL_AT(size_t, message, layout->values_count) = count;
    SL_AT(void **, message, layout->values) = count > 0 ? values : NULL;
    return SL_OK;
}

static enum sl_code read_number(const struct reading *reading, const json_t *json,
                                const struct sl_json_path *path, void *value)
{
    json_int_t integer = json_integer_value(json);

    if (json_is_integer(json) &&
        (integer > (json_int_t)SL_EXACT_LIMIT || integer < -(json_int_t)SL_EXACT_LIMIT))
        return sl_json_fault(path, json, "an integer within 2^53 (or a string)", reading->err);
    SL_AT(double, value, reading->layout->value) = json_number_value(json);
    return SL_OK;
}

/* A Struct or ListValue inside a Value. */
static enum sl_code read_inner(const struct reading *reading, const json_t *json,
                               const struct sl_json_path *path, size_t depth, void *value)
{
    const struct sl_struct_layout *layout = reading->layout;
    bool is_object = json_is_object(json);
    void **inner = make_messages(reading, is_object ? layout->struct_type : layout->list_type, 1);

    if (!inner)
        return sl_error_no_memory(reading->err);
    SL_AT(void *, value, layout->value) = inner[0];
    return is_object ? read_struct(reading, json, path, depth + 1, inner[0])
                     : read_list(reading, json, path, depth + 1, inner[0]);
}

static enum sl_code read_value(const struct reading *reading, const json_t *json,
                               const struct sl_json_path *path, size_t depth, void *value)
{
    static const enum sl_value_kind kinds[] = {
        [JSON_OBJECT] = SL_KIND_STRUCT, [JSON_ARRAY] = SL_KIND_LIST,
        [JSON_STRING] = SL_KIND_STRING, [JSON_INTEGER] = SL_KIND_NUMBER,
        [JSON_REAL] = SL_KIND_NUMBER,   [JSON_TRUE] = SL_KIND_BOOL,
        [JSON_FALSE] = SL_KIND_BOOL,    [JSON_NULL] = SL_KIND_NULL,
    };
    const struct sl_struct_layout *layout = reading->layout;

    SL_AT(uint32_t, value, layout->value_kind) = (uint32_t)kinds[json_typeof(json)];
    switch (kinds[json_typeof(json)]) {
    case SL_KIND_STRUCT:
    case SL_KIND_LIST:
        return read_inner(reading, json, path, depth, value);
    case SL_KIND_STRING:
        return copy_text(reading, path, json_string_value(json), json_string_length(json),
                         (char *)value + layout->value);
    case SL_KIND_NUMBER:
        return read_number(reading, json, path, value);
    case SL_KIND_BOOL:
        SL_AT(protobuf_c_boolean, value, layout->value) = json_is_true(json);
        return SL_OK;
    default:
        return SL_OK;
    }
}

enum sl_code sl_wellknown_read_struct(struct sl_message_reading *reading, const json_t *json,
                                      const struct sl_json_path *path, ProtobufCMessage *message)
{
    struct sl_struct_layout layout;
    struct reading inner = {.layout = &layout, .arena = reading->arena, .err = reading->err};

    SL_TRY(sl_struct_layout_find(message->descriptor, &layout, reading->err));
    if (message->descriptor == layout.value_type)
        return read_value(&inner, json, path, 0, message);
    if (message->descriptor == layout.struct_type)
        return json_is_object(json) ? read_struct(&inner, json, path, 1, message)
                                    : sl_json_fault(path, json, "an object", reading->err);
    return json_is_array(json) ? read_list(&inner, json, path, 1, message)
                               : sl_json_fault(path, json, "an array", reading->err);
}

enum sl_code sl_struct_from_json(const ProtobufCMessageDescriptor *type, const json_t *json,
                                 struct sl_arena *arena, ProtobufCMessage **ret_message,
                                 struct sl_error *err)
{
    struct sl_message_reading reading = {.arena = arena, .err = err};
    ProtobufCMessage *message = sl_message_make(type, arena);

    if (!message)
        return sl_error_no_memory(err);
    SL_TRY(sl_wellknown_read_struct(&reading, json, NULL, message));
    *ret_message = message;
    return SL_OK;
}
