#ifndef ORCH_SNAPSHOT_H
#define ORCH_SNAPSHOT_H

#include <stddef.h>

#include "base/error.h"
#include "orchestrator/capabilities.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What all agents could do at one moment. Immutable, counted references; loop only. */
struct orch_snapshot {
    struct orch_capabilities capabilities;
    struct sl_arena *arena;
    long references;
};

/** What the registry knows of one service. Borrowed; the JSON is kept by reference. */
struct orch_snapshot_source {
    const char *name;
    bool is_healthy;
    /** The Capabilities message in the REST dialect; NULL where it was never heard. */
    json_t *capabilities;
};

/** A snapshot with one reference. Errors: SL_RESOURCE_EXHAUSTED. */
SL_MUST_USE enum sl_code orch_snapshot_new(const struct orch_snapshot_source *sources, size_t count,
                                           struct orch_snapshot **ret_snapshot,
                                           struct sl_error *err);
struct orch_snapshot *orch_snapshot_ref(struct orch_snapshot *snapshot);
/** snapshot may be NULL. */
void orch_snapshot_unref(struct orch_snapshot *snapshot);

#ifdef __cplusplus
}
#endif

#endif
