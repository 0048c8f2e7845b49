#ifndef SL_BASE_ARENA_H
#define SL_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Memory that is freed all at once: one arena a call. Blocks grow from 4 KiB by doubling.
 * Guarded by its owner: one thread at a time.
 */
struct sl_arena;

/** NULL when memory is out. */
struct sl_arena *sl_arena_new(void);

/** Frees everything that came from it. arena may be NULL. */
void sl_arena_free(struct sl_arena *arena);

/** Forgets everything that came from it and keeps its first block for reuse. */
void sl_arena_reset(struct sl_arena *arena);

/**
 * Arenas that wait to be used again, so that one a call asks nothing of the system's allocator.
 * Zeroed it is empty. Guarded by its owner, and so is every arena that was taken from it.
 */
struct sl_arena_pool {
    struct sl_arena *arenas[64];
    size_t count;
};

/** An empty arena; NULL when memory is out. */
struct sl_arena *sl_arena_pool_take(struct sl_arena_pool *pool);

/** Takes arena, which may be NULL: it is kept where there is room, else freed. */
void sl_arena_pool_give(struct sl_arena_pool *pool, struct sl_arena *arena);

void sl_arena_pool_done(struct sl_arena_pool *pool);

/** Zeroed, aligned for any type, owned by arena; NULL when memory is out. size 0 gives a valid
 * pointer. */
void *sl_arena_alloc(struct sl_arena *arena, size_t size_bytes);

/** As sl_arena_alloc() for count elements; NULL where the product overflows. */
void *sl_arena_alloc_array(struct sl_arena *arena, size_t count, size_t size_bytes);

/** Copies; owned by arena; NULL when memory is out or text is NULL. */
char *sl_arena_strdup(struct sl_arena *arena, const char *text);

/** Copies length bytes and adds a NUL; owned by arena; NULL when memory is out. */
char *sl_arena_strndup(struct sl_arena *arena, const char *text, size_t length);

/** Copies bytes; owned by arena; NULL when memory is out. */
void *sl_arena_memdup(struct sl_arena *arena, const void *bytes, size_t size_bytes);

/** Prints into the arena; NULL when memory is out. */
char *sl_arena_printf(struct sl_arena *arena, const char *format, ...) SL_PRINTF(2, 3);

/** Has cleanup(arg) called when the arena is freed or reset, last one first (for json_t and the
 * like). */
SL_MUST_USE enum sl_code sl_arena_defer(struct sl_arena *arena, void (*cleanup)(void *), void *arg);

/** Bytes taken from the system so far. */
size_t sl_arena_footprint(const struct sl_arena *arena);

SL_DEFINE_CLEANUP(sl_arena_cleanup, struct sl_arena, sl_arena_free)

#ifdef __cplusplus
}
#endif

#endif
