#include "names.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* Of C11 and C++20, in the order of strcmp(). */
static const char *const keywords[] = {
    "_Alignas",
    "_Alignof",
    "_Atomic",
    "_Bool",
    "_Complex",
    "_Generic",
    "_Imaginary",
    "_Noreturn",
    "_Static_assert",
    "_Thread_local",
    "alignas",
    "alignof",
    "and",
    "and_eq",
    "asm",
    "auto",
    "bitand",
    "bitor",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "char16_t",
    "char32_t",
    "char8_t",
    "class",
    "co_await",
    "co_return",
    "co_yield",
    "compl",
    "concept",
    "const",
    "const_cast",
    "consteval",
    "constexpr",
    "constinit",
    "continue",
    "decltype",
    "default",
    "delete",
    "do",
    "double",
    "dynamic_cast",
    "else",
    "enum",
    "errno",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "if",
    "inline",
    "int",
    "linux",
    "long",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not",
    "not_eq",
    "nullptr",
    "operator",
    "or",
    "or_eq",
    "private",
    "protected",
    "public",
    "register",
    "reinterpret_cast",
    "requires",
    "restrict",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "static_assert",
    "static_cast",
    "struct",
    "switch",
    "template",
    "this",
    "thread_local",
    "throw",
    "true",
    "try",
    "typedef",
    "typeid",
    "typename",
    "typeof",
    "typeof_unqual",
    "union",
    "unix",
    "unsigned",
    "using",
    "virtual",
    "void",
    "volatile",
    "wchar_t",
    "while",
    "xor",
    "xor_eq",
};

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_alnum(char c)
{
    return is_upper(c) || is_lower(c) || (c >= '0' && c <= '9');
}

static char to_lower(char c)
{
    return is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

static char to_upper(char c)
{
    return is_lower(c) ? (char)(c - 'a' + 'A') : c;
}

char *gen_snake_case(struct sl_arena *arena, const char *name)
{
    char *result = sl_arena_alloc(arena, 2 * strlen(name) + 1);
    char *out = result;

    if (result == NULL)
        return NULL;
    for (const char *c = name; *c != '\0'; c++) {
        bool begins_word =
            c > name && is_upper(*c) && c[-1] != '_' && (!is_upper(c[-1]) || is_lower(c[1]));

        if (begins_word)
            *out++ = '_';
        *out++ = to_lower(*c);
    }
    return result;
}

char *gen_path_stem(struct sl_arena *arena, const char *path)
{
    size_t length = strlen(path);

    if (sl_text_ends_with(path, ".proto"))
        length -= strlen(".proto");
    else if (sl_text_ends_with(path, ".protodevel"))
        length -= strlen(".protodevel");
    return sl_arena_strndup(arena, path, length);
}

char *gen_path_name(struct sl_arena *arena, const char *path)
{
    char *stem = gen_path_stem(arena, path);

    if (stem == NULL)
        return NULL;
    for (char *c = stem; *c != '\0'; c++)
        *c = is_alnum(*c) ? *c : '_';
    /* A name at file scope begins with a letter. */
    return isalpha((unsigned char)*stem) ? stem : sl_arena_printf(arena, "proto_%s", stem);
}

/* protoc-c's way: letters after "_" and at the beginning become capitals, "_" goes. */
static void append_camel(struct sl_text *out, const char *piece, size_t length)
{
    bool is_next_upper = true;

    for (size_t i = 0; i < length; i++) {
        if (piece[i] != '_')
            sl_text_append_char(out, is_next_upper ? to_upper(piece[i]) : piece[i]);
        is_next_upper = piece[i] == '_';
    }
}

/* protoc-c's way: "_" before a capital that follows none. */
static void append_lower(struct sl_text *out, const char *piece, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && is_upper(piece[i]) && !is_upper(piece[i - 1]))
            sl_text_append_char(out, '_');
        sl_text_append_char(out, to_lower(piece[i]));
    }
}

typedef void append_piece_fn(struct sl_text *out, const char *piece, size_t length);

