#include "orchestrator/rules/lexer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "orchestrator/rules/clean.h"

struct lexing {
    struct sl_arena *arena;
    struct rules_text *text;
    const char *source;
    size_t length;
    size_t at;
};

/* Letters that may stand right behind a number and are a word of their own: 2x, 100usd, 5pcs. */
static const char *const unit_suffixes[] = {
    "x", "s", "usd", "eur", "gbp", "cad", "dollars", "pcs", "pc", "ea", "dollar", "bucks", "euros"};
/* A full stop behind these ends no sentence. */
static const char *const abbreviations[] = {"no", "nr", "num", "mr",    "mrs",
                                            "ms", "dr", "qty", "approx"};

static bool is_letter(char c)
{
    return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

static bool is_alnum(char c)
{
    return isdigit((unsigned char)c) || is_letter(c);
}

static char peek(const struct lexing *lexing, size_t ahead)
{
    return lexing->at + ahead < lexing->length ? lexing->source[lexing->at + ahead] : '\0';
}

static bool is_listed(const char *const *list, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i], text) == 0)
            return true;
    }
    return false;
}

static enum sl_code emit(struct lexing *lexing, enum rules_token_kind kind, size_t begin,
                         size_t end)
{
    if (lexing->text->count == RULES_MAX_TOKENS) {
        lexing->text->is_too_long = true;
        return SL_OK;
    }
    char *raw = sl_arena_strndup(lexing->arena, lexing->source + begin, end - begin);
    char *text = sl_arena_strdup(lexing->arena, raw);
    if (text == NULL)
        return SL_RESOURCE_EXHAUSTED;
    for (char *p = text; *p != '\0'; p++)
        *p = (char)((unsigned char)*p < 0x80 ? tolower((unsigned char)*p) : *p);
    lexing->text->tokens[lexing->text->count++] =
        (struct rules_token){.kind = kind, .text = text, .raw = raw, .begin = begin, .end = end};
    return SL_OK;
}

static size_t span(const char *p, const char *more, bool with_high)
{
    size_t n = 0;

    while (p[n] != '\0' && (isalnum((unsigned char)p[n]) || strchr(more, p[n]) != NULL ||
                            (with_high && (unsigned char)p[n] >= 0x80)))
        n++;
    return n;
}

static bool is_email(const char *text, size_t local, size_t length)
{
    const char *domain = text + local + 1;
    const char *end = text + length;
    const char *dot = NULL;

    for (const char *p = domain; p < end; p++) {
        if (*p == '.' && (p == domain || p[-1] == '.'))
            return false;
        if (*p == '.')
            dot = p;
    }
    if (local == 0 || text[0] == '.' || text[local - 1] == '.' || dot == NULL || end - dot < 3)
        return false;
    for (const char *p = dot + 1; p < end; p++) {
        if (!isalpha((unsigned char)*p))
            return false;
    }
    return true;
}

/* An address takes everything up to a space, so that half an address is never one. */
static enum sl_code lex_email(struct lexing *lexing, size_t local, bool *ret_done)
{
    const char *p = lexing->source + lexing->at;
    size_t length = local + 1 + span(p + local + 1, ".-@_+%", true);

    while (length > local + 1 && strchr(".-", p[length - 1]) != NULL)
        length--;
    bool good =
        memchr(p + local + 1, '@', length - local - 1) == NULL && is_email(p, local, length);
    *ret_done = true;
    SL_TRY(emit(lexing, good ? RULES_EMAIL : RULES_BAD_EMAIL, lexing->at, lexing->at + length));
    lexing->at += length;
    return SL_OK;
}

static size_t number_length(const char *p)
{
    size_t n = 0;

    while (isdigit((unsigned char)p[n]))
        n++;
    while (p[n] == ',' && n > 0 && isdigit((unsigned char)p[n + 1]) &&
           isdigit((unsigned char)p[n + 2]) && isdigit((unsigned char)p[n + 3]) &&
           !isdigit((unsigned char)p[n + 4]))
        n += 4;
    if (p[n] == '.' && isdigit((unsigned char)p[n + 1])) {
        n++;
        while (isdigit((unsigned char)p[n]))
            n++;
    }
    return n;
}

