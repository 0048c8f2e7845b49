#include "services/agent/index.h"

#include <stdint.h>
#include <string.h>

#include "base/memory.h"

enum { FIRST_SLOTS = 64 };

/* FNV-1a, 64 bits: names are ids that we or trusted callers made. */
static size_t hash_of(const char *name)
{
    uint64_t hash = 14695981039346656037u;
    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 1099511628211u;
    return (size_t)(hash ^ (hash >> 32));
}

static struct agent_index_entry **slot_of(const struct agent_index *index, size_t hash)
{
    return &index->slots[hash & (index->slot_count - 1)];
}

void agent_index_done(struct agent_index *index)
{
    sl_free(index->slots);
    memset(index, 0, sizeof(*index));
}

struct agent_index_entry *agent_index_find(const struct agent_index *index, const char *name)
{
    if (index->count == 0)
        return NULL;
    size_t hash = hash_of(name);
    struct agent_index_entry *entry = *slot_of(index, hash);
    while (entry != NULL && (entry->hash != hash || strcmp(entry->name, name) != 0))
        entry = entry->next;
    return entry;
}

static void put(struct agent_index *index, struct agent_index_entry *entry)
{
    struct agent_index_entry **slot = slot_of(index, entry->hash);
    entry->next = *slot;
    *slot = entry;
}

static enum sl_code grow(struct agent_index *index)
{
    struct agent_index old = *index;
    size_t slot_count = old.slot_count == 0 ? FIRST_SLOTS : old.slot_count * 2;
    struct agent_index_entry **slots =
        sl_alloc_array(slot_count, sizeof(struct agent_index_entry *));
    if (slots == NULL)
        return SL_RESOURCE_EXHAUSTED;
    index->slots = slots;
    index->slot_count = slot_count;
    for (size_t i = 0; i < old.slot_count; i++) {
        struct agent_index_entry *entry = old.slots[i];
        while (entry != NULL) {
            struct agent_index_entry *next = entry->next;
            put(index, entry);
            entry = next;
        }
    }
    sl_free(old.slots);
    return SL_OK;
}

enum sl_code agent_index_add(struct agent_index *index, struct agent_index_entry *entry)
{
    if (index->count >= index->slot_count)
        SL_TRY(grow(index));
    entry->hash = hash_of(entry->name);
    put(index, entry);
    index->count++;
    return SL_OK;
}

void agent_index_remove(struct agent_index *index, struct agent_index_entry *entry)
{
    if (index->count == 0)
        return;
    struct agent_index_entry **place = slot_of(index, entry->hash);
    while (*place != NULL && *place != entry)
        place = &(*place)->next;
    if (*place == NULL)
        return;
    *place = entry->next;
    entry->next = NULL;
    index->count--;
}
