#ifndef BENCH_RPC_EXCHANGE_H
#define BENCH_RPC_EXCHANGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/** What each call says and is told. */
struct exchange {
    /** The request with gRPC's five bytes before it. Owned by arena. */
    const uint8_t *request;
    size_t request_bytes;
    /** How long each answer is, with those five bytes. */
    size_t answer_bytes;
};

SL_MUST_USE enum sl_code exchange_build(struct sl_arena *arena, struct exchange *ret_exchange,
                                        struct sl_error *err);

/** Whether an answer says what it shall: the request's id and a Struct of its four fields. */
SL_MUST_USE enum sl_code exchange_check(const uint8_t *answer, size_t length, struct sl_error *err);

#endif
