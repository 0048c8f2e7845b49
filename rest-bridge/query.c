#include "rest-bridge/query.h"

#include <string.h>

#include "base/text.h"
#include "http/url.h"
#include "rest-bridge/model.h"
#include "json/message.h"

/** Where a dotted name leads. */
struct target {
    /** The object that has the field's value. */
    json_t *object;
    const ProtobufCFieldDescriptor *field;
};

static json_t *member_object(json_t *object, const char *name)
{
    json_t *member = json_object_get(object, name);
    if (member == NULL && json_object_set_new(object, name, json_object()) == 0)
        member = json_object_get(object, name);
    return json_is_object(member) ? member : NULL;
}

/** Follows "a.b.c" through messages, making objects as it goes; false where no field is so called.
 */
static bool find_target(const ProtobufCMessageDescriptor *type, const char *path, json_t *object,
                        struct target *ret_target)
{
    char name[128];
    while (type != NULL && object != NULL) {
        size_t length = strcspn(path, ".");
        if (length >= sizeof(name))
            return false;
        memcpy(name, path, length);
        name[length] = '\0';
        const ProtobufCFieldDescriptor *field = sl_message_field(type, name);
        if (field == NULL)
            return false;
        if (path[length] == '\0') {
            *ret_target = (struct target){object, field};
            return true;
        }
        bool is_nested =
            field->type == PROTOBUF_C_TYPE_MESSAGE && field->label != PROTOBUF_C_LABEL_REPEATED;
        type = is_nested ? field->descriptor : NULL;
        object = is_nested ? member_object(object, field->name) : NULL;
        path += length + 1;
    }
    return false;
}

static void set_value(const struct target *target, json_t *value, struct bridge_faults *faults)
{
    json_t *old = json_object_get(target->object, target->field->name);
    int failed = 0;
    if (target->field->label == PROTOBUF_C_LABEL_REPEATED && json_is_array(old))
        failed = json_array_extend(old, value);
    else
        failed = json_object_set(target->object, target->field->name, value);
    faults->is_out_of_memory |= failed != 0;
}

static void put(const struct target *target, const struct bridge_place *place, const char *text,
                struct bridge_faults *faults)
{
    bool is_repeated = target->field->label == PROTOBUF_C_LABEL_REPEATED;
    json_t *input = is_repeated ? json_pack("[s]", text) : json_string(text);
    json_t *value = NULL;
    if (input == NULL)
        faults->is_out_of_memory = true;
    else
        value = bridge_model_check_field(target->field, input, place, faults);
    if (value != NULL)
        set_value(target, value, faults);
    json_decref(value);
    json_decref(input);
}

void bridge_read_path(const ProtobufCMessageDescriptor *type, const struct bridge_match *match,
                      json_t *object, struct bridge_faults *faults)
{
    static const struct bridge_place in_path = {NULL, "path", 0};
    for (size_t i = 0; i < match->variable_count; i++) {
        const struct bridge_variable *variable = &match->variables[i];
        struct bridge_place place = {&in_path, variable->field, 0};
        struct target target;
        if (find_target(type, variable->field, object, &target))
            put(&target, &place, variable->value, faults);
    }
}

struct parameter {
    const char *name;
    size_t name_length;
    const char *value;
    size_t value_length;
};

static void read_parameter(const ProtobufCMessageDescriptor *type,
                           const struct parameter *parameter, json_t *object, const json_t *given,
                           struct bridge_faults *faults)
{
    static const struct bridge_place in_query = {NULL, "query", 0};
    SL_CLEANUP(sl_text_cleanup) struct sl_text name = {0};
    SL_CLEANUP(sl_text_cleanup) struct sl_text value = {0};
    struct target target;
    if (!sl_url_decode(parameter->name, parameter->name_length, true, &name) ||
        !find_target(type, sl_text_string(&name), object, &target))
        return;
    struct bridge_place place = {&in_query, sl_text_string(&name), 0};
    bool is_given = target.object == object && json_object_get(given, target.field->name) != NULL;
    if (is_given)
        return;
    if (sl_url_decode(parameter->value, parameter->value_length, true, &value))
        put(&target, &place, sl_text_string(&value), faults);
    else
        bridge_faults_add_words(faults, &place, NULL, "a broken percent escape or invalid UTF-8");
}

void bridge_read_query(const ProtobufCMessageDescriptor *type, const char *query, json_t *object,
                       struct bridge_faults *faults)
{
    json_t *given = json_copy(object);
    faults->is_out_of_memory |= given == NULL;
    while (given != NULL && *query != '\0') {
        size_t length = strcspn(query, "&");
        const char *equals = memchr(query, '=', length);
        size_t name_length = equals != NULL ? (size_t)(equals - query) : length;
        size_t value_at = equals != NULL ? name_length + 1 : length;
        struct parameter parameter = {query, name_length, query + value_at, length - value_at};
        read_parameter(type, &parameter, object, given, faults);
        query += length + (query[length] == '&');
    }
    json_decref(given);
}
