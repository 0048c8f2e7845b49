#include "services/agent/task_rows.h"

#include <string.h>

#include "outbox/outbox.h"

#define TASK_COLUMNS                                                                               \
    "task_id, tenant, dealer, user_id, request_id, operation, parameters, context, hash,"          \
    " callback_url, given_key, traceparent, result, timeout_ms, status, sequence, created_ns,"     \
    " updated_ns"

/* The texts of TASK_COLUMNS in its order. */
static enum sl_code read_texts(struct sl_arena *arena, struct sl_statement *row,
                               struct agent_task *task, struct sl_error *err)
{
    const char **const texts[] = {
        &task->task_id,   &task->tenant,      &task->dealer,  &task->user, &task->request_id,
        &task->operation, &task->parameters,  &task->context, &task->hash, &task->callback_url,
        &task->given_key, &task->traceparent, &task->result,
    };
    for (int i = 0; i < (int)SL_ARRAY_LENGTH(texts); i++) {
        const char *text = sl_column_text(row, i);
        *texts[i] = sl_arena_strdup(arena, text);
        if (text != NULL && *texts[i] == NULL)
            return sl_error_no_memory(err);
    }
    return SL_OK;
}

static enum sl_code read_task(struct sl_arena *arena, struct sl_statement *row,
                              struct agent_task *ret_task, struct sl_error *err)
{
    struct agent_task task = {0};
    SL_TRY(read_texts(arena, row, &task, err));
    task.timeout_ms = sl_column_int(row, 13);
    task.status = (agent_task_status)sl_column_int(row, 14);
    task.sequence = sl_column_int(row, 15);
    task.created_ns = sl_column_int(row, 16);
    task.updated_ns = sl_column_int(row, 17);
    *ret_task = task;
    return SL_OK;
}

/* ---- Accepting ---- */

static enum sl_code find_by_key(struct sl_db *db, struct agent_task_insert *insert,
                                struct sl_error *err)
{
    struct sl_statement row = {0};
    bool has_row = false;
    if (insert->task.given_key == NULL)
        return SL_OK;
    SL_TRY(sl_db_query(db, &row, err,
                       "SELECT task_id, hash FROM tasks WHERE tenant = ? AND given_key = ?", "tt",
                       insert->task.tenant, insert->task.given_key));
    enum sl_code code = sl_statement_step(&row, &has_row, err);
    if (code == SL_OK && has_row) {
        insert->is_conflict = strcmp(sl_column_text(&row, 1), insert->task.hash) != 0;
        insert->earlier_task_id = sl_arena_strdup(insert->arena, sl_column_text(&row, 0));
        if (insert->earlier_task_id == NULL)
            code = sl_error_no_memory(err);
    }
    sl_statement_done(&row);
    return code;
}

static enum sl_code add_state(struct sl_db *db, const struct agent_task *task, struct sl_error *err)
{
    return sl_db_exec(db, err,
                      "INSERT INTO task_states (task_id, sequence, status, changed_ns)"
                      " VALUES (?, ?, ?, ?)",
                      "tiii", task->task_id, task->sequence, (int64_t)task->status,
                      task->updated_ns);
}

enum sl_code agent_task_rows_insert(struct sl_db *db, void *task_insert, struct sl_error *err)
{
    struct agent_task_insert *insert = task_insert;
    const struct agent_task *task = &insert->task;
    SL_TRY(find_by_key(db, insert, err));
    if (insert->earlier_task_id != NULL)
        return SL_OK;
    SL_TRY(sl_db_exec(db, err,
                      "INSERT INTO tasks (task_id, tenant, dealer, user_id, request_id, operation,"
                      " parameters, context, hash, callback_url, given_key, traceparent,"
                      " timeout_ms, status, sequence, created_ns, updated_ns, owner, lease_ms)"
                      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                      "ttttttttttttiiiiiti", task->task_id, task->tenant, task->dealer, task->user,
                      task->request_id, task->operation, task->parameters, task->context,
                      task->hash, task->callback_url, task->given_key, task->traceparent,
                      task->timeout_ms, (int64_t)task->status, task->sequence, task->created_ns,
                      task->updated_ns, insert->owner, insert->lease_ms));
    return add_state(db, task, err);
}

