#include "rest-bridge/model.h"

#include <string.h>

#include "base/text.h"
#include "rest-bridge/contract.h"
#include "rest-bridge/scalars.h"

/** One value, not a list. A new reference, or NULL and a fault. */
typedef json_t *check_fn(const ProtobufCFieldDescriptor *field, json_t *input,
                         const struct bridge_place *place, struct bridge_faults *faults);

static json_t *check_dict(const ProtobufCFieldDescriptor *field, json_t *input,
                          const struct bridge_place *place, struct bridge_faults *faults)
{
    (void)field;
    if (json_is_object(input))
        return json_incref(input);
    bridge_faults_add(faults, BRIDGE_FAULT_DICT_TYPE, place, input);
    return NULL;
}

static json_t *check_list(const ProtobufCFieldDescriptor *field, json_t *input,
                          const struct bridge_place *place, struct bridge_faults *faults)
{
    (void)field;
    if (json_is_array(input))
        return json_incref(input);
    bridge_faults_add(faults, BRIDGE_FAULT_LIST_TYPE, place, input);
    return NULL;
}

static json_t *check_string(const ProtobufCFieldDescriptor *field, json_t *input,
                            const struct bridge_place *place, struct bridge_faults *faults)
{
    (void)field;
    if (json_is_string(input))
        return json_incref(input);
    bridge_faults_add(faults, BRIDGE_FAULT_STRING_TYPE, place, input);
    return NULL;
}

/** Anything goes; what lib/json then refuses is told in its words. */
static json_t *check_any(const ProtobufCFieldDescriptor *field, json_t *input,
                         const struct bridge_place *place, struct bridge_faults *faults)
{
    (void)field, (void)place, (void)faults;
    return json_incref(input);
}

static json_t *check_integer(const ProtobufCFieldDescriptor *field, json_t *input,
                             const struct bridge_place *place, struct bridge_faults *faults)
{
    bool is_unsigned =
        field->type == PROTOBUF_C_TYPE_UINT32 || field->type == PROTOBUF_C_TYPE_FIXED32;
    double minimum = is_unsigned ? 0 : INT32_MIN;
    double maximum = is_unsigned ? UINT32_MAX : INT32_MAX;
    return bridge_check_integer(input, minimum, maximum, place, faults);
}

static json_t *check_long(const ProtobufCFieldDescriptor *field, json_t *input,
                          const struct bridge_place *place, struct bridge_faults *faults)
{
    bool is_unsigned =
        field->type == PROTOBUF_C_TYPE_UINT64 || field->type == PROTOBUF_C_TYPE_FIXED64;
    return bridge_check_integer(input, is_unsigned ? 0 : (double)INT64_MIN, (double)INT64_MAX,
                                place, faults);
}

static json_t *check_number(const ProtobufCFieldDescriptor *field, json_t *input,
                            const struct bridge_place *place, struct bridge_faults *faults)
{
    (void)field;
    return bridge_check_number(input, place, faults);
}

static json_t *check_bool(const ProtobufCFieldDescriptor *field, json_t *input,
                          const struct bridge_place *place, struct bridge_faults *faults)
{
    (void)field;
    return bridge_check_bool(input, place, faults);
}

/** Messages with a form of their own in JSON; other messages are objects of their fields. */
static const struct {
    const char *name;
    check_fn *check;
} wellknown[] = {
    {"google.protobuf.Struct", check_dict},     {"google.protobuf.ListValue", check_list},
    {"google.protobuf.Value", check_any},       {"google.protobuf.Timestamp", check_string},
    {"google.protobuf.Duration", check_string}, {"google.protobuf.FieldMask", check_string},
    {"google.protobuf.StringValue", check_any}, {"google.protobuf.BytesValue", check_any},
    {"google.protobuf.BoolValue", check_any},   {"google.protobuf.Int32Value", check_any},
    {"google.protobuf.Int64Value", check_any},  {"google.protobuf.UInt32Value", check_any},
    {"google.protobuf.UInt64Value", check_any}, {"google.protobuf.FloatValue", check_any},
    {"google.protobuf.DoubleValue", check_any}, {"google.protobuf.Any", check_any},
};

static json_t *check_message(const ProtobufCFieldDescriptor *field, json_t *input,
                             const struct bridge_place *place, struct bridge_faults *faults)
{
    const ProtobufCMessageDescriptor *type = field->descriptor;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(wellknown); i++) {
        if (strcmp(wellknown[i].name, type->name) == 0)
            return wellknown[i].check(field, input, place, faults);
    }
    return bridge_model_check(type, input, NULL, place, faults);
}

