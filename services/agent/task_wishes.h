#ifndef AGENT_TASK_WISHES_H
#define AGENT_TASK_WISHES_H

#include "services/agent/task_rows.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Cancelling a task over the database that replicas share, as units of work for lib/store: any
 * replica writes down that it wishes a task away; the one that carries it out finds the wish, and
 * cancels or refuses; for a dead one whoever wishes decides, by what it left written down.
 */

enum agent_wish_found {
    /** No such task. */
    AGENT_WISH_NO_TASK,
    /** The task is in a last state. */
    AGENT_WISH_ENDED,
    /** Cancelled, here and now. */
    AGENT_WISH_CANCELLED,
    /** The task is this process's own. */
    AGENT_WISH_OURS,
    /** It may have changed something already. */
    AGENT_WISH_REFUSED,
    /** Written down; the task's owner has not seen it yet. */
    AGENT_WISH_PENDING,
};

/** Wishes a task away; asked again until the answer is another than PENDING. */
struct agent_wish {
    /** Which task, with the answer it gets where it can be cancelled here; then the result. */
    struct agent_task_change change;
    /** This process. */
    const char *owner;
    /** Optional. */
    const char *reason;
    /** The key that the task runs under, and the hash of what it does. */
    const char *key, *hash;
    int64_t now_ms;
    /** Result. */
    enum agent_wish_found found;
};
enum sl_code agent_wishes_make(struct sl_db *db, void *wish, struct sl_error *err);

/** What others wish of an owner's tasks; at most AGENT_WISHES_MAX, the rest comes with the next. */
struct agent_wish_list {
    struct sl_arena *arena;
    const char *owner;
    /** Results; is_refused is the owner's, for agent_wishes_refuse(). */
    struct agent_wish_entry {
        const char *task_id;
        const char *reason;
        bool is_refused;
    } * entries;
    size_t count;
};
enum { AGENT_WISHES_MAX = 64 };
enum sl_code agent_wishes_read(struct sl_db *db, void *wish_list, struct sl_error *err);

/** Writes down those that are refused. */
enum sl_code agent_wishes_refuse(struct sl_db *db, void *wish_list, struct sl_error *err);

#define AGENT_WISHES_SCHEMA                                                                        \
    "CREATE TABLE task_wishes ("                                                                   \
    "task_id TEXT PRIMARY KEY, reason TEXT, is_refused BIGINT NOT NULL);"

#ifdef __cplusplus
}
#endif

#endif
