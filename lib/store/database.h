#ifndef SL_STORE_DATABASE_H
#define SL_STORE_DATABASE_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/error.h"
#include "store/store.h"

/* Inside lib/store only: a connection to SQLite, and what its result codes mean to us. */

struct sl_cached_statement;

/** Number of chains of the statement cache; a power of two. */
#define SL_STATEMENT_BUCKETS 64

/** A connection. One thread at a time: whoever runs units of work on it. */
struct sl_db {
    sqlite3 *handle;
    /** Named in every error. Borrowed from the store. */
    const char *path;
    struct sl_cached_statement *statements[SL_STATEMENT_BUCKETS];
    int statement_count;
    /** Statements between init and done. */
    int open_statements;
};

/** Makes the folder (0700) and the file (0600) where they are missing; takes rights of others away.
 */
SL_MUST_USE enum sl_code sl_database_prepare_file(const char *path, struct sl_error *err);

/** Opens a connection with this house's settings; path is borrowed until sl_database_close(). */
SL_MUST_USE enum sl_code sl_database_open(const char *path, bool is_reader, struct sl_db *ret_db,
                                          struct sl_error *err);
void sl_database_close(struct sl_db *db);

/** Runs SQL without parameters and rows; several statements may stand in it. */
SL_MUST_USE enum sl_code sl_database_execute(struct sl_db *db, const char *sql,
                                             struct sl_error *err);

/** Writes something that changes nothing, in the open transaction: committed, the disk works. */
SL_MUST_USE enum sl_code sl_database_probe(struct sl_db *db, struct sl_error *err);

/** Ends what a unit of work left open, so that a forgotten statement holds no snapshot. */
void sl_database_reset_statements(struct sl_db *db);
void sl_database_drop_statements(struct sl_db *db);

/** Fills err from the connection's last failure: "<path>: <what SQLite says>". */
enum sl_code sl_database_failure(struct sl_db *db, int result, struct sl_error *err);

/** Brings the schema up to date in one transaction; ret_id gets the database's UUID. */
SL_MUST_USE enum sl_code sl_database_migrate(struct sl_db *db,
                                             const struct sl_migration *migrations, size_t count,
                                             char ret_id[], struct sl_error *err);

#endif
