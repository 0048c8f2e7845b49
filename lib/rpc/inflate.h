#ifndef SL_RPC_INFLATE_H
#define SL_RPC_INFLATE_H

#include <grpc/byte_buffer.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Whether the peer compressed the message; buffer may be NULL. */
bool sl_buffer_is_compressed(const grpc_byte_buffer *buffer);

/**
 * Decompresses a message. gRPC can do so itself, but without a bound: four megabytes become four
 * gigabytes.
 *
 * max_bytes  what it may become.
 * ret_bytes  sl_free() it.
 * Errors: SL_INVALID_ARGUMENT (cannot be decompressed), SL_RESOURCE_EXHAUSTED (becomes more than
 * max_bytes, or out of memory).
 * Source: grpc/doc/compression.md; gzip is RFC 1952, deflate is RFC 1950.
 */
SL_MUST_USE enum sl_code sl_buffer_inflate(grpc_byte_buffer *buffer, size_t max_bytes,
                                           uint8_t **ret_bytes, size_t *ret_length,
                                           struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
