#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/reflect.h"

/* Messages from JSON. */

/** What an integer field holds. */
struct integer_range {
    int64_t minimum;
    uint64_t maximum;
    const char *wanted;
};

static const struct integer_range *find_range(ProtobufCType type)
{
    static const struct integer_range int32 = {INT32_MIN, INT32_MAX, "an integer of 32 bits"};
    static const struct integer_range uint32 = {0, UINT32_MAX, "an integer from 0 to 4294967295"};
    static const struct integer_range int64 = {INT64_MIN, INT64_MAX, "an integer of 64 bits"};
    static const struct integer_range uint64 = {0, UINT64_MAX,
                                                "an integer from 0 to 18446744073709551615"};

    switch (type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        return &int32;
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return &uint32;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return &int64;
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return &uint64;
    default:
        return NULL;
    }
}

/* Sign and size of a whole number, whichever way JSON has it; false for anything else. */
static bool read_magnitude(const json_t *json, bool *ret_is_negative, uint64_t *ret_magnitude)
{
    double number = json_real_value(json);
    const char *digits = json_string_value(json);
    json_int_t integer = json_integer_value(json);

    if (json_is_integer(json)) {
        *ret_is_negative = integer < 0;
        *ret_magnitude = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
        return true;
    }
    if (json_is_real(json)) {
        if (number != floor(number) || fabs(number) >= 18446744073709551616.0)
            return false;
        *ret_is_negative = number < 0;
        *ret_magnitude = (uint64_t)fabs(number);
        return true;
    }
    if (!digits)
        return false;
    *ret_is_negative = *digits == '-';
    digits += *digits == '-';
    *ret_magnitude = 0;
    for (size_t i = 0; digits[i]; i++) {
        unsigned digit = (unsigned char)digits[i] - (unsigned)'0';

        if (digit > 9 || *ret_magnitude > (UINT64_MAX - digit) / 10)
            return false;
        *ret_magnitude = *ret_magnitude * 10 + digit;
    }
    return digits[0] != '\0';
}

static enum sl_code read_integer(const struct sl_message_reading *reading,
                                 const struct integer_range *range, const json_t *json,
                                 const struct sl_json_path *path, uint64_t *ret_bits)
{
    bool is_negative = false;
    uint64_t magnitude = 0;
    uint64_t limit;

    if (!read_magnitude(json, &is_negative, &magnitude))
        return sl_json_fault(path, json, range->wanted, reading->err);
    limit = is_negative ? 0 - (uint64_t)range->minimum : range->maximum;
    if (magnitude > limit)
        return sl_json_fault(path, json, range->wanted, reading->err);
    *ret_bits = is_negative ? 0 - magnitude : magnitude;
    return SL_OK;
}

static enum sl_code read_integer_field(const struct sl_message_reading *reading,
                                       const ProtobufCFieldDescriptor *field, const json_t *json,
                                       const struct sl_json_path *path, void *at)
{
    uint64_t bits = 0;
    uint32_t low;

    SL_TRY(read_integer(reading, find_range(field->type), json, path, &bits));
    low = (uint32_t)bits;
    if (sl_field_size(field->type) == sizeof(low))
        memcpy(at, &low, sizeof(low));
    else
        memcpy(at, &bits, sizeof(bits));
    return SL_OK;
}

static bool read_number_text(const char *text, double *ret_number)
{
    char *end = NULL;

    if (strcmp(text, "NaN") == 0)
        *ret_number = NAN;
    else if (strcmp(text, "Infinity") == 0)
        *ret_number = INFINITY;
    else if (strcmp(text, "-Infinity") == 0)
        *ret_number = -INFINITY;
    else if (text[strspn(text, "0123456789+-.eE")] || !*text)
        return false;
    else
        *ret_number = strtod(text, &end);
    return !end || *end == '\0';
}

static enum sl_code read_number_field(const struct sl_message_reading *reading,
                                      const ProtobufCFieldDescriptor *field, const json_t *json,
                                      const struct sl_json_path *path, void *at)
{
    double number = json_number_value(json);

    if (!json_is_number(json) &&
        (!json_is_string(json) || !read_number_text(json_string_value(json), &number)))
        return sl_json_fault(path, json, "a number", reading->err);
    if (field->type == PROTOBUF_C_TYPE_DOUBLE) {
        *(double *)at = number;
        return SL_OK;
    }
    if (isfinite(number) && !isfinite((float)number))
        return sl_json_fault(path, json, "a number that a float holds", reading->err);
    *(float *)at = (float)number;
    return SL_OK;
}

