#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "rest-bridge/contract.h"
#include "rest-bridge/openapi_private.h"
#include "json/message.h"

/** A name in the document; those of messages are far shorter. */
#define NAME_SIZE 256

/* ---- values ---- */

/** Forms of their own; as lib/json writes them. */
static const struct {
    const char *message;
    const char *schema;
} wellknown[] = {
    {"google.protobuf.Struct", "{\"type\":\"object\"}"},
    {"google.protobuf.Value", "{}"},
    {"google.protobuf.ListValue", "{\"type\":\"array\",\"items\":{}}"},
    {"google.protobuf.Timestamp", "{\"type\":\"string\",\"format\":\"date-time\"}"},
    {"google.protobuf.Duration", "{\"type\":\"string\",\"examples\":[\"1.5s\"]}"},
    {"google.protobuf.FieldMask", "{\"type\":\"string\"}"},
    {"google.protobuf.Empty", "{\"type\":\"object\"}"},
    {"google.protobuf.StringValue", "{\"type\":[\"string\",\"null\"]}"},
    {"google.protobuf.BytesValue", "{\"type\":[\"string\",\"null\"]}"},
    {"google.protobuf.BoolValue", "{\"type\":[\"boolean\",\"null\"]}"},
    {"google.protobuf.Int32Value", "{\"type\":[\"integer\",\"null\"]}"},
    {"google.protobuf.UInt32Value", "{\"type\":[\"integer\",\"null\"]}"},
    {"google.protobuf.Int64Value", "{\"type\":[\"integer\",\"null\"]}"},
    {"google.protobuf.UInt64Value", "{\"type\":[\"integer\",\"string\",\"null\"]}"},
    {"google.protobuf.FloatValue", "{\"type\":[\"number\",\"null\"]}"},
    {"google.protobuf.DoubleValue", "{\"type\":[\"number\",\"null\"]}"},
};

static const char *const scalars[] = {
    [PROTOBUF_C_TYPE_INT32] = "{\"type\":\"integer\",\"format\":\"int32\"}",
    [PROTOBUF_C_TYPE_SINT32] = "{\"type\":\"integer\",\"format\":\"int32\"}",
    [PROTOBUF_C_TYPE_SFIXED32] = "{\"type\":\"integer\",\"format\":\"int32\"}",
    [PROTOBUF_C_TYPE_UINT32] = "{\"type\":\"integer\",\"minimum\":0,\"maximum\":4294967295}",
    [PROTOBUF_C_TYPE_FIXED32] = "{\"type\":\"integer\",\"minimum\":0,\"maximum\":4294967295}",
    [PROTOBUF_C_TYPE_INT64] = "{\"type\":\"integer\",\"format\":\"int64\"}",
    [PROTOBUF_C_TYPE_SINT64] = "{\"type\":\"integer\",\"format\":\"int64\"}",
    [PROTOBUF_C_TYPE_SFIXED64] = "{\"type\":\"integer\",\"format\":\"int64\"}",
    /* Beyond 2^63 as text. */
    [PROTOBUF_C_TYPE_UINT64] = "{\"type\":[\"integer\",\"string\"],\"minimum\":0}",
    [PROTOBUF_C_TYPE_FIXED64] = "{\"type\":[\"integer\",\"string\"],\"minimum\":0}",
    [PROTOBUF_C_TYPE_FLOAT] = "{\"type\":\"number\",\"format\":\"float\"}",
    [PROTOBUF_C_TYPE_DOUBLE] = "{\"type\":\"number\",\"format\":\"double\"}",
    [PROTOBUF_C_TYPE_BOOL] = "{\"type\":\"boolean\"}",
    [PROTOBUF_C_TYPE_STRING] = "{\"type\":\"string\"}",
    [PROTOBUF_C_TYPE_BYTES] = "{\"type\":\"string\",\"contentEncoding\":\"base64\"}",
};

static json_t *literal(const char *schema)
{
    return json_loads(schema, JSON_DECODE_ANY, NULL);
}

static const char *wellknown_schema(const char *message)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(wellknown); i++) {
        if (strcmp(wellknown[i].message, message) == 0)
            return wellknown[i].schema;
    }
    return NULL;
}

