#include "layout.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How far clang-format indents what goes on. */
#define CONTINUATION 4

void gen_print(struct gen_printer *out, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        out->text.has_failed = true;
    else
        sl_text_append(&out->text, text);
    va_end(arguments);
    free(text);
}

const char *gen_format(struct gen_printer *out, const char *format, ...)
{
    char *text = NULL;
    const char *copy = NULL;
    va_list arguments;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) >= 0)
        copy = sl_arena_strdup(out->arena, text);
    va_end(arguments);
    free(text);
    out->text.has_failed |= copy == NULL;
    return copy != NULL ? copy : "";
}

int gen_width(const char *text, size_t length)
{
    int columns = 0;

    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c < 0x80 || c >= 0xc0)
            columns += c >= 0xe0 ? 2 : 1;
    }
    return columns;
}

/* One way of breaking a gen_parens into lines. */
struct breaking {
    bool after_lead;
    bool after_paren;
};

static const struct breaking breakings[] = {
    {false, false},
    {false, true},
    {true, false},
    {true, true},
};

/* Column of the name, which stands behind the lead or on a line of its own. */
static int name_column(const struct gen_parens *parens, struct breaking breaking)
{
    if (parens->lead == NULL)
        return parens->indent;
    if (!breaking.after_lead)
        return parens->indent + (int)strlen(parens->lead) + 1;
    return parens->indent + (parens->kind == GEN_ASSIGNMENT ? CONTINUATION : 0);
}

static int items_column(const struct gen_parens *parens, struct breaking breaking)
{
    if (!breaking.after_paren)
        return name_column(parens, breaking) + (int)strlen(parens->name) + 1;
    if (breaking.after_lead && parens->kind == GEN_ASSIGNMENT)
        return parens->indent + 2 * CONTINUATION;
    return parens->indent + CONTINUATION;
}

/* Width of an item with what follows it on its line: a comma, or ")" and the tail. */
static int item_width(const struct gen_parens *parens, size_t index)
{
    size_t after = parens->items[index + 1] != NULL ? 1 : 1 + strlen(parens->tail);

    return (int)(strlen(parens->items[index]) + after);
}

/* Fills lines from column on; returns how many breaks that takes, -1 where an item does not fit. */
static int count_breaks(const struct gen_parens *parens, int column)
{
    int at = column;
    int breaks = 0;

    for (size_t i = 0; parens->items[i] != NULL; i++) {
        int needed = item_width(parens, i);

        if (i > 0 && at + 1 + needed > GEN_COLUMNS) {
            breaks++;
            at = column;
        } else if (i > 0) {
            at++;
        }
        at += needed;
        if (at > GEN_COLUMNS)
            return -1;
    }
    return breaks;
}

/*
 * clang-format chooses the breaks of least penalty. Each costs 20 for each level of nesting, what
 * its kind costs, and 15 more if it is the first on its level; the numbers are those of LLVM's
 * style.
 */
static const struct {
    int after_lead;
    int after_paren;
} costs[] = {
    [GEN_FUNCTION] = {20 + 60 + 15, 40 + 100},
    [GEN_MEMBER] = {0, 40 + 100},
    [GEN_CALL] = {0, 40 + 19},
    [GEN_ASSIGNMENT] = {20 + 2 + 15, 40 + 19},
};
#define COST_OF_COMMA (40 + 1)
/* A shorter lead, such as "void", is never parted from its name. */
#define SHORTEST_LEAD 6
#define COST_OF_FIRST 15

static bool is_possible(const struct gen_parens *parens, struct breaking breaking)
{
    if (breaking.after_lead && (parens->lead == NULL || (parens->kind == GEN_FUNCTION &&
                                                         strlen(parens->lead) < SHORTEST_LEAD)))
        return false;
    return name_column(parens, breaking) + (int)strlen(parens->name) < GEN_COLUMNS;
}

