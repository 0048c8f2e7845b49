#ifndef SL_JSON_MESSAGE_H
#define SL_JSON_MESSAGE_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Protobuf messages to and from JSON, by reflection over protobuf-c's descriptors: any message, no
 * generated code. The well-known types (Struct, Value, ListValue, NullValue, Timestamp, Duration,
 * wrappers, Empty, FieldMask) have ProtoJSON's special forms and are known by their full names.
 */

/** How JSON looks. */
enum sl_message_dialect {
    /**
     * What REST clients of ServiceLane see: names as in the .proto, every field present, an absent
     * optional or message null, 64-bit integers as numbers, enum values in lower case without their
     * type's prefix (TASK_STATUS_FAILED is "failed").
     */
    SL_DIALECT_REST,
    /** ProtoJSON (protobuf.dev, "ProtoJSON Format"): lowerCamelCase, defaults left out. */
    SL_DIALECT_PROTO,
};

/** A new reference. Errors: SL_INVALID_ARGUMENT (a Value without kind, a time out of range),
 * SL_RESOURCE_EXHAUSTED. */
SL_MUST_USE enum sl_code sl_message_to_json(const ProtobufCMessage *message,
                                            enum sl_message_dialect dialect, json_t **ret_json,
                                            struct sl_error *err);

/**
 * Builds a message in arena from JSON; unknown members are ignored in the REST dialect and refused
 * in ProtoJSON's; null leaves a field absent. Both spellings of names are read.
 *
 * Errors: SL_INVALID_ARGUMENT, "field.path: what was given, what is wanted".
 */
SL_MUST_USE enum sl_code sl_message_from_json(const ProtobufCMessageDescriptor *type,
                                              const json_t *json, enum sl_message_dialect dialect,
                                              struct sl_arena *arena,
                                              ProtobufCMessage **ret_message, struct sl_error *err);

/**
 * Any message that is a google.protobuf.Struct or Value, to JSON: integral doubles become integers.
 * NULL gives null (Value) or an empty object (Struct never is NULL here: pass a Struct, get an
 * object).
 */
SL_MUST_USE enum sl_code sl_struct_to_json(const ProtobufCMessage *struct_or_value,
                                           json_t **ret_json, struct sl_error *err);

/** JSON to a google.protobuf.Struct or Value (by type) in arena; integers beyond 2^53 are refused.
 */
SL_MUST_USE enum sl_code sl_struct_from_json(const ProtobufCMessageDescriptor *type,
                                             const json_t *json, struct sl_arena *arena,
                                             ProtobufCMessage **ret_message, struct sl_error *err);

/** For a field named in error texts and in routes: finds by .proto name, NULL where there is none.
 */
const ProtobufCFieldDescriptor *sl_message_field(const ProtobufCMessageDescriptor *type,
                                                 const char *name);

/** What a value of an enum is in JSON; a new reference. Errors: SL_RESOURCE_EXHAUSTED. */
SL_MUST_USE enum sl_code sl_message_enum_to_json(const ProtobufCEnumDescriptor *type, int number,
                                                 enum sl_message_dialect dialect,
                                                 json_t **ret_json, struct sl_error *err);

/** Whether field is a map, which protobuf-c tells as a repeated message. */
bool sl_message_field_is_map(const ProtobufCMessageDescriptor *type,
                             const ProtobufCFieldDescriptor *field);

#ifdef __cplusplus
}
#endif

#endif
