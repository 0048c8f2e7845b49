#ifndef ORCH_RULES_LEXER_H
#define ORCH_RULES_LEXER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

/* The built-in planner's first stage: a request in words becomes tokens. */

/** A request above this is declined: nobody says that much to a service desk. Bytes, and tokens. */
#define RULES_MAX_BYTES 16384
#define RULES_MAX_TOKENS 2048

enum rules_token_kind {
    RULES_WORD,
    RULES_NUMBER,
    /** Letters, digits and dashes with at least one digit: RO-77, T2. */
    RULES_ID,
    RULES_EMAIL,
    /** Has an @ and is no e-mail address. */
    RULES_BAD_EMAIL,
    /** What stands between quotation marks. */
    RULES_QUOTED,
    /** One character of punctuation or money; a line's end is "\n". */
    RULES_SIGN,
};

struct rules_token {
    enum rules_token_kind kind;
    /** In lower case (ASCII). Owned by arena. */
    const char *text;
    /** As written. Owned by arena. */
    const char *raw;
    double number;
    /** Place in the cleaned source, bytes. */
    size_t begin;
    size_t end;
};

struct rules_text {
    /** The request without control characters, invisible marks and pictures. Owned by arena. */
    const char *source;
    struct rules_token *tokens;
    size_t count;
    /** Letters of other scripts than Latin, to tell "another language" from nonsense. */
    size_t foreign_letters;
    bool is_too_long;
};

SL_MUST_USE enum sl_code rules_lex(const char *request, struct sl_arena *arena,
                                   struct rules_text *ret_text);

#endif
