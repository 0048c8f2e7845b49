#include "telemetry/process.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static void write_gauge(struct sl_text *out, const char *name, const char *help, double value)
{
    sl_text_printf(out, "# HELP %s %s\n# TYPE %s gauge\n%s %.17g\n", name, help, name, name, value);
}

static void write_memory(struct sl_text *out)
{
    unsigned long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file)
        return;
    int read = fscanf(file, "%lu %lu", &size, &resident);
    fclose(file);
    if (read != 2)
        return;
    double page = (double)sysconf(_SC_PAGESIZE);
    write_gauge(out, "process_virtual_memory_bytes", "Virtual memory size in bytes.",
                (double)size * page);
    write_gauge(out, "process_resident_memory_bytes", "Resident memory size in bytes.",
                (double)resident * page);
}

static void write_cpu(struct sl_text *out)
{
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return;
    double seconds = (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
                     (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    sl_text_printf(out,
                   "# HELP process_cpu_seconds_total CPU time spent in seconds.\n"
                   "# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total %.17g\n",
                   seconds);
}

static int count_entries(const char *folder)
{
    DIR *directory = opendir(folder);
    int count = 0;
    if (!directory)
        return -1;
    for (const struct dirent *entry = readdir(directory); entry; entry = readdir(directory))
        count += entry->d_name[0] != '.';
    closedir(directory);
    return count;
}

/* Field 22 of stat, after the name, which may hold anything but is in parentheses. */
static void write_start(struct sl_text *out)
{
    char line[1024];
    unsigned long long ticks = 0;
    double uptime = 0;
    FILE *file = fopen("/proc/self/stat", "re");
    FILE *since = fopen("/proc/uptime", "re");
    size_t length = file ? fread(line, 1, sizeof(line) - 1, file) : 0;
    line[length] = '\0';
    const char *end = length ? strrchr(line, ')') : NULL;
    bool is_read =
        end && since && fscanf(since, "%lf", &uptime) == 1 &&
        sscanf(end + 1,
               " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
               &ticks) == 1;
    if (file)
        fclose(file);
    if (since)
        fclose(since);
    if (is_read)
        write_gauge(out, "process_start_time_seconds",
                    "Start time of the process since unix epoch in seconds.",
                    (double)time(NULL) - uptime + (double)ticks / (double)sysconf(_SC_CLK_TCK));
}

void sl_process_write(struct sl_text *out)
{
    int files = count_entries("/proc/self/fd"), threads = count_entries("/proc/self/task");
    write_memory(out);
    write_cpu(out);
    write_start(out);
    if (files >= 0)
        write_gauge(out, "process_open_fds", "Number of open file descriptors.", files - 1);
    if (threads >= 0)
        write_gauge(out, "process_threads", "Number of threads.", threads);
}
