#include "orchestrator/journal.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "orchestrator/lock.h"
#include "outbox/outbox.h"

struct orch_journal {
    struct sl_store *store;
    int lock;
    int64_t fence;
};

static const struct sl_migration migrations[] = {
    {"CREATE TABLE fence (id BIGINT PRIMARY KEY, number BIGINT NOT NULL);"
     "INSERT INTO fence (id, number) VALUES (1, 0);"
     "CREATE TABLE workflows ("
     "uid TEXT PRIMARY KEY, tenant TEXT NOT NULL, request_id TEXT NOT NULL, "
     "user_request TEXT NOT NULL, priority BIGINT NOT NULL, status BIGINT NOT NULL, "
     "sequence BIGINT NOT NULL, created_ns BIGINT NOT NULL, updated_ns BIGINT NOT NULL, "
     "ended_ns BIGINT, UNIQUE (tenant, request_id));"
     "CREATE INDEX workflows_unfinished ON workflows (priority) WHERE status < 4;"
     "CREATE INDEX workflows_ended ON workflows (ended_ns) WHERE ended_ns IS NOT NULL;"
     "CREATE INDEX workflows_newest ON workflows (tenant, created_ns, uid);"
     "CREATE INDEX workflows_by_status ON workflows (tenant, status, created_ns, uid);"
     "CREATE TABLE events ("
     "uid TEXT NOT NULL, sequence BIGINT NOT NULL, kind BIGINT NOT NULL, at_ns BIGINT NOT NULL, "
     "status BIGINT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (uid, sequence));"},
    {SL_OUTBOX_SCHEMA},
};

/* ---- Opening ---- */

static enum sl_code raise_fence(struct sl_db *db, void *arg, struct sl_error *err)
{
    struct orch_journal *journal = arg;
    struct sl_statement query = {0};
    bool has_row = false;
    SL_TRY(sl_db_exec(db, err, "UPDATE fence SET number = number + 1 WHERE id = 1", ""));
    SL_TRY(sl_db_query(db, &query, err, "SELECT number FROM fence WHERE id = 1", ""));
    enum sl_code code = sl_statement_step(&query, &has_row, err);
    if (code == SL_OK && !has_row)
        code = sl_error_set(err, SL_DATA_LOSS, "journal: the fencing number is missing");
    if (code == SL_OK)
        journal->fence = sl_column_int(&query, 0);
    sl_statement_done(&query);
    return code;
}

enum sl_code orch_journal_open(struct sl_loop *loop, const char *folder,
                               struct orch_journal **ret_journal, struct sl_error *err)
{
    char path[4096];
    if ((size_t)snprintf(path, sizeof(path), "%s/orchestrator.db", folder) >= sizeof(path))
        return sl_error_set(err, SL_INVALID_ARGUMENT, "data folder: the path is too long");
    struct orch_journal *journal = sl_alloc(sizeof(*journal));
    if (!journal)
        return sl_error_no_memory(err);
    journal->lock = -1;
    struct sl_store_options options = {
        .path = path, .migrations = migrations, .migration_count = SL_ARRAY_LENGTH(migrations)};
    enum sl_code code = orch_lock_take(folder, &journal->lock, err);
    if (code == SL_OK)
        code = sl_store_open(loop, &options, &journal->store, err);
    if (code == SL_OK)
        code = sl_store_write(journal->store, raise_fence, journal, err);
    if (code != SL_OK) {
        orch_journal_close(journal);
        return code;
    }
    *ret_journal = journal;
    return SL_OK;
}

void orch_journal_close(struct orch_journal *journal)
{
    if (!journal)
        return;
    sl_store_close(journal->store);
    orch_lock_free(journal->lock);
    sl_free(journal);
}

struct sl_store *orch_journal_store(struct orch_journal *journal)
{
    return journal->store;
}

int64_t orch_journal_fence(const struct orch_journal *journal)
{
    return journal->fence;
}

