#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "store/database.h"

/* What the store itself keeps in each database: its id and how far its schema has come. */
static const char make_facts[] =
    "CREATE TABLE IF NOT EXISTS store_facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)";

static enum sl_code read_fact(struct sl_db *db, const char *name, char *ret_value, size_t size,
                              struct sl_error *err)
{
    struct sl_statement statement;
    bool has_row = false;
    SL_TRY(sl_db_query(db, &statement, err, "SELECT value FROM store_facts WHERE name = ?", "t",
                       name));
    enum sl_code code = sl_statement_step(&statement, &has_row, err);
    if (code == SL_OK)
        snprintf(ret_value, size, "%s", has_row ? sl_column_text(&statement, 0) : "");
    sl_statement_done(&statement);
    return code;
}

static enum sl_code write_fact(struct sl_db *db, const char *name, const char *value,
                               struct sl_error *err)
{
    return sl_db_exec(db, err,
                      "INSERT INTO store_facts (name, value) VALUES (?, ?)"
                      " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                      "tt", name, value);
}

enum sl_code sl_database_probe(struct sl_db *db, struct sl_error *err)
{
    return sl_db_exec(db, err, "UPDATE store_facts SET value = value WHERE name = 'store_id'", "");
}

static enum sl_code ensure_id(struct sl_db *db, char ret_id[], struct sl_error *err)
{
    SL_TRY(read_fact(db, "store_id", ret_id, SL_UUID_SIZE, err));
    if (ret_id[0] != '\0')
        return SL_OK;
    sl_uuid_new(ret_id);
    return write_fact(db, "store_id", ret_id, err);
}

static enum sl_code apply(struct sl_db *db, const struct sl_migration *migrations, size_t done,
                          size_t count, struct sl_error *err)
{
    for (size_t i = done; i < count; i++)
        if (sl_database_execute(db, migrations[i].sql, err) != SL_OK)
            return sl_error_prefix(err, "migration %zu", i + 1);
    char version[24];
    snprintf(version, sizeof(version), "%zu", count);
    return write_fact(db, "schema_version", version, err);
}

static enum sl_code bring_up_to_date(struct sl_db *db, const struct sl_migration *migrations,
                                     size_t count, char ret_id[], struct sl_error *err)
{
    char version[24];
    int64_t done = 0;
    SL_TRY(sl_database_execute(db, make_facts, err));
    SL_TRY(ensure_id(db, ret_id, err));
    SL_TRY(read_fact(db, "schema_version", version, sizeof(version), err));
    if (version[0] != '\0' && !sl_parse_int64(version, 0, INT32_MAX, &done))
        return sl_error_set(err, SL_DATA_LOSS, "%s: schema version \"%s\" is no number", db->path,
                            version);
    if (done > (int64_t)count)
        return sl_error_set(
            err, SL_FAILED_PRECONDITION,
            "%s: made by a newer version: its schema is %lld, this program knows %zu", db->path,
            (long long)done, count);
    return done == (int64_t)count && version[0] != '\0'
               ? SL_OK
               : apply(db, migrations, (size_t)done, count, err);
}

enum sl_code sl_database_migrate(struct sl_db *db, const struct sl_migration *migrations,
                                 size_t count, char ret_id[], struct sl_error *err)
{
    /* IMMEDIATE: two processes that start together migrate one after the other, not both. */
    SL_TRY(sl_database_execute(db, "BEGIN IMMEDIATE", err));
    enum sl_code code = bring_up_to_date(db, migrations, count, ret_id, err);
    if (code == SL_OK)
        code = sl_database_execute(db, "COMMIT", err);
    if (code != SL_OK)
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    return code;
}
