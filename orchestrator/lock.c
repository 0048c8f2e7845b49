#include "orchestrator/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static enum sl_code cannot(const char *path, int number, struct sl_error *err)
{
    char reason[128];
    const char *text = strerror_r(number, reason, sizeof(reason));
    bool is_refused = number == EACCES || number == EPERM || number == EROFS;
    return sl_error_set(err, is_refused ? SL_PERMISSION_DENIED : SL_UNAVAILABLE,
                        "data folder: cannot write %s: %s", path, text);
}

static enum sl_code make_folders(const char *folder, struct sl_error *err)
{
    char path[PATH_MAX];
    if (strlen(folder) >= sizeof(path))
        return sl_error_set(err, SL_INVALID_ARGUMENT, "data folder: the path is too long");
    memcpy(path, folder, strlen(folder) + 1);
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0700) && errno != EEXIST)
            return cannot(path, errno, err);
        *slash = '/';
    }
    if (mkdir(path, 0700) && errno != EEXIST)
        return cannot(path, errno, err);
    return SL_OK;
}

static enum sl_code held_by_other(int file, const char *folder, struct sl_error *err)
{
    char holder[128] = {0};
    ssize_t length = pread(file, holder, sizeof(holder) - 1, 0);
    if (length <= 0)
        snprintf(holder, sizeof(holder), "another process");
    holder[strcspn(holder, "\n")] = '\0';
    return sl_error_set(err, SL_FAILED_PRECONDITION,
                        "data folder %s is held by %s: only one orchestrator may use it", folder,
                        holder);
}

enum sl_code orch_lock_take(const char *folder, int *ret_lock, struct sl_error *err)
{
    char path[PATH_MAX], host[64] = "";
    SL_TRY(make_folders(folder, err));
    if ((size_t)snprintf(path, sizeof(path), "%s/orchestrator.lock", folder) >= sizeof(path))
        return sl_error_set(err, SL_INVALID_ARGUMENT, "data folder: the path is too long");
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return cannot(path, errno, err);
    if (flock(file, LOCK_EX | LOCK_NB)) {
        enum sl_code code =
            errno == EWOULDBLOCK ? held_by_other(file, folder, err) : cannot(path, errno, err);
        close(file);
        return code;
    }
    gethostname(host, sizeof(host) - 1);
    char holder[128];
    int length =
        snprintf(holder, sizeof(holder), "orchestrator, process %ld on %s\n", (long)getpid(), host);
    if (ftruncate(file, 0) || pwrite(file, holder, (size_t)length, 0) != length) {
        enum sl_code code = cannot(path, errno, err);
        close(file);
        return code;
    }
    *ret_lock = file;
    return SL_OK;
}

void orch_lock_free(int lock)
{
    if (lock >= 0)
        close(lock);
}
