#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "store/database.h"

/* Statements beyond this many are prepared anew each time: texts made at run time must not pile up.
 */
#define CACHE_LIMIT 256

/* What sl_statement.handle points to. */
struct sl_cached_statement {
    struct sl_cached_statement *next;
    /* The text's address is the key; the text itself is compared too, for an address used again. */
    const char *sql;
    sqlite3_stmt *prepared;
    /* First failure of a bind since init; reported by the next step. */
    int bind_result;
    bool is_cached;
    bool is_in_use;
};

static struct sl_cached_statement *entry_of(struct sl_statement *statement)
{
    return statement->handle;
}

static struct sl_cached_statement **bucket_of(struct sl_db *db, const char *sql)
{
    uintptr_t address = (uintptr_t)sql;
    return &db->statements[(address ^ (address >> 7)) & (SL_STATEMENT_BUCKETS - 1)];
}

static enum sl_code prepare(struct sl_db *db, const char *sql, unsigned flags,
                            sqlite3_stmt **ret_prepared, struct sl_error *err)
{
    int result = sqlite3_prepare_v3(db->handle, sql, -1, flags, ret_prepared, NULL);
    if (result != SQLITE_OK)
        return sl_database_failure(db, result, err);
    if (*ret_prepared == NULL)
        return sl_error_set(err, SL_INTERNAL, "%s: \"%s\" is no statement", db->path, sql);
    return SL_OK;
}

/* A statement of this text that is free to be used; NULL where there is none. */
static struct sl_cached_statement *find(struct sl_db *db, const char *sql)
{
    struct sl_cached_statement *entry = *bucket_of(db, sql);
    while (entry != NULL && entry->sql != sql)
        entry = entry->next;
    if (entry == NULL || entry->is_in_use || strcmp(sqlite3_sql(entry->prepared), sql) != 0)
        return NULL;
    return entry;
}

static bool is_known(struct sl_db *db, const char *sql)
{
    for (struct sl_cached_statement *entry = *bucket_of(db, sql); entry != NULL;
         entry = entry->next)
        if (entry->sql == sql)
            return true;
    return false;
}

static enum sl_code add(struct sl_db *db, const char *sql, struct sl_cached_statement **ret_entry,
                        struct sl_error *err)
{
    struct sl_cached_statement *entry = sl_alloc(sizeof(*entry));
    if (entry == NULL)
        return sl_error_no_memory(err);
    bool is_cached = db->statement_count < CACHE_LIMIT && !is_known(db, sql);
    enum sl_code code =
        prepare(db, sql, is_cached ? SQLITE_PREPARE_PERSISTENT : 0, &entry->prepared, err);
    if (code != SL_OK) {
        sl_free(entry);
        return code;
    }
    entry->sql = sql;
    entry->is_cached = is_cached;
    if (is_cached) {
        struct sl_cached_statement **bucket = bucket_of(db, sql);
        entry->next = *bucket;
        *bucket = entry;
        db->statement_count++;
    }
    *ret_entry = entry;
    return SL_OK;
}

enum sl_code sl_statement_init(struct sl_db *db, const char *sql,
                               struct sl_statement *ret_statement, struct sl_error *err)
{
    struct sl_cached_statement *entry = find(db, sql);
    if (entry == NULL)
        SL_TRY(add(db, sql, &entry, err));
    entry->is_in_use = true;
    entry->bind_result = SQLITE_OK;
    db->open_statements++;
    *ret_statement = (struct sl_statement){.handle = entry, .db = db};
    return SL_OK;
}

static void discard(struct sl_cached_statement *entry)
{
    sqlite3_finalize(entry->prepared);
    sl_free(entry);
}

void sl_statement_done(struct sl_statement *statement)
{
    struct sl_cached_statement *entry = entry_of(statement);
    if (entry == NULL)
        return;
    statement->db->open_statements--;
    statement->handle = NULL;
    if (!entry->is_cached) {
        discard(entry);
        return;
    }
    sqlite3_reset(entry->prepared);
    sqlite3_clear_bindings(entry->prepared);
    entry->is_in_use = false;
}

void sl_database_reset_statements(struct sl_db *db)
{
    if (db->open_statements == 0)
        return;
    for (sqlite3_stmt *s = sqlite3_next_stmt(db->handle, NULL); s != NULL;
         s = sqlite3_next_stmt(db->handle, s))
        sqlite3_reset(s);
}

void sl_database_drop_statements(struct sl_db *db)
{
    for (size_t i = 0; i < SL_STATEMENT_BUCKETS; i++) {
        struct sl_cached_statement *entry = db->statements[i];
        db->statements[i] = NULL;
        while (entry != NULL) {
            struct sl_cached_statement *next = entry->next;
            discard(entry);
            entry = next;
        }
    }
    db->statement_count = 0;
}

static void note_bind(struct sl_cached_statement *entry, int result)
{
    if (entry->bind_result == SQLITE_OK)
        entry->bind_result = result;
}

void sl_bind_text(struct sl_statement *statement, int index, const char *value)
{
    struct sl_cached_statement *entry = entry_of(statement);
    note_bind(entry, sqlite3_bind_text(entry->prepared, index, value, -1, SQLITE_TRANSIENT));
}

