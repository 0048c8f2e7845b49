#include <string.h>

#include "layout.h"

/* Comments of .proto files as comments of C. */

static size_t count_spaces(const char *text, size_t length)
{
    size_t count = 0;

    while (count < length && text[count] == ' ')
        count++;
    return count;
}

static size_t count_letters(const char *text, size_t length)
{
    size_t count = 0;

    while (count < length && text[count] != ' ')
        count++;
    return count;
}

/* One line of the comment on as many lines as it takes, all indented as it is. A long word is not
 * cut. */
static void print_line(struct gen_printer *out, int indent, const char *line, size_t length)
{
    size_t indentation = count_spaces(line, length);
    int margin = indent + (int)strlen(" *");
    int at = margin;

    gen_print(out, "%*s *", indent, "");
    while (length > 0) {
        size_t spaces = count_spaces(line, length);
        size_t word = count_letters(line + spaces, length - spaces);
        const char *text = line + spaces;

        line += spaces + word;
        length -= spaces + word;
        if (at == margin) {
            spaces = indentation + 1;
        } else if (at + (int)spaces + gen_width(text, word) > GEN_COLUMNS) {
            gen_print(out, "\n%*s *", indent, "");
            at = margin;
            spaces = indentation + 1;
        }
        gen_print(out, "%*s%.*s", (int)spaces, "", (int)word, text);
        at += (int)spaces + gen_width(text, word);
    }
    gen_print(out, "\n");
}

/* What would end the comment or begin another is parted; a control character becomes a space. */
static void append_clean(struct sl_text *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        bool is_control = ((unsigned char)*c < ' ' && *c != '\n') || *c == 0x7f;
        bool is_delimiter =
            c > text && ((c[-1] == '*' && *c == '/') || (c[-1] == '/' && *c == '*'));

        if (is_delimiter)
            sl_text_append_char(out, ' ');
        sl_text_append_char(out, is_control ? ' ' : *c);
    }
}

static size_t trimmed_length(const char *text, size_t length)
{
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\n'))
        length--;
    return length;
}

/* protoc leaves the space that stands after the slashes of a comment. */
static const char *skip_space(const char *line)
{
    return *line == ' ' ? line + 1 : line;
}

static void print_lines(struct gen_printer *out, int indent, const char *text, size_t length)
{
    const char *end = text + length;

    for (const char *line = text; line < end; line++) {
        const char *begin = skip_space(line);

        line += strcspn(line, "\n");
        if (line > end)
            line = end;
        print_line(out, indent, begin, trimmed_length(begin, (size_t)(line - begin)));
    }
}

void gen_print_comment(struct gen_printer *out, int indent, const char *comment, const char *more)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text cleaned = {0};
    const char *text;
    size_t length;

    append_clean(&cleaned, comment);
    cleaned.length = trimmed_length(cleaned.data, cleaned.length);
    sl_text_append(&cleaned, cleaned.length > 0 && *more != '\0' ? "\n\n" : "");
    append_clean(&cleaned, more);
    out->text.has_failed |= sl_text_failed(&cleaned);
    text = skip_space(sl_text_string(&cleaned));
    length = trimmed_length(text, strlen(text));
    if (length == 0)
        return;
    if (memchr(text, '\n', length) == NULL &&
        indent + (int)strlen("/**  */") + gen_width(text, length) <= GEN_COLUMNS) {
        gen_print(out, "%*s/** %.*s */\n", indent, "", (int)length,
                  text + count_spaces(text, length));
        return;
    }
    gen_print(out, "%*s/**\n", indent, "");
    print_lines(out, indent, text, length);
    gen_print(out, "%*s */\n", indent, "");
}
