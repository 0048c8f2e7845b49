#include <stdint.h>
#include <string.h>

#include "base/redact.h"

enum { DIGITS_MIN = 13, DIGITS_MAX = 19, GROUP_MAX = 7 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Beside a card number stands none of these; a byte of UTF-8 beyond ASCII is a letter or may be. */
static bool is_word(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (c & 0x80);
}

static bool passes_luhn(const char *digits, size_t count)
{
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned digit = (unsigned)(digits[count - 1 - i] - '0');
        unsigned doubled = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += i % 2 == 1 ? doubled : digit;
    }
    return sum % 10 == 0;
}

/* 2020-01-01 to 2039-12-31, in milli-, micro- or nanoseconds: by its first ten digits. */
static bool is_time(const char *digits, size_t count)
{
    if (count != 13 && count != 16 && count != 19)
        return false;
    uint64_t seconds = 0;
    for (size_t i = 0; i < 10; i++)
        seconds = seconds * 10 + (uint64_t)(digits[i] - '0');
    return seconds >= 1577836800 && seconds <= 2209075199;
}

/* A run of digits, groups of them separated by one space or dash. */
struct run {
    char digits[DIGITS_MAX];
    size_t count;  /* may pass DIGITS_MAX: then digits has the first */
    size_t length; /* bytes, separators included */
    bool is_grouped;
    size_t largest_group;
};

static struct run read_run(const char *text, size_t length)
{
    struct run run = {0};
    size_t group = 0;
    for (size_t i = 0; i < length; i++) {
        if (is_digit(text[i])) {
            if (run.count < DIGITS_MAX)
                run.digits[run.count] = text[i];
            run.count++;
            run.length = i + 1;
            group++;
            run.largest_group = group > run.largest_group ? group : run.largest_group;
        } else if ((text[i] == ' ' || text[i] == '-') && i + 1 < length && is_digit(text[i + 1])) {
            run.is_grouped = true;
            group = 0;
        } else {
            break;
        }
    }
    return run;
}

static bool is_number(const struct run *run)
{
    if (run->count < DIGITS_MIN || run->count > DIGITS_MAX)
        return false;
    if (run->is_grouped ? run->largest_group > GROUP_MAX : is_time(run->digits, run->count))
        return false;
    return passes_luhn(run->digits, run->count);
}

/* A card number that begins just here: the longest that is one, cut between groups ("1 4111 1111
 * ..." has an amount before it, "... 1111 12/29" a date behind it). */
static size_t card_length_at(const char *text, size_t length)
{
    struct run whole = read_run(text, length);
    for (size_t end = whole.length; end >= DIGITS_MIN; end--) {
        bool is_cut = end == length || !is_word(text[end]);
        if (!is_cut || !is_digit(text[end - 1]))
            continue;
        struct run run = read_run(text, end);
        if (is_number(&run))
            return end;
    }
    return 0;
}

bool sl_find_card(const char *text, size_t length, size_t from, struct sl_span *ret_card)
{
    for (size_t i = from; i + DIGITS_MIN <= length; i++) {
        if (!is_digit(text[i]) || (i > 0 && is_word(text[i - 1])))
            continue;
        size_t found = card_length_at(text + i, length - i);
        if (found == 0)
            continue;
        *ret_card = (struct sl_span){i, found};
        return true;
    }
    return false;
}

bool sl_is_card(const char *text, size_t length)
{
    size_t start = 0;
    while (start < length && text[start] == ' ')
        start++;
    while (length > start && text[length - 1] == ' ')
        length--;
    struct sl_span card;
    return sl_find_card(text, length, start, &card) && card.start == start &&
           card.length == length - start;
}

void sl_mask_cards(struct sl_text *out, const char *text, size_t length)
{
    size_t from = 0;
    struct sl_span card;
    while (sl_find_card(text, length, from, &card)) {
        sl_text_append_bytes(out, text + from, card.start - from);
        sl_text_append(out, SL_CARD_MASK);
        from = card.start + card.length;
    }
    sl_text_append_bytes(out, text + from, length - from);
}
