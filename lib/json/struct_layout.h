#ifndef SL_JSON_STRUCT_LAYOUT_H
#define SL_JSON_STRUCT_LAYOUT_H

#include "json/reflect.h"

/*
 * google.protobuf.Struct, Value and ListValue: what every request carries, so both directions go by
 * offsets read once from the descriptors and not field by field. The fields' numbers are from
 * struct.proto; a descriptor's fields are in the order of their numbers.
 */

/** The members of Value's oneof, by number. */
enum sl_value_kind {
    SL_KIND_NONE,
    SL_KIND_NULL,
    SL_KIND_NUMBER,
    SL_KIND_STRING,
    SL_KIND_BOOL,
    SL_KIND_STRUCT,
    SL_KIND_LIST,
};

/** Integers to here are exact in a double. */
#define SL_EXACT_LIMIT 9007199254740992.0

/** Where things are in the three messages and in a Struct's entry. */
struct sl_struct_layout {
    const ProtobufCMessageDescriptor *struct_type, *entry_type, *value_type, *list_type;
    size_t fields_count, fields, entry_key, entry_value, value_kind, value, values_count, values;
};

/** Errors: SL_INVALID_ARGUMENT where type is none of the three. */
enum sl_code sl_struct_layout_find(const ProtobufCMessageDescriptor *type,
                                   struct sl_struct_layout *ret_layout, struct sl_error *err);

/* What stands at an offset of a message. */
#define SL_AT(type, message, offset) (*(type *)((char *)(message) + (offset)))
#define SL_AT_CONST(type, message, offset) (*(type const *)((const char *)(message) + (offset)))

#endif
