#include "base/arena.h"
#include "orchestrator/journal.h"

/* Lists of workflows, from their derived rows. */

struct list_job {
    struct sl_arena *arena;
    struct orch_journal_query query;
    orch_journal_page_fn *done;
    void *arg;
    struct orch_journal_row *rows;
    struct orch_journal_page page;
};

static enum sl_code query_page(struct sl_db *db, const struct orch_journal_query *query,
                               struct sl_statement *ret_rows, struct sl_error *err)
{
    static const char of_all[] =
        "SELECT uid, request_id, user_request, status, priority, sequence, created_ns, updated_ns "
        "FROM workflows WHERE tenant = ? AND (created_ns < ? OR (created_ns = ? AND uid < ?)) "
        "ORDER BY created_ns DESC, uid DESC LIMIT ?";
    static const char of_status[] =
        "SELECT uid, request_id, user_request, status, priority, sequence, created_ns, updated_ns "
        "FROM workflows WHERE tenant = ? AND (created_ns < ? OR (created_ns = ? AND uid < ?)) "
        "AND status = ? ORDER BY created_ns DESC, uid DESC LIMIT ?";
    int64_t before_ns = query->before_uid ? query->before_ns : INT64_MAX;
    const char *before_uid = query->before_uid ? query->before_uid : "";
    int64_t limit = (int64_t)query->limit + 1;
    if (query->status == 0)
        return sl_db_query(db, ret_rows, err, of_all, "tiiti", query->tenant, before_ns, before_ns,
                           before_uid, limit);
    return sl_db_query(db, ret_rows, err, of_status, "tiitii", query->tenant, before_ns, before_ns,
                       before_uid, (int64_t)query->status, limit);
}

static bool copy_row(struct sl_statement *from, struct sl_arena *arena,
                     struct orch_journal_row *row)
{
    row->uid = sl_arena_strdup(arena, sl_column_text(from, 0));
    row->request_id = sl_arena_strdup(arena, sl_column_text(from, 1));
    row->user_request = sl_arena_strdup(arena, sl_column_text(from, 2));
    row->status = (int)sl_column_int(from, 3);
    row->priority = (int)sl_column_int(from, 4);
    row->sequence = sl_column_int(from, 5);
    row->created_ns = sl_column_int(from, 6);
    row->updated_ns = sl_column_int(from, 7);
    return row->uid && row->request_id && row->user_request;
}

static enum sl_code list_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    struct list_job *job = arg;
    struct sl_statement rows = {0};
    bool has_row = false;
    SL_TRY(query_page(db, &job->query, &rows, err));
    enum sl_code code = sl_statement_step(&rows, &has_row, err);
    while (code == SL_OK && has_row && job->page.count < job->query.limit) {
        if (!copy_row(&rows, job->arena, &job->rows[job->page.count])) {
            code = sl_error_no_memory(err);
            break;
        }
        job->page.count++;
        code = sl_statement_step(&rows, &has_row, err);
    }
    job->page.has_more = code == SL_OK && has_row;
    sl_statement_done(&rows);
    return code;
}

static void list_done(const struct sl_error *error, void *arg)
{
    struct list_job *job = arg;
    struct sl_arena *arena = job->arena;
    job->page.rows = job->rows;
    job->done(error, &job->page, job->arg);
    sl_arena_free(arena);
}

enum sl_code orch_journal_list_start(struct orch_journal *journal,
                                     const struct orch_journal_query *query,
                                     orch_journal_page_fn *done, void *arg)
{
    struct sl_arena *arena = sl_arena_new();
    struct list_job *job = arena ? sl_arena_alloc(arena, sizeof(*job)) : NULL;
    if (!job) {
        sl_arena_free(arena);
        return SL_RESOURCE_EXHAUSTED;
    }
    *job = (struct list_job){.arena = arena, .query = *query, .done = done, .arg = arg};
    job->query.tenant = sl_arena_strdup(arena, query->tenant);
    job->query.before_uid = sl_arena_strdup(arena, query->before_uid);
    job->rows = sl_arena_alloc_array(arena, query->limit, sizeof(*job->rows));
    enum sl_code code = SL_RESOURCE_EXHAUSTED;
    if (job->query.tenant && job->rows && (job->query.before_uid || !query->before_uid))
        code = sl_store_read_start(orch_journal_store(journal), list_work, list_done, job);
    if (code != SL_OK)
        sl_arena_free(arena);
    return code;
}
