#define PCRE2_CODE_UNIT_WIDTH 8
#include <ctype.h>
#include <pcre2.h>
#include <string.h>

#include "base/memory.h"
#include "json/schema_run.h"

/* Patterns are regular expressions as ECMA-262 has them; PCRE2 reads these nearly all, POSIX does
 * not (docs/adr/0005). A pattern may come from a stranger: its work is bounded. */

#define MAX_PATTERN_BYTES 4096
#define MATCH_LIMIT 100000
#define HEAP_LIMIT_KIB 4096
/* Looked through one by one. */
#define MAX_KEPT 64

static pcre2_code *compile(const char *pattern)
{
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    pcre2_code *code = NULL;
    size_t offset;
    int number;

    if (!context)
        return NULL;
    pcre2_set_compile_extra_options(context, PCRE2_EXTRA_ALT_BSUX);
    code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                         PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_DOLLAR_ENDONLY |
                             PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C |
                             PCRE2_ALLOW_EMPTY_CLASS,
                         &number, &offset, context);
    pcre2_compile_context_free(context);
    return code;
}

static int match(const pcre2_code *code, const char *text, size_t length)
{
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    int result = PCRE2_ERROR_NOMEMORY;

    if (data && context) {
        pcre2_set_match_limit(context, MATCH_LIMIT);
        pcre2_set_heap_limit(context, HEAP_LIMIT_KIB);
        result = pcre2_match(code, (PCRE2_SPTR)text, length, 0, PCRE2_NO_UTF_CHECK, data, context);
    }
    pcre2_match_context_free(context);
    pcre2_match_data_free(data);
    return result;
}

/* "(*" begins PCRE2's own settings, and letters escaped beyond these its own meanings: errors in
 * ECMA-262. */
static bool is_ecma(const char *pattern)
{
    static const char escapes[] = "dDwWsSbBfnrtvcxukpP";

    if (strlen(pattern) > MAX_PATTERN_BYTES || strstr(pattern, "(*"))
        return false;
    for (const char *c = pattern; *c; c++) {
        if (*c != '\\')
            continue;
        c++;
        if (!*c || (isalpha((unsigned char)*c) && !strchr(escapes, *c)))
            return false;
    }
    return true;
}

/* ---- Those that were compiled before ---- */

struct kept {
    struct kept *next;
    pcre2_code *code;
    char pattern[];
};

struct sl_patterns {
    struct kept *first;
    size_t count;
};

struct sl_patterns *sl_patterns_new(void)
{
    return sl_alloc(sizeof(struct sl_patterns));
}

void sl_patterns_free(struct sl_patterns *patterns)
{
    while (patterns && patterns->first) {
        struct kept *kept = patterns->first;

        patterns->first = kept->next;
        pcre2_code_free(kept->code);
        sl_free(kept);
    }
    sl_free(patterns);
}

static pcre2_code *find(const struct sl_patterns *patterns, const char *pattern)
{
    const struct kept *kept = patterns ? patterns->first : NULL;

    while (kept && strcmp(kept->pattern, pattern) != 0)
        kept = kept->next;
    return kept ? kept->code : NULL;
}

/* False where code stays the caller's. */
static bool keep(struct sl_patterns *patterns, const char *pattern, pcre2_code *code)
{
    struct kept *kept = patterns && patterns->count < MAX_KEPT
                            ? sl_alloc(sizeof(*kept) + strlen(pattern) + 1)
                            : NULL;

    if (!kept)
        return false;
    kept->code = code;
    strcpy(kept->pattern, pattern);
    kept->next = patterns->first;
    patterns->first = kept;
    patterns->count++;
    return true;
}

enum sl_pattern_result sl_pattern_match(struct sl_patterns *patterns, const char *pattern,
                                        const char *text, size_t length)
{
    pcre2_code *code = find(patterns, pattern);
    bool is_kept = code != NULL;
    int result;

    if (!code)
        code = is_ecma(pattern) ? compile(pattern) : NULL;
    if (!code)
        return SL_PATTERN_BROKEN;
    result = match(code, text, length);
    if (!is_kept && !keep(patterns, pattern, code))
        pcre2_code_free(code);
    if (result >= 0)
        return SL_PATTERN_FITS;
    return result == PCRE2_ERROR_NOMATCH ? SL_PATTERN_DIFFERS : SL_PATTERN_COSTLY;
}
