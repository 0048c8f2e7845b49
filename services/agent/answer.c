#include "services/agent/answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "json/json.h"
#include "json/message.h"

#define LARGEST_INTEGER 9007199254740992LL

json_t *agent_answer_new(const struct agent_answer_parts *parts)
{
    char timestamp[SL_TIME_SIZE];
    sl_time_format(parts->wall_ns, timestamp);
    json_t *metadata =
        json_pack("{s:s, s:s, s:s, s:b, s:b, s:s*}", "service", parts->service, "operation",
                  parts->operation, "outcome", sl_outcome_name(parts->outcome), "replayed", 0,
                  "retryable", (int)parts->is_retryable, "tool", parts->tool);
    json_t *result = parts->result == NULL ? json_null() : parts->result;
    return json_pack("{s:b, s:o, s:s?, s:f, s:o, s:s}", "success", (int)(parts->error == NULL),
                     "result", result, "error", parts->error, "execution_time",
                     parts->execution_time_s, "metadata", metadata, "timestamp", timestamp);
}

json_t *agent_answer_json(struct agent_answer *answer)
{
    if (answer->json == NULL) {
        answer->json = agent_answer_new(&answer->parts);
        answer->parts.result = NULL;
    }
    return answer->json;
}

void agent_answer_done(struct agent_answer *answer)
{
    json_decref(answer->json);
    json_decref(answer->parts.result);
}

bool agent_answer_is_success(const json_t *answer)
{
    return sl_json_bool(answer, "success", false);
}

enum sl_outcome agent_answer_outcome(const json_t *answer)
{
    const char *name = sl_json_string(json_object_get(answer, "metadata"), "outcome");
    const enum sl_outcome known[] = {SL_OUTCOME_NOT_EXECUTED, SL_OUTCOME_SETTLED};
    for (size_t i = 0; name != NULL && i < SL_ARRAY_LENGTH(known); i++) {
        if (strcmp(name, sl_outcome_name(known[i])) == 0)
            return known[i];
    }
    return SL_OUTCOME_UNKNOWN;
}

json_t *agent_answer_replayed(const json_t *answer)
{
    json_t *metadata = json_copy(json_object_get(answer, "metadata"));
    json_t *copy = json_copy((json_t *)answer);
    if (metadata == NULL || copy == NULL ||
        json_object_set_new(metadata, "replayed", json_true()) != 0 ||
        json_object_set(copy, "metadata", metadata) != 0) {
        json_decref(copy);
        copy = NULL;
    }
    json_decref(metadata);
    return copy;
}

const char *agent_answer_body(const json_t *answer, const char *request_id, struct sl_arena *arena)
{
    json_t *body = json_pack("{s:s}", "request_id", request_id);
    const char *text = NULL;
    if (body != NULL && json_object_update(body, (json_t *)answer) == 0)
        text = sl_json_arena_text(body, SL_JSON_COMPACT, arena);
    json_decref(body);
    return text;
}

Google__Protobuf__Timestamp *agent_timestamp(int64_t wall_ns, struct sl_arena *arena)
{
    Google__Protobuf__Timestamp *timestamp = sl_arena_alloc(arena, sizeof(*timestamp));
    if (timestamp == NULL)
        return NULL;
    google__protobuf__timestamp__init(timestamp);
    int64_t seconds = wall_ns / 1000000000, rest = wall_ns % 1000000000;
    timestamp->seconds = rest < 0 ? seconds - 1 : seconds;
    timestamp->nanos = (int32_t)(rest < 0 ? rest + 1000000000 : rest);
    return timestamp;
}

enum sl_code agent_answer_message(const json_t *answer, const char *request_id,
                                  struct sl_arena *arena,
                                  Servicelane__Agent__V1__AgentServiceResponse **ret_message,
                                  struct sl_error *err)
{
    Servicelane__Agent__V1__AgentServiceResponse *message = sl_arena_alloc(arena, sizeof(*message));
    ProtobufCMessage *result = NULL, *metadata = NULL;
    if (message == NULL)
        return sl_error_no_memory(err);
    servicelane__agent__v1__agent_service_response__init(message);
    SL_TRY(sl_struct_from_json(&google__protobuf__value__descriptor,
                               json_object_get(answer, "result"), arena, &result, err));
    SL_TRY(sl_struct_from_json(&google__protobuf__struct__descriptor,
                               json_object_get(answer, "metadata"), arena, &metadata, err));
    int64_t wall_ns = 0;
    const char *timestamp = sl_json_string(answer, "timestamp");
    if (timestamp != NULL)
        (void)sl_time_parse(timestamp, &wall_ns);
    const char *error = sl_json_string(answer, "error");
    message->request_id = (char *)request_id;
    message->success = agent_answer_is_success(answer);
    message->result = (Google__Protobuf__Value *)result;
    message->metadata = (Google__Protobuf__Struct *)metadata;
    message->execution_time = sl_json_number(answer, "execution_time", 0);
    message->timestamp = agent_timestamp(wall_ns, arena);
    if (error != NULL) {
        message->optional_error_case =
            SERVICELANE__AGENT__V1__AGENT_SERVICE_RESPONSE__OPTIONAL_ERROR_ERROR;
        message->error = sl_arena_strdup(arena, error);
    }
    if (message->timestamp == NULL || (error != NULL && message->error == NULL))
        return sl_error_no_memory(err);
    *ret_message = message;
    return SL_OK;
}

/* ---- From its parts ---- */

/* One member of the metadata: a text, or a boolean where there is none. */
struct member {
    const char *name;
    const char *text;
    bool is_true;
};

