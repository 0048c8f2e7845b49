#ifndef SL_JSON_REFLECT_H
#define SL_JSON_REFLECT_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>

#include "json/fault.h"
#include "json/message.h"

/* What the files of messages share: descriptors, names, and the well-known types. Not for others.
 */

/** Messages nest at most so deep. */
#define SL_MESSAGE_MAX_DEPTH 100

/** A message on its way to JSON. */
struct sl_message_writing {
    enum sl_message_dialect dialect;
    size_t depth;
    struct sl_error *err;
};

/** A message being read from JSON. */
struct sl_message_reading {
    enum sl_message_dialect dialect;
    size_t depth;
    struct sl_arena *arena;
    struct sl_error *err;
};

enum sl_code sl_message_write(struct sl_message_writing *writing, const ProtobufCMessage *message,
                              json_t **ret_json);
enum sl_code sl_message_read(struct sl_message_reading *reading,
                             const ProtobufCMessageDescriptor *type, const json_t *json,
                             const struct sl_json_path *path, ProtobufCMessage **ret_message);

/** One value of a field, at `at` in its message, or of a repeated one's array; not of a map. */
enum sl_code sl_message_write_one(struct sl_message_writing *writing,
                                  const ProtobufCFieldDescriptor *field, const void *at,
                                  json_t **ret_json);
enum sl_code sl_message_read_one(struct sl_message_reading *reading,
                                 const ProtobufCFieldDescriptor *field, const json_t *json,
                                 const struct sl_json_path *path, void *at);

/** A message whose JSON is of its own kind. */
struct sl_wellknown {
    const char *name;
    enum sl_code (*write)(struct sl_message_writing *writing, const ProtobufCMessage *message,
                          json_t **ret_json);
    enum sl_code (*read)(struct sl_message_reading *reading, const json_t *json,
                         const struct sl_json_path *path, ProtobufCMessage *message);
};

/** NULL where type has no form of its own. */
const struct sl_wellknown *sl_wellknown_find(const ProtobufCMessageDescriptor *type);
/** Whether type is google.protobuf.Value, for which null is a value. */
bool sl_is_value_type(const ProtobufCMessageDescriptor *type);

/** A time by RFC 3339, 5.6, of the years 1 to 9999; false for anything else. */
bool sl_rfc3339_parse(const char *text, int64_t *ret_seconds, int32_t *ret_nanos);

enum sl_code sl_wellknown_write_struct(struct sl_message_writing *writing,
                                       const ProtobufCMessage *message, json_t **ret_json);
enum sl_code sl_wellknown_read_struct(struct sl_message_reading *reading, const json_t *json,
                                      const struct sl_json_path *path, ProtobufCMessage *message);

/** Bytes of one value of that type in a message or array. */
size_t sl_field_size(ProtobufCType type);
/** Whether field is a map: a repeated message that protoc made of map<K, V>. */
bool sl_field_is_map(const ProtobufCMessageDescriptor *type, const ProtobufCFieldDescriptor *field);
/** A new message of type in arena, with its defaults; NULL when memory is out. */
ProtobufCMessage *sl_message_make(const ProtobufCMessageDescriptor *type, struct sl_arena *arena);

#define SL_NAME_SIZE 256
/** snake_case to lowerCamelCase; a name that does not fit is cut. */
void sl_camel_name(const char *name, char out[SL_NAME_SIZE]);
/** By either spelling; NULL where there is none. */
const ProtobufCFieldDescriptor *sl_field_find(const ProtobufCMessageDescriptor *type,
                                              const char *name);

enum sl_code sl_enum_write(struct sl_message_writing *writing, const ProtobufCEnumDescriptor *type,
                           int number, json_t **ret_json);
enum sl_code sl_enum_read(struct sl_message_reading *reading, const ProtobufCEnumDescriptor *type,
                          const json_t *json, const struct sl_json_path *path, int *ret_number);

static inline const void *sl_member(const void *message, size_t offset)
{
    return (const char *)message + offset;
}

/** Hands value over, or says that memory is out where it is NULL. */
static inline enum sl_code sl_json_made(json_t *value, json_t **ret_json, struct sl_error *err)
{
    if (!value)
        return sl_error_no_memory(err);
    *ret_json = value;
    return SL_OK;
}

#endif