/* ---- Reading ---- */

enum sl_code agent_task_rows_load(struct sl_db *db, void *task_load, struct sl_error *err)
{
    struct agent_task_load *load = task_load;
    struct sl_statement row = {0};
    SL_TRY(sl_db_query(db, &row, err,
                       "SELECT " TASK_COLUMNS " FROM tasks WHERE task_id = ? AND tenant = ?", "tt",
                       load->task_id, load->tenant));
    enum sl_code code = sl_statement_step(&row, &load->is_found, err);
    if (code == SL_OK && load->is_found)
        code = read_task(load->arena, &row, &load->task, err);
    sl_statement_done(&row);
    return code;
}

static enum sl_code read_states(struct agent_task_states *states, struct sl_statement *rows,
                                struct sl_error *err)
{
    bool has_row = false;
    /* A state each for what is left of the sequence: numbers have no gaps. */
    int64_t left = states->load.task.sequence - states->after_sequence;
    size_t capacity = left > 0 ? (size_t)left : 0;
    states->states = sl_arena_alloc_array(states->load.arena, capacity, sizeof(*states->states));
    if (states->states == NULL)
        return sl_error_no_memory(err);
    while (states->count < capacity) {
        SL_TRY(sl_statement_step(rows, &has_row, err));
        if (!has_row)
            break;
        struct agent_task_state state = {sl_column_int(rows, 0),
                                         (agent_task_status)sl_column_int(rows, 1),
                                         sl_column_int(rows, 2)};
        states->states[states->count++] = state;
    }
    return SL_OK;
}

enum sl_code agent_task_rows_states(struct sl_db *db, void *task_states, struct sl_error *err)
{
    struct agent_task_states *states = task_states;
    struct sl_statement rows = {0};
    SL_TRY(agent_task_rows_load(db, &states->load, err));
    if (!states->load.is_found)
        return SL_OK;
    SL_TRY(sl_db_query(db, &rows, err,
                       "SELECT sequence, status, changed_ns FROM task_states"
                       " WHERE task_id = ? AND sequence > ? ORDER BY sequence",
                       "ti", states->load.task_id, states->after_sequence));
    enum sl_code code = read_states(states, &rows, err);
    sl_statement_done(&rows);
    return code;
}

/* ---- Changing ---- */

static bool may_change(const struct agent_task_change *change)
{
    return change->load.is_found && (change->from & AGENT_TASK_BIT(change->load.task.status)) != 0;
}

static enum sl_code update_row(struct sl_db *db, struct agent_task_change *change,
                               struct sl_error *err)
{
    struct sl_statement update = {0};
    int64_t changes = 0;
    SL_TRY(sl_db_query(db, &update, err,
                       "UPDATE tasks SET status = ?, sequence = sequence + 1, owner = ?,"
                       " lease_ms = ?, result = ?, note = ?, updated_ns = ? WHERE task_id = ?"
                       " AND (CAST(? AS TEXT) IS NULL OR owner = ?)",
                       "itittittt", (int64_t)change->to, change->owner, change->lease_ms,
                       change->result, change->note, change->now_ns, change->load.task_id,
                       change->if_owner, change->if_owner));
    enum sl_code code = sl_statement_run(&update, &changes, err);
    sl_statement_done(&update);
    change->is_changed = code == SL_OK && changes > 0;
    return code;
}

static enum sl_code settle_claim(struct sl_db *db, const struct agent_task_change *change,
                                 struct sl_error *err)
{
    if (change->claim_key == NULL)
        return SL_OK;
    if (change->is_claim_released)
        return sl_db_exec(db, err,
                          "DELETE FROM claims WHERE tenant = ? AND claim_key = ? AND state = 2",
                          "tt", change->load.tenant, change->claim_key);
    return sl_db_exec(db, err,
                      "UPDATE claims SET state = 1, answer = ?, tool = NULL, arguments = NULL"
                      " WHERE tenant = ? AND claim_key = ? AND state = 2",
                      "ttt", change->result, change->load.tenant, change->claim_key);
}

