#ifndef AGENT_TASK_ROWS_H
#define AGENT_TASK_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "servicelane/agent/v1/agent.pb-c.h"
#include "store/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Tasks on disk, as units of work for lib/store. Each works on a struct of its own, which nobody
 * else touches from start to done; texts live as long as its arena. Every state of a task is a row
 * of task_states too, so that a watcher misses none.
 */

/** The numbers of TaskStatus; a set of them is the sum of their bits. */
#define AGENT_TASK_BIT(status) (1u << (unsigned)(status))
#define AGENT_TASK_ACCEPTED SERVICELANE__AGENT__V1__TASK_STATUS__TASK_STATUS_ACCEPTED
#define AGENT_TASK_PROCESSING SERVICELANE__AGENT__V1__TASK_STATUS__TASK_STATUS_PROCESSING
#define AGENT_TASK_COMPLETED SERVICELANE__AGENT__V1__TASK_STATUS__TASK_STATUS_COMPLETED
#define AGENT_TASK_FAILED SERVICELANE__AGENT__V1__TASK_STATUS__TASK_STATUS_FAILED
#define AGENT_TASK_CANCELLED SERVICELANE__AGENT__V1__TASK_STATUS__TASK_STATUS_CANCELLED
#define AGENT_TASK_UNRECONCILED                                                                    \
    SERVICELANE__AGENT__V1__TASK_STATUS__TASK_STATUS_NEEDS_RECONCILIATION
#define AGENT_TASK_UNFINISHED                                                                      \
    (AGENT_TASK_BIT(AGENT_TASK_ACCEPTED) | AGENT_TASK_BIT(AGENT_TASK_PROCESSING))

typedef Servicelane__Agent__V1__TaskStatus agent_task_status;

/** Whether no state follows by itself. */
static inline bool agent_task_is_last(agent_task_status status)
{
    return (AGENT_TASK_BIT(status) & AGENT_TASK_UNFINISHED) == 0;
}

/** A row. Texts may be NULL where "optional" stands. */
struct agent_task {
    const char *task_id, *tenant, *dealer, *user;
    const char *request_id, *operation;
    /** JSON. */
    const char *parameters;
    /** Optional. JSON. */
    const char *context;
    const char *hash;
    int64_t timeout_ms;
    /** Optional. */
    const char *callback_url;
    /** Optional. The caller's idempotency key. */
    const char *given_key;
    /** Optional. */
    const char *traceparent;
    agent_task_status status;
    int64_t sequence;
    /** Optional. The answer, JSON. */
    const char *result;
    int64_t created_ns, updated_ns;
};

/** Accepts a task, or finds the one that the same key made. */
struct agent_task_insert {
    struct sl_arena *arena;
    struct agent_task task;
    const char *owner;
    int64_t lease_ms;
    /** Results. */
    bool is_conflict;
    /** Not NULL: this task was there already. */
    const char *earlier_task_id;
};
enum sl_code agent_task_rows_insert(struct sl_db *db, void *task_insert, struct sl_error *err);

/** Reads a task of a tenant. */
struct agent_task_load {
    struct sl_arena *arena;
    const char *tenant, *task_id;
    /** Results. */
    bool is_found;
    struct agent_task task;
};
enum sl_code agent_task_rows_load(struct sl_db *db, void *task_load, struct sl_error *err);

/** One state that a task was in. */
struct agent_task_state {
    int64_t sequence;
    agent_task_status status;
    int64_t changed_ns;
};

/** Reads a task and its states after one. */
struct agent_task_states {
    struct agent_task_load load;
    int64_t after_sequence;
    /** Results. */
    struct agent_task_state *states;
    size_t count;
};
enum sl_code agent_task_rows_states(struct sl_db *db, void *task_states, struct sl_error *err);

/** Moves a task to another state, if it is in one of those given. */
struct agent_task_change {
    /** task_id and tenant say which; the task as it is afterwards is the result. */
    struct agent_task_load load;
    unsigned from;
    agent_task_status to;
    /** Optional. Only if this process owns the task. */
    const char *if_owner;
    /** The owner from now on; "" for nobody. */
    const char *owner;
    int64_t lease_ms;
    /** Optional. JSON of the answer. */
    const char *result;
    /** Optional. Why, for the record. */
    const char *note;
    int64_t now_ns;
    /** Optional. What goes to the task's callback_url. */
    const char *callback_body;
    /** With a settled outcome given by a person: the claim under this key is settled with the
     * result, or goes where is_claim_released. */
    const char *claim_key;
    bool is_claim_released;
    /** Result: false where the task was in no such state (load tells which), or is not there. */
    bool is_changed;
};
enum sl_code agent_task_rows_change(struct sl_db *db, void *task_change, struct sl_error *err);

/** Takes over unfinished tasks whose owner let the lease run out. */
struct agent_task_take {
    struct sl_arena *arena;
    const char *owner;
    int64_t now_ms, lease_ms;
    /** Results; at most AGENT_TASK_TAKE_MAX. */
    struct agent_task *tasks;
    size_t count;
};
enum { AGENT_TASK_TAKE_MAX = 64 };
enum sl_code agent_task_rows_take(struct sl_db *db, void *task_take, struct sl_error *err);

/** Says that an owner lives (lease_ms), or that it gives all its tasks away (0). */
struct agent_task_renewal {
    const char *owner;
    int64_t lease_ms;
};
enum sl_code agent_task_rows_renew(struct sl_db *db, void *task_renewal, struct sl_error *err);

/** Removes what ended before; a task that needs a person stays. */
struct agent_task_purge {
    int64_t before_ns;
};
enum sl_code agent_task_rows_purge(struct sl_db *db, void *task_purge, struct sl_error *err);

#define AGENT_TASKS_SCHEMA                                                                         \
    "CREATE TABLE tasks ("                                                                         \
    "task_id TEXT PRIMARY KEY, tenant TEXT NOT NULL, dealer TEXT NOT NULL, user_id TEXT NOT NULL," \
    " request_id TEXT NOT NULL, operation TEXT NOT NULL, parameters TEXT NOT NULL, context TEXT,"  \
    " hash TEXT NOT NULL, timeout_ms BIGINT NOT NULL, callback_url TEXT, given_key TEXT,"          \
    " traceparent TEXT, status BIGINT NOT NULL, sequence BIGINT NOT NULL, result TEXT, note TEXT," \
    " owner TEXT NOT NULL, lease_ms BIGINT NOT NULL, created_ns BIGINT NOT NULL,"                  \
    " updated_ns BIGINT NOT NULL);"                                                                \
    "CREATE UNIQUE INDEX tasks_by_key ON tasks (tenant, given_key);"                               \
    "CREATE INDEX tasks_by_status ON tasks (status, lease_ms);"                                    \
    "CREATE INDEX tasks_by_age ON tasks (updated_ns);"                                             \
    "CREATE TABLE task_states ("                                                                   \
    "task_id TEXT NOT NULL, sequence BIGINT NOT NULL, status BIGINT NOT NULL,"                     \
    " changed_ns BIGINT NOT NULL, PRIMARY KEY (task_id, sequence));"

#ifdef __cplusplus
}
#endif

#endif
