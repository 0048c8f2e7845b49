#ifndef MCP_LETTER_H
#define MCP_LETTER_H

#include <stdint.h>

#include "base/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/** An e-mail before it is written. All texts are borrowed. */
struct letter {
    const char *from;
    const char *to;
    /** ASCII, no line ends. */
    const char *subject;
    /** UTF-8; lines end in LF. */
    const char *body;
    /** What makes its Message-ID one of its own; ASCII without spaces. */
    const char *id;
    int64_t written_ms;
};

/** Appends the message as RFC 5322 has it: CRLF, long lines broken at spaces, UTF-8 in 8 bits. */
void letter_write(const struct letter *letter, struct sl_text *text);

#ifdef __cplusplus
}
#endif

#endif
