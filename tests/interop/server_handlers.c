#include "server_handlers.h"

#include <string.h>

#include "responder.h"

/* ---- What all calls do ---- */

/* Metadata under the two keys goes back to the client. */
static enum sl_code echo_metadata(struct sl_server_call *call)
{
    const struct sl_metadata *metadata = sl_server_call_metadata(call);
    const char *initial = sl_metadata_get(metadata, INTEROP_ECHO_INITIAL);
    if (initial != NULL)
        SL_TRY(sl_server_call_add_initial(call, INTEROP_ECHO_INITIAL, initial));
    for (size_t i = 0; i < metadata->count; i++) {
        const struct sl_metadata_entry *entry = &metadata->entries[i];
        if (strcmp(entry->key, INTEROP_ECHO_TRAILING) == 0)
            return sl_server_call_add_trailing_bytes(call, entry->key, entry->value, entry->length);
    }
    return SL_OK;
}

static enum sl_code echo_status(const Grpc__Testing__EchoStatus *status, struct sl_error *err)
{
    if (status == NULL || status->code == 0)
        return SL_OK;
    return sl_error_set(err, (enum sl_code)status->code, "%s", status->message);
}

static enum sl_code check_compressed(const struct sl_server_call *call,
                                     const Grpc__Testing__BoolValue *expected, struct sl_error *err)
{
    bool was_compressed = sl_server_call_was_compressed(call);
    if (expected == NULL || expected->value == was_compressed)
        return SL_OK;
    return sl_error_set(err, SL_INVALID_ARGUMENT, "the request was %scompressed, %s was expected",
                        was_compressed ? "" : "not ", was_compressed ? "plain" : "compressed");
}

/* ---- Unary ---- */

static enum sl_code empty_call(void *self, struct sl_server_call *call,
                               const Grpc__Testing__Empty *request, struct sl_error *err)
{
    (void)self;
    (void)request;
    (void)err;
    const Grpc__Testing__Empty response = GRPC__TESTING__EMPTY__INIT;
    SL_TRY(echo_metadata(call));
    test_service_empty_call_reply(call, &response);
    return SL_OK;
}

static enum sl_code unary_call(void *self, struct sl_server_call *call,
                               const Grpc__Testing__SimpleRequest *request, struct sl_error *err)
{
    (void)self;
    SL_TRY(echo_metadata(call));
    SL_TRY(check_compressed(call, request->expect_compressed, err));
    SL_TRY(echo_status(request->response_status, err));
    if (request->response_size < 0 || request->response_size > INTEROP_MAX_PAYLOAD)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "a response of %d bytes is wanted, 0 to %d are possible",
                            request->response_size, INTEROP_MAX_PAYLOAD);
    if (request->response_compressed != NULL && request->response_compressed->value)
        SL_TRY(sl_server_call_set_compressed(call, true));
    Grpc__Testing__Payload payload = interop_payload((size_t)request->response_size);
    Grpc__Testing__SimpleResponse response = GRPC__TESTING__SIMPLE_RESPONSE__INIT;
    response.payload = &payload;
    test_service_unary_call_reply(call, &response);
    return SL_OK;
}

/* ---- A stream of responses ---- */

static void output_done(bool is_sent, void *arg)
{
    (void)is_sent;
    struct interop_responder *responder = arg;
    test_service_streaming_output_call_end(responder->call, NULL);
}

static struct interop_responder *responder_new(struct sl_loop *loop, struct sl_server_call *call)
{
    struct interop_responder *responder =
        sl_arena_alloc(sl_server_call_arena(call), sizeof(*responder));
    if (responder == NULL)
        return NULL;
    responder->loop = loop;
    responder->call = call;
    responder->arg = responder;
    return responder;
}

static enum sl_code streaming_output_call(void *self, struct sl_server_call *call,
                                          const Grpc__Testing__StreamingOutputCallRequest *request,
                                          struct sl_error *err)
{
    SL_TRY(echo_metadata(call));
    SL_TRY(echo_status(request->response_status, err));
    struct interop_responder *responder = responder_new(self, call);
    if (responder == NULL)
        return sl_error_no_memory(err);
    responder->send = test_service_streaming_output_call_send;
    responder->on_done = output_done;
    return interop_responder_run(responder, request, err);
}

