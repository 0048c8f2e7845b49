#include "faulty_disk.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct disk_page *page;
static const char *watched;

__attribute__((constructor)) static void map_page(void)
{
    const char *path = getenv("SL_DISK_FAULT");
    int file = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    watched = getenv("SL_DISK_FILE");
    if (file < 0 || watched == NULL)
        return;
    void *mapped = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    page = mapped == MAP_FAILED ? NULL : mapped;
}

/* The function that is hidden by the one of the same name here. */
#define HIDDEN(name) (__extension__(__typeof__(&name)) dlsym(RTLD_NEXT, #name))

static bool is_watched(int file)
{
    char link[64], path[PATH_MAX];
    if (page == NULL)
        return false;
    snprintf(link, sizeof(link), "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof(path));
    size_t wanted = strlen(watched);
    return length >= (ssize_t)wanted && memcmp(path + length - wanted, watched, wanted) == 0;
}

static _Noreturn void die(void)
{
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

/** An act as it is about to be done. */
struct act {
    int fault;
    bool is_struck;
};

static struct act begin(int file, char kind)
{
    struct act act = {DISK_WORKS, false};
    if (!is_watched(file))
        return act;
    int number = __atomic_add_fetch(&page->acts, 1, __ATOMIC_SEQ_CST);
    if (kind == 's')
        __atomic_add_fetch(&page->syncs, 1, __ATOMIC_SEQ_CST);
    if (number <= (int)sizeof(page->kinds) - 1)
        page->kinds[number - 1] = kind;
    act.fault = __atomic_load_n(&page->fault, __ATOMIC_SEQ_CST);
    int at = __atomic_load_n(&page->at, __ATOMIC_SEQ_CST);
    act.is_struck = act.fault >= DISK_IS_FULL ? number >= at : number == at;
    if (act.is_struck && act.fault == DISK_KILLS_BEFORE)
        die();
    return act;
}

/* Whether the act is to fail; errno says why. */
static bool fails(struct act act)
{
    if (!act.is_struck || act.fault < DISK_IS_FULL)
        return false;
    __atomic_add_fetch(&page->failed, 1, __ATOMIC_SEQ_CST);
    errno = act.fault == DISK_IS_FULL ? ENOSPC : EIO;
    return true;
}

static void end(struct act act)
{
    if (act.is_struck && (act.fault == DISK_KILLS_AFTER || act.fault == DISK_KILLS_WITHIN))
        die();
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t offset)
{
    struct act act = begin(file, 'w');
    if (fails(act))
        return -1;
    if (act.is_struck && act.fault == DISK_KILLS_WITHIN)
        length /= 2;
    ssize_t result = HIDDEN(pwrite64)(file, bytes, length, offset);
    end(act);
    return result;
}

int fdatasync(int file)
{
    struct act act = begin(file, 's');
    if (fails(act))
        return -1;
    int result = HIDDEN(fdatasync)(file);
    end(act);
    return result;
}

int fsync(int file)
{
    struct act act = begin(file, 's');
    if (fails(act))
        return -1;
    int result = HIDDEN(fsync)(file);
    end(act);
    return result;
}

int ftruncate64(int file, off64_t length)
{
    struct act act = begin(file, 't');
    int result = HIDDEN(ftruncate64)(file, length);
    end(act);
    return result;
}