/* ---- names ---- */

/**
 * The name under which `key` is in the document. The short one, unless something else has it: then
 * as FastAPI does, by direction, and at last the full one. ret_is_new: it is not there yet.
 */
static void choose_name(struct bridge_document *document, const char *key, const char *full_name,
                        enum bridge_direction direction, bool *ret_is_new, char out[NAME_SIZE])
{
    const char *known = json_string_value(json_object_get(document->names, key));
    const char *dot = strrchr(full_name, '.');
    const char *short_name = dot != NULL ? dot + 1 : full_name;
    *ret_is_new = known == NULL;
    snprintf(out, NAME_SIZE, "%s", known != NULL ? known : short_name);
    if (known != NULL)
        return;
    if (json_object_get(document->schemas, out) != NULL)
        snprintf(out, NAME_SIZE, "%s-%s", short_name,
                 direction == BRIDGE_SENT ? "Input" : "Output");
    for (int i = 2; json_object_get(document->schemas, out) != NULL; i++)
        snprintf(out, NAME_SIZE, "%s-%d", full_name, i);
    bridge_document_put(document, document->names, key, json_string(out));
}

static json_t *reference(const char *name)
{
    char target[NAME_SIZE + 32];
    snprintf(target, sizeof(target), "#/components/schemas/%s", name);
    return json_pack("{s:s}", "$ref", target);
}

/* ---- enums ---- */

/** Each value with what its comment says. */
static json_t *describe_values(struct bridge_document *document,
                               const ProtobufCEnumDescriptor *type, json_t *values)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text text = {0};
    const char *comment = json_string_value(json_object_get(document->comments, type->name));
    sl_text_append(&text, comment != NULL ? comment : "");
    for (unsigned i = 0; i < type->n_values; i++) {
        struct sl_error err = {0};
        char name[NAME_SIZE];
        json_t *value = NULL;
        if (sl_message_enum_to_json(type, type->values[i].value, SL_DIALECT_REST, &value, &err) !=
            SL_OK)
            document->has_failed = true;
        snprintf(name, sizeof(name), "%s.%s", type->name, type->values[i].name);
        comment = json_string_value(json_object_get(document->comments, name));
        if (json_is_string(value)) {
            sl_text_printf(&text, "%s* `%s`: %s", json_array_size(values) > 0 ? "\n" : "\n\n",
                           json_string_value(value), comment != NULL ? comment : "");
            bridge_document_add(document, values, json_incref(value));
        }
        json_decref(value);
    }
    return sl_text_failed(&text) ? NULL : json_string(sl_text_string(&text));
}

static json_t *schema_of_enum(struct bridge_document *document, const ProtobufCEnumDescriptor *type)
{
    bool is_new = false;
    char name[NAME_SIZE];
    if (strcmp(type->name, "google.protobuf.NullValue") == 0)
        return literal("{\"type\":\"null\"}");
    choose_name(document, type->name, type->name, BRIDGE_ANSWERED, &is_new, name);
    if (is_new) {
        json_t *schema = json_pack("{s:s, s:[]}", "type", "string", "enum");
        bridge_document_put(document, document->schemas, name, schema);
        json_t *values = json_object_get(schema, "enum");
        bridge_document_put(document, schema, "description",
                            describe_values(document, type, values));
    }
    return reference(name);
}

/* ---- fields ---- */

/** Whether a value is also allowed to be null. */
static json_t *or_null(json_t *schema)
{
    json_t *type = json_object_get(schema, "type");
    if (json_is_string(type)) {
        json_object_set_new(schema, "type", json_pack("[s, s]", json_string_value(type), "null"));
        return schema;
    }
    if (json_object_get(schema, "$ref") == NULL)
        return schema; /* Anything, or null among others. */
    return json_pack("{s:[o, {s:s}]}", "anyOf", schema, "type", "null");
}