static char *join_pieces(struct sl_arena *arena, const char *full_name, append_piece_fn *append,
                         const char *suffix)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text out = {0};

    while (*full_name != '\0') {
        size_t length = strcspn(full_name, ".");

        if (length > 0 && out.length > 0)
            sl_text_append(&out, "__");
        append(&out, full_name, length);
        full_name += length + (full_name[length] == '.');
    }
    sl_text_append(&out, suffix);
    return sl_text_failed(&out) ? NULL : sl_arena_strdup(arena, sl_text_string(&out));
}

char *gen_message_type(struct sl_arena *arena, const char *full_name)
{
    return join_pieces(arena, full_name, append_camel, "");
}

char *gen_message_descriptor(struct sl_arena *arena, const char *full_name)
{
    return join_pieces(arena, full_name, append_lower, "__descriptor");
}

char *gen_message_lower(struct sl_arena *arena, const char *full_name)
{
    return join_pieces(arena, full_name, append_lower, "");
}

static int compare_keywords(const void *a, const void *b)
{
    return strcmp(a, *(const char *const *)b);
}

bool gen_is_keyword(const char *name)
{
    return bsearch(name, keywords, SL_ARRAY_LENGTH(keywords), sizeof(keywords[0]),
                   compare_keywords) != NULL;
}

bool gen_is_identifier(const char *name)
{
    if (*name == '\0' || (*name >= '0' && *name <= '9'))
        return false;
    while (is_alnum(*name) || *name == '_')
        name++;
    return *name == '\0';
}

const char *gen_place_text(struct sl_arena *arena, const struct gen_place *place)
{
    const char *text = place->file;

    if (place->line > 0)
        text = sl_arena_printf(arena, "%s:%d:%d", place->file, place->line, place->column);
    return text != NULL ? text : "?";
}

enum sl_code gen_names_add(struct gen_names *names, struct sl_arena *arena,
                           const struct gen_name *name, struct sl_error *err)
{
    if (names->count == names->capacity) {
        size_t capacity = names->capacity > 0 ? 2 * names->capacity : 64;
        struct gen_name *grown = sl_arena_alloc_array(arena, capacity, sizeof(*grown));

        if (grown == NULL)
            return sl_error_no_memory(err);
        if (names->count > 0)
            memcpy(grown, names->names, names->count * sizeof(*grown));
        names->names = grown;
        names->capacity = capacity;
    }
    if (name->name == NULL || name->owner == NULL)
        return sl_error_no_memory(err);
    names->names[names->count++] = *name;
    return SL_OK;
}

static int compare_numbers(int a, int b)
{
    return (a > b) - (a < b);
}

/* By name; then by place, so that what is reported does not depend on the sort. */
static int compare_names(const void *left, const void *right)
{
    const struct gen_name *a = left;
    const struct gen_name *b = right;
    int order = strcmp(a->name, b->name);

    if (order == 0)
        order = strcmp(a->place.file, b->place.file);
    if (order == 0)
        order = compare_numbers(a->place.line, b->place.line);
    return order != 0 ? order : strcmp(a->owner, b->owner);
}

/* Whether two of one name hurt: what two imports have is the business of those who generate them.
 */
static bool is_clash(const struct gen_name *a, const struct gen_name *b)
{
    bool are_imported = a->kind == GEN_NAME_IMPORTED && b->kind == GEN_NAME_IMPORTED;

    return strcmp(a->name, b->name) == 0 && !are_imported;
}

static const char *help_for(const struct gen_name *a, const struct gen_name *b)
{
    if (a->kind == GEN_NAME_OURS || b->kind == GEN_NAME_OURS)
        return "give one another by the parameter name.<full name>=<C name> or "
               "prefix.<package>=<prefix>";
    return "protoc-c makes these, so one needs another name in its .proto file";
}

enum sl_code gen_names_check(struct gen_names *names, struct sl_arena *arena, struct sl_error *err)
{
    if (names->count > 0)
        qsort(names->names, names->count, sizeof(names->names[0]), compare_names);
    for (size_t i = 1; i < names->count; i++) {
        const struct gen_name *a = &names->names[i - 1];
        const struct gen_name *b = &names->names[i];

        if (is_clash(a, b))
            return sl_error_set(err, SL_ALREADY_EXISTS,
                                "%s: %s would have the C name %s, as has %s at %s; %s",
                                gen_place_text(arena, &b->place), b->owner, b->name, a->owner,
                                gen_place_text(arena, &a->place), help_for(a, b));
    }
    return SL_OK;
}