void sl_bind_int(struct sl_statement *statement, int index, int64_t value)
{
    struct sl_cached_statement *entry = entry_of(statement);
    note_bind(entry, sqlite3_bind_int64(entry->prepared, index, value));
}

void sl_bind_double(struct sl_statement *statement, int index, double value)
{
    struct sl_cached_statement *entry = entry_of(statement);
    note_bind(entry, sqlite3_bind_double(entry->prepared, index, value));
}

void sl_bind_bytes(struct sl_statement *statement, int index, const void *value, size_t length)
{
    struct sl_cached_statement *entry = entry_of(statement);
    /* An address, because SQLite takes a NULL pointer for null, whatever the length. */
    const void *bytes = value != NULL ? value : "";
    note_bind(entry, sqlite3_bind_blob64(entry->prepared, index, bytes, length, SQLITE_TRANSIENT));
}

void sl_bind_null(struct sl_statement *statement, int index)
{
    struct sl_cached_statement *entry = entry_of(statement);
    note_bind(entry, sqlite3_bind_null(entry->prepared, index));
}

enum sl_code sl_statement_step(struct sl_statement *statement, bool *ret_has_row,
                               struct sl_error *err)
{
    struct sl_cached_statement *entry = entry_of(statement);
    if (entry->bind_result != SQLITE_OK)
        return sl_database_failure(statement->db, entry->bind_result, err);
    int result = sqlite3_step(entry->prepared);
    if (result != SQLITE_ROW && result != SQLITE_DONE) {
        enum sl_code code = sl_database_failure(statement->db, result, err);
        sqlite3_reset(entry->prepared);
        return code;
    }
    *ret_has_row = result == SQLITE_ROW;
    return SL_OK;
}

enum sl_code sl_statement_run(struct sl_statement *statement, int64_t *ret_changes,
                              struct sl_error *err)
{
    bool has_row = true;
    while (has_row)
        SL_TRY(sl_statement_step(statement, &has_row, err));
    sqlite3_reset(entry_of(statement)->prepared);
    if (ret_changes != NULL)
        *ret_changes = sqlite3_changes64(statement->db->handle);
    return SL_OK;
}

const char *sl_column_text(struct sl_statement *statement, int column)
{
    return (const char *)sqlite3_column_text(entry_of(statement)->prepared, column);
}

int64_t sl_column_int(struct sl_statement *statement, int column)
{
    return sqlite3_column_int64(entry_of(statement)->prepared, column);
}

double sl_column_double(struct sl_statement *statement, int column)
{
    return sqlite3_column_double(entry_of(statement)->prepared, column);
}

const void *sl_column_bytes(struct sl_statement *statement, int column, size_t *ret_length)
{
    const void *bytes = sqlite3_column_blob(entry_of(statement)->prepared, column);
    *ret_length = (size_t)sqlite3_column_bytes(entry_of(statement)->prepared, column);
    return bytes;
}

bool sl_column_is_null(struct sl_statement *statement, int column)
{
    return sqlite3_column_type(entry_of(statement)->prepared, column) == SQLITE_NULL;
}

static enum sl_code bind_all(struct sl_statement *statement, const char *types, va_list values,
                             struct sl_error *err)
{
    int wanted = sqlite3_bind_parameter_count(entry_of(statement)->prepared);
    if (strlen(types) != (size_t)wanted)
        return sl_error_set(err, SL_INTERNAL, "%s: %d parameters wanted, types \"%s\" given: %s",
                            statement->db->path, wanted, types, entry_of(statement)->sql);
    for (int i = 1; types[i - 1] != '\0'; i++) {
        switch (types[i - 1]) {
        case 't':
            sl_bind_text(statement, i, va_arg(values, const char *));
            break;
        case 'i':
            sl_bind_int(statement, i, va_arg(values, int64_t));
            break;
        case 'd':
            sl_bind_double(statement, i, va_arg(values, double));
            break;
        case 'n':
            sl_bind_null(statement, i);
            break;
        default:
            return sl_error_set(err, SL_INTERNAL, "'%c' is no type: t, i, d or n is wanted",
                                types[i - 1]);
        }
    }
    return SL_OK;
}

static enum sl_code query_va(struct sl_db *db, struct sl_statement *ret_statement,
                             struct sl_error *err, const char *sql, const char *types,
                             va_list values)
{
    struct sl_statement statement;
    SL_TRY(sl_statement_init(db, sql, &statement, err));
    enum sl_code code = bind_all(&statement, types, values, err);
    if (code != SL_OK) {
        sl_statement_done(&statement);
        return code;
    }
    *ret_statement = statement;
    return SL_OK;
}

enum sl_code sl_db_query(struct sl_db *db, struct sl_statement *ret_statement, struct sl_error *err,
                         const char *sql, const char *types, ...)
{
    va_list values;
    va_start(values, types);
    enum sl_code code = query_va(db, ret_statement, err, sql, types, values);
    va_end(values);
    return code;
}

enum sl_code sl_db_exec(struct sl_db *db, struct sl_error *err, const char *sql, const char *types,
                        ...)
{
    struct sl_statement statement;
    va_list values;
    va_start(values, types);
    enum sl_code code = query_va(db, &statement, err, sql, types, values);
    va_end(values);
    SL_TRY(code);
    code = sl_statement_run(&statement, NULL, err);
    sl_statement_done(&statement);
    return code;
}
