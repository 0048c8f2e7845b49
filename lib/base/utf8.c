#include <string.h>

#include "base/text.h"

/* Length of the well-formed sequence at p, 0 where there is none (Unicode 15, table 3-7). */
static size_t sequence_length(const unsigned char *p, size_t left)
{
    unsigned char lead = p[0];
    if (lead < 0x80)
        return 1;
    if (lead < 0xC2 || lead > 0xF4)
        return 0;
    size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (left < length)
        return 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (lead == 0xE0)
        low = 0xA0;
    else if (lead == 0xED)
        high = 0x9F;
    else if (lead == 0xF0)
        low = 0x90;
    else if (lead == 0xF4)
        high = 0x8F;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

/* Eight ASCII bytes at a time: almost all text is. */
static size_t skip_ascii(const unsigned char *p, size_t at, size_t length)
{
    while (at + 8 <= length) {
        uint64_t word = 0;
        memcpy(&word, p + at, sizeof(word));
        if (word & UINT64_C(0x8080808080808080))
            return at;
        at += 8;
    }
    return at;
}

bool sl_utf8_is_valid(const char *bytes, size_t length)
{
    const unsigned char *p = (const unsigned char *)bytes;
    size_t at = 0;
    while (at < length) {
        at = skip_ascii(p, at, length);
        if (at == length)
            return true;
        size_t step = sequence_length(p + at, length - at);
        if (step == 0)
            return false;
        at += step;
    }
    return true;
}

size_t sl_utf8_cut(const char *bytes, size_t length, size_t limit)
{
    const unsigned char *p = (const unsigned char *)bytes;
    size_t end = length < limit ? length : limit;
    /* Back to the last lead byte, at most three continuation bytes away. */
    size_t lead = end;
    for (int i = 0; i < 4 && lead > 0; i++) {
        lead--;
        if ((p[lead] & 0xC0) != 0x80)
            return sequence_length(p + lead, end - lead) ? end : lead;
    }
    return end;
}
