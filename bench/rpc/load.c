/*
 * Keeps a number of calls in flight at a server of this machine and says what one costs:
 *
 *   bench-rpc-load PORT PID IN_FLIGHT CONNECTIONS CALLS
 *
 * PID is the server's: its CPU is read from /proc before and after CALLS calls, with no call in
 * flight; as many as a fifth of them go before, unmeasured. Prints one JSON object.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "exchange.h"
#include "h2.h"

enum { CONNECTION_LIMIT = 64, ANSWER_TIMEOUT_MS = 30000 };

struct load {
    int port, pid;
    size_t in_flight, connection_count, calls;
    struct exchange exchange;
    struct h2_connection *connections[CONNECTION_LIMIT];
    struct pollfd polled[CONNECTION_LIMIT];
    /* Of the phase at hand. */
    size_t wanted, started, answered;
    /* How long each took, in nanoseconds; NULL while warming up. */
    int64_t *times_ns;
    bool has_checked;
    struct sl_error *err;
};

struct moment {
    double wall_s, server_cpu_s, own_cpu_s;
};

/* ---- Clocks ---- */

static double seconds(struct timespec time)
{
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* utime and stime are the 14th and 15th; the second is a name in parentheses. Source: proc(5). */
static enum sl_code read_server_cpu(int pid, double *ret_seconds, struct sl_error *err)
{
    char path[64], line[1024];
    snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    size_t length = file == NULL ? 0 : fread(line, 1, sizeof(line) - 1, file);
    if (file != NULL)
        fclose(file);
    line[length] = '\0';
    const char *rest = strrchr(line, ')');
    unsigned long user = 0, system = 0;
    if (rest == NULL ||
        sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
        return sl_error_set(err, SL_NOT_FOUND, "cannot read %s", path);
    *ret_seconds = (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
    return SL_OK;
}

static enum sl_code look(const struct load *load, struct moment *ret_moment)
{
    struct timespec wall, own;
    SL_TRY(read_server_cpu(load->pid, &ret_moment->server_cpu_s, load->err));
    clock_gettime(CLOCK_MONOTONIC, &wall);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own);
    ret_moment->wall_s = seconds(wall);
    ret_moment->own_cpu_s = seconds(own);
    return SL_OK;
}

/* ---- Calls ---- */

static void start_calls(struct load *load, struct h2_connection *connection)
{
    size_t share = (load->in_flight + load->connection_count - 1) / load->connection_count;
    while (load->started < load->wanted && connection->under_way < share &&
           load->started - load->answered < load->in_flight &&
           h2_call(connection, load->exchange.request, load->exchange.request_bytes))
        load->started++;
}

static void on_answer(void *arg, struct h2_connection *connection, const struct h2_stream *stream)
{
    struct load *load = arg;
    struct timespec now;
    if (stream->message_bytes != load->exchange.answer_bytes && load->err->code == SL_OK)
        sl_error_set(load->err, SL_DATA_LOSS, "an answer of %u bytes; wanted: %zu",
                     stream->message_bytes, load->exchange.answer_bytes);
    if (!load->has_checked && connection->message != NULL && load->err->code == SL_OK)
        load->has_checked =
            exchange_check(connection->message, stream->message_bytes, load->err) == SL_OK;
    if (load->times_ns != NULL) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        load->times_ns[load->answered] =
            (int64_t)now.tv_sec * 1000000000 + now.tv_nsec - stream->start_ns;
    }
    load->answered++;
}

static enum sl_code serve(struct load *load, struct h2_connection *connection)
{
    const char *fault = h2_read(connection);
    if (fault != NULL)
        return sl_error_set(load->err, SL_UNAVAILABLE, "%s", fault);
    if (load->err->code != SL_OK)
        return load->err->code;
    start_calls(load, connection);
    if (!h2_flush(connection))
        return sl_error_set(load->err, SL_UNAVAILABLE, "cannot send: %s", strerror(errno));
    return SL_OK;
}

static enum sl_code run_calls(struct load *load, size_t count)
{
    load->wanted = count;
    load->started = load->answered = 0;
    for (size_t i = 0; i < load->connection_count; i++) {
        start_calls(load, load->connections[i]);
        if (!h2_flush(load->connections[i]))
            return sl_error_set(load->err, SL_UNAVAILABLE, "cannot send: %s", strerror(errno));
    }
    while (load->answered < count) {
        if (poll(load->polled, load->connection_count, ANSWER_TIMEOUT_MS) == 0)
            return sl_error_set(load->err, SL_DEADLINE_EXCEEDED, "no answer in %d ms",
                                ANSWER_TIMEOUT_MS);
        for (size_t i = 0; i < load->connection_count; i++) {
            if (load->polled[i].revents != 0)
                SL_TRY(serve(load, load->connections[i]));
        }
    }
    return SL_OK;
}

/* ---- The measurement ---- */

static enum sl_code connect_all(struct load *load)
{
    for (size_t i = 0; i < load->connection_count; i++) {
        struct h2_connection *connection = h2_connect(load->port);
        if (connection == NULL)
            return sl_error_set(load->err, SL_UNAVAILABLE, "cannot connect to port %d: %s",
                                load->port, strerror(errno));
        connection->on_answer = on_answer;
        connection->arg = load;
        load->connections[i] = connection;
        load->polled[i] = (struct pollfd){.fd = connection->fd, .events = POLLIN};
    }
    return SL_OK;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void print_result(const struct load *load, const struct moment *from,
                         const struct moment *to)
{
    double calls = (double)load->calls, wall_s = to->wall_s - from->wall_s;
    qsort(load->times_ns, load->calls, sizeof(*load->times_ns), compare);
    printf("{\"in_flight\": %zu, \"connections\": %zu, \"calls\": %zu, \"seconds\": %.4f, "
           "\"calls_per_second\": %.1f, \"server_cpu_us\": %.3f, \"client_cpu_us\": %.3f, "
           "\"p50_us\": %.1f, \"p99_us\": %.1f}\n",
           load->in_flight, load->connection_count, load->calls, wall_s, calls / wall_s,
           (to->server_cpu_s - from->server_cpu_s) / calls * 1e6,
           (to->own_cpu_s - from->own_cpu_s) / calls * 1e6,
           (double)load->times_ns[load->calls / 2] / 1e3,
           (double)load->times_ns[load->calls * 99 / 100] / 1e3);
}

static enum sl_code measure(struct load *load)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    struct moment from, to;
    int64_t *times_ns =
        arena == NULL ? NULL : sl_arena_alloc_array(arena, load->calls, sizeof(*times_ns));
    if (times_ns == NULL)
        return sl_error_no_memory(load->err);
    SL_TRY(exchange_build(arena, &load->exchange, load->err));
    SL_TRY(connect_all(load));
    SL_TRY(run_calls(load, load->calls / 5 + 1));
    if (!load->has_checked)
        return sl_error_set(load->err, SL_DATA_LOSS, "no answer came in one piece");
    /* Touched before the clock runs. */
    memset(times_ns, 1, load->calls * sizeof(*times_ns));
    load->times_ns = times_ns;
    SL_TRY(look(load, &from));
    SL_TRY(run_calls(load, load->calls));
    SL_TRY(look(load, &to));
    print_result(load, &from, &to);
    return SL_OK;
}

static bool read_arguments(struct load *load, char **argv)
{
    int64_t values[5];
    for (size_t i = 0; i < SL_ARRAY_LENGTH(values); i++) {
        if (!sl_parse_int64(argv[i + 1], 1, 100000000, &values[i]))
            return false;
    }
    load->port = (int)values[0];
    load->pid = (int)values[1];
    load->in_flight = (size_t)values[2];
    load->connection_count = (size_t)values[3];
    load->calls = (size_t)values[4];
    return load->connection_count <= CONNECTION_LIMIT;
}

int main(int argc, char **argv)
{
    struct sl_error err = {0};
    struct load load = {.err = &err};
    if (argc != 6 || !read_arguments(&load, argv)) {
        fprintf(stderr, "usage: bench-rpc-load PORT PID IN_FLIGHT CONNECTIONS CALLS\n");
        return 2;
    }
    if (measure(&load) != SL_OK) {
        fprintf(stderr, "bench-rpc-load: %s\n", err.message);
        return 1;
    }
    return 0;
}
