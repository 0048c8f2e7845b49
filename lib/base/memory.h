#ifndef SL_BASE_MEMORY_H
#define SL_BASE_MEMORY_H

#include <stddef.h>
#include <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The heap, through one door, so that tests can make it fail. Same contracts as the C library's
 * calloc (zeroed), realloc, strdup and free.
 */
void *sl_alloc(size_t size_bytes);
void *sl_alloc_array(size_t count, size_t size_bytes);
void *sl_realloc(void *memory, size_t size_bytes);
char *sl_strdup(const char *text);
char *sl_strndup(const char *text, size_t length);
void sl_free(void *memory);

/** For tests: lets `successes` more allocations of this thread succeed, then fails all; -1 ends it.
 */
void sl_alloc_fail_after(long successes);

/** For SL_CLEANUP on any pointer that sl_free() takes. */
static inline void sl_free_cleanup(void *pointer)
{
    sl_free(*(void **)pointer);
}

#ifdef __cplusplus
}
#endif

#endif
