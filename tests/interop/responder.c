#include "responder.h"

static void send_next(struct interop_responder *responder);

static void on_sent(bool is_sent, void *arg)
{
    struct interop_responder *responder = arg;
    if (is_sent)
        send_next(responder);
    else
        responder->on_done(false, responder->arg);
}

static void send_now(void *arg)
{
    struct interop_responder *responder = arg;
    const struct interop_response *wanted = &responder->responses[responder->next++];
    Grpc__Testing__Payload payload = interop_payload(wanted->size);
    Grpc__Testing__StreamingOutputCallResponse response =
        GRPC__TESTING__STREAMING_OUTPUT_CALL_RESPONSE__INIT;
    response.payload = &payload;
    if (sl_server_call_set_compressed(responder->call, wanted->is_compressed) != SL_OK ||
        responder->send(responder->call, &response, on_sent, responder) != SL_OK)
        responder->on_done(false, responder->arg);
}

static void send_next(struct interop_responder *responder)
{
    if (responder->next == responder->count) {
        responder->on_done(true, responder->arg);
        return;
    }
    int64_t delay_ms = responder->responses[responder->next].delay_ms;
    if (delay_ms == 0)
        send_now(responder);
    else if (sl_timer_start(responder->loop, &responder->timer, delay_ms, send_now, responder) !=
             SL_OK)
        responder->on_done(false, responder->arg);
}

static enum sl_code take(struct interop_response *response,
                         const Grpc__Testing__ResponseParameters *parameters, struct sl_error *err)
{
    if (parameters->size < 0 || parameters->size > INTEROP_MAX_PAYLOAD)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "a response of %d bytes is wanted, 0 to %d are possible",
                            parameters->size, INTEROP_MAX_PAYLOAD);
    response->size = (size_t)parameters->size;
    response->delay_ms = parameters->interval_us > 0 ? (parameters->interval_us + 999) / 1000 : 0;
    response->is_compressed = parameters->compressed != NULL && parameters->compressed->value;
    return SL_OK;
}

/* It has to be asked for before the first message, also where only a later one is compressed. */
static enum sl_code allow_compression(struct interop_responder *responder, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (responder->responses[i].is_compressed)
            return sl_server_call_set_compressed(responder->call, true);
    }
    return SL_OK;
}

enum sl_code interop_responder_run(struct interop_responder *responder,
                                   const Grpc__Testing__StreamingOutputCallRequest *request,
                                   struct sl_error *err)
{
    if (request->n_response_parameters > INTEROP_MAX_RESPONSES)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "%zu responses are wanted, %d are possible at most",
                            request->n_response_parameters, INTEROP_MAX_RESPONSES);
    for (size_t i = 0; i < request->n_response_parameters; i++)
        SL_TRY(take(&responder->responses[i], request->response_parameters[i], err));
    SL_TRY(allow_compression(responder, request->n_response_parameters));
    responder->count = request->n_response_parameters;
    responder->next = 0;
    send_next(responder);
    return SL_OK;
}
