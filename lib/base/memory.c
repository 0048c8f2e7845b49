#include "base/memory.h"

#include <string.h>

/* Only tests set it; a thread that never does pays one comparison. */
static _Thread_local long successes_left = -1;

void sl_alloc_fail_after(long successes)
{
    successes_left = successes;
}

static int must_fail(void)
{
    if (successes_left < 0)
        return 0;
    if (successes_left == 0)
        return 1;
    successes_left--;
    return 0;
}

void *sl_alloc(size_t size_bytes)
{
    return sl_alloc_array(1, size_bytes);
}

void *sl_alloc_array(size_t count, size_t size_bytes)
{
    if (must_fail())
        return NULL;
    return calloc(count ? count : 1, size_bytes ? size_bytes : 1);
}

void *sl_realloc(void *memory, size_t size_bytes)
{
    if (must_fail())
        return NULL;
    return realloc(memory, size_bytes ? size_bytes : 1);
}

char *sl_strdup(const char *text)
{
    return text ? sl_strndup(text, strlen(text)) : NULL;
}

char *sl_strndup(const char *text, size_t length)
{
    char *copy = sl_alloc(length + 1);
    if (copy && length)
        memcpy(copy, text, length);
    return copy;
}

void sl_free(void *memory)
{
    free(memory);
}
