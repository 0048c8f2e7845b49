#ifndef TESTS_INTEROP_EXCHANGE_PRIVATE_H
#define TESTS_INTEROP_EXCHANGE_PRIVATE_H

#include "exchange.h"

struct sl_call_options interop_exchange_options(const struct interop_exchange *exchange);

/** Keeps what is to be known of a message that came. */
void interop_exchange_note(struct interop_exchange *exchange,
                           const Grpc__Testing__Payload *payload);

/** The last callback of every call; arg is the exchange. */
void interop_exchange_end(const struct sl_call_info *info, void *arg);

/** Runs the loop until the call is over; code is how its start went. */
void interop_exchange_await(struct interop_exchange *exchange, enum sl_code code);

#endif