static int penalty(const struct gen_parens *parens, struct breaking breaking)
{
    int breaks = count_breaks(parens, items_column(parens, breaking));
    int cost = 0;

    if (breaks < 0 || !is_possible(parens, breaking))
        return INT_MAX;
    if (breaking.after_lead)
        cost += costs[parens->kind].after_lead;
    if (breaking.after_paren)
        cost += costs[parens->kind].after_paren;
    if (breaks > 0 || breaking.after_paren)
        cost += COST_OF_FIRST;
    return cost + COST_OF_COMMA * breaks;
}

static struct breaking choose_breaking(const struct gen_parens *parens)
{
    struct breaking best = breakings[0];
    int least = INT_MAX;

    for (size_t i = 0; i < SL_ARRAY_LENGTH(breakings); i++) {
        int cost = penalty(parens, breakings[i]);

        if (cost < least) {
            least = cost;
            best = breakings[i];
        }
    }
    return best;
}

void gen_parens_drop_item(struct gen_parens *parens, size_t index)
{
    memmove(&parens->items[index], &parens->items[index + 1],
            (GEN_MAX_ITEMS - index - 1) * sizeof(parens->items[0]));
    parens->items[GEN_MAX_ITEMS - 1] = NULL;
}

void gen_print_parens(struct gen_printer *out, const struct gen_parens *parens)
{
    struct breaking breaking = choose_breaking(parens);
    int column = items_column(parens, breaking);
    int at = column;

    gen_print(out, "%*s", parens->indent, "");
    if (parens->lead != NULL && breaking.after_lead)
        gen_print(out, "%s\n%*s", parens->lead, name_column(parens, breaking), "");
    else if (parens->lead != NULL)
        gen_print(out, "%s ", parens->lead);
    gen_print(out, "%s(", parens->name);
    if (breaking.after_paren)
        gen_print(out, "\n%*s", column, "");
    for (size_t i = 0; parens->items[i] != NULL; i++) {
        bool is_break = i > 0 && at + 1 + item_width(parens, i) > GEN_COLUMNS;

        if (is_break)
            gen_print(out, "\n%*s", column, "");
        else if (i > 0)
            gen_print(out, " ");
        at = (is_break ? column : at + (i > 0)) + item_width(parens, i);
        gen_print(out, "%s%s", parens->items[i], parens->items[i + 1] != NULL ? "," : "");
    }
    gen_print(out, ")%s\n", parens->tail);
}

void gen_print_bytes(struct gen_printer *out, const uint8_t *bytes, size_t size)
{
    /* As clang-format sets tables: no more lines than needed, all of one length. */
    size_t lines = (size + 15) / 16;
    size_t columns = lines > 0 ? (size + lines - 1) / lines : 1;

    for (size_t i = 0; i < size; i++) {
        const char *before = i % columns == 0 ? "    " : " ";
        bool is_last = i + 1 == size || i % columns == columns - 1;

        gen_print(out, "%s0x%02x,%s", before, bytes[i], is_last ? "\n" : "");
    }
}

const char *gen_quote(struct gen_printer *out, const char *text)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text quoted = {0};

    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        /* "?" for trigraphs. */
        if (c == '"' || c == '\\' || c == '?')
            sl_text_printf(&quoted, "\\%c", c);
        else if (c < ' ' || c == 0x7f)
            sl_text_printf(&quoted, "\\%03o", c);
        else
            sl_text_append_char(&quoted, (char)c);
    }
    out->text.has_failed |= sl_text_failed(&quoted);
    return gen_format(out, "\"%s\"", sl_text_string(&quoted));
}

size_t gen_block_begin(const struct gen_printer *out)
{
    return out->text.length;
}

static bool has_long_line(const char *text)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        if (gen_width(text, length) > GEN_COLUMNS)
            return true;
        text += length + (text[length] == '\n');
    }
    return false;
}

void gen_block_end(struct gen_printer *out, int indent, size_t begin)
{
    const char *block = sl_text_string(&out->text) + begin;
    char *copy;

    if (sl_text_failed(&out->text) || !has_long_line(block))
        return;
    copy = sl_arena_strdup(out->arena, block);
    if (copy == NULL) {
        out->text.has_failed = true;
        return;
    }
    out->text.length = begin;
    gen_print(out, "%*s// clang-format off\n%s%*s// clang-format on\n", indent, "", copy, indent,
              "");
}