static enum sl_code read_string(const struct sl_message_reading *reading, const json_t *json,
                                const struct sl_json_path *path, char **at)
{
    char *copy;

    if (!json_is_string(json))
        return sl_json_fault(path, json, "a string", reading->err);
    if (strlen(json_string_value(json)) != json_string_length(json))
        return sl_json_fault_text(path, "a NUL stands in the text", reading->err);
    copy = sl_arena_strndup(reading->arena, json_string_value(json), json_string_length(json));
    if (!copy)
        return sl_error_no_memory(reading->err);
    *at = copy;
    return SL_OK;
}

static enum sl_code read_bytes(const struct sl_message_reading *reading, const json_t *json,
                               const struct sl_json_path *path, ProtobufCBinaryData *at)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text bytes = {0};
    uint8_t *copy;

    if (!json_is_string(json) ||
        !sl_base64_decode(&bytes, json_string_value(json), json_string_length(json)))
        return sl_json_fault(path, json, "a string of base64", reading->err);
    copy = sl_arena_memdup(reading->arena, sl_text_string(&bytes), bytes.length);
    if (!copy || sl_text_failed(&bytes))
        return sl_error_no_memory(reading->err);
    at->data = copy;
    at->len = bytes.length;
    return SL_OK;
}

static enum sl_code read_inner(struct sl_message_reading *reading,
                               const ProtobufCMessageDescriptor *type, const json_t *json,
                               const struct sl_json_path *path, ProtobufCMessage **at)
{
    enum sl_code code;

    if (reading->depth >= SL_MESSAGE_MAX_DEPTH)
        return sl_json_fault_text(path, "nested deeper than 100 levels", reading->err);
    reading->depth++;
    code = sl_message_read(reading, type, json, path, at);
    reading->depth--;
    return code;
}

enum sl_code sl_message_read_one(struct sl_message_reading *reading,
                                 const ProtobufCFieldDescriptor *field, const json_t *json,
                                 const struct sl_json_path *path, void *at)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_DOUBLE:
        return read_number_field(reading, field, json, path, at);
    case PROTOBUF_C_TYPE_BOOL:
        if (!json_is_boolean(json))
            return sl_json_fault(path, json, "a boolean", reading->err);
        *(protobuf_c_boolean *)at = json_is_true(json);
        return SL_OK;
    case PROTOBUF_C_TYPE_ENUM:
        return sl_enum_read(reading, field->descriptor, json, path, at);
    case PROTOBUF_C_TYPE_STRING:
        return read_string(reading, json, path, at);
    case PROTOBUF_C_TYPE_BYTES:
        return read_bytes(reading, json, path, at);
    case PROTOBUF_C_TYPE_MESSAGE:
        return read_inner(reading, field->descriptor, json, path, at);
    default:
        return read_integer_field(reading, field, json, path, at);
    }
}

static enum sl_code read_list(struct sl_message_reading *reading,
                              const ProtobufCFieldDescriptor *field, const json_t *json,
                              const struct sl_json_path *path, ProtobufCMessage *message)
{
    size_t count = json_array_size(json);
    size_t size = sl_field_size(field->type);
    char *values;

    if (!json_is_array(json))
        return sl_json_fault(path, json, "an array", reading->err);
    values = sl_arena_alloc_array(reading->arena, count, size);
    if (!values)
        return sl_error_no_memory(reading->err);
    for (size_t i = 0; i < count; i++) {
        struct sl_json_path place = {.parent = path, .index = i};

        SL_TRY(sl_message_read_one(reading, field, json_array_get(json, i), &place,
                                   values + i * size));
    }
    *(size_t *)((char *)message + field->quantifier_offset) = count;
    *(void **)((char *)message + field->offset) = count > 0 ? values : NULL;
    return SL_OK;
}

/* The name of a member as a map's key. Numbers are read from their texts as in a string. */
static enum sl_code read_key(struct sl_message_reading *reading,
                             const ProtobufCFieldDescriptor *field, const char *name,
                             const struct sl_json_path *path, void *at)
{
    SL_CLEANUP(sl_json_cleanup) json_t *json = json_string(name);

    if (!json)
        return sl_error_no_memory(reading->err);
    if (field->type != PROTOBUF_C_TYPE_BOOL)
        return sl_message_read_one(reading, field, json, path, at);
    if (strcmp(name, "true") != 0 && strcmp(name, "false") != 0)
        return sl_json_fault(path, json, "true or false as a key", reading->err);
    *(protobuf_c_boolean *)at = name[0] == 't';
    return SL_OK;
}

