#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "json/reflect.h"
#include "json/schema_run.h"

#define MAX_LOCAL_BYTES 64
#define MAX_LABEL_BYTES 63
#define MAX_EMAIL_BYTES 254

/* RFC 5322, 3.2.3: what an atom is made of; UTF-8 beyond ASCII is let through (RFC 6531). */
static bool is_atom_char(char c)
{
    return isalnum((unsigned char)c) || (c & 0x80) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

/* a.b.c, without an empty part. */
static bool is_dot_atom(const char *text, size_t length)
{
    bool is_after_dot = true;

    for (size_t i = 0; i < length; i++) {
        if (text[i] != '.' && !is_atom_char(text[i]))
            return false;
        if (text[i] == '.' && is_after_dot)
            return false;
        is_after_dot = text[i] == '.';
    }
    return !is_after_dot;
}

/* "a b": anything but unescaped quotes and control characters. */
static bool is_quoted(const char *text, size_t length)
{
    if (length < 3 || text[0] != '"' || text[length - 1] != '"')
        return false;
    for (size_t i = 1; i < length - 1; i++) {
        if (text[i] == '\\')
            i++;
        else if (text[i] == '"' || iscntrl((unsigned char)text[i]))
            return false;
        if (i >= length - 1)
            return false;
    }
    return true;
}

/* [127.0.0.1] or [IPv6:::1] (RFC 5321, 4.1.3). */
static bool is_address_literal(const char *text)
{
    static const char ipv6[] = "[IPv6:";
    size_t length = strlen(text);
    bool is_ipv6 = strncasecmp(text, ipv6, sizeof(ipv6) - 1) == 0;
    size_t start = is_ipv6 ? sizeof(ipv6) - 1 : 1;
    char address[64];
    unsigned char bytes[16];

    if (length < start + 2 || text[length - 1] != ']' || length - start >= sizeof(address))
        return false;
    memcpy(address, text + start, length - start - 1);
    address[length - start - 1] = '\0';
    return inet_pton(is_ipv6 ? AF_INET6 : AF_INET, address, bytes) == 1;
}

/* Letters, digits and inner dashes in labels of 1 to 63 bytes (RFC 1123, 2.1). */
static bool is_host_name(const char *text)
{
    size_t label = 0;
    char before = '.';

    for (const char *c = text; *c; before = *c++) {
        if (*c == '.') {
            if (label == 0 || before == '-')
                return false;
            label = 0;
            continue;
        }
        if (!isalnum((unsigned char)*c) && !(*c & 0x80) && (*c != '-' || label == 0))
            return false;
        if (++label > MAX_LABEL_BYTES)
            return false;
    }
    return label > 0 && before != '-';
}

static bool is_email(const char *text)
{
    const char *at = strrchr(text, '@');
    size_t local = at ? (size_t)(at - text) : 0;

    if (local == 0 || local > MAX_LOCAL_BYTES || strlen(text) > MAX_EMAIL_BYTES)
        return false;
    if (!is_dot_atom(text, local) && !is_quoted(text, local))
        return false;
    return at[1] == '[' ? is_address_literal(at + 1) : is_host_name(at + 1);
}

static bool is_date_time(const char *text)
{
    int64_t seconds;
    int32_t nanos;

    return sl_rfc3339_parse(text, &seconds, &nanos);
}

bool sl_format_fits(const char *format, const char *text)
{
    if (strcmp(format, "email") == 0)
        return is_email(text);
    if (strcmp(format, "date-time") == 0)
        return is_date_time(text);
    return true;
}
