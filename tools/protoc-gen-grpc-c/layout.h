#ifndef PROTOC_GEN_GRPC_C_LAYOUT_H
#define PROTOC_GEN_GRPC_C_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"

/*
 * Prints C the way clang-format leaves it (LLVM style, 4 spaces, 100 columns, Linux braces), so
 * that the output needs no formatter.
 */

#define GEN_COLUMNS 100

/** Where output goes. A failed allocation marks the text as failed. */
struct gen_printer {
    struct sl_text text;
    struct sl_arena *arena;
};

void gen_print(struct gen_printer *out, const char *format, ...) SL_PRINTF(2, 3);

/** Prints into the arena; never NULL. */
const char *gen_format(struct gen_printer *out, const char *format, ...) SL_PRINTF(2, 3);

/** What is printed: it decides what a line break costs. */
enum gen_parens_kind {
    /** A function's head; the lead is its type, which may have a line of its own. */
    GEN_FUNCTION,
    /** A pointer to a function as a member; there is no lead. */
    GEN_MEMBER,
    /** A call; there is no lead. */
    GEN_CALL,
    /** A call whose result is assigned; the lead ends with "=". */
    GEN_ASSIGNMENT,
};

#define GEN_MAX_ITEMS 8

/** "lead name(items, ...)tail" and a newline, on as many lines as it takes. */
struct gen_parens {
    int indent;
    enum gen_parens_kind kind;
    /** "enum sl_code", "code ="; NULL where there is none. */
    const char *lead;
    const char *name;
    /** Ends with NULL. */
    const char *items[GEN_MAX_ITEMS];
    const char *tail;
};

/** Takes the item at index out. */
void gen_parens_drop_item(struct gen_parens *parens, size_t index);

void gen_print_parens(struct gen_printer *out, const struct gen_parens *parens);

/** Columns that text takes, at most: characters of three and four bytes may be two columns wide. */
int gen_width(const char *text, size_t length);

/**
 * Prints a documentation comment: a comment of a .proto file, and more as a paragraph of its own.
 * Either may be "". Lines are kept, those too long are wrapped at words.
 */
void gen_print_comment(struct gen_printer *out, int indent, const char *comment, const char *more);

/** Prints bytes as a table of numbers, as the inside of an initializer. */
void gen_print_bytes(struct gen_printer *out, const uint8_t *bytes, size_t size);

/** A string literal with its quotes. Never NULL. */
const char *gen_quote(struct gen_printer *out, const char *text);

/**
 * Between begin and end stands code that cannot always be kept within GEN_COLUMNS, because names
 * have any length: where it is not, clang-format is told to leave it alone.
 */
size_t gen_block_begin(const struct gen_printer *out);
void gen_block_end(struct gen_printer *out, int indent, size_t begin);

#endif
