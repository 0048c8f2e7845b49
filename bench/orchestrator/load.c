/*
 * Keeps a number of requests in flight at the bridge of this machine:
 *
 *   bench-orchestrator-load PORT PATH BODY_FILE IN_FLIGHT REQUESTS [SYNC_METER]
 *
 * Sends the body REQUESTS times over IN_FLIGHT connections, a request in a connection at a time,
 * and prints one JSON object. With a sync meter, and one request in flight, each request's time is
 * also given without the syncs that were made for it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "sync_meter.h"

enum { ANSWER_BYTES = 1 << 20, EVENTS = 256 };

/** A connection and the request in it. */
struct place {
    int socket;
    char *answer;
    size_t length;
    int64_t start_ns, start_sync_ns;
};

struct load {
    int epoll;
    char *request;
    size_t request_length;
    size_t wanted, started, answered, failed;
    const struct sync_meter *meter;
    /* Of each request; the second without its syncs. */
    int64_t *took_ns, *beyond_ns;
    char first_failure[400];
};

static int64_t now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void fail(const char *what)
{
    fprintf(stderr, "bench-orchestrator-load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t sync_total(const struct sync_meter *meter, bool is_count)
{
    int64_t total = 0;
    for (int i = 0; meter != NULL && i < SYNC_METER_PROCESSES; i++)
        total += __atomic_load_n(is_count ? &meter->of[i].count : &meter->of[i].total_ns,
                                 __ATOMIC_SEQ_CST);
    return total;
}

/* ---- Requests ---- */

static void send_request(struct load *load, struct place *place)
{
    if (load->started == load->wanted)
        return;
    load->started++;
    place->length = 0;
    place->start_sync_ns = sync_total(load->meter, false);
    place->start_ns = now_ns();
    if (write(place->socket, load->request, load->request_length) != (ssize_t)load->request_length)
        fail("write");
}

/* Length of the whole answer; 0 while its head is not there. */
static size_t answer_length(const struct place *place)
{
    const char *end = memmem(place->answer, place->length, "\r\n\r\n", 4);
    if (end == NULL)
        return 0;
    const char *field = memmem(place->answer, place->length, "Content-Length:", 15);
    if (field == NULL || field > end) {
        fprintf(stderr, "bench-orchestrator-load: an answer without Content-Length\n");
        exit(1);
    }
    return (size_t)(end + 4 - place->answer) + strtoul(field + 15, NULL, 10);
}

static void take_answer(struct load *load, struct place *place)
{
    int64_t took_ns = now_ns() - place->start_ns;
    bool is_good = memcmp(place->answer, "HTTP/1.1 200", 12) == 0 &&
                   (memmem(place->answer, place->length, "\"success\":true,\"workflow", 24) ||
                    memmem(place->answer, place->length, "\"status\":\"accepted\"", 19));
    if (!is_good && load->failed++ == 0)
        snprintf(load->first_failure, sizeof(load->first_failure), "%.*s", 399, place->answer);
    load->took_ns[load->answered] = took_ns;
    load->beyond_ns[load->answered] =
        took_ns - (sync_total(load->meter, false) - place->start_sync_ns);
    load->answered++;
    send_request(load, place);
}

static void read_answer(struct load *load, struct place *place)
{
    ssize_t length =
        read(place->socket, place->answer + place->length, ANSWER_BYTES - place->length);
    if (length <= 0)
        fail("read");
    place->length += (size_t)length;
    size_t wanted = answer_length(place);
    if (wanted > 0 && place->length >= wanted)
        take_answer(load, place);
}

static void open_place(struct load *load, struct place *place, int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct epoll_event event = {.events = EPOLLIN, .data = {.ptr = place}};
    int one = 1;
    place->answer = malloc(ANSWER_BYTES);
    place->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (place->answer == NULL || place->socket < 0 ||
        connect(place->socket, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        setsockopt(place->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) != 0 ||
        epoll_ctl(load->epoll, EPOLL_CTL_ADD, place->socket, &event) != 0)
        fail("connect");
}

/* ---- Figures ---- */

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static double percentile_ms(const int64_t *sorted, size_t count, int percent)
{
    size_t place = count * (size_t)percent / 100;
    return (double)sorted[place < count ? place : count - 1] / 1e6;
}

static void print_result(struct load *load, double seconds, int64_t syncs, int64_t sync_ns)
{
    size_t count = load->answered;
    qsort(load->took_ns, count, sizeof(int64_t), compare);
    qsort(load->beyond_ns, count, sizeof(int64_t), compare);
    printf("{\"requests\": %zu, \"failed\": %zu, \"seconds\": %.3f, \"per_second\": %.1f, "
           "\"p50_ms\": %.3f, \"p99_ms\": %.3f, \"longest_ms\": %.3f",
           count, load->failed, seconds, (double)count / seconds,
           percentile_ms(load->took_ns, count, 50), percentile_ms(load->took_ns, count, 99),
           percentile_ms(load->took_ns, count, 100));
    if (load->meter != NULL)
        printf(", \"syncs_per_request\": %.2f, \"sync_ms_per_request\": %.3f, "
               "\"beyond_syncs_p50_ms\": %.3f, \"beyond_syncs_p99_ms\": %.3f",
               (double)syncs / (double)count, (double)sync_ns / 1e6 / (double)count,
               percentile_ms(load->beyond_ns, count, 50),
               percentile_ms(load->beyond_ns, count, 99));
    printf("}\n");
    if (load->failed > 0)
        fprintf(stderr, "first failure: %s\n", load->first_failure);
}

/* ---- All of it ---- */

static void make_request(struct load *load, const char *path, const char *body_file)
{
    char body[65536];
    int file = open(body_file, O_RDONLY);
    ssize_t length = file < 0 ? -1 : read(file, body, sizeof(body));
    if (length < 0)
        fail(body_file);
    close(file);
    load->request = malloc((size_t)length + 1024);
    if (load->request == NULL)
        fail("memory");
    int head = snprintf(load->request, 1024,
                        "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        "Content-Length: %zd\r\n\r\n",
                        path, length);
    memcpy(load->request + head, body, (size_t)length);
    load->request_length = (size_t)head + (size_t)length;
}

static const struct sync_meter *open_meter(const char *path)
{
    int file = open(path, O_RDONLY);
    void *page = file < 0 ? MAP_FAILED
                          : mmap(NULL, sizeof(struct sync_meter), PROT_READ, MAP_SHARED, file, 0);
    if (page == MAP_FAILED)
        fail(path);
    close(file);
    return page;
}

int main(int argc, char **argv)
{
    struct load load = {.epoll = epoll_create1(0)};
    struct epoll_event events[EVENTS];
    if (argc < 6) {
        fprintf(stderr, "bench-orchestrator-load PORT PATH BODY_FILE IN_FLIGHT REQUESTS "
                        "[SYNC_METER]\n");
        return 2;
    }
    size_t in_flight = strtoul(argv[4], NULL, 10);
    load.wanted = strtoul(argv[5], NULL, 10);
    make_request(&load, argv[2], argv[3]);
    load.meter = argc > 6 ? open_meter(argv[6]) : NULL;
    load.took_ns = calloc(load.wanted, sizeof(int64_t));
    load.beyond_ns = calloc(load.wanted, sizeof(int64_t));
    struct place *places = calloc(in_flight, sizeof(*places));
    if (load.took_ns == NULL || load.beyond_ns == NULL || places == NULL)
        fail("memory");
    for (size_t i = 0; i < in_flight; i++)
        open_place(&load, &places[i], atoi(argv[1]));
    int64_t syncs = sync_total(load.meter, true), sync_ns = sync_total(load.meter, false);
    int64_t start_ns = now_ns();
    for (size_t i = 0; i < in_flight; i++)
        send_request(&load, &places[i]);
    while (load.answered < load.wanted) {
        int count = epoll_wait(load.epoll, events, EVENTS, 60000);
        if (count <= 0) {
            fprintf(stderr, "bench-orchestrator-load: no answer for a minute\n");
            return 1;
        }
        for (int i = 0; i < count; i++)
            read_answer(&load, events[i].data.ptr);
    }
    double seconds = (double)(now_ns() - start_ns) / 1e9;
    print_result(&load, seconds, sync_total(load.meter, true) - syncs,
                 sync_total(load.meter, false) - sync_ns);
    return 0;
}
