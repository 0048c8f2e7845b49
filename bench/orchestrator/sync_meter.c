/*
 * sync_meter.so, preloaded into each program: counts its fdatasync() and fsync() calls and the time
 * in them, so that what a request takes can be told from what its disk takes, in the same run.
 */
#include "sync_meter.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static struct sync_meter *meter;
static int own;

__attribute__((constructor)) static void map_meter(void)
{
    const char *path = getenv("SL_SYNC_METER");
    int file = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    if (file < 0)
        return;
    void *page = mmap(NULL, sizeof(*meter), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (page == MAP_FAILED)
        return;
    meter = page;
    own = __atomic_fetch_add(&meter->processes, 1, __ATOMIC_SEQ_CST) % SYNC_METER_PROCESSES;
}

static int64_t now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int measured(int (*sync)(int), int file)
{
    int64_t start_ns = now_ns();
    int result = sync(file);
    if (meter != NULL) {
        __atomic_fetch_add(&meter->of[own].total_ns, now_ns() - start_ns, __ATOMIC_SEQ_CST);
        __atomic_fetch_add(&meter->of[own].count, 1, __ATOMIC_SEQ_CST);
    }
    return result;
}

/* The function that is hidden by the one of the same name here. */
#define HIDDEN(name) (__extension__(__typeof__(&name)) dlsym(RTLD_NEXT, #name))

int fdatasync(int file)
{
    return measured(HIDDEN(fdatasync), file);
}

int fsync(int file)
{
    return measured(HIDDEN(fsync), file);
}