static enum sl_code add_callback(struct sl_db *db, const struct agent_task_change *change,
                                 struct sl_error *err)
{
    const struct agent_task *task = &change->load.task;
    if (change->callback_body == NULL || task->callback_url == NULL)
        return SL_OK;
    const char *id =
        sl_arena_printf(change->load.arena, "%s-%lld", task->task_id, (long long)task->sequence);
    if (id == NULL)
        return sl_error_no_memory(err);
    struct sl_outbox_item item = {id, task->callback_url, change->callback_body,
                                  change->now_ns / 1000000};
    return sl_outbox_add(db, &item, err);
}

enum sl_code agent_task_rows_change(struct sl_db *db, void *task_change, struct sl_error *err)
{
    struct agent_task_change *change = task_change;
    SL_TRY(agent_task_rows_load(db, &change->load, err));
    if (!may_change(change))
        return SL_OK;
    SL_TRY(update_row(db, change, err));
    if (!change->is_changed)
        return SL_OK;
    struct agent_task *task = &change->load.task;
    task->status = change->to;
    task->sequence++;
    task->result = change->result;
    task->updated_ns = change->now_ns;
    SL_TRY(add_state(db, task, err));
    SL_TRY(settle_claim(db, change, err));
    return add_callback(db, change, err);
}

/* ---- Owners ---- */

static enum sl_code read_abandoned(struct sl_db *db, struct agent_task_take *take,
                                   struct sl_error *err)
{
    struct sl_statement rows = {0};
    bool has_row = true;
    SL_TRY(sl_db_query(db, &rows, err,
                       "SELECT " TASK_COLUMNS " FROM tasks WHERE status IN (1, 2)"
                       " AND lease_ms < ? ORDER BY created_ns LIMIT 64",
                       "i", take->now_ms));
    enum sl_code code = SL_OK;
    while (code == SL_OK && take->count < AGENT_TASK_TAKE_MAX) {
        code = sl_statement_step(&rows, &has_row, err);
        if (code != SL_OK || !has_row)
            break;
        code = read_task(take->arena, &rows, &take->tasks[take->count], err);
        take->count++;
    }
    sl_statement_done(&rows);
    return code;
}

enum sl_code agent_task_rows_take(struct sl_db *db, void *task_take, struct sl_error *err)
{
    struct agent_task_take *take = task_take;
    take->tasks = sl_arena_alloc_array(take->arena, AGENT_TASK_TAKE_MAX, sizeof(*take->tasks));
    if (take->tasks == NULL)
        return sl_error_no_memory(err);
    SL_TRY(read_abandoned(db, take, err));
    for (size_t i = 0; i < take->count; i++)
        SL_TRY(sl_db_exec(db, err, "UPDATE tasks SET owner = ?, lease_ms = ? WHERE task_id = ?",
                          "tit", take->owner, take->lease_ms, take->tasks[i].task_id));
    return SL_OK;
}

enum sl_code agent_task_rows_renew(struct sl_db *db, void *task_renewal, struct sl_error *err)
{
    const struct agent_task_renewal *renewal = task_renewal;
    return sl_db_exec(db, err, "UPDATE tasks SET lease_ms = ? WHERE owner = ? AND status IN (1, 2)",
                      "it", renewal->lease_ms, renewal->owner);
}

enum sl_code agent_task_rows_purge(struct sl_db *db, void *task_purge, struct sl_error *err)
{
    const struct agent_task_purge *purge = task_purge;
    SL_TRY(sl_db_exec(db, err,
                      "DELETE FROM task_wishes WHERE task_id NOT IN"
                      " (SELECT task_id FROM tasks WHERE status IN (1, 2))",
                      ""));
    SL_TRY(sl_db_exec(db, err,
                      "DELETE FROM task_states WHERE task_id IN (SELECT task_id FROM tasks"
                      " WHERE updated_ns < ? AND status IN (3, 4, 5))",
                      "i", purge->before_ns));
    return sl_db_exec(db, err, "DELETE FROM tasks WHERE updated_ns < ? AND status IN (3, 4, 5)",
                      "i", purge->before_ns);
}
