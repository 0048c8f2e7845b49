#include "orchestrator/rules/clean.h"

#include <stdint.h>
#include <string.h>

#include "base/error.h"

/* What becomes of a range of characters: `plain` replaces it; "" drops it; NULL keeps it. */
struct clean_range {
    uint32_t first;
    uint32_t last;
    const char *plain;
};

static const struct clean_range ranges[] = {
    {0x00, 0x08, " "},      {0x0b, 0x1f, " "},     {0x7f, 0x9f, " "},      {0xa0, 0xa0, " "},
    {0xad, 0xad, ""},       {0xb4, 0xb4, "'"},     {0x61c, 0x61c, ""},     {0x180e, 0x180e, ""},
    {0x2000, 0x200a, " "},  {0x200b, 0x200f, ""},  {0x2010, 0x2015, "-"},  {0x2018, 0x201b, "'"},
    {0x201c, 0x201f, "\""}, {0x2022, 0x2022, "-"}, {0x2028, 0x2029, "\n"}, {0x202a, 0x202e, ""},
    {0x2060, 0x206f, ""},   {0x2190, 0x2191, " "}, {0x2192, 0x2192, ">"},  {0x2193, 0x21d1, " "},
    {0x21d2, 0x21d2, ">"},  {0x21d3, 0x21ff, " "}, {0x2300, 0x27bf, " "},  {0x2b00, 0x2bff, " "},
    {0xfe00, 0xfe0f, ""},   {0xfeff, 0xfeff, ""},  {0xff04, 0xff04, "$"},  {0x1f000, 0x1faff, " "},
    {0xe0000, 0xe007f, ""},
};

static size_t decode(const char *p, size_t left, uint32_t *ret_character)
{
    const unsigned char *b = (const unsigned char *)p;
    size_t size = b[0] < 0x80 ? 1 : b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2;

    if (size > left || (b[0] >= 0x80 && b[0] < 0xc0)) {
        *ret_character = 0;
        return 1;
    }
    *ret_character = size == 1 ? b[0] : b[0] & (0xffU >> (size + 1));
    for (size_t i = 1; i < size; i++)
        *ret_character = *ret_character << 6 | (b[i] & 0x3fU);
    return size;
}

static const char *replacement(uint32_t character)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(ranges); i++) {
        if (character >= ranges[i].first && character <= ranges[i].last)
            return ranges[i].plain;
    }
    return NULL;
}

size_t rules_clean(const char *request, size_t length, char *out, size_t *ret_foreign)
{
    size_t written = 0;
    size_t foreign = 0;

    for (size_t i = 0; i < length;) {
        uint32_t character = 0;
        size_t size = decode(request + i, length - i, &character);
        bool is_plain = character >= 0x20 && character < 0x7f;
        const char *plain = is_plain ? NULL : replacement(character);
        size_t count = plain != NULL ? strlen(plain) : size;
        memcpy(out + written, plain != NULL ? plain : request + i, count);
        written += count;
        foreign += plain == NULL && character > 0x24f && character != 0x20ac;
        i += size;
    }
    out[written] = '\0';
    *ret_foreign = foreign;
    return written;
}
