/* Cases of compressed messages. */
#include "cases.h"
#include "payload.h"

#define LARGE_REQUEST 271828
#define LARGE_RESPONSE 314159

/* One unary call: how it is sent, what the server is told to expect or to answer. */
struct unary {
    bool is_compressed;
    const Grpc__Testing__BoolValue *expected;
    const Grpc__Testing__BoolValue *response;
    enum sl_code wanted;
};

static enum sl_code check_compressed(const struct interop_exchange *exchange, size_t index,
                                     bool wanted, struct sl_error *err)
{
    return interop_check_number("a response is compressed (1) or not (0)",
                                exchange->were_compressed[index], wanted, err);
}

static enum sl_code call_unary(struct interop_client *client, const struct unary *unary,
                               struct sl_error *err)
{
    const size_t size = LARGE_RESPONSE;
    SL_CLEANUP(interop_exchange_done)
    struct interop_exchange exchange = {.client = client, .is_compressed = unary->is_compressed};
    Grpc__Testing__Payload payload = interop_payload(LARGE_REQUEST);
    Grpc__Testing__SimpleRequest request = GRPC__TESTING__SIMPLE_REQUEST__INIT;
    request.response_size = LARGE_RESPONSE;
    request.payload = &payload;
    request.expect_compressed = (Grpc__Testing__BoolValue *)unary->expected;
    request.response_compressed = (Grpc__Testing__BoolValue *)unary->response;
    interop_exchange_unary(&exchange, &request);
    SL_TRY(interop_check_status(&exchange, unary->wanted, err));
    if (unary->wanted != SL_OK)
        return SL_OK;
    SL_TRY(interop_check_sizes(&exchange, &size, 1, err));
    if (unary->response == NULL)
        return SL_OK;
    return check_compressed(&exchange, 0, unary->response->value, err);
}

static Grpc__Testing__BoolValue truth(bool value)
{
    Grpc__Testing__BoolValue message = GRPC__TESTING__BOOL_VALUE__INIT;
    message.value = value;
    return message;
}

enum sl_code interop_case_client_compressed_unary(struct interop_client *client,
                                                  struct sl_error *err)
{
    const Grpc__Testing__BoolValue yes = truth(true), no = truth(false);
    const struct unary calls[] = {
        /* Whether the server looks at all. */
        {.is_compressed = false, .expected = &yes, .wanted = SL_INVALID_ARGUMENT},
        {.is_compressed = true, .expected = &yes, .wanted = SL_OK},
        {.is_compressed = false, .expected = &no, .wanted = SL_OK},
    };
    for (size_t i = 0; i < SL_ARRAY_LENGTH(calls); i++)
        SL_TRY(call_unary(client, &calls[i], err));
    return SL_OK;
}

enum sl_code interop_case_server_compressed_unary(struct interop_client *client,
                                                  struct sl_error *err)
{
    const Grpc__Testing__BoolValue yes = truth(true), no = truth(false);
    const struct unary compressed = {.response = &yes}, plain = {.response = &no};
    SL_TRY(call_unary(client, &compressed, err));
    return call_unary(client, &plain, err);
}

/* ---- Streams ---- */

enum sl_code interop_case_client_compressed_streaming(struct interop_client *client,
                                                      struct sl_error *err)
{
    static const struct interop_step PROBE = {.payload_bytes = 27182,
                                              .has_expectation = true,
                                              .is_expected_compressed = true,
                                              .is_plain = true};
    static const struct interop_step STEPS[] = {
        {.payload_bytes = 27182, .has_expectation = true, .is_expected_compressed = true},
        {.payload_bytes = 45904, .has_expectation = true, .is_plain = true},
    };
    SL_CLEANUP(interop_exchange_done)
    struct interop_exchange probe = {.client = client};
    interop_exchange_input(&probe, &PROBE, 1);
    SL_TRY(interop_check_status(&probe, SL_INVALID_ARGUMENT, err));

    SL_CLEANUP(interop_exchange_done)
    struct interop_exchange exchange = {.client = client, .is_compressed = true};
    interop_exchange_input(&exchange, STEPS, SL_ARRAY_LENGTH(STEPS));
    SL_TRY(interop_check_status(&exchange, SL_OK, err));
    return interop_check_number("aggregated_payload_size", exchange.aggregated_bytes, 73086, err);
}

enum sl_code interop_case_server_compressed_streaming(struct interop_client *client,
                                                      struct sl_error *err)
{
    static const size_t SIZES[] = {31415, 92653};
    Grpc__Testing__BoolValue yes = truth(true), no = truth(false);
    Grpc__Testing__ResponseParameters first = GRPC__TESTING__RESPONSE_PARAMETERS__INIT;
    Grpc__Testing__ResponseParameters second = GRPC__TESTING__RESPONSE_PARAMETERS__INIT;
    Grpc__Testing__ResponseParameters *parameters[] = {&first, &second};
    Grpc__Testing__StreamingOutputCallRequest request =
        GRPC__TESTING__STREAMING_OUTPUT_CALL_REQUEST__INIT;
    first.size = (int32_t)SIZES[0];
    first.compressed = &yes;
    second.size = (int32_t)SIZES[1];
    second.compressed = &no;
    request.response_parameters = parameters;
    request.n_response_parameters = SL_ARRAY_LENGTH(parameters);

    SL_CLEANUP(interop_exchange_done) struct interop_exchange exchange = {.client = client};
    interop_exchange_output(&exchange, &request);
    SL_TRY(interop_check_status(&exchange, SL_OK, err));
    SL_TRY(interop_check_sizes(&exchange, SIZES, SL_ARRAY_LENGTH(SIZES), err));
    SL_TRY(check_compressed(&exchange, 0, true, err));
    return check_compressed(&exchange, 1, false, err);
}
