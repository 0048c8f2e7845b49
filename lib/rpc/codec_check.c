#include "rpc/codec_check.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "rpc/codec.h"

enum wire_type {
    WIRE_VARINT = 0,
    WIRE_FIXED64 = 1,
    WIRE_LENGTH = 2,
    WIRE_FIXED32 = 5,
};

/* What is left to read of one message. */
struct reader {
    const uint8_t *at;
    const uint8_t *end;
};

/* The same for all messages of one check. */
struct check {
    bool lacks_map_values;
    struct sl_error *err;
};

static bool read_varint(struct reader *reader, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        if (reader->at == reader->end)
            return false;
        uint8_t byte = *reader->at++;
        value |= (uint64_t)(byte & 0x7f) << (shift < 64 ? shift : 63);
        if ((byte & 0x80) == 0) {
            *ret_value = value;
            return true;
        }
    }
    return false;
}

static bool skip(struct reader *reader, uint64_t length)
{
    if (length > (uint64_t)(reader->end - reader->at))
        return false;
    reader->at += length;
    return true;
}

const ProtobufCFieldDescriptor *sl_map_value_field(const ProtobufCFieldDescriptor *field)
{
    if (field->type != PROTOBUF_C_TYPE_MESSAGE || field->label != PROTOBUF_C_LABEL_REPEATED)
        return NULL;
    const ProtobufCMessageDescriptor *entry = field->descriptor;
    bool is_map = entry->n_fields == 2 && entry->fields[0].id == 1 && entry->fields[1].id == 2 &&
                  strcmp(entry->fields[0].name, "key") == 0 &&
                  strcmp(entry->fields[1].name, "value") == 0 &&
                  sl_text_ends_with(entry->name, "Entry");
    return is_map ? &entry->fields[1] : NULL;
}

/* Characters that need no closer look: neither NUL nor beyond ASCII, eight at a time. */
static const uint8_t *skip_plain(const uint8_t *at, const uint8_t *end)
{
    static const uint64_t HIGH_BITS = UINT64_C(0x8080808080808080),
                          ONES = UINT64_C(0x0101010101010101);
    for (uint64_t word = 0; end - at >= 8; at += sizeof(word)) {
        memcpy(&word, at, sizeof(word));
        /* A byte of 0 borrows from its own high bit. */
        if (((word | (word - ONES)) & HIGH_BITS) != 0)
            break;
    }
    while (at < end && *at != 0 && *at < 0x80)
        at++;
    return at;
}

static enum sl_code check_string(const ProtobufCMessageDescriptor *type,
                                 const ProtobufCFieldDescriptor *field, const struct reader *body,
                                 struct sl_error *err)
{
    const uint8_t *at = skip_plain(body->at, body->end);
    size_t length = (size_t)(body->end - at);
    if (length == 0)
        return SL_OK;
    if (memchr(at, 0, length) != NULL)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "%s.%s: a string with a NUL in it",
                            type->name, field->name);
    if (!sl_utf8_is_valid((const char *)at, length))
        return sl_error_set(err, SL_INVALID_ARGUMENT, "%s.%s: a string that is not UTF-8",
                            type->name, field->name);
    return SL_OK;
}

static enum sl_code check_message(struct check *check, const ProtobufCMessageDescriptor *type,
                                  struct reader reader, unsigned depth);

/* The body of a length-delimited field. */
static enum sl_code check_body(struct check *check, const ProtobufCMessageDescriptor *type,
                               const ProtobufCFieldDescriptor *field, struct reader body,
                               unsigned depth)
{
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return check_string(type, field, &body, check->err);
    if (field->type != PROTOBUF_C_TYPE_MESSAGE)
        return SL_OK;
    if (depth >= SL_MESSAGE_MAX_DEPTH)
        return sl_error_set(check->err, SL_INVALID_ARGUMENT,
                            "%s.%s: messages nest deeper than %d levels", type->name, field->name,
                            SL_MESSAGE_MAX_DEPTH);
    return check_message(check, field->descriptor, body, depth + 1);
}

static enum sl_code refuse(struct check *check, const ProtobufCMessageDescriptor *type,
                           const char *what)
{
    return sl_error_set(check->err, SL_INVALID_ARGUMENT, "%s: %s", type->name, what);
}

/* Most messages number their fields 1, 2, 3, ...: then the place is known without a search. */
static const ProtobufCFieldDescriptor *find_field(const ProtobufCMessageDescriptor *type,
                                                  uint64_t number)
{
    if (number <= type->n_fields && type->fields[number - 1].id == number)
        return &type->fields[number - 1];
    return protobuf_c_message_descriptor_get_field(type, (unsigned)number);
}

/* One field: its tag is read, its body lies ahead. */
static enum sl_code check_field(struct check *check, const ProtobufCMessageDescriptor *type,
                                struct reader *reader, uint64_t tag, unsigned depth)
{
    uint64_t number = 0;
    switch (tag & 7) {
    case WIRE_VARINT:
        return read_varint(reader, &number) ? SL_OK : refuse(check, type, "a number is cut off");
    case WIRE_FIXED64:
        return skip(reader, 8) ? SL_OK : refuse(check, type, "a number is cut off");
    case WIRE_FIXED32:
        return skip(reader, 4) ? SL_OK : refuse(check, type, "a number is cut off");
    case WIRE_LENGTH:
        break;
    default:
        return refuse(check, type, "a wire type that this protocol has not (groups included)");
    }
    if (!read_varint(reader, &number))
        return refuse(check, type, "a length is cut off");
    struct reader body = {reader->at, reader->at};
    if (!skip(reader, number))
        return refuse(check, type, "a length goes beyond the end");
    body.end = reader->at;
    const ProtobufCFieldDescriptor *field = find_field(type, tag >> 3);
    return field == NULL ? SL_OK : check_body(check, type, field, body, depth);
}

static bool is_map_entry_with_message(const ProtobufCMessageDescriptor *type)
{
    return type->n_fields == 2 && type->fields[1].id == 2 &&
           type->fields[1].type == PROTOBUF_C_TYPE_MESSAGE;
}

static enum sl_code check_message(struct check *check, const ProtobufCMessageDescriptor *type,
                                  struct reader reader, unsigned depth)
{
    bool has_second_field = false;
    while (reader.at < reader.end) {
        uint64_t tag = 0;
        if (!read_varint(&reader, &tag) || tag > UINT32_MAX || tag >> 3 == 0)
            return refuse(check, type, "a tag that is none");
        has_second_field |= tag >> 3 == 2;
        SL_TRY(check_field(check, type, &reader, tag, depth));
    }
    if (!has_second_field && is_map_entry_with_message(type))
        check->lacks_map_values = true;
    return SL_OK;
}

enum sl_code sl_message_check(const ProtobufCMessageDescriptor *type, const void *bytes,
                              size_t length, bool *ret_lacks_map_values, struct sl_error *err)
{
    struct check check = {false, err};
    struct reader reader = {bytes, bytes == NULL ? bytes : (const uint8_t *)bytes + length};
    SL_TRY(check_message(&check, type, reader, 0));
    if (check.lacks_map_values)
        *ret_lacks_map_values = true;
    return SL_OK;
}
