#ifndef ORCH_JOURNAL_H
#define ORCH_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "loop/loop.h"
#include "orchestrator/workflow.h"
#include "store/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Every workflow's events, append-only: what the orchestrator knows after a crash. A row for each
 * workflow (status, times) is derived from them for lists and is never the truth.
 *
 * Who opens it holds the data folder's lock and raises the fencing number; each append is
 * conditional on that number, so that a process that lost the folder cannot write any more. Loop
 * only.
 */
struct orch_journal;

/** Opens <folder>/orchestrator.db; blocks. Errors: as orch_lock_take() and sl_store_open(). */
SL_MUST_USE enum sl_code orch_journal_open(struct sl_loop *loop, const char *folder,
                                           struct orch_journal **ret_journal, struct sl_error *err);

/** Finishes appends that wait, lets go of the folder. journal may be NULL. */
void orch_journal_close(struct orch_journal *journal);

/** Where the outbox keeps callbacks too. Borrowed. */
struct sl_store *orch_journal_store(struct orch_journal *journal);

/** Raised at each opening. */
int64_t orch_journal_fence(const struct orch_journal *journal);

/** Whether the latest commit went well. */
bool orch_journal_is_healthy(const struct orch_journal *journal);

/** What to append: all of it or nothing. Borrowed until the start returns. */
struct orch_append {
    /** Required. As it is after the events; with the accepted event among them, a new one. */
    const struct orch_workflow *workflow;
    /** Required. In their order. */
    const struct orch_event *events;
    size_t event_count;
    /** Optional. JSON for the workflow's callback URL, delivered at least once. */
    const char *callback_body;
};

/** error->code SL_OK: on disk. SL_ALREADY_EXISTS: a workflow of this tenant has this request_id.
 *  SL_ABORTED: another process holds the journal. Borrowed until return. */
typedef void orch_journal_done_fn(const struct sl_error *error, void *arg);

/** done runs exactly once, on the loop, never inside this call. Appends are committed in their
 * order. */
SL_MUST_USE enum sl_code orch_journal_append_start(struct orch_journal *journal,
                                                   const struct orch_append *append,
                                                   orch_journal_done_fn *done, void *arg,
                                                   struct sl_error *err);

/* ---- Reading ---- */

/** workflow is the caller's to free; NULL with SL_NOT_FOUND and other errors. */
typedef void orch_journal_found_fn(const struct sl_error *error, struct orch_workflow *workflow,
                                   void *arg);

/** Reads a workflow back from its events. */
SL_MUST_USE enum sl_code orch_journal_find_start(struct orch_journal *journal, const char *tenant,
                                                 const char *request_id,
                                                 orch_journal_found_fn *done, void *arg);

/** Events of a workflow, borrowed until return. is_last: the newest is among them, and ends it. */
struct orch_journal_events {
    const struct orch_event *events;
    size_t count;
    bool is_last;
};
typedef void orch_journal_events_fn(const struct sl_error *error,
                                    const struct orch_journal_events *events, void *arg);

/** Reads up to 64 events that follow after_sequence. SL_NOT_FOUND. */
SL_MUST_USE enum sl_code orch_journal_events_start(struct orch_journal *journal, const char *tenant,
                                                   const char *request_id, int64_t after_sequence,
                                                   orch_journal_events_fn *done, void *arg);

/** Which workflows, newest first. Texts are copied. */
struct orch_journal_query {
    const char *tenant;
    /** 0 for all. */
    int status;
    size_t limit;
    /** The last of the page before; before_uid NULL for the first page. */
    int64_t before_ns;
    const char *before_uid;
};

/** A workflow's row. */
struct orch_journal_row {
    const char *uid, *request_id, *user_request;
    int status, priority;
    int64_t sequence, created_ns, updated_ns;
};

struct orch_journal_page {
    const struct orch_journal_row *rows;
    size_t count;
    bool has_more;
};
/** page is borrowed until return. */
typedef void orch_journal_page_fn(const struct sl_error *error,
                                  const struct orch_journal_page *page, void *arg);
SL_MUST_USE enum sl_code orch_journal_list_start(struct orch_journal *journal,
                                                 const struct orch_journal_query *query,
                                                 orch_journal_page_fn *done, void *arg);

/**
 * Reads every workflow that has not ended, those of higher priority first, then the older; blocks:
 * at start, before the loop runs. visit takes each. One that cannot be read is logged and left out.
 */
SL_MUST_USE enum sl_code orch_journal_unfinished(struct orch_journal *journal,
                                                 void (*visit)(struct orch_workflow *workflow,
                                                               void *arg),
                                                 void *arg, struct sl_error *err);

/** How many workflows are removed at a time. */
#define ORCH_JOURNAL_PRUNE_PORTION 1000

/** removed: how many; ORCH_JOURNAL_PRUNE_PORTION means that there may be more. */
typedef void orch_journal_pruned_fn(const struct sl_error *error, int64_t removed, void *arg);

/** Removes a portion of the workflows that ended before; those that need reconciliation stay. done
 * runs once, on the loop, unless this fails. */
SL_MUST_USE enum sl_code orch_journal_prune_start(struct orch_journal *journal, int64_t before_ns,
                                                  orch_journal_pruned_fn *done, void *arg);

#ifdef __cplusplus
}
#endif

#endif
