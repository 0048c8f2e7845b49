#include "exchange.h"

#include <string.h>

#include "rpc/codec.h"
#include "servicelane/agent/v1/agent.pb-c.h"

enum { FIELD_COUNT = 4, PREFIX_BYTES = 5 };

static const char REQUEST_ID[] = "7f3c9a52-1c0e-4c8e-9d6b-5a1f2e3d4c5b";
static const char *const KEYS[FIELD_COUNT] = {"repair_order_id", "amount", "customer_email",
                                              "is_final"};

struct fields {
    Google__Protobuf__Struct__FieldsEntry entries[FIELD_COUNT], *slots[FIELD_COUNT];
    Google__Protobuf__Value values[FIELD_COUNT];
    Google__Protobuf__Struct whole;
};

static char *text(const char *literal)
{
    return (char *)(uintptr_t)literal;
}

static void fill_fields(struct fields *fields)
{
    google__protobuf__struct__init(&fields->whole);
    fields->whole.n_fields = FIELD_COUNT;
    fields->whole.fields = fields->slots;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        google__protobuf__struct__fields_entry__init(&fields->entries[i]);
        google__protobuf__value__init(&fields->values[i]);
        fields->entries[i].key = text(KEYS[i]);
        fields->entries[i].value = &fields->values[i];
        fields->slots[i] = &fields->entries[i];
    }
    fields->values[0].kind_case = GOOGLE__PROTOBUF__VALUE__KIND_STRING_VALUE;
    fields->values[0].string_value = text("RO-1234");
    fields->values[1].kind_case = GOOGLE__PROTOBUF__VALUE__KIND_NUMBER_VALUE;
    fields->values[1].number_value = 129.95;
    fields->values[2].kind_case = GOOGLE__PROTOBUF__VALUE__KIND_STRING_VALUE;
    fields->values[2].string_value = text("customer@example.com");
    fields->values[3].kind_case = GOOGLE__PROTOBUF__VALUE__KIND_BOOL_VALUE;
    fields->values[3].bool_value = 1;
}

static size_t answer_length(struct fields *fields)
{
    Servicelane__Agent__V1__AgentServiceResponse answer;
    Google__Protobuf__Value result;
    servicelane__agent__v1__agent_service_response__init(&answer);
    google__protobuf__value__init(&result);
    result.kind_case = GOOGLE__PROTOBUF__VALUE__KIND_STRUCT_VALUE;
    result.struct_value = &fields->whole;
    answer.request_id = text(REQUEST_ID);
    answer.success = 1;
    answer.result = &result;
    return protobuf_c_message_get_packed_size(&answer.base);
}

enum sl_code exchange_build(struct sl_arena *arena, struct exchange *ret_exchange,
                            struct sl_error *err)
{
    struct fields fields;
    Servicelane__Agent__V1__AgentServiceRequest request;
    fill_fields(&fields);
    servicelane__agent__v1__agent_service_request__init(&request);
    request.request_id = text(REQUEST_ID);
    request.operation = text("create_payment_link");
    request.parameters = &fields.whole;
    size_t length = protobuf_c_message_get_packed_size(&request.base);
    uint8_t *bytes = sl_arena_alloc(arena, PREFIX_BYTES + length);
    if (bytes == NULL)
        return sl_error_no_memory(err);
    protobuf_c_message_pack(&request.base, bytes + PREFIX_BYTES);
    /* Not compressed, then the length. It is short. */
    bytes[3] = (uint8_t)(length >> 8);
    bytes[4] = (uint8_t)length;
    ret_exchange->request = bytes;
    ret_exchange->request_bytes = PREFIX_BYTES + length;
    ret_exchange->answer_bytes = PREFIX_BYTES + answer_length(&fields);
    return SL_OK;
}

static bool is_same(const Google__Protobuf__Value *a, const Google__Protobuf__Value *b)
{
    if (a->kind_case != b->kind_case)
        return false;
    switch (a->kind_case) {
    case GOOGLE__PROTOBUF__VALUE__KIND_STRING_VALUE:
        return strcmp(a->string_value, b->string_value) == 0;
    case GOOGLE__PROTOBUF__VALUE__KIND_NUMBER_VALUE:
        return a->number_value == b->number_value;
    default:
        return a->bool_value == b->bool_value;
    }
}

/* Maps have no order. */
static bool has_field(const Google__Protobuf__Struct *whole, const char *key,
                      const Google__Protobuf__Value *value)
{
    for (size_t i = 0; i < whole->n_fields; i++) {
        if (strcmp(whole->fields[i]->key, key) == 0)
            return is_same(whole->fields[i]->value, value);
    }
    return false;
}

static bool is_right(const Servicelane__Agent__V1__AgentServiceResponse *answer)
{
    struct fields wanted;
    fill_fields(&wanted);
    if (strcmp(answer->request_id, REQUEST_ID) != 0 || !answer->success || answer->result == NULL ||
        answer->result->kind_case != GOOGLE__PROTOBUF__VALUE__KIND_STRUCT_VALUE)
        return false;
    const Google__Protobuf__Struct *result = answer->result->struct_value;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (!has_field(result, KEYS[i], &wanted.values[i]))
            return false;
    }
    return result->n_fields == FIELD_COUNT;
}

enum sl_code exchange_check(const uint8_t *answer, size_t length, struct sl_error *err)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    ProtobufCMessage *message = NULL;
    if (arena == NULL)
        return sl_error_no_memory(err);
    SL_TRY(sl_message_unpack(&servicelane__agent__v1__agent_service_response__descriptor,
                             answer + PREFIX_BYTES, length - PREFIX_BYTES, arena, &message, err));
    if (!is_right((const Servicelane__Agent__V1__AgentServiceResponse *)message))
        return sl_error_set(err, SL_DATA_LOSS, "an answer that is not built from the request");
    return SL_OK;
}
