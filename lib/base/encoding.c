#include "base/text.h"

static const char standard_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void sl_hex_encode(struct sl_text *text, const void *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *p = bytes;
    for (size_t i = 0; i < length; i++) {
        sl_text_append_char(text, digits[p[i] >> 4]);
        sl_text_append_char(text, digits[p[i] & 15]);
    }
}

static void encode(struct sl_text *text, const unsigned char *p, size_t length,
                   const char *alphabet, bool is_padded)
{
    for (size_t i = 0; i < length; i += 3) {
        size_t have = length - i < 3 ? length - i : 3;
        unsigned bits = (unsigned)p[i] << 16;
        if (have > 1)
            bits |= (unsigned)p[i + 1] << 8;
        if (have > 2)
            bits |= p[i + 2];
        for (size_t k = 0; k < have + 1; k++)
            sl_text_append_char(text, alphabet[(bits >> (18 - 6 * k)) & 63]);
        for (size_t k = have; is_padded && k < 3; k++)
            sl_text_append_char(text, '=');
    }
}

void sl_base64_encode(struct sl_text *text, const void *bytes, size_t length)
{
    encode(text, bytes, length, standard_alphabet, true);
}

void sl_base64url_encode(struct sl_text *text, const void *bytes, size_t length)
{
    encode(text, bytes, length, url_alphabet, false);
}

static int digit_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    if (c == '/' || c == '_')
        return 63;
    return -1;
}

bool sl_base64_decode(struct sl_text *text, const char *encoded, size_t length)
{
    size_t digits = length;
    while (digits > 0 && encoded[digits - 1] == '=')
        digits--;
    /* Padding, where there is any, fills the last group; a group of one digit holds no byte. */
    if ((length != digits && (length % 4 != 0 || length - digits > 2)) || digits % 4 == 1)
        return false;
    unsigned bits = 0;
    int have = 0;
    for (size_t i = 0; i < digits; i++) {
        int value = digit_value(encoded[i]);
        if (value < 0)
            return false;
        bits = (bits << 6 | (unsigned)value) & 0xFFFFFF;
        have += 6;
        if (have >= 8) {
            have -= 8;
            sl_text_append_char(text, (char)(unsigned char)(bits >> have));
        }
    }
    return !sl_text_failed(text);
}
