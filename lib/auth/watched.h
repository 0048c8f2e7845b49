#ifndef SL_AUTH_WATCHED_H
#define SL_AUTH_WATCHED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Private to lib/auth. */

/** A small file that is read again when it has changed. Zeroed and given a path it is ready.
 * Guarded by its owner. */
struct sl_watched_file {
    /** Borrowed. NULL or "": there is none. */
    const char *path;
    struct stat seen;
    int64_t looked_ms;
    bool is_looked_at;
};

/**
 * Whether the file is another than the one that was read last: by its inode, size and time. Looks
 * once a second at most, so that it may be asked at every call; a file that is gone has not
 * changed.
 */
bool sl_watched_file_has_changed(struct sl_watched_file *file, const struct sl_clock *clock);

/** Appends what is in the file, 1 MiB at most. Errors name the file. */
SL_MUST_USE enum sl_code sl_watched_file_read(struct sl_watched_file *file, struct sl_text *text,
                                              struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
