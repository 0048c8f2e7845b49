#ifndef ORCH_ORCHESTRATOR_H
#define ORCH_ORCHESTRATOR_H

#include "base/error.h"
#include "loop/loop.h"
#include "orchestrator/executor.h"
#include "orchestrator/journal.h"
#include "orchestrator/planning.h"
#include "orchestrator/registry.h"
#include "outbox/webhook.h"
#include "rpc/server.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The service servicelane.orchestrator.v1.Orchestrator over executor, journal and registry. Loop
 * only. */
struct orch_orchestrator;

struct orch_orchestrator_options {
    /** All borrowed until orch_orchestrator_free(). */
    struct sl_loop *loop;
    struct orch_journal *journal;
    struct orch_registry *registry;
    struct orch_executor *executor;
    const struct orch_planning_context *planning;
    /** Optional. Which callback URLs are taken. */
    const struct sl_webhook_rules *callback_rules;
    /** For whom calls are made that do not say so. Texts are not NULL. */
    struct orch_caller defaults;
    /** How long a synchronous Orchestrate waits at most, milliseconds. */
    int64_t workflow_timeout_ms;
};

SL_MUST_USE enum sl_code orch_orchestrator_new(const struct orch_orchestrator_options *options,
                                               struct orch_orchestrator **ret_orchestrator,
                                               struct sl_error *err);

/** Before sl_server_start(). */
SL_MUST_USE enum sl_code orch_orchestrator_register(struct orch_orchestrator *orchestrator,
                                                    struct sl_server *server);

/** After the server is freed. orchestrator may be NULL. */
void orch_orchestrator_free(struct orch_orchestrator *orchestrator);

#ifdef __cplusplus
}
#endif

#endif
