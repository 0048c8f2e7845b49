/* Calls whose requests are a stream. */
#include "exchange.h"
#include "exchange_private.h"
#include "payload.h"

/* The next step, NULL where there is none: then sending is closed. */
static const struct interop_step *take_step(struct interop_exchange *exchange)
{
    if (exchange->next_step < exchange->step_count)
        return &exchange->steps[exchange->next_step++];
    sl_call_close_send(exchange->call);
    return NULL;
}

/* Where sending fails the call is at its end, and its status is on the way. */
static void ignore(enum sl_code code)
{
    (void)code;
}

/* ---- Requests only ---- */

static void send_input(bool is_sent, void *arg)
{
    struct interop_exchange *exchange = arg;
    const struct interop_step *step = is_sent ? take_step(exchange) : NULL;
    if (step == NULL)
        return;
    Grpc__Testing__Payload payload = interop_payload(step->payload_bytes);
    Grpc__Testing__BoolValue expected = GRPC__TESTING__BOOL_VALUE__INIT;
    Grpc__Testing__StreamingInputCallRequest request =
        GRPC__TESTING__STREAMING_INPUT_CALL_REQUEST__INIT;
    request.payload = &payload;
    expected.value = step->is_expected_compressed;
    request.expect_compressed = step->has_expectation ? &expected : NULL;
    if (exchange->is_compressed)
        sl_call_set_compressed(exchange->call, !step->is_plain);
    ignore(test_service_streaming_input_call_send_request(exchange->call, &request, send_input,
                                                          exchange));
}

static void on_aggregate(const struct sl_call_info *info,
                         const Grpc__Testing__StreamingInputCallResponse *response, void *arg)
{
    struct interop_exchange *exchange = arg;
    if (response != NULL)
        exchange->aggregated_bytes = response->aggregated_payload_size;
    interop_exchange_end(info, exchange);
}

void interop_exchange_input(struct interop_exchange *exchange, const struct interop_step *steps,
                            size_t count)
{
    struct sl_call_options options = interop_exchange_options(exchange);
    exchange->steps = steps;
    exchange->step_count = count;
    enum sl_code code = test_service_streaming_input_call_start(
        exchange->client->channel, &options, on_aggregate, exchange, &exchange->call);
    if (code == SL_OK && exchange->cancels_at_once)
        sl_call_cancel(exchange->call);
    else if (code == SL_OK)
        send_input(true, exchange);
    interop_exchange_await(exchange, code);
}

/* ---- Both ---- */

static void send_duplex(struct interop_exchange *exchange);

static void on_duplex_sent(bool is_sent, void *arg)
{
    struct interop_exchange *exchange = arg;
    exchange->is_sending = false;
    if (is_sent && !exchange->steps[exchange->next_step - 1].stays_open)
        send_duplex(exchange);
}

/* The answer may come before word that the request is away: whichever is last goes on. */
static void send_duplex(struct interop_exchange *exchange)
{
    if (exchange->is_sending || exchange->awaits_answer)
        return;
    const struct interop_step *step = take_step(exchange);
    if (step == NULL)
        return;
    exchange->is_sending = true;
    exchange->awaits_answer = step->response_bytes > 0;
    Grpc__Testing__Payload payload = interop_payload(step->payload_bytes);
    Grpc__Testing__ResponseParameters parameters = GRPC__TESTING__RESPONSE_PARAMETERS__INIT;
    Grpc__Testing__ResponseParameters *all_parameters[] = {&parameters};
    Grpc__Testing__EchoStatus status = GRPC__TESTING__ECHO_STATUS__INIT;
    Grpc__Testing__StreamingOutputCallRequest request =
        GRPC__TESTING__STREAMING_OUTPUT_CALL_REQUEST__INIT;
    parameters.size = step->response_bytes;
    request.response_parameters = all_parameters;
    request.n_response_parameters = step->response_bytes > 0 ? 1 : 0;
    request.payload = step->payload_bytes > 0 ? &payload : NULL;
    if (step->status != NULL) {
        status = *step->status;
        request.response_status = &status;
    }
    ignore(test_service_full_duplex_call_send_request(exchange->call, &request, on_duplex_sent,
                                                      exchange));
}

static enum sl_flow on_duplex_message(const Grpc__Testing__StreamingOutputCallResponse *message,
                                      void *arg)
{
    struct interop_exchange *exchange = arg;
    interop_exchange_note(exchange, message->payload);
    if (exchange->count == exchange->cancels_after)
        return SL_FLOW_CANCEL;
    exchange->awaits_answer = false;
    send_duplex(exchange);
    return SL_FLOW_NEXT;
}

void interop_exchange_duplex(struct interop_exchange *exchange, const struct interop_step *steps,
                             size_t count)
{
    const struct test_service_full_duplex_call_callbacks callbacks = {on_duplex_message,
                                                                      interop_exchange_end};
    struct sl_call_options options = interop_exchange_options(exchange);
    exchange->steps = steps;
    exchange->step_count = count;
    enum sl_code code = test_service_full_duplex_call_start(exchange->client->channel, &options,
                                                            &callbacks, exchange, &exchange->call);
    if (code == SL_OK)
        send_duplex(exchange);
    interop_exchange_await(exchange, code);
}