static enum sl_code read_map(struct sl_message_reading *reading,
                             const ProtobufCFieldDescriptor *field, const json_t *json,
                             const struct sl_json_path *path, ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *type = field->descriptor;
    size_t count = json_object_size(json);
    ProtobufCMessage **entries;
    const char *name;
    json_t *value;
    size_t i = 0;

    if (!json_is_object(json))
        return sl_json_fault(path, json, "an object", reading->err);
    entries = sl_arena_alloc_array(reading->arena, count, sizeof(*entries));
    if (!entries)
        return sl_error_no_memory(reading->err);
    /* jansson's iterators take no const, and change nothing. */
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        struct sl_json_path place = {.parent = path, .name = name};
        char *entry = (char *)sl_message_make(type, reading->arena);

        if (!entry)
            return sl_error_no_memory(reading->err);
        entries[i++] = (ProtobufCMessage *)(void *)entry;
        SL_TRY(read_key(reading, &type->fields[0], name, &place, entry + type->fields[0].offset));
        SL_TRY(sl_message_read_one(reading, &type->fields[1], value, &place,
                                   entry + type->fields[1].offset));
    }
    *(size_t *)((char *)message + field->quantifier_offset) = count;
    *(void **)((char *)message + field->offset) = count > 0 ? entries : NULL;
    return SL_OK;
}

/* Says in the message that the field is there; two members of one oneof are a mistake. */
static enum sl_code mark_present(const struct sl_message_reading *reading,
                                 const ProtobufCFieldDescriptor *field,
                                 const struct sl_json_path *path, ProtobufCMessage *message)
{
    void *quantifier = (char *)message + field->quantifier_offset;

    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
        if (*(uint32_t *)quantifier != 0)
            return sl_json_fault_text(
                path, "another member of the same oneof is given too, one is wanted", reading->err);
        *(uint32_t *)quantifier = field->id;
    } else if (field->label == PROTOBUF_C_LABEL_OPTIONAL && field->quantifier_offset != 0) {
        *(protobuf_c_boolean *)quantifier = 1;
    }
    return SL_OK;
}

/* null leaves a field absent, but for ProtoJSON's null that is a google.protobuf.Value. */
static bool is_absent(const struct sl_message_reading *reading,
                      const ProtobufCFieldDescriptor *field, const json_t *json)
{
    if (!json_is_null(json))
        return false;
    return reading->dialect == SL_DIALECT_REST || field->label == PROTOBUF_C_LABEL_REPEATED ||
           field->type != PROTOBUF_C_TYPE_MESSAGE || !sl_is_value_type(field->descriptor);
}

static enum sl_code read_member(struct sl_message_reading *reading, const char *name,
                                const json_t *json, const struct sl_json_path *path,
                                ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *field = sl_field_find(message->descriptor, name);
    struct sl_json_path place = {.parent = path, .name = name};

    if (!field && reading->dialect == SL_DIALECT_REST)
        return SL_OK;
    if (!field)
        return sl_json_fault_text(&place, "there is no field of this name", reading->err);
    if (is_absent(reading, field, json))
        return SL_OK;
    if (sl_field_is_map(message->descriptor, field))
        return read_map(reading, field, json, &place, message);
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return read_list(reading, field, json, &place, message);
    SL_TRY(mark_present(reading, field, &place, message));
    return sl_message_read_one(reading, field, json, &place, (char *)message + field->offset);
}

enum sl_code sl_message_read(struct sl_message_reading *reading,
                             const ProtobufCMessageDescriptor *type, const json_t *json,
                             const struct sl_json_path *path, ProtobufCMessage **ret_message)
{
    const struct sl_wellknown *wellknown = sl_wellknown_find(type);
    ProtobufCMessage *message = sl_message_make(type, reading->arena);
    const char *name;
    json_t *value;

    if (!message)
        return sl_error_no_memory(reading->err);
    if (wellknown) {
        SL_TRY(wellknown->read(reading, json, path, message));
        *ret_message = message;
        return SL_OK;
    }
    if (!json_is_object(json))
        return sl_json_fault(path, json, "an object", reading->err);
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        SL_TRY(read_member(reading, name, value, path, message));
    }
    *ret_message = message;
    return SL_OK;
}

enum sl_code sl_message_from_json(const ProtobufCMessageDescriptor *type, const json_t *json,
                                  enum sl_message_dialect dialect, struct sl_arena *arena,
                                  ProtobufCMessage **ret_message, struct sl_error *err)
{
    struct sl_message_reading reading = {.dialect = dialect, .arena = arena, .err = err};

    return sl_message_read(&reading, type, json, NULL, ret_message);
}
