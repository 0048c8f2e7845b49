#ifndef AGENT_INDEX_H
#define AGENT_INDEX_H

#include <stddef.h>

#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What is under way, found by its name. The owner's storage, first member or not; one index at a
 * time. */
struct agent_index_entry {
    /** Borrowed while the entry is in an index. */
    const char *name;
    struct agent_index_entry *next;
    size_t hash;
};

/** A hash table of entries. Zeroed it is empty. Guarded by its owner. */
struct agent_index {
    struct agent_index_entry **slots;
    size_t slot_count;
    size_t count;
};

/** Frees the table; the entries are their owners'. */
void agent_index_done(struct agent_index *index);

/** NULL where there is none of that name. */
struct agent_index_entry *agent_index_find(const struct agent_index *index, const char *name);

/** entry->name is set already and not in the index yet. Errors: SL_RESOURCE_EXHAUSTED. */
SL_MUST_USE enum sl_code agent_index_add(struct agent_index *index,
                                         struct agent_index_entry *entry);

/** Nothing happens where the entry is not in the index. */
void agent_index_remove(struct agent_index *index, struct agent_index_entry *entry);

#ifdef __cplusplus
}
#endif

#endif
