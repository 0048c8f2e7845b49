#ifndef SL_STORE_STORE_H
#define SL_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "loop/loop.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A database: one writer thread, which commits what has gathered in one transaction (group commit,
 * full sync), and a reader thread. SQLite today; nothing outside lib/store knows. SQL stays within
 * what SQLite and PostgreSQL both read.
 */
struct sl_store;

/** A connection, inside a unit of work. That work's thread only. */
struct sl_db;

/** One step of the schema: its number is its place in the table, from 1; never changed once
 * shipped. */
struct sl_migration {
    const char *sql;
};

struct sl_store_options {
    /** Required. Path of the database; its folder is made (0700), the file is 0600. */
    const char *path;
    /** Required. The schema. */
    const struct sl_migration *migrations;
    size_t migration_count;
};

/** Opens and migrates; blocks. Errors name the path: SL_PERMISSION_DENIED, SL_FAILED_PRECONDITION
 * (made by a newer version), SL_DATA_LOSS (no database), SL_UNAVAILABLE. */
SL_MUST_USE enum sl_code sl_store_open(struct sl_loop *loop, const struct sl_store_options *options,
                                       struct sl_store **ret_store, struct sl_error *err);

/** Finishes the work that waits (callbacks run before this returns), joins the threads. Loop only.
 * store may be NULL. */
void sl_store_close(struct sl_store *store);

/**
 * A unit of work; runs on a storage thread, in a savepoint of its own: other than SL_OK undoes it
 * alone. arg is the starter's and handed back to done.
 */
typedef enum sl_code sl_work_fn(struct sl_db *db, void *arg, struct sl_error *err);

/** error->code SL_OK: for a write, committed and synced. Borrowed until return. */
typedef void sl_work_done_fn(const struct sl_error *error, void *arg);

/**
 * Writes and reads in order of their start. done runs exactly once, on the loop, never inside this
 * call; a failed COMMIT fails every work of its batch. done may be NULL. Loop only.
 */
SL_MUST_USE enum sl_code sl_store_write_start(struct sl_store *store, sl_work_fn *work,
                                              sl_work_done_fn *done, void *arg);

/** Reads on the reader thread: sees every write whose done has run. As sl_store_write_start(). */
SL_MUST_USE enum sl_code sl_store_read_start(struct sl_store *store, sl_work_fn *work,
                                             sl_work_done_fn *done, void *arg);

/** Does a write and waits: at start, before the loop runs. */
SL_MUST_USE enum sl_code sl_store_write(struct sl_store *store, sl_work_fn *work, void *arg,
                                        struct sl_error *err);

/** Id of this database, a UUID made with it. */
const char *sl_store_id(const struct sl_store *store);

/** Whether the last commit went well; while it did not the disk is probed, so that this heals by
 * itself. Any thread. */
bool sl_store_is_healthy(const struct sl_store *store);

/* ---- Inside a unit of work ---- */

/** A prepared statement; parameters are `?`, counted from 1. Zeroed before prepare, done after use.
 */
struct sl_statement {
    void *handle;
    struct sl_db *db;
};

/** Prepares; statements are cached by their text's address, so pass literals. */
SL_MUST_USE enum sl_code sl_statement_init(struct sl_db *db, const char *sql,
                                           struct sl_statement *ret_statement,
                                           struct sl_error *err);
void sl_statement_done(struct sl_statement *statement);

/** Texts are copied; NULL binds null. */
void sl_bind_text(struct sl_statement *statement, int index, const char *value);
void sl_bind_int(struct sl_statement *statement, int index, int64_t value);
void sl_bind_double(struct sl_statement *statement, int index, double value);
void sl_bind_bytes(struct sl_statement *statement, int index, const void *value, size_t length);
void sl_bind_null(struct sl_statement *statement, int index);

/** Next row: *ret_has_row says whether there is one. SL_ALREADY_EXISTS for a uniqueness violation.
 */
SL_MUST_USE enum sl_code sl_statement_step(struct sl_statement *statement, bool *ret_has_row,
                                           struct sl_error *err);
/** Runs a statement that has no rows; ret_changes (may be NULL) gets the number of rows changed. */
SL_MUST_USE enum sl_code sl_statement_run(struct sl_statement *statement, int64_t *ret_changes,
                                          struct sl_error *err);

/** Columns count from 0; texts are borrowed until the next step; NULL for null. */
const char *sl_column_text(struct sl_statement *statement, int column);
int64_t sl_column_int(struct sl_statement *statement, int column);
double sl_column_double(struct sl_statement *statement, int column);
const void *sl_column_bytes(struct sl_statement *statement, int column, size_t *ret_length);
bool sl_column_is_null(struct sl_statement *statement, int column);

/**
 * Prepares, binds, runs, done, for statements without rows: sl_db_exec(db, err, SQL, "tid", text,
 * 5, 0.5) - t: const char *, i: int64_t, d: double, n: null (no argument).
 */
SL_MUST_USE enum sl_code sl_db_exec(struct sl_db *db, struct sl_error *err, const char *sql,
                                    const char *types, ...);
/** As sl_db_exec() with the binding of a query: the caller steps and calls done. */
SL_MUST_USE enum sl_code sl_db_query(struct sl_db *db, struct sl_statement *ret_statement,
                                     struct sl_error *err, const char *sql, const char *types, ...);

/** For tests: the next commits fail with this code until it is SL_OK again. Any thread. */
void sl_store_fail_commits(struct sl_store *store, enum sl_code code);

#ifdef __cplusplus
}
#endif

#endif
