#include "base/memory.h"
#include "orchestrator/journal.h"

/* Workflows that ended long ago are forgotten, a portion at a time. */

struct prune_job {
    int64_t before_ns;
    int64_t removed;
    orch_journal_pruned_fn *done;
    void *arg;
};

#define OLDEST                                                                                     \
    "(SELECT uid FROM workflows WHERE ended_ns < ? AND status <> 7 ORDER BY ended_ns LIMIT ?)"

static enum sl_code prune_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    struct prune_job *job = arg;
    struct sl_statement remove = {0};
    int64_t limit = ORCH_JOURNAL_PRUNE_PORTION;
    SL_TRY(sl_db_exec(db, err, "DELETE FROM events WHERE uid IN " OLDEST, "ii", job->before_ns,
                      limit));
    SL_TRY(sl_db_query(db, &remove, err, "DELETE FROM workflows WHERE uid IN " OLDEST, "ii",
                       job->before_ns, limit));
    enum sl_code code = sl_statement_run(&remove, &job->removed, err);
    sl_statement_done(&remove);
    return code;
}

static void prune_done(const struct sl_error *error, void *arg)
{
    struct prune_job *job = arg;
    job->done(error, error->code == SL_OK ? job->removed : 0, job->arg);
    sl_free(job);
}

enum sl_code orch_journal_prune_start(struct orch_journal *journal, int64_t before_ns,
                                      orch_journal_pruned_fn *done, void *arg)
{
    struct prune_job *job = sl_alloc(sizeof(*job));
    if (!job)
        return SL_RESOURCE_EXHAUSTED;
    *job = (struct prune_job){.before_ns = before_ns, .done = done, .arg = arg};
    enum sl_code code =
        sl_store_write_start(orch_journal_store(journal), prune_work, prune_done, job);
    if (code != SL_OK)
        sl_free(job);
    return code;
}
