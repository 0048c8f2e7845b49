#ifndef ORCH_LOCK_H
#define ORCH_LOCK_H

#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Takes the data folder for this process: the lease on its journal. The folder is made (0700) where
 * it is missing; the kernel lets go of the lock when the process ends, however it ends.
 *
 * ret_lock  a file descriptor for orch_lock_free().
 * Errors: SL_FAILED_PRECONDITION names who holds it; SL_PERMISSION_DENIED, SL_UNAVAILABLE name the
 * path.
 */
SL_MUST_USE enum sl_code orch_lock_take(const char *folder, int *ret_lock, struct sl_error *err);

/** lock may be -1. */
void orch_lock_free(int lock);

#ifdef __cplusplus
}
#endif

#endif