/* ---- A stream of requests ---- */

struct input {
    struct sl_server_call *call;
    struct test_service_streaming_input_call_reader reader;
    size_t total;
};

static void input_ended(struct input *input)
{
    Grpc__Testing__StreamingInputCallResponse response =
        GRPC__TESTING__STREAMING_INPUT_CALL_RESPONSE__INIT;
    response.aggregated_payload_size = (int32_t)input->total;
    test_service_streaming_input_call_reply(input->call, &response);
}

static void on_input(const Grpc__Testing__StreamingInputCallRequest *request,
                     const struct sl_error *error, void *arg)
{
    struct input *input = arg;
    struct sl_error err = {0};
    if (error != NULL) {
        sl_server_call_fail(input->call, error);
        return;
    }
    if (request == NULL) {
        input_ended(input);
        return;
    }
    if (request->payload != NULL)
        input->total += request->payload->body.len;
    if (check_compressed(input->call, request->expect_compressed, &err) == SL_OK &&
        test_service_streaming_input_call_receive(input->call, &input->reader) == SL_OK)
        return;
    sl_server_call_fail(input->call, &err);
}

static enum sl_code streaming_input_call(void *self, struct sl_server_call *call,
                                         struct sl_error *err)
{
    (void)self;
    SL_TRY(echo_metadata(call));
    struct input *input = sl_arena_alloc(sl_server_call_arena(call), sizeof(*input));
    if (input == NULL)
        return sl_error_no_memory(err);
    input->call = call;
    input->reader.on_request = on_input;
    input->reader.arg = input;
    return test_service_streaming_input_call_receive(call, &input->reader);
}

/* ---- Both: each request is answered before the next is read ---- */

struct duplex {
    struct interop_responder responder;
    struct test_service_full_duplex_call_reader reader;
};

static void duplex_answered(bool is_sent, void *arg)
{
    struct duplex *duplex = arg;
    struct sl_server_call *call = duplex->responder.call;
    if (!is_sent || test_service_full_duplex_call_receive(call, &duplex->reader) != SL_OK)
        test_service_full_duplex_call_end(call, NULL);
}

static void on_duplex(const Grpc__Testing__StreamingOutputCallRequest *request,
                      const struct sl_error *error, void *arg)
{
    struct duplex *duplex = arg;
    struct sl_server_call *call = duplex->responder.call;
    struct sl_error err = {0};
    if (request == NULL)
        test_service_full_duplex_call_end(call, error);
    else if (echo_status(request->response_status, &err) != SL_OK ||
             interop_responder_run(&duplex->responder, request, &err) != SL_OK)
        test_service_full_duplex_call_end(call, &err);
}

static enum sl_code full_duplex_call(void *self, struct sl_server_call *call, struct sl_error *err)
{
    SL_TRY(echo_metadata(call));
    struct duplex *duplex = sl_arena_alloc(sl_server_call_arena(call), sizeof(*duplex));
    if (duplex == NULL)
        return sl_error_no_memory(err);
    duplex->responder.loop = self;
    duplex->responder.call = call;
    duplex->responder.send = test_service_full_duplex_call_send;
    duplex->responder.on_done = duplex_answered;
    duplex->responder.arg = duplex;
    duplex->reader.on_request = on_duplex;
    duplex->reader.arg = duplex;
    return test_service_full_duplex_call_receive(call, &duplex->reader);
}

enum sl_code interop_service_register(struct sl_server *server, struct sl_loop *loop)
{
    const struct test_service_handlers handlers = {
        .empty_call = empty_call,
        .unary_call = unary_call,
        .streaming_output_call = streaming_output_call,
        .streaming_input_call = streaming_input_call,
        .full_duplex_call = full_duplex_call,
    };
    return test_service_register(server, &handlers, loop);
}
