#ifndef AGENT_WATCH_H
#define AGENT_WATCH_H

#include "rpc/server_call.h"
#include "services/agent/tasks.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Everybody who watches a task: they get each of its states, in order, and an end after the last.
 * Loop only. */
struct agent_watches;

/** Listens to tasks. Errors: SL_RESOURCE_EXHAUSTED. */
SL_MUST_USE enum sl_code agent_watches_new(struct sl_loop *loop, struct agent_tasks *tasks,
                                           struct agent_watches **ret_watches,
                                           struct sl_error *err);

/** When every call has ended. watches may be NULL. */
void agent_watches_free(struct agent_watches *watches);

/** Answers a WatchTask call until its end. name's texts live as long as the call. */
SL_MUST_USE enum sl_code agent_watch_start(struct agent_watches *watches,
                                           struct sl_server_call *call,
                                           const struct agent_task_name *name,
                                           int64_t after_sequence, struct sl_error *err);

/** Ends all with SL_UNAVAILABLE: the process stops. */
void agent_watches_end_all(struct agent_watches *watches);

#ifdef __cplusplus
}
#endif

#endif
