#ifndef TESTS_INTEROP_CASES_H
#define TESTS_INTEROP_CASES_H

#include "exchange.h"

/**
 * The cases of gRPC's interoperability tests that need no credentials of a cloud.
 * Source: grpc/doc/interop-test-descriptions.md.
 */
struct interop_case {
    /** "empty_unary" */
    const char *name;
    /** Errors say what came and what was wanted. */
    enum sl_code (*run)(struct interop_client *client, struct sl_error *err);
};

/** NULL where there is no such case. */
const struct interop_case *interop_case_find(const char *name);

/* ---- cases_*.c ---- */

typedef enum sl_code interop_case_fn(struct interop_client *client, struct sl_error *err);

interop_case_fn interop_case_empty_unary, interop_case_large_unary, interop_case_custom_metadata,
    interop_case_status_code_and_message, interop_case_special_status_message,
    interop_case_unimplemented_method, interop_case_unimplemented_service;
interop_case_fn interop_case_client_streaming, interop_case_server_streaming,
    interop_case_ping_pong, interop_case_empty_stream, interop_case_cancel_after_begin,
    interop_case_cancel_after_first_response, interop_case_timeout_on_sleeping_server;
interop_case_fn interop_case_client_compressed_unary, interop_case_server_compressed_unary,
    interop_case_client_compressed_streaming, interop_case_server_compressed_streaming;

/* ---- Checks: SL_FAILED_PRECONDITION, with what came and what was wanted ---- */

SL_MUST_USE enum sl_code interop_check_status(const struct interop_exchange *exchange,
                                              enum sl_code wanted, struct sl_error *err);
SL_MUST_USE enum sl_code interop_check_message(const struct interop_exchange *exchange,
                                               const char *wanted, struct sl_error *err);
/** As many responses as sizes, with payloads of those sizes. */
SL_MUST_USE enum sl_code interop_check_sizes(const struct interop_exchange *exchange,
                                             const size_t *sizes, size_t count,
                                             struct sl_error *err);
SL_MUST_USE enum sl_code interop_check_number(const char *what, long came, long wanted,
                                              struct sl_error *err);

#endif
