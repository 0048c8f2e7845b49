#ifndef SL_BASE_ID_H
#define SL_BASE_ID_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A UUID in its usual text form with its NUL. */
#define SL_UUID_SIZE 37

/** A new UUID of version 4 (random) as text (RFC 9562). Any thread. */
void sl_uuid_new(char out[SL_UUID_SIZE]);

/** Random bytes from the kernel. Any thread. */
void sl_random_bytes(void *out, size_t length);

/** Uniform in [0, bound); bound > 0. For jitter and samples. Any thread. */
uint64_t sl_random_below(uint64_t bound);

#ifdef __cplusplus
}
#endif

#endif