static bool is_nullable(const ProtobufCMessageDescriptor *type,
                        const ProtobufCFieldDescriptor *field, enum bridge_direction direction)
{
    if (direction == BRIDGE_SENT)
        return !bridge_is_required(type->name, field->name);
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return false;
    /* An enum's zero, "unspecified", is null too. */
    return field->type == PROTOBUF_C_TYPE_MESSAGE || field->type == PROTOBUF_C_TYPE_ENUM ||
           (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
}

static json_t *schema_of_one(struct bridge_document *document,
                             const ProtobufCFieldDescriptor *field, enum bridge_direction direction)
{
    if (field->type == PROTOBUF_C_TYPE_ENUM)
        return schema_of_enum(document, field->descriptor);
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return bridge_schema_of_message(document, field->descriptor, direction);
    return literal(scalars[field->type]);
}

json_t *bridge_schema_of_value(struct bridge_document *document,
                               const ProtobufCMessageDescriptor *type,
                               const ProtobufCFieldDescriptor *field,
                               enum bridge_direction direction)
{
    if (sl_message_field_is_map(type, field)) {
        const ProtobufCMessageDescriptor *entry = field->descriptor;
        json_t *value = schema_of_one(document, &entry->fields[1], direction);
        return json_pack("{s:s, s:o}", "type", "object", "additionalProperties", value);
    }
    json_t *value = schema_of_one(document, field, direction);
    if (field->label != PROTOBUF_C_LABEL_REPEATED)
        return value;
    return json_pack("{s:s, s:o}", "type", "array", "items", value);
}

json_t *bridge_schema_of_field(struct bridge_document *document,
                               const ProtobufCMessageDescriptor *type,
                               const ProtobufCFieldDescriptor *field,
                               enum bridge_direction direction)
{
    json_t *schema = bridge_schema_of_value(document, type, field, direction);
    if (is_nullable(type, field, direction))
        schema = or_null(schema);
    return schema;
}

/* ---- messages ---- */

bool bridge_is_in_path(const struct bridge_template *path, const char *field)
{
    for (size_t i = 0; path != NULL && i < path->variable_count; i++) {
        if (strcmp(path->variables[i].field, field) == 0)
            return true;
    }
    return false;
}

static void fill_message(struct bridge_document *document, const ProtobufCMessageDescriptor *type,
                         enum bridge_direction direction, const struct bridge_template *path,
                         json_t *schema)
{
    json_t *properties = bridge_document_put(document, schema, "properties", json_object());
    json_t *required = json_array();
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        char full_name[NAME_SIZE];
        if (bridge_is_in_path(path, field->name))
            continue;
        snprintf(full_name, sizeof(full_name), "%s.%s", type->name, field->name);
        json_t *property =
            bridge_document_put(document, properties, field->name,
                                bridge_schema_of_field(document, type, field, direction));
        bridge_document_describe(document, property, "description", full_name);
        if (direction == BRIDGE_ANSWERED || bridge_is_required(type->name, field->name))
            bridge_document_add(document, required, json_string(field->name));
    }
    if (json_array_size(required) > 0)
        bridge_document_put(document, schema, "required", json_incref(required));
    json_decref(required);
}

static json_t *schema_of(struct bridge_document *document, const ProtobufCMessageDescriptor *type,
                         enum bridge_direction direction, const struct bridge_template *path)
{
    bool is_new = false, is_cut = path != NULL && path->variable_count > 0;
    char key[NAME_SIZE], name[NAME_SIZE];
    if (wellknown_schema(type->name) != NULL)
        return literal(wellknown_schema(type->name));
    snprintf(key, sizeof(key), "%s %d %s", type->name, (int)direction,
             is_cut ? path->variables[0].field : "");
    choose_name(document, key, type->name, direction, &is_new, name);
    if (is_new) {
        /* In its place before it is filled: a message may have itself inside. */
        json_t *schema = bridge_document_put(document, document->schemas, name,
                                             json_pack("{s:s}", "type", "object"));
        bridge_document_describe(document, schema, "description", type->name);
        fill_message(document, type, direction, path, schema);
    }
    return reference(name);
}

json_t *bridge_schema_of_message(struct bridge_document *document,
                                 const ProtobufCMessageDescriptor *type,
                                 enum bridge_direction direction)
{
    return schema_of(document, type, direction, NULL);
}

json_t *bridge_schema_of_body(struct bridge_document *document,
                              const ProtobufCMessageDescriptor *type,
                              const struct bridge_template *path)
{
    return schema_of(document, type, BRIDGE_SENT, path);
}
