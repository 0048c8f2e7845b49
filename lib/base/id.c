#include "base/id.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

void sl_random_bytes(void *out, size_t length)
{
    unsigned char *p = out;
    while (length > 0) {
        ssize_t got = getrandom(p, length, 0);
        /* Without randomness no id is safe to hand out; the kernel fails this only by a bug. */
        if (got < 0 && errno != EINTR)
            abort();
        if (got > 0) {
            p += got;
            length -= (size_t)got;
        }
    }
}

void sl_uuid_new(char out[SL_UUID_SIZE])
{
    unsigned char b[16];
    sl_random_bytes(b, sizeof(b));
    b[6] = (unsigned char)((b[6] & 0x0F) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3F) | 0x80);
    snprintf(out, SL_UUID_SIZE,
             "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
             b[15]);
}

uint64_t sl_random_below(uint64_t bound)
{
    /* Draws again in the last, incomplete interval, so that no value is likelier than another. */
    uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    uint64_t value = 0;
    do
        sl_random_bytes(&value, sizeof(value));
    while (value >= limit);
    return value % bound;
}
