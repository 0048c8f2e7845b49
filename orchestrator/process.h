#ifndef ORCH_PROCESS_H
#define ORCH_PROCESS_H

#include "base/error.h"
#include "loop/loop.h"
#include "orchestrator/config.h"
#include "orchestrator/journal.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The whole orchestrator on a loop: journal, outbox, registry, executor, service, server. Loop
 * only.
 *
 * Life: orch_process_new() opens the journal, takes up what an earlier process left, and binds; the
 * loop runs; orch_process_stop_start() lets what is in flight end; its callback;
 * orch_process_free().
 */
struct orch_process;

/** Where it listens, from start on. */
int orch_process_port(const struct orch_process *process);

/** Borrowed until the process is freed; for tests that let its disk fail. */
struct orch_journal *orch_process_journal(struct orch_process *process);

/** on_lost(arg) runs when another process has taken the data folder over. config is borrowed until
 * free. */
SL_MUST_USE enum sl_code orch_process_new(struct sl_loop *loop, const struct orch_config *config,
                                          void (*on_lost)(void *arg), void *arg,
                                          struct orch_process **ret_process, struct sl_error *err);

/**
 * Refuses new work, gives what is in flight grace_ms milliseconds, cuts off the rest (it is in the
 * journal and goes on at the next start), then runs done(arg) once, on the loop. Called once.
 */
void orch_process_stop_start(struct orch_process *process, int64_t grace_ms,
                             void (*done)(void *arg), void *arg);

/** When stopped, or never run. process may be NULL. */
void orch_process_free(struct orch_process *process);

#ifdef __cplusplus
}
#endif

#endif
