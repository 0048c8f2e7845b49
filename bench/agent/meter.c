#include "meter.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool read_file(int pid, const char *name, char *out, size_t size)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
    FILE *file = fopen(path, "r");
    size_t length = file == NULL ? 0 : fread(out, 1, size - 1, file);
    if (file != NULL)
        fclose(file);
    out[length] = '\0';
    return length > 0;
}

enum sl_code meter_read(int pid, struct meter_reading *ret_reading, struct sl_error *err)
{
    char stat[1024], status[4096];
    unsigned long user = 0, system = 0;
    int64_t peak_kib = 0;
    if (!read_file(pid, "stat", stat, sizeof(stat)) ||
        !read_file(pid, "status", status, sizeof(status)))
        return sl_error_set(err, SL_NOT_FOUND, "process %d is not there", pid);
    /* The second field is a name in parentheses; utime and stime are the 14th and 15th. */
    const char *rest = strrchr(stat, ')');
    const char *peak = strstr(status, "VmHWM:");
    if (rest == NULL || peak == NULL ||
        sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) !=
            2 ||
        sscanf(peak, "VmHWM: %" SCNd64, &peak_kib) != 1)
        return sl_error_set(err, SL_DATA_LOSS, "/proc/%d reads unlike proc(5)", pid);
    ret_reading->cpu_s = (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
    ret_reading->peak_kib = peak_kib;
    return SL_OK;
}
