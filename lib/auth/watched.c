#include "auth/watched.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define LOOK_INTERVAL_MS 1000
#define MAX_BYTES ((size_t)1024 * 1024)

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

bool sl_watched_file_has_changed(struct sl_watched_file *file, const struct sl_clock *clock)
{
    struct stat now;
    int64_t now_ms = sl_clock_monotonic_ms(clock);
    if (file->path == NULL || *file->path == '\0')
        return false;
    if (file->is_looked_at && now_ms - file->looked_ms < LOOK_INTERVAL_MS)
        return false;
    file->is_looked_at = true;
    file->looked_ms = now_ms;
    return stat(file->path, &now) == 0 && !is_same(&now, &file->seen);
}

static enum sl_code read_all(int fd, const char *path, struct sl_text *text, struct sl_error *err)
{
    char block[4096];
    ssize_t got = 0;
    while ((got = read(fd, block, sizeof(block))) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return sl_error_set(err, SL_UNAVAILABLE, "%s cannot be read: %s", path,
                                strerror(errno));
        sl_text_append_bytes(text, block, (size_t)got);
        if (text->length > MAX_BYTES)
            return sl_error_set(err, SL_INVALID_ARGUMENT, "%s: more than %zu bytes", path,
                                MAX_BYTES);
    }
    return sl_text_failed(text) ? sl_error_no_memory(err) : SL_OK;
}

enum sl_code sl_watched_file_read(struct sl_watched_file *file, struct sl_text *text,
                                  struct sl_error *err)
{
    struct stat seen;
    int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "%s cannot be opened: %s", file->path,
                            strerror(errno));
    enum sl_code code = SL_OK;
    if (fstat(fd, &seen) != 0 || !S_ISREG(seen.st_mode))
        code = sl_error_set(err, SL_INVALID_ARGUMENT, "%s is no file", file->path);
    if (code == SL_OK) {
        /* Also what turns out to be wrong counts as read: it is complained of once. */
        file->seen = seen;
        code = read_all(fd, file->path, text, err);
    }
    close(fd);
    return code;
}