bool orch_journal_is_healthy(const struct orch_journal *journal)
{
    return sl_store_is_healthy(journal->store);
}

/* ---- Appending ---- */

struct appended_event {
    int64_t sequence, at_ns;
    int kind, status;
    const char *body;
};

/** An append under way; everything in it is copied, because it is written on another thread. */
struct append_job {
    struct sl_arena *arena;
    orch_journal_done_fn *done;
    void *arg;
    int64_t fence;
    const char *uid, *tenant, *request_id, *user_request;
    int priority, status;
    int64_t created_ns;
    struct appended_event *events;
    size_t event_count;
    const char *callback_url, *callback_body;
};

static enum sl_code insert_workflow(struct sl_db *db, const struct append_job *job,
                                    struct sl_error *err)
{
    return sl_db_exec(
        db, err,
        "INSERT INTO workflows (uid, tenant, request_id, user_request, priority, "
        "status, sequence, created_ns, updated_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "ttttiiiii", job->uid, job->tenant, job->request_id, job->user_request,
        (int64_t)job->priority, (int64_t)job->status, job->events[0].sequence, job->created_ns,
        job->created_ns);
}

static enum sl_code insert_event(struct sl_db *db, const struct append_job *job,
                                 const struct appended_event *event, struct sl_error *err)
{
    struct sl_statement insert = {0};
    int64_t changes = 0;
    SL_TRY(sl_db_query(db, &insert, err,
                       "INSERT INTO events (uid, sequence, kind, at_ns, status, body) "
                       "SELECT ?, ?, ?, ?, ?, ? FROM fence WHERE id = 1 AND number = ?",
                       "tiiiiti", job->uid, event->sequence, (int64_t)event->kind, event->at_ns,
                       (int64_t)event->status, event->body, job->fence));
    enum sl_code code = sl_statement_run(&insert, &changes, err);
    sl_statement_done(&insert);
    if (code == SL_OK && changes == 0)
        return sl_error_set(err, SL_ABORTED, "journal: another orchestrator has taken it over");
    return code;
}

/* Only these lead from one status to another; the rest spares the indexes over it. */
static bool changes_status(const struct append_job *job)
{
    for (size_t i = 0; i < job->event_count; i++)
        switch ((enum orch_event_kind)job->events[i].kind) {
        case ORCH_EVENT_ACCEPTED:
        case ORCH_EVENT_PLANNED:
        case ORCH_EVENT_RECONCILED:
        case ORCH_EVENT_FINISHED:
            return true;
        default:
            break;
        }
    return false;
}

static enum sl_code update_workflow(struct sl_db *db, const struct append_job *job,
                                    struct sl_error *err)
{
    const struct appended_event *last = &job->events[job->event_count - 1];
    if (!changes_status(job))
        return sl_db_exec(db, err,
                          "UPDATE workflows SET sequence = ?, updated_ns = ? WHERE uid = ?", "iit",
                          last->sequence, last->at_ns, job->uid);
    if (job->status < ORCH_WORKFLOW_COMPLETED)
        return sl_db_exec(db, err,
                          "UPDATE workflows SET status = ?, sequence = ?, updated_ns = ?, "
                          "ended_ns = NULL WHERE uid = ?",
                          "iiit", (int64_t)job->status, last->sequence, last->at_ns, job->uid);
    return sl_db_exec(db, err,
                      "UPDATE workflows SET status = ?, sequence = ?, updated_ns = ?, "
                      "ended_ns = ? WHERE uid = ?",
                      "iiiit", (int64_t)job->status, last->sequence, last->at_ns, last->at_ns,
                      job->uid);
}

static enum sl_code add_callback(struct sl_db *db, const struct append_job *job,
                                 struct sl_error *err)
{
    const struct appended_event *last = &job->events[job->event_count - 1];
    char id[128];
    snprintf(id, sizeof(id), "%s-%lld", job->uid, (long long)last->sequence);
    struct sl_outbox_item item = {.id = id,
                                  .url = job->callback_url,
                                  .body = job->callback_body,
                                  .now_ms = last->at_ns / 1000000};
    return sl_outbox_add(db, &item, err);
}

