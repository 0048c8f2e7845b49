#ifndef SL_TELEMETRY_PROCESS_H
#define SL_TELEMETRY_PROCESS_H

#include "base/text.h"

/** Appends memory, CPU time, open files, threads and start time of this process, by the names that
 * Prometheus' own libraries use. What the system does not tell is left out. Source: proc(5). */
void sl_process_write(struct sl_text *out);

#endif