static check_fn *const checks[] = {
    [PROTOBUF_C_TYPE_INT32] = check_integer,    [PROTOBUF_C_TYPE_SINT32] = check_integer,
    [PROTOBUF_C_TYPE_SFIXED32] = check_integer, [PROTOBUF_C_TYPE_UINT32] = check_integer,
    [PROTOBUF_C_TYPE_FIXED32] = check_integer,  [PROTOBUF_C_TYPE_INT64] = check_long,
    [PROTOBUF_C_TYPE_SINT64] = check_long,      [PROTOBUF_C_TYPE_SFIXED64] = check_long,
    [PROTOBUF_C_TYPE_UINT64] = check_long,      [PROTOBUF_C_TYPE_FIXED64] = check_long,
    [PROTOBUF_C_TYPE_FLOAT] = check_number,     [PROTOBUF_C_TYPE_DOUBLE] = check_number,
    [PROTOBUF_C_TYPE_BOOL] = check_bool,        [PROTOBUF_C_TYPE_ENUM] = check_any,
    [PROTOBUF_C_TYPE_STRING] = check_string,    [PROTOBUF_C_TYPE_BYTES] = check_string,
    [PROTOBUF_C_TYPE_MESSAGE] = check_message,
};

static json_t *check_items(const ProtobufCFieldDescriptor *field, json_t *input,
                           const struct bridge_place *place, struct bridge_faults *faults)
{
    json_t *list = json_array();
    size_t index = 0;
    json_t *item = NULL;
    bool is_good = true;
    json_array_foreach(input, index, item)
    {
        struct bridge_place here = {place, NULL, index};
        json_t *checked = checks[field->type](field, item, &here, faults);
        is_good &= checked != NULL;
        if (checked != NULL && json_array_append_new(list, checked) != 0)
            faults->is_out_of_memory = true;
    }
    if (is_good)
        return list;
    json_decref(list);
    return NULL;
}

json_t *bridge_model_check_field(const ProtobufCFieldDescriptor *field, json_t *input,
                                 const struct bridge_place *place, struct bridge_faults *faults)
{
    if (field->label != PROTOBUF_C_LABEL_REPEATED)
        return checks[field->type](field, input, place, faults);
    /* A map is an object, and to protobuf-c a repeated message. */
    if (field->type == PROTOBUF_C_TYPE_MESSAGE && json_is_object(input))
        return json_incref(input);
    if (json_is_array(input))
        return check_items(field, input, place, faults);
    bridge_faults_add(faults, BRIDGE_FAULT_LIST_TYPE, place, input);
    return NULL;
}

/** Checks one member of an object and puts the coerced value into copy. */
static void check_member(const ProtobufCMessageDescriptor *type,
                         const ProtobufCFieldDescriptor *field, json_t *object, json_t *copy,
                         const struct bridge_place *place, struct bridge_faults *faults)
{
    bool is_required = bridge_is_required(type->name, field->name);
    struct bridge_place here = {place, field->name, 0};
    json_t *value = json_object_get(object, field->name);
    if (value == NULL && is_required)
        bridge_faults_add(faults, BRIDGE_FAULT_MISSING, &here, object);
    if (value == NULL || (json_is_null(value) && !is_required))
        return;
    json_t *checked = bridge_model_check_field(field, value, &here, faults);
    if (checked != NULL && json_object_set_new(copy, field->name, checked) != 0)
        faults->is_out_of_memory = true;
}

json_t *bridge_model_check(const ProtobufCMessageDescriptor *type, json_t *input,
                           const json_t *given, const struct bridge_place *place,
                           struct bridge_faults *faults)
{
    if (!json_is_object(input)) {
        bridge_faults_add(faults, BRIDGE_FAULT_OBJECT_TYPE, place, input);
        return NULL;
    }
    size_t before = json_array_size(faults->list);
    json_t *copy = json_copy(input);
    if (copy == NULL)
        faults->is_out_of_memory = true;
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        if (json_object_get(given, field->name) == NULL)
            check_member(type, field, input, copy, place, faults);
    }
    if (json_array_size(faults->list) == before && !faults->is_out_of_memory)
        return copy;
    json_decref(copy);
    return NULL;
}
