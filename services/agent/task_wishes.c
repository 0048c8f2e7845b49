#include "services/agent/task_wishes.h"

#include <string.h>

#include "services/agent/claims.h"

static enum sl_code forget_wish(struct sl_db *db, const struct agent_wish *wish,
                                struct sl_error *err)
{
    return sl_db_exec(db, err, "DELETE FROM task_wishes WHERE task_id = ?", "t",
                      wish->change.load.task_id);
}

/* Whom a task belongs to, and until when. */
static enum sl_code read_owner(struct sl_db *db, const struct agent_wish *wish, bool *ret_is_ours,
                               bool *ret_is_dead, struct sl_error *err)
{
    struct sl_statement row = {0};
    bool has_row = false;
    SL_TRY(sl_db_query(db, &row, err, "SELECT owner, lease_ms FROM tasks WHERE task_id = ?", "t",
                       wish->change.load.task_id));
    enum sl_code code = sl_statement_step(&row, &has_row, err);
    if (code == SL_OK && has_row) {
        *ret_is_ours = strcmp(sl_column_text(&row, 0), wish->owner) == 0;
        *ret_is_dead = sl_column_int(&row, 1) < wish->now_ms;
    }
    sl_statement_done(&row);
    return code;
}

/* Leaves the wish where the owner finds it, and takes its refusal from there. */
static enum sl_code ask_owner(struct sl_db *db, struct agent_wish *wish, struct sl_error *err)
{
    struct sl_statement row = {0};
    bool has_row = false, is_refused = false;
    SL_TRY(sl_db_query(db, &row, err, "SELECT is_refused FROM task_wishes WHERE task_id = ?", "t",
                       wish->change.load.task_id));
    enum sl_code code = sl_statement_step(&row, &has_row, err);
    is_refused = code == SL_OK && has_row && sl_column_int(&row, 0) != 0;
    sl_statement_done(&row);
    SL_TRY(code);
    wish->found = is_refused ? AGENT_WISH_REFUSED : AGENT_WISH_PENDING;
    if (is_refused)
        return forget_wish(db, wish, err);
    if (has_row)
        return SL_OK;
    return sl_db_exec(db, err,
                      "INSERT INTO task_wishes (task_id, reason, is_refused) VALUES (?, ?, 0)",
                      "tt", wish->change.load.task_id, wish->reason);
}

static enum sl_code cancel_from(struct sl_db *db, struct agent_wish *wish, agent_task_status from,
                                struct sl_error *err)
{
    wish->change.from = AGENT_TASK_BIT(from);
    SL_TRY(agent_task_rows_change(db, &wish->change, err));
    wish->found = wish->change.is_changed ? AGENT_WISH_CANCELLED : AGENT_WISH_PENDING;
    return SL_OK;
}

/*
 * The owner may be asleep rather than dead: settling the key keeps it from calling anything should
 * it wake up. Where a call was noted already, the next owner finds out what came of it.
 */
static enum sl_code cancel_of_dead(struct sl_db *db, struct agent_wish *wish, struct sl_error *err)
{
    struct agent_claim_forestall forestall = {.tenant = wish->change.load.tenant,
                                              .key = wish->key,
                                              .hash = wish->hash,
                                              .answer = wish->change.result,
                                              .now_ms = wish->now_ms};
    SL_TRY(agent_claims_forestall(db, &forestall, err));
    wish->found = AGENT_WISH_REFUSED;
    return forestall.is_forestalled ? cancel_from(db, wish, AGENT_TASK_PROCESSING, err) : SL_OK;
}

enum sl_code agent_wishes_make(struct sl_db *db, void *task_wish, struct sl_error *err)
{
    struct agent_wish *wish = task_wish;
    struct agent_task_load *load = &wish->change.load;
    bool is_ours = false, is_dead = false;
    wish->found = AGENT_WISH_NO_TASK;
    SL_TRY(agent_task_rows_load(db, load, err));
    if (!load->is_found)
        return SL_OK;
    if (load->task.status == AGENT_TASK_ACCEPTED)
        return cancel_from(db, wish, AGENT_TASK_ACCEPTED, err);
    wish->found = AGENT_WISH_ENDED;
    if (agent_task_is_last(load->task.status))
        return forget_wish(db, wish, err);
    SL_TRY(read_owner(db, wish, &is_ours, &is_dead, err));
    wish->found = AGENT_WISH_OURS;
    if (is_ours)
        return SL_OK;
    return is_dead ? cancel_of_dead(db, wish, err) : ask_owner(db, wish, err);
}

/* ---- The owner's side ---- */

enum sl_code agent_wishes_read(struct sl_db *db, void *wish_list, struct sl_error *err)
{
    struct agent_wish_list *list = wish_list;
    struct sl_statement rows = {0};
    bool has_row = true;
    list->entries = sl_arena_alloc_array(list->arena, AGENT_WISHES_MAX, sizeof(*list->entries));
    if (list->entries == NULL)
        return sl_error_no_memory(err);
    SL_TRY(sl_db_query(db, &rows, err,
                       "SELECT w.task_id, w.reason FROM task_wishes w"
                       " JOIN tasks t ON t.task_id = w.task_id"
                       " WHERE t.owner = ? AND w.is_refused = 0 LIMIT 64",
                       "t", list->owner));
    enum sl_code code = SL_OK;
    while (code == SL_OK && list->count < AGENT_WISHES_MAX) {
        code = sl_statement_step(&rows, &has_row, err);
        if (code != SL_OK || !has_row)
            break;
        struct agent_wish_entry *entry = &list->entries[list->count++];
        entry->task_id = sl_arena_strdup(list->arena, sl_column_text(&rows, 0));
        entry->reason = sl_arena_strdup(list->arena, sl_column_text(&rows, 1));
        if (entry->task_id == NULL)
            code = sl_error_no_memory(err);
    }
    sl_statement_done(&rows);
    return code;
}

enum sl_code agent_wishes_refuse(struct sl_db *db, void *wish_list, struct sl_error *err)
{
    const struct agent_wish_list *list = wish_list;
    for (size_t i = 0; i < list->count; i++) {
        if (list->entries[i].is_refused)
            SL_TRY(sl_db_exec(db, err, "UPDATE task_wishes SET is_refused = 1 WHERE task_id = ?",
                              "t", list->entries[i].task_id));
    }
    return SL_OK;
}
