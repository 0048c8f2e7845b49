#include "rpc/reflection_files.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* ---- Lists of files ---- */

static enum sl_code append(struct sl_file_list *list, struct sl_arena *arena,
                           const struct sl_file *file)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        const struct sl_file **files = sl_arena_alloc_array(arena, capacity, sizeof(*files));
        if (files == NULL)
            return SL_RESOURCE_EXHAUSTED;
        if (list->count > 0)
            memcpy(files, list->files, list->count * sizeof(*files));
        list->files = files;
        list->capacity = capacity;
    }
    list->files[list->count++] = file;
    return SL_OK;
}

enum sl_code sl_file_list_add(struct sl_file_list *list, struct sl_arena *arena,
                              const struct sl_file *file)
{
    size_t first = list->count;
    if (sl_file_list_find(list, file->name) == NULL)
        SL_TRY(append(list, arena, file));
    /* The list is its own queue of files whose imports were not looked at yet. */
    for (size_t i = first; i < list->count; i++) {
        for (size_t j = 0; j < list->files[i]->import_count; j++) {
            const struct sl_file *import = list->files[i]->imports[j];
            if (sl_file_list_find(list, import->name) == NULL)
                SL_TRY(append(list, arena, import));
        }
    }
    return SL_OK;
}

const struct sl_file *sl_file_list_find(const struct sl_file_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->files[i]->name, name) == 0)
            return list->files[i];
    }
    return NULL;
}

/* ---- Symbols ----
 *
 * Of a FileDescriptorProto only names matter here, so its bytes are read as they stand: messages
 * whose fields of certain numbers hold declarations, which hold a name and further declarations.
 * Source: google/protobuf/descriptor.proto
 */

enum kind { KIND_FILE, KIND_MESSAGE, KIND_ENUM, KIND_SERVICE, KIND_LEAF, KIND_COUNT };

/* In a declaration of one kind, a field of this number declares something of that kind. */
struct declares {
    uint32_t number;
    enum kind kind;
};

struct grammar {
    uint32_t name_number;
    struct declares declares[6];
};

static const struct grammar GRAMMAR[KIND_COUNT] = {
    /* package = 2; message_type, enum_type, service, extension */
    [KIND_FILE] = {2, {{4, KIND_MESSAGE}, {5, KIND_ENUM}, {6, KIND_SERVICE}, {7, KIND_LEAF}}},
    /* field, nested_type, enum_type, extension, oneof_decl */
    [KIND_MESSAGE] =
        {1, {{2, KIND_LEAF}, {3, KIND_MESSAGE}, {4, KIND_ENUM}, {6, KIND_LEAF}, {8, KIND_LEAF}}},
    /* value */
    [KIND_ENUM] = {1, {{2, KIND_LEAF}}},
    /* method */
    [KIND_SERVICE] = {1, {{2, KIND_LEAF}}},
    [KIND_LEAF] = {1, {{0, KIND_LEAF}}},
};

struct span {
    const uint8_t *at;
    const uint8_t *end;
};

static uint64_t read_varint(struct span *span)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && span->at < span->end; shift += 7) {
        uint8_t byte = *span->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            break;
    }
    return value;
}

/* The next field that holds bytes; all others are passed over. */
static bool next_bytes(struct span *span, uint32_t *ret_number, struct span *ret_body)
{
    static const size_t FIXED[8] = {[1] = 8, [5] = 4};
    while (span->at < span->end) {
        uint64_t tag = read_varint(span);
        size_t length = FIXED[tag & 7];
        if ((tag & 7) == 0)
            read_varint(span);
        if ((tag & 7) == 2)
            length = (size_t)read_varint(span);
        if (length > (size_t)(span->end - span->at))
            return false;
        struct span body = {span->at, span->at + length};
        span->at += length;
        if ((tag & 7) != 2)
            continue;
        *ret_number = (uint32_t)(tag >> 3);
        *ret_body = body;
        return true;
    }
    return false;
}

static struct span name_of(enum kind kind, struct span declaration)
{
    uint32_t number = 0;
    struct span body = {NULL, NULL};
    while (next_bytes(&declaration, &number, &body)) {
        if (number == GRAMMAR[kind].name_number)
            return body;
    }
    return (struct span){NULL, NULL};
}

/* What is left of symbol after "name" and the dot behind it; NULL where symbol does not begin so.
 */
static const char *after_name(const char *symbol, struct span name)
{
    size_t length = (size_t)(name.end - name.at);
    if (length == 0)
        return symbol;
    if (strncmp(symbol, (const char *)name.at, length) != 0)
        return NULL;
    if (symbol[length] == '\0')
        return symbol + length;
    bool goes_on = symbol[length] == '.' && symbol[length + 1] != '\0';
    return goes_on ? symbol + length + 1 : NULL;
}

static bool declares_symbol(enum kind kind, struct span declaration, const char *symbol);

/* Whether symbol is the declaration itself or something within it. */
static bool is_declared_by(enum kind kind, struct span declaration, const char *symbol)
{
    /* As in C++, the values of an enum stand beside it, not within it. */
    if (kind == KIND_ENUM && declares_symbol(kind, declaration, symbol))
        return true;
    const char *rest = after_name(symbol, name_of(kind, declaration));
    if (rest == NULL || rest == symbol)
        return false;
    return *rest == '\0' || (kind != KIND_ENUM && declares_symbol(kind, declaration, rest));
}

/* Whether the declaration declares symbol, a name within it. Recurses as deep as messages are
 * nested. */
static bool declares_symbol(enum kind kind, struct span declaration, const char *symbol)
{
    uint32_t number = 0;
    struct span body = {NULL, NULL};
    while (next_bytes(&declaration, &number, &body)) {
        for (const struct declares *rule = GRAMMAR[kind].declares; rule->number != 0; rule++) {
            if (rule->number != number)
                continue;
            if (is_declared_by(rule->kind, body, symbol))
                return true;
        }
    }
    return false;
}

const struct sl_file *sl_file_list_find_symbol(const struct sl_file_list *list, const char *symbol)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct sl_file *file = list->files[i];
        struct span bytes = {file->descriptor, file->descriptor + file->descriptor_size};
        const char *rest = after_name(symbol, name_of(KIND_FILE, bytes));
        if (rest != NULL && *rest != '\0' && declares_symbol(KIND_FILE, bytes, rest))
            return file;
    }
    return NULL;
}