static enum sl_code write_append(struct sl_db *db, void *arg, struct sl_error *err)
{
    const struct append_job *job = arg;
    bool is_new = job->events[0].kind == ORCH_EVENT_ACCEPTED;
    if (is_new)
        SL_TRY(insert_workflow(db, job, err));
    for (size_t i = 0; i < job->event_count; i++)
        SL_TRY(insert_event(db, job, &job->events[i], err));
    if (!is_new || job->event_count > 1)
        SL_TRY(update_workflow(db, job, err));
    if (job->callback_url && job->callback_body)
        SL_TRY(add_callback(db, job, err));
    return SL_OK;
}

static void append_done(const struct sl_error *error, void *arg)
{
    struct append_job *job = arg;
    struct sl_arena *arena = job->arena;
    job->done(error, job->arg);
    sl_arena_free(arena);
}

static enum sl_code copy_events(struct append_job *job, const struct orch_append *append,
                                struct sl_error *err)
{
    job->event_count = append->event_count;
    job->events = sl_arena_alloc_array(job->arena, append->event_count, sizeof(*job->events));
    if (!job->events)
        return sl_error_no_memory(err);
    for (size_t i = 0; i < append->event_count; i++) {
        const struct orch_event *event = &append->events[i];
        const char *body = sl_json_arena_text(event->body, SL_JSON_COMPACT, job->arena);
        if (!body)
            return sl_error_no_memory(err);
        job->events[i] = (struct appended_event){.sequence = event->sequence,
                                                 .at_ns = event->at_ns,
                                                 .kind = (int)event->kind,
                                                 .status = (int)event->status,
                                                 .body = body};
    }
    return SL_OK;
}

static enum sl_code fill_job(struct append_job *job, const struct orch_append *append,
                             struct sl_error *err)
{
    const struct orch_workflow *workflow = append->workflow;
    job->uid = sl_arena_strdup(job->arena, workflow->uid);
    job->tenant = sl_arena_strdup(job->arena, workflow->caller.tenant);
    job->request_id = sl_arena_strdup(job->arena, workflow->request_id);
    job->user_request = sl_arena_strdup(job->arena, workflow->user_request);
    if (!job->uid || !job->tenant || !job->request_id || !job->user_request)
        return sl_error_no_memory(err);
    job->priority = workflow->priority;
    job->created_ns = workflow->created_ns;
    job->status = (int)append->events[append->event_count - 1].status;
    if (append->callback_body && workflow->callback_url) {
        job->callback_url = sl_arena_strdup(job->arena, workflow->callback_url);
        job->callback_body = sl_arena_strdup(job->arena, append->callback_body);
        if (!job->callback_url || !job->callback_body)
            return sl_error_no_memory(err);
    }
    return copy_events(job, append, err);
}

enum sl_code orch_journal_append_start(struct orch_journal *journal,
                                       const struct orch_append *append, orch_journal_done_fn *done,
                                       void *arg, struct sl_error *err)
{
    struct sl_arena *arena = sl_arena_new();
    struct append_job *job = arena ? sl_arena_alloc(arena, sizeof(*job)) : NULL;
    enum sl_code code = job ? SL_OK : sl_error_no_memory(err);
    if (code == SL_OK) {
        *job =
            (struct append_job){.arena = arena, .done = done, .arg = arg, .fence = journal->fence};
        code = fill_job(job, append, err);
    }
    if (code == SL_OK) {
        code = sl_store_write_start(journal->store, write_append, append_done, job);
        if (code != SL_OK)
            sl_error_set(err, code, "journal: %s", sl_code_name(code));
    }
    if (code != SL_OK)
        sl_arena_free(arena);
    return code;
}
