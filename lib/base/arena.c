#include "base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

#define FIRST_BLOCK_BYTES 4096
#define LARGEST_BLOCK_BYTES (1024 * 1024)

struct block {
    struct block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

struct deferred {
    struct deferred *next;
    void (*cleanup)(void *);
    void *arg;
};

/* Lives at the start of its own first block, so that a small call costs one allocation. */
struct sl_arena {
    struct block *current;
    struct block *first;
    struct deferred *deferred;
    size_t footprint;
    size_t next_size;
};

static size_t align_up(size_t size)
{
    return (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

static struct block *block_new(size_t size)
{
    if (size > SIZE_MAX - sizeof(struct block))
        return NULL;
    /* Not zeroed: what is handed out is, and most of a block never is. */
    struct block *block = sl_realloc(NULL, sizeof(*block) + size);
    if (block)
        *block = (struct block){.size = size};
    return block;
}

struct sl_arena *sl_arena_new(void)
{
    struct block *first = block_new(FIRST_BLOCK_BYTES - sizeof(struct block));
    if (!first)
        return NULL;
    struct sl_arena *arena = (struct sl_arena *)(void *)first->bytes;
    *arena = (struct sl_arena){0};
    first->used = align_up(sizeof(*arena));
    arena->current = arena->first = first;
    arena->footprint = sizeof(*first) + first->size;
    arena->next_size = FIRST_BLOCK_BYTES * 2;
    return arena;
}

static void run_deferred(struct sl_arena *arena)
{
    while (arena->deferred) {
        struct deferred *top = arena->deferred;
        arena->deferred = top->next;
        top->cleanup(top->arg);
    }
}

static void free_grown(struct sl_arena *arena)
{
    while (arena->current != arena->first) {
        struct block *block = arena->current;
        arena->current = block->next;
        sl_free(block);
    }
}

void sl_arena_free(struct sl_arena *arena)
{
    if (!arena)
        return;
    run_deferred(arena);
    free_grown(arena);
    sl_free(arena->first);
}

void sl_arena_reset(struct sl_arena *arena)
{
    run_deferred(arena);
    free_grown(arena);
    arena->first->used = align_up(sizeof(*arena));
    arena->footprint = sizeof(*arena->first) + arena->first->size;
    arena->next_size = FIRST_BLOCK_BYTES * 2;
}

struct sl_arena *sl_arena_pool_take(struct sl_arena_pool *pool)
{
    return pool->count > 0 ? pool->arenas[--pool->count] : sl_arena_new();
}

void sl_arena_pool_give(struct sl_arena_pool *pool, struct sl_arena *arena)
{
    if (!arena)
        return;
    if (pool->count == sizeof(pool->arenas) / sizeof(pool->arenas[0])) {
        sl_arena_free(arena);
        return;
    }
    sl_arena_reset(arena);
    pool->arenas[pool->count++] = arena;
}

void sl_arena_pool_done(struct sl_arena_pool *pool)
{
    while (pool->count > 0)
        sl_arena_free(pool->arenas[--pool->count]);
}

static struct block *grow(struct sl_arena *arena, size_t need)
{
    size_t size = arena->next_size - sizeof(struct block);
    if (need > size)
        size = need;
    struct block *block = block_new(size);
    if (!block)
        return NULL;
    block->next = arena->current;
    arena->current = block;
    arena->footprint += sizeof(*block) + size;
    if (arena->next_size < LARGEST_BLOCK_BYTES)
        arena->next_size *= 2;
    return block;
}

/* Memory that holds anything. */
static void *take(struct sl_arena *arena, size_t size_bytes)
{
    if (size_bytes > SIZE_MAX - alignof(max_align_t))
        return NULL;
    size_t need = align_up(size_bytes ? size_bytes : 1);
    struct block *block = arena->current;
    if (block->size - block->used < need)
        block = grow(arena, need);
    if (!block)
        return NULL;
    void *result = block->bytes + block->used;
    block->used += need;
    return result;
}

void *sl_arena_alloc(struct sl_arena *arena, size_t size_bytes)
{
    void *result = take(arena, size_bytes);
    return result ? memset(result, 0, size_bytes) : NULL;
}

void *sl_arena_alloc_array(struct sl_arena *arena, size_t count, size_t size_bytes)
{
    size_t total = 0;
    if (__builtin_mul_overflow(count, size_bytes, &total))
        return NULL;
    return sl_arena_alloc(arena, total);
}

void *sl_arena_memdup(struct sl_arena *arena, const void *bytes, size_t size_bytes)
{
    void *copy = take(arena, size_bytes);
    if (copy && size_bytes)
        memcpy(copy, bytes, size_bytes);
    return copy;
}

char *sl_arena_strndup(struct sl_arena *arena, const char *text, size_t length)
{
    if (length == SIZE_MAX)
        return NULL;
    char *copy = take(arena, length + 1);
    if (!copy)
        return NULL;
    if (length)
        memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *sl_arena_strdup(struct sl_arena *arena, const char *text)
{
    return text ? sl_arena_strndup(arena, text, strlen(text)) : NULL;
}

char *sl_arena_printf(struct sl_arena *arena, const char *format, ...)
{
    va_list arguments;
    va_list again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    char *text = length < 0 ? NULL : take(arena, (size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(arguments);
    return text;
}

enum sl_code sl_arena_defer(struct sl_arena *arena, void (*cleanup)(void *), void *arg)
{
    struct deferred *deferred = sl_arena_alloc(arena, sizeof(*deferred));
    if (!deferred)
        return SL_RESOURCE_EXHAUSTED;
    deferred->cleanup = cleanup;
    deferred->arg = arg;
    deferred->next = arena->deferred;
    arena->deferred = deferred;
    return SL_OK;
}

size_t sl_arena_footprint(const struct sl_arena *arena)
{
    return arena->footprint;
}
