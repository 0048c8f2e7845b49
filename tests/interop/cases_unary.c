/* Cases of calls with one request and one response. */
#include <string.h>

#include "cases.h"
#include "payload.h"

#define LARGE_REQUEST 271828
#define LARGE_RESPONSE 314159
#define ECHOED_INITIAL "test_initial_metadata_value"
#define ECHOED_TRAILING "\xab\xab\xab"

enum sl_code interop_case_empty_unary(struct interop_client *client, struct sl_error *err)
{
    SL_CLEANUP(interop_exchange_done) struct interop_exchange exchange = {.client = client};
    interop_exchange_empty(&exchange);
    return interop_check_status(&exchange, SL_OK, err);
}

/* Makes the call that several cases are about, and checks what came. */
static enum sl_code exchange_large(struct interop_exchange *exchange, struct sl_error *err)
{
    const size_t size = LARGE_RESPONSE;
    Grpc__Testing__Payload payload = interop_payload(LARGE_REQUEST);
    Grpc__Testing__SimpleRequest request = GRPC__TESTING__SIMPLE_REQUEST__INIT;
    request.response_size = LARGE_RESPONSE;
    request.payload = &payload;
    interop_exchange_unary(exchange, &request);
    SL_TRY(interop_check_status(exchange, SL_OK, err));
    return interop_check_sizes(exchange, &size, 1, err);
}

enum sl_code interop_case_large_unary(struct interop_client *client, struct sl_error *err)
{
    SL_CLEANUP(interop_exchange_done) struct interop_exchange exchange = {.client = client};
    return exchange_large(&exchange, err);
}

/* ---- Metadata ---- */

static enum sl_code check_echo(const char *what, const char *came, const char *wanted,
                               struct sl_error *err)
{
    if (strcmp(came, wanted) == 0)
        return SL_OK;
    return sl_error_set(err, SL_FAILED_PRECONDITION, "%s: \"%s\" came, \"%s\" was wanted", what,
                        came, wanted);
}

static enum sl_code check_echoes(const struct interop_exchange *exchange, struct sl_error *err)
{
    SL_TRY(check_echo(INTEROP_ECHO_INITIAL, exchange->echoed_initial, ECHOED_INITIAL, err));
    return check_echo(INTEROP_ECHO_TRAILING, exchange->echoed_trailing, "ababab", err);
}

static enum sl_code unary_with_metadata(struct interop_client *client,
                                        const struct sl_metadata *metadata, struct sl_error *err)
{
    SL_CLEANUP(interop_exchange_done)
    struct interop_exchange exchange = {.client = client, .metadata = metadata};
    SL_TRY(exchange_large(&exchange, err));
    return check_echoes(&exchange, err);
}

static enum sl_code duplex_with_metadata(struct interop_client *client,
                                         const struct sl_metadata *metadata, struct sl_error *err)
{
    static const struct interop_step STEP = {.payload_bytes = LARGE_REQUEST,
                                             .response_bytes = LARGE_RESPONSE};
    const size_t size = LARGE_RESPONSE;
    SL_CLEANUP(interop_exchange_done)
    struct interop_exchange exchange = {.client = client, .metadata = metadata};
    interop_exchange_duplex(&exchange, &STEP, 1);
    SL_TRY(interop_check_status(&exchange, SL_OK, err));
    SL_TRY(interop_check_sizes(&exchange, &size, 1, err));
    return check_echoes(&exchange, err);
}

enum sl_code interop_case_custom_metadata(struct interop_client *client, struct sl_error *err)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    struct sl_metadata metadata = {0};
    if (arena == NULL ||
        sl_metadata_add(&metadata, arena, INTEROP_ECHO_INITIAL, ECHOED_INITIAL) != SL_OK ||
        sl_metadata_add_bytes(&metadata, arena, INTEROP_ECHO_TRAILING, ECHOED_TRAILING,
                              sizeof(ECHOED_TRAILING) - 1) != SL_OK)
        return sl_error_no_memory(err);
    SL_TRY(unary_with_metadata(client, &metadata, err));
    return duplex_with_metadata(client, &metadata, err);
}

/* ---- Status ---- */

static enum sl_code unary_with_status(struct interop_client *client, const char *message,
                                      struct sl_error *err)
{
    SL_CLEANUP(interop_exchange_done) struct interop_exchange exchange = {.client = client};
    Grpc__Testing__EchoStatus status = GRPC__TESTING__ECHO_STATUS__INIT;
    Grpc__Testing__SimpleRequest request = GRPC__TESTING__SIMPLE_REQUEST__INIT;
    status.code = SL_UNKNOWN;
    status.message = (char *)message;
    request.response_status = &status;
    interop_exchange_unary(&exchange, &request);
    SL_TRY(interop_check_status(&exchange, SL_UNKNOWN, err));
    return interop_check_message(&exchange, message, err);
}

static enum sl_code duplex_with_status(struct interop_client *client, const char *message,
                                       struct sl_error *err)
{
    SL_CLEANUP(interop_exchange_done) struct interop_exchange exchange = {.client = client};
    Grpc__Testing__EchoStatus status = GRPC__TESTING__ECHO_STATUS__INIT;
    status.code = SL_UNKNOWN;
    status.message = (char *)message;
    const struct interop_step step = {.status = &status};
    interop_exchange_duplex(&exchange, &step, 1);
    SL_TRY(interop_check_status(&exchange, SL_UNKNOWN, err));
    return interop_check_message(&exchange, message, err);
}

enum sl_code interop_case_status_code_and_message(struct interop_client *client,
                                                  struct sl_error *err)
{
    SL_TRY(unary_with_status(client, "test status message", err));
    return duplex_with_status(client, "test status message", err);
}

enum sl_code interop_case_special_status_message(struct interop_client *client,
                                                 struct sl_error *err)
{
    /* White space, and characters inside and outside of the basic multilingual plane. */
    return unary_with_status(client,
                             "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP "
                             "\U0001f608\t\n",
                             err);
}

/* ---- What a server does not have ---- */

enum sl_code interop_case_unimplemented_method(struct interop_client *client, struct sl_error *err)
{
    SL_CLEANUP(interop_exchange_done) struct interop_exchange exchange = {.client = client};
    interop_exchange_unimplemented_method(&exchange);
    return interop_check_status(&exchange, SL_UNIMPLEMENTED, err);
}

enum sl_code interop_case_unimplemented_service(struct interop_client *client, struct sl_error *err)
{
    SL_CLEANUP(interop_exchange_done) struct interop_exchange exchange = {.client = client};
    interop_exchange_unimplemented_service(&exchange);
    return interop_check_status(&exchange, SL_UNIMPLEMENTED, err);
}