static enum sl_code set_member(Google__Protobuf__Struct__FieldsEntry *entry,
                               Google__Protobuf__Value *value, const struct member *member,
                               struct sl_arena *arena)
{
    google__protobuf__struct__fields_entry__init(entry);
    google__protobuf__value__init(value);
    entry->key = (char *)member->name;
    entry->value = value;
    value->kind_case = GOOGLE__PROTOBUF__VALUE__KIND_BOOL_VALUE;
    value->bool_value = member->is_true;
    if (member->text == NULL)
        return SL_OK;
    value->kind_case = GOOGLE__PROTOBUF__VALUE__KIND_STRING_VALUE;
    value->string_value = sl_arena_strdup(arena, member->text);
    return value->string_value != NULL ? SL_OK : SL_RESOURCE_EXHAUSTED;
}

/* What agent_answer_new() writes as JSON. */
static Google__Protobuf__Struct *metadata_of(const struct agent_answer_parts *parts,
                                             struct sl_arena *arena)
{
    const struct member members[] = {
        {"service", parts->service, false},
        {"operation", parts->operation, false},
        {"outcome", sl_outcome_name(parts->outcome), false},
        {"replayed", NULL, false},
        {"retryable", NULL, parts->is_retryable},
        {"tool", parts->tool, false},
    };
    const size_t count = SL_ARRAY_LENGTH(members) - (parts->tool == NULL);
    Google__Protobuf__Struct *metadata = sl_arena_alloc(arena, sizeof(*metadata));
    Google__Protobuf__Struct__FieldsEntry **fields =
        sl_arena_alloc_array(arena, count, sizeof(*fields));
    Google__Protobuf__Struct__FieldsEntry *entries =
        sl_arena_alloc_array(arena, count, sizeof(*entries));
    Google__Protobuf__Value *values = sl_arena_alloc_array(arena, count, sizeof(*values));
    if (metadata == NULL || fields == NULL || entries == NULL || values == NULL)
        return NULL;
    google__protobuf__struct__init(metadata);
    for (size_t i = 0; i < count; i++) {
        fields[i] = &entries[i];
        if (set_member(&entries[i], &values[i], &members[i], arena) != SL_OK)
            return NULL;
    }
    metadata->n_fields = count;
    metadata->fields = fields;
    return metadata;
}

static enum sl_code result_of(const struct agent_answer_parts *parts, struct sl_arena *arena,
                              Google__Protobuf__Value **ret_value, struct sl_error *err)
{
    ProtobufCMessage *value = NULL;
    json_t *result = parts->result == NULL ? json_null() : parts->result;
    SL_TRY(sl_struct_from_json(&google__protobuf__value__descriptor, result, arena, &value, err));
    *ret_value = (Google__Protobuf__Value *)value;
    return SL_OK;
}

static enum sl_code parts_message(const struct agent_answer_parts *parts, const char *request_id,
                                  struct sl_arena *arena,
                                  Servicelane__Agent__V1__AgentServiceResponse **ret_message,
                                  struct sl_error *err)
{
    Servicelane__Agent__V1__AgentServiceResponse *message = sl_arena_alloc(arena, sizeof(*message));
    if (message == NULL)
        return sl_error_no_memory(err);
    servicelane__agent__v1__agent_service_response__init(message);
    SL_TRY(result_of(parts, arena, &message->result, err));
    message->request_id = (char *)request_id;
    message->success = parts->error == NULL;
    message->metadata = metadata_of(parts, arena);
    message->execution_time = parts->execution_time_s;
    /* As precise as the text of a time. */
    message->timestamp = agent_timestamp(parts->wall_ns / 1000 * 1000, arena);
    if (parts->error != NULL) {
        message->optional_error_case =
            SERVICELANE__AGENT__V1__AGENT_SERVICE_RESPONSE__OPTIONAL_ERROR_ERROR;
        message->error = sl_arena_strdup(arena, parts->error);
    }
    if (message->metadata == NULL || message->timestamp == NULL ||
        (parts->error != NULL && message->error == NULL))
        return sl_error_no_memory(err);
    *ret_message = message;
    return SL_OK;
}

enum sl_code agent_answer_to_message(const struct agent_answer *answer, const char *request_id,
                                     struct sl_arena *arena,
                                     Servicelane__Agent__V1__AgentServiceResponse **ret_message,
                                     struct sl_error *err)
{
    return answer->json == NULL
               ? parts_message(&answer->parts, request_id, arena, ret_message, err)
               : agent_answer_message(answer->json, request_id, arena, ret_message, err);
}

static json_t *as_string(json_t *integer)
{
    char text[32];
    snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT, json_integer_value(integer));
    json_decref(integer);
    return json_string(text);
}

static bool fit_members(json_t *object)
{
    void *place;
    const char *name;
    json_t *member;
    json_object_foreach_safe(object, place, name, member)
    {
        json_t *fitted = agent_fit_value(json_incref(member));
        if (fitted == NULL)
            return false;
        if (fitted == member)
            json_decref(fitted);
        else if (json_object_set_new(object, name, fitted) != 0)
            return false;
    }
    return true;
}

static bool fit_items(json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        json_t *item = json_array_get(array, i);
        json_t *fitted = agent_fit_value(json_incref(item));
        if (fitted == NULL)
            return false;
        if (fitted == item)
            json_decref(fitted);
        else if (json_array_set_new(array, i, fitted) != 0)
            return false;
    }
    return true;
}

json_t *agent_fit_value(json_t *value)
{
    if (json_is_integer(value)) {
        json_int_t integer = json_integer_value(value);
        bool fits = integer >= -LARGEST_INTEGER && integer <= LARGEST_INTEGER;
        return fits ? value : as_string(value);
    }
    bool is_fitted = json_is_object(value)  ? fit_members(value)
                     : json_is_array(value) ? fit_items(value)
                                            : true;
    if (!is_fitted) {
        json_decref(value);
        return NULL;
    }
    return value;
}
