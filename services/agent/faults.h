#ifndef AGENT_FAULTS_H
#define AGENT_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What is wrong with one parameter. Texts are owned by the collection's arena. */
struct agent_fault {
    /** Name or path of the parameter, such as "amount" or "parts[0].quantity". */
    const char *path;
    /** The whole sentence: "amount: -5 is given, a number above 0 is wanted". */
    const char *text;
};

/** All that is wrong with a request, found before anything is done. Guarded by its owner. */
struct agent_faults {
    struct sl_arena *arena;
    struct agent_fault *entries;
    size_t count;
    size_t capacity;
    /** Memory ran out, so some fault is missing: the request is to be refused all the same. */
    bool has_failed;
};

/** Starts an empty collection. arena is borrowed until the last use. */
void agent_faults_init(struct agent_faults *faults, struct sl_arena *arena);

/**
 * Notes a fault. Nothing happens where the same parameter has one already: the first check to speak
 * is the one closest to the domain.
 *
 * given   the value, shown cut to a few words; NULL where the parameter is missing. Borrowed.
 * wanted  in words, such as "an e-mail address". Copied.
 */
void agent_faults_add(struct agent_faults *faults, const char *path, const json_t *given,
                      const char *wanted);

/** Notes a fault in words of another checker. message is copied. */
void agent_faults_add_text(struct agent_faults *faults, const char *path, const char *message);

/** Whether a parameter (or something inside it) has a fault. */
bool agent_faults_has(const struct agent_faults *faults, const char *path);

static inline bool agent_faults_any(const struct agent_faults *faults)
{
    return faults->count > 0 || faults->has_failed;
}

/** All sentences, parted by "; ", owned by the arena; NULL when memory is out. */
const char *agent_faults_join(const struct agent_faults *faults);

/** All sentences as a new JSON array of strings; NULL when memory is out. */
json_t *agent_faults_json(const struct agent_faults *faults);

#ifdef __cplusplus
}
#endif

#endif
