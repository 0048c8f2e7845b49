/* Cases of streams, and of calls that end early. */
#include "cases.h"

/* What the cases of streams send and ask for. */
static const struct interop_step STEPS[] = {
    {.payload_bytes = 27182, .response_bytes = 31415},
    {.payload_bytes = 8, .response_bytes = 9},
    {.payload_bytes = 1828, .response_bytes = 2653},
    {.payload_bytes = 45904, .response_bytes = 58979},
};
static const size_t SIZES[] = {31415, 9, 2653, 58979};

enum sl_code interop_case_client_streaming(struct interop_client *client, struct sl_error *err)
{
    SL_CLEANUP(interop_exchange_done) struct interop_exchange exchange = {.client = client};
    interop_exchange_input(&exchange, STEPS, SL_ARRAY_LENGTH(STEPS));
    SL_TRY(interop_check_status(&exchange, SL_OK, err));
    return interop_check_number("aggregated_payload_size", exchange.aggregated_bytes, 74922, err);
}

enum sl_code interop_case_server_streaming(struct interop_client *client, struct sl_error *err)
{
    SL_CLEANUP(interop_exchange_done) struct interop_exchange exchange = {.client = client};
    Grpc__Testing__ResponseParameters parameters[SL_ARRAY_LENGTH(SIZES)];
    Grpc__Testing__ResponseParameters *pointers[SL_ARRAY_LENGTH(SIZES)];
    Grpc__Testing__StreamingOutputCallRequest request =
        GRPC__TESTING__STREAMING_OUTPUT_CALL_REQUEST__INIT;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(SIZES); i++) {
        grpc__testing__response_parameters__init(&parameters[i]);
        parameters[i].size = (int32_t)SIZES[i];
        pointers[i] = &parameters[i];
    }
    request.response_parameters = pointers;
    request.n_response_parameters = SL_ARRAY_LENGTH(SIZES);
    interop_exchange_output(&exchange, &request);
    SL_TRY(interop_check_status(&exchange, SL_OK, err));
    return interop_check_sizes(&exchange, SIZES, SL_ARRAY_LENGTH(SIZES), err);
}

enum sl_code interop_case_ping_pong(struct interop_client *client, struct sl_error *err)
{
    SL_CLEANUP(interop_exchange_done) struct interop_exchange exchange = {.client = client};
    interop_exchange_duplex(&exchange, STEPS, SL_ARRAY_LENGTH(STEPS));
    SL_TRY(interop_check_status(&exchange, SL_OK, err));
    return interop_check_sizes(&exchange, SIZES, SL_ARRAY_LENGTH(SIZES), err);
}

enum sl_code interop_case_empty_stream(struct interop_client *client, struct sl_error *err)
{
    SL_CLEANUP(interop_exchange_done) struct interop_exchange exchange = {.client = client};
    interop_exchange_duplex(&exchange, NULL, 0);
    SL_TRY(interop_check_status(&exchange, SL_OK, err));
    return interop_check_sizes(&exchange, NULL, 0, err);
}

/* ---- Calls that end early ---- */

enum sl_code interop_case_cancel_after_begin(struct interop_client *client, struct sl_error *err)
{
    SL_CLEANUP(interop_exchange_done)
    struct interop_exchange exchange = {.client = client, .cancels_at_once = true};
    interop_exchange_input(&exchange, NULL, 0);
    return interop_check_status(&exchange, SL_CANCELLED, err);
}

enum sl_code interop_case_cancel_after_first_response(struct interop_client *client,
                                                      struct sl_error *err)
{
    SL_CLEANUP(interop_exchange_done)
    struct interop_exchange exchange = {.client = client, .cancels_after = 1};
    interop_exchange_duplex(&exchange, STEPS, 1);
    SL_TRY(interop_check_status(&exchange, SL_CANCELLED, err));
    return interop_check_sizes(&exchange, SIZES, 1, err);
}

enum sl_code interop_case_timeout_on_sleeping_server(struct interop_client *client,
                                                     struct sl_error *err)
{
    /* Neither side says that it is done, so that only the deadline can end the call. */
    static const struct interop_step STEP = {.payload_bytes = 27182, .stays_open = true};
    SL_CLEANUP(interop_exchange_done)
    struct interop_exchange exchange = {.client = client, .timeout_ms = 1};
    interop_exchange_duplex(&exchange, &STEP, 1);
    return interop_check_status(&exchange, SL_DEADLINE_EXCEEDED, err);
}
