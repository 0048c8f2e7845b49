#ifndef BENCH_ORCHESTRATOR_SYNC_METER_H
#define BENCH_ORCHESTRATOR_SYNC_METER_H

#include <stdint.h>

/** The file that SL_SYNC_METER names: what all processes under the meter spent in syncs. */
enum { SYNC_METER_PROCESSES = 64 };

struct sync_meter {
    int32_t processes;
    struct {
        int64_t count, total_ns;
    } of[SYNC_METER_PROCESSES];
};

#endif
