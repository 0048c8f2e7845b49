#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "orchestrator/journal.h"

/* Reading the journal: on the reader thread, what is read is handed to the loop whole. */

#define EVENTS_PER_READ 64

static enum sl_code read_event(struct sl_statement *row, struct orch_event *ret_event,
                               struct sl_error *err)
{
    static const struct sl_json_limits limits = {.max_depth = 100, .max_bytes = 64 << 20};
    const char *body = sl_column_text(row, 4);
    struct orch_event event = {.sequence = sl_column_int(row, 0),
                               .kind = (enum orch_event_kind)sl_column_int(row, 1),
                               .at_ns = sl_column_int(row, 2),
                               .status = (enum orch_workflow_status)sl_column_int(row, 3)};
    if (!body)
        return sl_error_set(err, SL_DATA_LOSS, "journal: an event without a body");
    SL_TRY(sl_json_parse(body, strlen(body), &limits, &event.body, err));
    *ret_event = event;
    return SL_OK;
}

/* ---- One workflow ---- */

static enum sl_code replay(struct sl_db *db, struct orch_workflow *workflow, struct sl_error *err)
{
    struct sl_statement rows = {0};
    bool has_row = false;
    SL_TRY(sl_db_query(db, &rows, err,
                       "SELECT sequence, kind, at_ns, status, body FROM events WHERE uid = ? "
                       "ORDER BY sequence",
                       "t", workflow->uid));
    enum sl_code code = sl_statement_step(&rows, &has_row, err);
    while (code == SL_OK && has_row) {
        struct orch_event event = {0};
        code = read_event(&rows, &event, err);
        if (code == SL_OK)
            code = orch_workflow_apply(workflow, &event, err);
        orch_event_done(&event);
        if (code == SL_OK)
            code = sl_statement_step(&rows, &has_row, err);
    }
    sl_statement_done(&rows);
    if (code == SL_OK && workflow->sequence == 0)
        return sl_error_set(err, SL_DATA_LOSS, "workflow %s: it has no events", workflow->uid);
    return code;
}

static enum sl_code read_workflow(struct sl_db *db, const char *uid,
                                  struct orch_workflow **ret_workflow, struct sl_error *err)
{
    struct orch_workflow *workflow = NULL;
    SL_TRY(orch_workflow_new(uid, &workflow, err));
    enum sl_code code = replay(db, workflow, err);
    if (code == SL_OK)
        *ret_workflow = workflow;
    else
        orch_workflow_free(workflow);
    return code;
}

static enum sl_code find_uid(struct sl_db *db, const char *tenant, const char *request_id,
                             char ret_uid[64], int64_t *ret_sequence, struct sl_error *err)
{
    struct sl_statement row = {0};
    bool has_row = false;
    SL_TRY(sl_db_query(db, &row, err,
                       "SELECT uid, sequence FROM workflows WHERE tenant = ? AND request_id = ?",
                       "tt", tenant, request_id));
    enum sl_code code = sl_statement_step(&row, &has_row, err);
    const char *uid = code == SL_OK && has_row ? sl_column_text(&row, 0) : NULL;
    if (code == SL_OK && (!uid || strlen(uid) >= 64))
        code = sl_error_set(err, SL_NOT_FOUND, "Workflow not found");
    if (code == SL_OK) {
        memcpy(ret_uid, uid, strlen(uid) + 1);
        *ret_sequence = sl_column_int(&row, 1);
    }
    sl_statement_done(&row);
    return code;
}

struct find_job {
    char *tenant, *request_id;
    orch_journal_found_fn *done;
    void *arg;
    struct orch_workflow *workflow;
};

static enum sl_code find_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    struct find_job *job = arg;
    char uid[64];
    int64_t sequence = 0;
    SL_TRY(find_uid(db, job->tenant, job->request_id, uid, &sequence, err));
    return read_workflow(db, uid, &job->workflow, err);
}

static void find_job_free(struct find_job *job)
{
    if (!job)
        return;
    sl_free(job->tenant);
    sl_free(job->request_id);
    sl_free(job);
}

static void find_done(const struct sl_error *error, void *arg)
{
    struct find_job *job = arg;
    job->done(error, job->workflow, job->arg);
    find_job_free(job);
}

enum sl_code orch_journal_find_start(struct orch_journal *journal, const char *tenant,
                                     const char *request_id, orch_journal_found_fn *done, void *arg)
{
    struct find_job *job = sl_alloc(sizeof(*job));
    if (!job)
        return SL_RESOURCE_EXHAUSTED;
    *job = (struct find_job){sl_strdup(tenant), sl_strdup(request_id), done, arg, NULL};
    enum sl_code code = SL_RESOURCE_EXHAUSTED;
    if (job->tenant && job->request_id)
        code = sl_store_read_start(orch_journal_store(journal), find_work, find_done, job);
    if (code != SL_OK)
        find_job_free(job);
    return code;
}

/* ---- Its events ---- */

