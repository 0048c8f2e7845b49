#include "outbox/outbox_rows.h"

/* Longer than a delivery may take. */
enum { LEASE_MS = 30 * 1000 };

enum sl_code sl_outbox_add(struct sl_db *db, const struct sl_outbox_item *item,
                           struct sl_error *err)
{
    return sl_db_exec(db, err,
                      "INSERT INTO outbox (id, url, body, attempts, due_ms, created_ms, owner,"
                      " lease_ms) VALUES (?, ?, ?, 0, ?, ?, '', 0) ON CONFLICT (id) DO NOTHING",
                      "tttii", item->id, item->url, item->body, item->now_ms, item->now_ms);
}

static enum sl_code read_row(struct sl_outbox_take *take, struct sl_statement *statement,
                             struct sl_error *err)
{
    struct sl_outbox_row *row = &take->rows[take->count++];
    row->id = sl_arena_strdup(take->arena, sl_column_text(statement, 0));
    row->url = sl_arena_strdup(take->arena, sl_column_text(statement, 1));
    row->body = sl_arena_strdup(take->arena, sl_column_text(statement, 2));
    row->attempts = sl_column_int(statement, 3);
    row->created_ms = sl_column_int(statement, 4);
    bool is_whole = row->id != NULL && row->url != NULL && row->body != NULL;
    return is_whole ? SL_OK : sl_error_no_memory(err);
}

static enum sl_code read_due(struct sl_db *db, struct sl_outbox_take *take, struct sl_error *err)
{
    struct sl_statement rows = {0};
    enum sl_code code = sl_db_query(db, &rows, err,
                                    "SELECT id, url, body, attempts, created_ms FROM outbox"
                                    " WHERE due_ms <= ? AND lease_ms < ? ORDER BY due_ms LIMIT 32",
                                    "ii", take->now_ms, take->now_ms);
    bool has_row = code == SL_OK;
    while (code == SL_OK && take->count < SL_OUTBOX_TAKE_MAX) {
        code = sl_statement_step(&rows, &has_row, err);
        if (code != SL_OK || !has_row)
            break;
        code = read_row(take, &rows, err);
    }
    sl_statement_done(&rows);
    return code;
}

static enum sl_code read_next_due(struct sl_db *db, struct sl_outbox_take *take,
                                  struct sl_error *err)
{
    struct sl_statement row = {0};
    bool has_row = false;
    SL_TRY(sl_db_query(db, &row, err, "SELECT MIN(due_ms) FROM outbox WHERE due_ms > ?", "i",
                       take->now_ms));
    enum sl_code code = sl_statement_step(&row, &has_row, err);
    if (code == SL_OK && has_row && !sl_column_is_null(&row, 0))
        take->next_due_ms = sl_column_int(&row, 0);
    sl_statement_done(&row);
    return code;
}

enum sl_code sl_outbox_rows_take(struct sl_db *db, struct sl_outbox_take *take,
                                 struct sl_error *err)
{
    take->rows = sl_arena_alloc_array(take->arena, SL_OUTBOX_TAKE_MAX, sizeof(*take->rows));
    if (take->rows == NULL)
        return sl_error_no_memory(err);
    SL_TRY(read_due(db, take, err));
    for (size_t i = 0; i < take->count; i++)
        SL_TRY(sl_db_exec(db, err, "UPDATE outbox SET owner = ?, lease_ms = ? WHERE id = ?", "tit",
                          take->owner, take->now_ms + LEASE_MS, take->rows[i].id));
    return read_next_due(db, take, err);
}

enum sl_code sl_outbox_rows_end(struct sl_db *db, const struct sl_outbox_end *end,
                                struct sl_error *err)
{
    if (end->is_over)
        return sl_db_exec(db, err, "DELETE FROM outbox WHERE id = ?", "t", end->id);
    return sl_db_exec(db, err,
                      "UPDATE outbox SET attempts = ?, due_ms = ?, owner = '', lease_ms = 0"
                      " WHERE id = ?",
                      "iit", end->attempts, end->due_ms, end->id);
}
