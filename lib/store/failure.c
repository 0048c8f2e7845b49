#include "store/database.h"

/* What SQLite's result codes mean to callers that do not know SQLite. */

struct meaning {
    int result;
    enum sl_code code;
};

/* Extended codes first; what is not listed is looked up by its primary code (the low byte). */
static const struct meaning meanings[] = {
    {SQLITE_CONSTRAINT_UNIQUE, SL_ALREADY_EXISTS},
    {SQLITE_CONSTRAINT_PRIMARYKEY, SL_ALREADY_EXISTS},
    {SQLITE_CONSTRAINT_ROWID, SL_ALREADY_EXISTS},
    {SQLITE_CONSTRAINT, SL_FAILED_PRECONDITION},
    {SQLITE_BUSY, SL_UNAVAILABLE},
    {SQLITE_LOCKED, SL_UNAVAILABLE},
    {SQLITE_IOERR, SL_UNAVAILABLE},
    {SQLITE_CANTOPEN, SL_UNAVAILABLE},
    {SQLITE_PROTOCOL, SL_UNAVAILABLE},
    {SQLITE_INTERRUPT, SL_UNAVAILABLE},
    {SQLITE_NOMEM, SL_RESOURCE_EXHAUSTED},
    {SQLITE_FULL, SL_RESOURCE_EXHAUSTED},
    {SQLITE_TOOBIG, SL_RESOURCE_EXHAUSTED},
    {SQLITE_CORRUPT, SL_DATA_LOSS},
    {SQLITE_NOTADB, SL_DATA_LOSS},
    {SQLITE_READONLY, SL_PERMISSION_DENIED},
    {SQLITE_PERM, SL_PERMISSION_DENIED},
    {SQLITE_AUTH, SL_PERMISSION_DENIED},
};

static enum sl_code code_of(int result)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(meanings); i++)
        if (meanings[i].result == result)
            return meanings[i].code;
    if (result != (result & 0xff))
        return code_of(result & 0xff);
    return SL_INTERNAL;
}

enum sl_code sl_database_failure(struct sl_db *db, int result, struct sl_error *err)
{
    int extended = db->handle != NULL ? sqlite3_extended_errcode(db->handle) : result;
    /* The connection remembers its last call; where that is another one, only the code is known. */
    bool is_last = (extended & 0xff) == (result & 0xff);
    const char *text =
        is_last && db->handle != NULL ? sqlite3_errmsg(db->handle) : sqlite3_errstr(result);
    if ((result & 0xff) == SQLITE_BUSY)
        text = "another process has held the database's lock for too long";
    return sl_error_set(err, code_of(is_last ? extended : result), "%s: %s", db->path, text);
}
