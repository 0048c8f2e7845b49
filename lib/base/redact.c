#include "base/redact.h"

#include <string.h>
#include <strings.h>

/* A finder looks whether what it knows begins at `at`: how many bytes stay as they are, and how
 * many behind them are replaced; 0 replaced means that it does not. */
struct find {
    size_t kept, replaced;
};

static bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80);
}

static bool is_local_part(char c)
{
    return is_alphanumeric(c) || (c != '\0' && strchr(".!#$%&'*+/=?^_`{|}~-", c) != NULL);
}

static bool is_token(char c)
{
    return is_alphanumeric(c) || (c != '\0' && strchr("-._~+/=", c) != NULL);
}

static size_t span_of(const char *text, size_t length, bool (*is_part)(char))
{
    size_t i = 0;
    while (i < length && is_part(text[i]))
        i++;
    return i;
}

static bool begins(const char *text, size_t length, const char *prefix)
{
    size_t size = strlen(prefix);
    return length >= size && strncasecmp(text, prefix, size) == 0;
}

static struct find find_email(const char *text, size_t length)
{
    size_t local = span_of(text, length, is_local_part);
    if (local == 0 || local + 1 >= length || text[local] != '@')
        return (struct find){0};
    size_t end = local + 1;
    size_t domain = end;
    while (end < length && (is_alphanumeric(text[end]) || text[end] == '-' || text[end] == '.'))
        end++;
    while (end > domain && text[end - 1] == '.') /* the end of a sentence */
        end--;
    return end > domain ? (struct find){0, end} : (struct find){0};
}

static struct find find_bearer(const char *text, size_t length)
{
    static const char *const schemes[] = {"Bearer ", "Basic "};
    for (size_t i = 0; i < SL_ARRAY_LENGTH(schemes); i++) {
        size_t size = strlen(schemes[i]);
        if (!begins(text, length, schemes[i]))
            continue;
        size_t token = span_of(text + size, length - size, is_token);
        return token >= 8 ? (struct find){size, token} : (struct find){0};
    }
    return (struct find){0};
}

/* A token by how tokens of that kind begin: API keys, webhook secrets, a JWT ("{" in base64url). */
static struct find find_token(const char *text, size_t length)
{
    static const char *const prefixes[] = {"sk-", "sk_", "slk_", "whsec_", "ghp_", "eyJ"};
    for (size_t i = 0; i < SL_ARRAY_LENGTH(prefixes); i++) {
        size_t size = strlen(prefixes[i]);
        if (length < size || strncmp(text, prefixes[i], size) != 0)
            continue;
        size_t token = span_of(text, length, is_token);
        return token >= 16 ? (struct find){0, token} : (struct find){0};
    }
    return (struct find){0};
}

/* token=..., "api_key": "...": the name stays. */
static struct find find_assigned(const char *text, size_t length)
{
    static const char *const names[] = {
        "access_token", "refresh_token", "id_token", "api_key", "apikey", "x-api-key",
        "token",        "secret",        "password", "passwd",  "key",    "authorization"};
    for (size_t i = 0; i < SL_ARRAY_LENGTH(names); i++) {
        size_t size = strlen(names[i]);
        if (!begins(text, length, names[i]))
            continue;
        while (size < length && strchr("\"' ", text[size]) != NULL)
            size++;
        if (size >= length || (text[size] != '=' && text[size] != ':'))
            continue;
        size++;
        while (size < length && strchr("\"' ", text[size]) != NULL)
            size++;
        struct find scheme = find_bearer(text + size, length - size);
        if (scheme.replaced > 0)
            return (struct find){size + scheme.kept, scheme.replaced};
        size_t value = span_of(text + size, length - size, is_token);
        return value > 0 ? (struct find){size, value} : (struct find){0};
    }
    return (struct find){0};
}

static const struct {
    struct find (*find)(const char *text, size_t length);
    const char *mask;
} finders[] = {
    {find_bearer, SL_SECRET_MASK},
    {find_token, SL_SECRET_MASK},
    {find_assigned, SL_SECRET_MASK},
    {find_email, SL_EMAIL_MASK},
};

/* What begins at the beginning of text; the mask NULL where nothing does. */
static struct find find_any(const char *text, size_t length, const char **ret_mask)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(finders); i++) {
        struct find found = finders[i].find(text, length);
        if (found.replaced == 0)
            continue;
        *ret_mask = finders[i].mask;
        return found;
    }
    *ret_mask = NULL;
    return (struct find){0};
}

static void redact_secrets(struct sl_text *out, const char *text, size_t length)
{
    size_t i = 0;
    while (i < length) {
        const char *mask;
        struct find found = find_any(text + i, length - i, &mask);
        if (mask != NULL) {
            sl_text_append_bytes(out, text + i, found.kept);
            sl_text_append(out, mask);
            i += found.kept + found.replaced;
            continue;
        }
        /* Nothing begins within a word, only at its beginning. */
        size_t word = span_of(text + i, length - i, is_alphanumeric);
        word = word == 0 ? 1 : word;
        sl_text_append_bytes(out, text + i, word);
        i += word;
    }
}

void sl_redact(struct sl_text *out, const char *text, size_t length)
{
    struct sl_text masked = {0};
    sl_mask_cards(&masked, text, length);
    if (sl_text_failed(&masked))
        sl_text_append(out, SL_SECRET_MASK);
    else
        redact_secrets(out, sl_text_string(&masked), masked.length);
    sl_text_done(&masked);
}
