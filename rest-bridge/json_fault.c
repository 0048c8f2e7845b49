#include "rest-bridge/json_fault.h"

#include <string.h>

#define MAX_DEPTH 64

struct scan {
    const char *text;
    size_t length;
    size_t at;
    unsigned depth;
    /** Set with the first fault: bytes from the start, and why. */
    size_t fault_at;
    const char *words;
    bool is_too_deep;
};

static bool scan_value(struct scan *scan);

static bool fail(struct scan *scan, size_t at, const char *words)
{
    scan->fault_at = at;
    scan->words = words;
    return false;
}

static int peek(const struct scan *scan)
{
    return scan->at < scan->length ? (unsigned char)scan->text[scan->at] : -1;
}

static void skip_white(struct scan *scan)
{
    while (peek(scan) == ' ' || peek(scan) == '\t' || peek(scan) == '\n' || peek(scan) == '\r')
        scan->at++;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/** At the "u" of an escape. */
static bool scan_unicode_escape(struct scan *scan)
{
    size_t u = scan->at++;
    if (scan->at + 4 >= scan->length)
        return fail(scan, u, "Invalid \\uXXXX escape");
    for (int i = 0; i < 4; i++) {
        if (!is_hex(scan->text[scan->at++]))
            return fail(scan, u, "Invalid \\uXXXX escape");
    }
    return true;
}

/** At the opening quote. */
static bool scan_string(struct scan *scan)
{
    size_t begin = scan->at++;
    for (;;) {
        int c = peek(scan);
        if (c < 0)
            return fail(scan, begin, "Unterminated string starting at");
        if (c < 0x20)
            return fail(scan, scan->at, "Invalid control character at");
        scan->at++;
        if (c == '"')
            return true;
        if (c != '\\')
            continue;
        c = peek(scan);
        if (c < 0)
            return fail(scan, begin, "Unterminated string starting at");
        if (c == 'u') {
            if (!scan_unicode_escape(scan))
                return false;
        } else if (strchr("\"\\/bfnrt", c) == NULL || c == 0) {
            return fail(scan, scan->at - 1, "Invalid \\escape");
        } else {
            scan->at++;
        }
    }
}

/** After the opening brace. */
static bool scan_members(struct scan *scan)
{
    skip_white(scan);
    if (peek(scan) == '}') {
        scan->at++;
        return true;
    }
    for (;;) {
        if (peek(scan) != '"')
            return fail(scan, scan->at, "Expecting property name enclosed in double quotes");
        if (!scan_string(scan))
            return false;
        skip_white(scan);
        if (peek(scan) != ':')
            return fail(scan, scan->at, "Expecting ':' delimiter");
        scan->at++;
        skip_white(scan);
        if (!scan_value(scan))
            return false;
        skip_white(scan);
        if (peek(scan) == '}')
            break;
        if (peek(scan) != ',')
            return fail(scan, scan->at, "Expecting ',' delimiter");
        scan->at++;
        skip_white(scan);
    }
    scan->at++;
    return true;
}

/** After the opening bracket. */
static bool scan_items(struct scan *scan)
{
    skip_white(scan);
    if (peek(scan) == ']') {
        scan->at++;
        return true;
    }
    for (;;) {
        if (!scan_value(scan))
            return false;
        skip_white(scan);
        if (peek(scan) == ']')
            break;
        if (peek(scan) != ',')
            return fail(scan, scan->at, "Expecting ',' delimiter");
        scan->at++;
        skip_white(scan);
    }
    scan->at++;
    return true;
}

static size_t count_digits(const struct scan *scan, size_t at)
{
    size_t count = 0;
    while (at + count < scan->length && scan->text[at + count] >= '0' &&
           scan->text[at + count] <= '9')
        count++;
    return count;
}

/** A number as far as it is one; what stands behind it is the caller's. */
static bool scan_number(struct scan *scan)
{
    size_t at = scan->at + (peek(scan) == '-');
    size_t digits = count_digits(scan, at);
    if (digits == 0)
        return false;
    at += scan->text[at] == '0' ? 1 : digits;
    if (at < scan->length && scan->text[at] == '.' && count_digits(scan, at + 1) > 0)
        at += 1 + count_digits(scan, at + 1);
    if (at < scan->length && (scan->text[at] == 'e' || scan->text[at] == 'E')) {
        size_t sign = at + 1 < scan->length && strchr("+-", scan->text[at + 1]) != NULL;
        digits = count_digits(scan, at + 1 + sign);
        at += digits > 0 ? 1 + sign + digits : 0;
    }
    scan->at = at;
    return true;
}

static bool scan_word(struct scan *scan)
{
    static const char *const words[] = {"null", "true", "false", "NaN", "Infinity", "-Infinity"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t length = strlen(words[i]);
        if (scan->length - scan->at >= length &&
            memcmp(scan->text + scan->at, words[i], length) == 0) {
            scan->at += length;
            return true;
        }
    }
    return false;
}

static bool scan_value(struct scan *scan)
{
    int c = peek(scan);
    if (c == '"')
        return scan_string(scan);
    if (c != '{' && c != '[')
        return scan_word(scan) || scan_number(scan) || fail(scan, scan->at, "Expecting value");
    if (++scan->depth > MAX_DEPTH) {
        scan->is_too_deep = true;
        return false;
    }
    scan->at++;
    bool is_good = c == '{' ? scan_members(scan) : scan_items(scan);
    scan->depth--;
    return is_good;
}

static size_t count_characters(const char *text, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

bool bridge_json_fault(const char *text, size_t length, size_t *ret_position,
                       const char **ret_words)
{
    struct scan scan = {.text = text, .length = length};
    skip_white(&scan);
    if (scan_value(&scan)) {
        skip_white(&scan);
        if (scan.at == scan.length)
            return false;
        fail(&scan, scan.at, "Extra data");
    }
    if (scan.is_too_deep)
        return false;
    *ret_position = count_characters(text, scan.fault_at);
    *ret_words = scan.words;
    return true;
}
