#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "orchestrator/plan.h"
#include "orchestrator/plan_step.h"

/* A fault quotes what was given; nobody wants to read a megabyte of it. */
#define TEXT_SIZE 600

static enum sl_code add(struct orch_texts *texts, struct sl_arena *arena, const char *text)
{
    if (texts->count == texts->capacity) {
        size_t capacity = texts->capacity == 0 ? 8 : texts->capacity * 2;
        const char **entries = sl_arena_alloc_array(arena, capacity, sizeof *entries);
        if (entries == NULL)
            return SL_RESOURCE_EXHAUSTED;
        if (texts->count > 0)
            memcpy(entries, texts->entries, texts->count * sizeof *entries);
        texts->entries = entries;
        texts->capacity = capacity;
    }
    const char *copy = sl_arena_strdup(arena, text);
    if (copy == NULL)
        return SL_RESOURCE_EXHAUSTED;
    texts->entries[texts->count++] = copy;
    return SL_OK;
}

static enum sl_code add_va(struct orch_texts *texts, struct sl_arena *arena, const char *format,
                           va_list arguments) SL_PRINTF(3, 0);

static enum sl_code add_va(struct orch_texts *texts, struct sl_arena *arena, const char *format,
                           va_list arguments)
{
    char text[TEXT_SIZE];
    int length = vsnprintf(text, sizeof text, format, arguments);

    if (length < 0)
        return SL_RESOURCE_EXHAUSTED;
    if ((size_t)length >= sizeof text)
        text[sl_utf8_cut(text, sizeof text - 1, sizeof text - 2)] = '\0';
    return add(texts, arena, text);
}

enum sl_code orch_texts_add(struct orch_texts *texts, struct sl_arena *arena, const char *format,
                            ...)
{
    va_list arguments;

    va_start(arguments, format);
    enum sl_code code = add_va(texts, arena, format, arguments);
    va_end(arguments);
    return code;
}

enum sl_code orch_reading_fault(struct orch_reading *reading, const char *format, ...)
{
    va_list arguments;

    if (reading->faults->count >= ORCH_PLAN_MAX_FAULTS)
        return SL_OK;
    va_start(arguments, format);
    enum sl_code code = add_va(reading->faults, reading->arena, format, arguments);
    va_end(arguments);
    return code;
}
