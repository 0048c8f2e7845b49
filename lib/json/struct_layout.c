#include "json/struct_layout.h"

#include <string.h>

static bool has_name(const ProtobufCMessageDescriptor *type, const char *name)
{
    return strcmp(type->name, name) == 0;
}

bool sl_is_value_type(const ProtobufCMessageDescriptor *type)
{
    return has_name(type, "google.protobuf.Value");
}

/* The Value behind any of the three; NULL for another message. */
static const ProtobufCMessageDescriptor *find_value_type(const ProtobufCMessageDescriptor *type)
{
    if (sl_is_value_type(type))
        return type;
    if (has_name(type, "google.protobuf.ListValue"))
        return type->fields[0].descriptor;
    if (has_name(type, "google.protobuf.Struct")) {
        const ProtobufCMessageDescriptor *entry = type->fields[0].descriptor;

        return entry->fields[1].descriptor;
    }
    return NULL;
}

enum sl_code sl_struct_layout_find(const ProtobufCMessageDescriptor *type,
                                   struct sl_struct_layout *ret_layout, struct sl_error *err)
{
    const ProtobufCMessageDescriptor *value = find_value_type(type);
    struct sl_struct_layout layout = {.value_type = value};

    if (!value)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "%s is given, google.protobuf.Struct, Value or ListValue is wanted",
                            type->name);
    layout.struct_type = value->fields[SL_KIND_STRUCT - 1].descriptor;
    layout.list_type = value->fields[SL_KIND_LIST - 1].descriptor;
    layout.entry_type = layout.struct_type->fields[0].descriptor;
    layout.fields_count = layout.struct_type->fields[0].quantifier_offset;
    layout.fields = layout.struct_type->fields[0].offset;
    layout.entry_key = layout.entry_type->fields[0].offset;
    layout.entry_value = layout.entry_type->fields[1].offset;
    layout.value_kind = value->fields[0].quantifier_offset;
    layout.value = value->fields[0].offset;
    layout.values_count = layout.list_type->fields[0].quantifier_offset;
    layout.values = layout.list_type->fields[0].offset;
    *ret_layout = layout;
    return SL_OK;
}
