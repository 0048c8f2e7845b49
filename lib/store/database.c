#include "store/database.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"

/* Several processes may share a database (replicas on one host): wait for each other this long. */
#define BUSY_TIMEOUT_MS 5000

static enum sl_code file_failure(const char *path, const char *what, struct sl_error *err)
{
    int number = errno;
    bool is_denied = number == EACCES || number == EPERM || number == EROFS;
    return sl_error_set(err, is_denied ? SL_PERMISSION_DENIED : SL_UNAVAILABLE, "%s: %s: %s", path,
                        what, strerror(number));
}

/* Makes every folder above the file that is missing, readable by its owner only. */
static enum sl_code make_folders(const char *path, struct sl_error *err)
{
    SL_CLEANUP(sl_free_cleanup) char *folder = sl_strdup(path);
    if (folder == NULL)
        return sl_error_no_memory(err);
    for (char *slash = strchr(folder + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return file_failure(folder, "cannot make the folder", err);
        *slash = '/';
    }
    return SL_OK;
}

enum sl_code sl_database_prepare_file(const char *path, struct sl_error *err)
{
    SL_TRY(make_folders(path, err));
    /* Only a file that is new is opened here: closing a descriptor of a database in use would drop
     * the locks of this process's other connections (POSIX fcntl(2), "record locks"). */
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) {
        close(file);
        return SL_OK;
    }
    if (errno != EEXIST)
        return file_failure(path, "cannot make the database", err);
    struct stat status;
    if (stat(path, &status) != 0)
        return file_failure(path, "cannot open the database", err);
    if (!S_ISREG(status.st_mode))
        return sl_error_set(err, SL_UNAVAILABLE, "%s: is not a file", path);
    if (access(path, R_OK | W_OK) != 0)
        return file_failure(path, "cannot read and write the database", err);
    if ((status.st_mode & 077) != 0 && chmod(path, status.st_mode & 0700) != 0)
        return file_failure(path, "others may read the database, and this cannot be changed", err);
    return SL_OK;
}

enum sl_code sl_database_execute(struct sl_db *db, const char *sql, struct sl_error *err)
{
    int result = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return result == SQLITE_OK ? SL_OK : sl_database_failure(db, result, err);
}

/* Going over to WAL needs the file alone for a moment, and does not wait for it by itself. */
static enum sl_code use_wal(struct sl_db *db, struct sl_error *err)
{
    const struct timespec pause = {.tv_nsec = 10000000};
    int result = SQLITE_OK;
    for (int waited_ms = 0; waited_ms < BUSY_TIMEOUT_MS; waited_ms += 10) {
        result = sqlite3_exec(db->handle, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
        if ((result & 0xff) != SQLITE_BUSY)
            break;
        nanosleep(&pause, NULL);
    }
    return result == SQLITE_OK ? SL_OK : sl_database_failure(db, result, err);
}

static enum sl_code set_up(struct sl_db *db, bool is_reader, struct sl_error *err)
{
    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
    if (sqlite3_db_readonly(db->handle, "main") == 1)
        return sl_error_set(err, SL_PERMISSION_DENIED, "%s: cannot be written", db->path);
    SL_TRY(use_wal(db, err));
    /* FULL syncs at each commit, so that what was acknowledged survives a loss of power. The page
     * cache is in KiB (the minus sign says so): these are small databases in many processes. The
     * log goes into the database every 4,000 pages: at 1,000, the default, that is several times a
     * second under load, with two syncs each. */
    SL_TRY(sl_database_execute(db,
                               "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                               "PRAGMA cache_size=-512; PRAGMA temp_store=MEMORY;"
                               "PRAGMA wal_autocheckpoint=4000;"
                               "PRAGMA journal_size_limit=20971520; PRAGMA trusted_schema=OFF",
                               err));
    return is_reader ? sl_database_execute(db, "PRAGMA query_only=ON", err) : SL_OK;
}

enum sl_code sl_database_open(const char *path, bool is_reader, struct sl_db *ret_db,
                              struct sl_error *err)
{
    struct sl_db db = {.path = path};
    /* One thread at a time uses a connection, so SQLite's own mutex on it would be paid for
     * nothing. */
    int result =
        sqlite3_open_v2(path, &db.handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    enum sl_code code =
        result == SQLITE_OK ? set_up(&db, is_reader, err) : sl_database_failure(&db, result, err);
    if (code != SL_OK) {
        sl_database_close(&db);
        return code;
    }
    *ret_db = db;
    return SL_OK;
}

void sl_database_close(struct sl_db *db)
{
    sl_database_drop_statements(db);
    sqlite3_close_v2(db->handle);
    db->handle = NULL;
}