struct events_job {
    char *tenant, *request_id;
    int64_t after_sequence;
    orch_journal_events_fn *done;
    void *arg;
    struct orch_event events[EVENTS_PER_READ];
    struct orch_journal_events read;
};

static enum sl_code read_events(struct sl_db *db, struct events_job *job, const char *uid,
                                struct sl_error *err)
{
    struct sl_statement rows = {0};
    bool has_row = false;
    SL_TRY(sl_db_query(db, &rows, err,
                       "SELECT sequence, kind, at_ns, status, body FROM events WHERE uid = ? "
                       "AND sequence > ? ORDER BY sequence LIMIT ?",
                       "tii", uid, job->after_sequence, (int64_t)EVENTS_PER_READ));
    enum sl_code code = sl_statement_step(&rows, &has_row, err);
    while (code == SL_OK && has_row && job->read.count < EVENTS_PER_READ) {
        code = read_event(&rows, &job->events[job->read.count], err);
        if (code != SL_OK)
            break;
        job->read.count++;
        code = sl_statement_step(&rows, &has_row, err);
    }
    sl_statement_done(&rows);
    return code;
}

static enum sl_code read_status(struct sl_db *db, const char *uid, int64_t *ret_status,
                                struct sl_error *err)
{
    struct sl_statement row = {0};
    bool has_row = false;
    SL_TRY(sl_db_query(db, &row, err, "SELECT status FROM workflows WHERE uid = ?", "t", uid));
    enum sl_code code = sl_statement_step(&row, &has_row, err);
    if (code == SL_OK)
        *ret_status = has_row ? sl_column_int(&row, 0) : 0;
    sl_statement_done(&row);
    return code;
}

static enum sl_code events_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    struct events_job *job = arg;
    char uid[64];
    int64_t newest = 0, status = 0;
    SL_TRY(find_uid(db, job->tenant, job->request_id, uid, &newest, err));
    SL_TRY(read_status(db, uid, &status, err));
    SL_TRY(read_events(db, job, uid, err));
    int64_t reached =
        job->read.count ? job->events[job->read.count - 1].sequence : job->after_sequence;
    job->read.is_last = reached >= newest && status >= ORCH_WORKFLOW_COMPLETED;
    return SL_OK;
}

static void events_job_free(struct events_job *job)
{
    if (!job)
        return;
    for (size_t i = 0; i < job->read.count; i++)
        orch_event_done(&job->events[i]);
    sl_free(job->tenant);
    sl_free(job->request_id);
    sl_free(job);
}

static void events_done(const struct sl_error *error, void *arg)
{
    struct events_job *job = arg;
    job->read.events = job->events;
    job->done(error, &job->read, job->arg);
    events_job_free(job);
}

enum sl_code orch_journal_events_start(struct orch_journal *journal, const char *tenant,
                                       const char *request_id, int64_t after_sequence,
                                       orch_journal_events_fn *done, void *arg)
{
    struct events_job *job = sl_alloc(sizeof(*job));
    if (!job)
        return SL_RESOURCE_EXHAUSTED;
    job->tenant = sl_strdup(tenant);
    job->request_id = sl_strdup(request_id);
    job->after_sequence = after_sequence;
    job->done = done;
    job->arg = arg;
    enum sl_code code = SL_RESOURCE_EXHAUSTED;
    if (job->tenant && job->request_id)
        code = sl_store_read_start(orch_journal_store(journal), events_work, events_done, job);
    if (code != SL_OK)
        events_job_free(job);
    return code;
}

/* ---- At start ---- */

struct unfinished_job {
    void (*visit)(struct orch_workflow *workflow, void *arg);
    void *arg;
};

static void visit_one(struct sl_db *db, const struct unfinished_job *job, const char *uid)
{
    struct orch_workflow *workflow = NULL;
    struct sl_error error = {0};
    if (read_workflow(db, uid, &workflow, &error) == SL_OK)
        job->visit(workflow, job->arg);
    else
        sl_log(SL_LOG_ERROR, "workflow cannot be read back", sl_field_string("workflow", uid),
               sl_field_string("error", error.message));
}

static enum sl_code unfinished_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    const struct unfinished_job *job = arg;
    struct sl_statement rows = {0};
    bool has_row = false;
    SL_TRY(sl_db_query(db, &rows, err,
                       "SELECT uid FROM workflows WHERE status < 4 "
                       "ORDER BY priority DESC, created_ns, uid",
                       ""));
    enum sl_code code = sl_statement_step(&rows, &has_row, err);
    while (code == SL_OK && has_row) {
        const char *uid = sl_column_text(&rows, 0);
        if (uid)
            visit_one(db, job, uid);
        code = sl_statement_step(&rows, &has_row, err);
    }
    sl_statement_done(&rows);
    return code;
}

enum sl_code orch_journal_unfinished(struct orch_journal *journal,
                                     void (*visit)(struct orch_workflow *workflow, void *arg),
                                     void *arg, struct sl_error *err)
{
    struct unfinished_job job = {visit, arg};
    return sl_store_write(orch_journal_store(journal), unfinished_work, &job, err);
}