static double number_value(const char *p, size_t length)
{
    char digits[40];
    size_t n = 0;

    for (size_t i = 0; i < length && n + 1 < sizeof digits; i++) {
        if (p[i] != ',')
            digits[n++] = p[i];
    }
    digits[n] = '\0';
    return strtod(digits, NULL);
}

static bool is_unit(const char *p, size_t length)
{
    char lower[16];

    if (length == 0 || length >= sizeof lower)
        return false;
    for (size_t i = 0; i < length; i++)
        lower[i] = (char)tolower((unsigned char)p[i]);
    lower[length] = '\0';
    return is_listed(unit_suffixes, SL_ARRAY_LENGTH(unit_suffixes), lower);
}

/* Letters, digits, and single dashes or underscores between them. */
static size_t id_length(const char *p)
{
    size_t n = 0;

    while (is_alnum(p[n]) || ((p[n] == '-' || p[n] == '_') && n > 0 && is_alnum(p[n + 1])))
        n++;
    return n;
}

static enum sl_code lex_number(struct lexing *lexing, bool *ret_done)
{
    const char *p = lexing->source + lexing->at;
    size_t length = number_length(p);
    size_t whole = id_length(p);

    bool is_times = tolower((unsigned char)p[length]) == 'x' && whole > length + 1 &&
                    strspn(p + length + 1, "0123456789") == whole - length - 1;
    *ret_done = length > 0 && (whole <= length || is_times || is_unit(p + length, whole - length));
    if (!*ret_done)
        return SL_OK;
    SL_TRY(emit(lexing, RULES_NUMBER, lexing->at, lexing->at + length));
    lexing->text->tokens[lexing->text->count - 1].number = number_value(p, length);
    lexing->at += length;
    return SL_OK;
}

static enum sl_code lex_id(struct lexing *lexing, bool *ret_done)
{
    const char *p = lexing->source + lexing->at;
    size_t length = id_length(p);
    bool has_digit = false;
    bool is_times = lexing->at > 0 && tolower((unsigned char)*p) == 'x' &&
                    isdigit((unsigned char)lexing->source[lexing->at - 1]);

    /* The x of "2x1234" stands alone. */
    if (is_times) {
        SL_TRY(emit(lexing, RULES_WORD, lexing->at, lexing->at + 1));
        lexing->at++;
        *ret_done = true;
        return SL_OK;
    }
    for (size_t i = 0; i < length; i++)
        has_digit = has_digit || isdigit((unsigned char)p[i]);
    *ret_done = has_digit;
    if (!has_digit)
        return SL_OK;
    SL_TRY(emit(lexing, RULES_ID, lexing->at, lexing->at + length));
    lexing->at += length;
    return SL_OK;
}

static enum sl_code lex_word(struct lexing *lexing, bool *ret_done)
{
    const char *p = lexing->source + lexing->at;
    size_t length = 0;

    while (is_letter(p[length]) || (p[length] == '\'' && length > 0 && is_letter(p[length + 1])))
        length++;
    *ret_done = length > 0;
    if (length == 0)
        return SL_OK;
    SL_TRY(emit(lexing, RULES_WORD, lexing->at, lexing->at + length));
    lexing->at += length;
    const char *word = lexing->text->tokens[lexing->text->count - 1].text;
    bool is_initial = length == 1 && peek(lexing, 0) == '.' &&
                      (is_letter(peek(lexing, 1)) || (lexing->at >= 3 && p[-1] == '.'));
    if (is_initial)
        lexing->at++;
    if (peek(lexing, 0) == '.' && is_listed(abbreviations, SL_ARRAY_LENGTH(abbreviations), word))
        lexing->at++;
    return SL_OK;
}

static enum sl_code lex_quoted(struct lexing *lexing, bool *ret_done)
{
    char quote = peek(lexing, 0);
    bool is_start = lexing->at == 0 || !is_alnum(lexing->source[lexing->at - 1]);
    size_t end = lexing->at + 1;

    *ret_done = false;
    if (!is_start || (quote != '"' && quote != '\''))
        return SL_OK;
    while (end < lexing->length &&
           !(lexing->source[end] == quote && !is_alnum(lexing->source[end + 1])))
        end++;
    if (end >= lexing->length || end == lexing->at + 1)
        return SL_OK;
    *ret_done = true;
    SL_TRY(emit(lexing, RULES_QUOTED, lexing->at + 1, end));
    lexing->at = end + 1;
    return SL_OK;
}

