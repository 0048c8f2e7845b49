#ifndef TESTS_INTEROP_EXCHANGE_H
#define TESTS_INTEROP_EXCHANGE_H

#include "grpc/testing/test.grpc-c.h"
#include "loop/loop.h"

/** Most requests and responses of one call here. */
#define INTEROP_MAX_MESSAGES 8

/** A client under test: a loop with a channel to the server. */
struct interop_client {
    struct sl_loop *loop;
    struct sl_channel *channel;
};

/** One request of a stream. */
struct interop_step {
    /** Bytes of its payload; 0: it has none. */
    size_t payload_bytes;
    /** Bytes of the response that it asks for; 0: it asks for none. */
    int32_t response_bytes;
    /** Optional. What the server is to end the call with. */
    const Grpc__Testing__EchoStatus *status;
    /** Nothing comes after it, not even the end of sending. */
    bool stays_open;
    /** The server is asked to refuse it unless it comes as said: compressed or not. */
    bool has_expectation;
    bool is_expected_compressed;
    /** It is sent as it is where the call is compressed. */
    bool is_plain;
};

/**
 * One call, made and awaited, with all that came of it. Zeroed at first but for client; then one of
 * the functions below; interop_exchange_done() at the end. Loop only, while the loop does not run.
 */
struct interop_exchange {
    struct interop_client *client;

    /** Optional, before the call. */
    const struct sl_metadata *metadata;
    int64_t timeout_ms;
    /** What is sent is compressed, but for plain steps. */
    bool is_compressed;
    /** Cancelled before anything is sent, or when so many responses came; 0: not for that. */
    bool cancels_at_once;
    size_t cancels_after;

    /** What came. */
    struct sl_error status;
    size_t sizes[INTEROP_MAX_MESSAGES];
    bool were_compressed[INTEROP_MAX_MESSAGES];
    size_t count;
    int32_t aggregated_bytes;
    /** Echoed metadata, "" where absent; trailing in hexadecimal. */
    char echoed_initial[64];
    char echoed_trailing[64];

    /** While it runs. */
    struct sl_call *call;
    const struct interop_step *steps;
    size_t step_count, next_step;
    bool is_sending, awaits_answer;
    bool is_over;
};

/** A call that cannot even be made is an error in exchange->status, too. */
void interop_exchange_empty(struct interop_exchange *exchange);
void interop_exchange_unary(struct interop_exchange *exchange,
                            const Grpc__Testing__SimpleRequest *request);
void interop_exchange_unimplemented_method(struct interop_exchange *exchange);
void interop_exchange_unimplemented_service(struct interop_exchange *exchange);
void interop_exchange_output(struct interop_exchange *exchange,
                             const Grpc__Testing__StreamingOutputCallRequest *request);
/** Sends each step when the one before is away. */
void interop_exchange_input(struct interop_exchange *exchange, const struct interop_step *steps,
                            size_t count);
/** Sends each step when the one before was answered, where it asks for an answer. */
void interop_exchange_duplex(struct interop_exchange *exchange, const struct interop_step *steps,
                             size_t count);

/** Drops the call. */
void interop_exchange_done(struct interop_exchange *exchange);

#endif
