#ifndef BENCH_AGENT_METER_H
#define BENCH_AGENT_METER_H

#include <stdint.h>

#include "base/error.h"

/** What another process of this machine used. */
struct meter_reading {
    double cpu_s;
    /** Resident memory, the most since it started, KiB. */
    int64_t peak_kib;
};

/** Reads /proc/PID. SL_NOT_FOUND: there is no such process. Source: proc(5). */
SL_MUST_USE enum sl_code meter_read(int pid, struct meter_reading *ret_reading,
                                    struct sl_error *err);

#endif