/* "Please 1) assign ... 2) add ...": the number begins the next thing, as a semicolon would. */
static bool skip_inline_bullet(struct lexing *lexing)
{
    const char *before = lexing->source + lexing->at;
    bool is_open = false;

    if (lexing->at == 0 || before[-1] != ' ' || !isdigit((unsigned char)before[0]) ||
        before[1] != ')' || before[2] != ' ')
        return false;
    for (size_t i = 0; i < lexing->at; i++) {
        if (strchr("()", lexing->source[i]) != NULL)
            is_open = lexing->source[i] == '(';
    }
    return !is_open;
}

/* "1. ", "2) ", "- ", "* " at a line's start number a list and say nothing. */
static bool skip_bullet(struct lexing *lexing)
{
    size_t n = 0;

    if (lexing->at > 0 && lexing->source[lexing->at - 1] != '\n')
        return false;
    while (n < 2 && isdigit((unsigned char)peek(lexing, n)))
        n++;
    bool is_bullet =
        n > 0 ? strchr(".)", peek(lexing, n)) != NULL : strchr("-*", peek(lexing, 0)) != NULL;
    if (!is_bullet || peek(lexing, n) == '\0' || peek(lexing, n + 1) != ' ')
        return false;
    lexing->at += n + 1;
    return true;
}

static enum sl_code lex_sign(struct lexing *lexing)
{
    unsigned char c = (unsigned char)peek(lexing, 0);
    size_t length = c < 0x80 ? 1 : c >= 0xe0 ? 3 : 2;
    size_t begin = lexing->at;

    lexing->at += length;
    return emit(lexing, RULES_SIGN, begin, begin + length);
}

/* The euro and the pound are no letters. */
static bool is_money_sign(const struct lexing *lexing)
{
    const char *p = lexing->source + lexing->at;

    return strncmp(p, "€", 3) == 0 || strncmp(p, "£", 2) == 0;
}

static enum sl_code lex_next(struct lexing *lexing)
{
    static enum sl_code (*const readers[])(struct lexing *, bool *) = {lex_quoted, lex_number,
                                                                       lex_id, lex_word};
    const char *p = lexing->source + lexing->at;
    size_t local = span(p, "._%+-", false);
    bool done = false;

    if (*p == ' ' || *p == '\t') {
        lexing->at++;
        return SL_OK;
    }
    if (skip_bullet(lexing))
        return SL_OK;
    if (skip_inline_bullet(lexing)) {
        size_t begin = lexing->at;
        lexing->at += 2;
        SL_TRY(emit(lexing, RULES_SIGN, begin, begin + 1));
        if (!lexing->text->is_too_long)
            lexing->text->tokens[lexing->text->count - 1].text = ";";
        return SL_OK;
    }
    if (is_money_sign(lexing))
        return lex_sign(lexing);
    if (p[local] == '@')
        return lex_email(lexing, local, &done);
    for (size_t i = 0; i < SL_ARRAY_LENGTH(readers) && !done; i++)
        SL_TRY(readers[i](lexing, &done));
    return done ? SL_OK : lex_sign(lexing);
}

enum sl_code rules_lex(const char *request, struct sl_arena *arena, struct rules_text *ret_text)
{
    struct rules_text text = {0};
    size_t length = strnlen(request, RULES_MAX_BYTES + 1);

    if (length > RULES_MAX_BYTES) {
        text.is_too_long = true;
        *ret_text = text;
        return SL_OK;
    }
    char *source = sl_arena_alloc(arena, length + 8);
    size_t capacity = length + 1 < RULES_MAX_TOKENS ? length + 1 : RULES_MAX_TOKENS;
    text.tokens = sl_arena_alloc_array(arena, capacity, sizeof *text.tokens);
    if (source == NULL || text.tokens == NULL)
        return SL_RESOURCE_EXHAUSTED;
    text.source = source;
    struct lexing lexing = {.arena = arena, .text = &text, .source = source};
    lexing.length = rules_clean(request, length, source, &text.foreign_letters);
    while (lexing.at < lexing.length && !text.is_too_long)
        SL_TRY(lex_next(&lexing));
    *ret_text = text;
    return SL_OK;
}
