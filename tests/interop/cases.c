#include "cases.h"

#include <string.h>

static const struct interop_case CASES[] = {
    {"empty_unary", interop_case_empty_unary},
    {"large_unary", interop_case_large_unary},
    {"client_streaming", interop_case_client_streaming},
    {"server_streaming", interop_case_server_streaming},
    {"ping_pong", interop_case_ping_pong},
    {"empty_stream", interop_case_empty_stream},
    {"custom_metadata", interop_case_custom_metadata},
    {"status_code_and_message", interop_case_status_code_and_message},
    {"special_status_message", interop_case_special_status_message},
    {"unimplemented_method", interop_case_unimplemented_method},
    {"unimplemented_service", interop_case_unimplemented_service},
    {"cancel_after_begin", interop_case_cancel_after_begin},
    {"cancel_after_first_response", interop_case_cancel_after_first_response},
    {"timeout_on_sleeping_server", interop_case_timeout_on_sleeping_server},
    {"client_compressed_unary", interop_case_client_compressed_unary},
    {"server_compressed_unary", interop_case_server_compressed_unary},
    {"client_compressed_streaming", interop_case_client_compressed_streaming},
    {"server_compressed_streaming", interop_case_server_compressed_streaming},
};

const struct interop_case *interop_case_find(const char *name)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(CASES); i++) {
        if (strcmp(CASES[i].name, name) == 0)
            return &CASES[i];
    }
    return NULL;
}

enum sl_code interop_check_status(const struct interop_exchange *exchange, enum sl_code wanted,
                                  struct sl_error *err)
{
    if (exchange->status.code == wanted)
        return SL_OK;
    return sl_error_set(err, SL_FAILED_PRECONDITION, "status %s (\"%.200s\") came, %s was wanted",
                        sl_code_name(exchange->status.code), exchange->status.message,
                        sl_code_name(wanted));
}

enum sl_code interop_check_message(const struct interop_exchange *exchange, const char *wanted,
                                   struct sl_error *err)
{
    if (strcmp(exchange->status.message, wanted) == 0)
        return SL_OK;
    return sl_error_set(err, SL_FAILED_PRECONDITION, "message \"%.200s\" came, \"%s\" was wanted",
                        exchange->status.message, wanted);
}

enum sl_code interop_check_number(const char *what, long came, long wanted, struct sl_error *err)
{
    if (came == wanted)
        return SL_OK;
    return sl_error_set(err, SL_FAILED_PRECONDITION, "%s: %ld came, %ld was wanted", what, came,
                        wanted);
}

enum sl_code interop_check_sizes(const struct interop_exchange *exchange, const size_t *sizes,
                                 size_t count, struct sl_error *err)
{
    SL_TRY(interop_check_number("responses", (long)exchange->count, (long)count, err));
    for (size_t i = 0; i < count; i++)
        SL_TRY(interop_check_number("bytes of a response", (long)exchange->sizes[i], (long)sizes[i],
                                    err));
    return SL_OK;
}
