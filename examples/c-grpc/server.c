/* A weather station: a server of one method of each shape. */
#include <stdio.h>
#include <string.h>

#include "loop/signals.h"
#include "rpc/rpc.h"

#include "weather/v1/weather.grpc-c.h"

struct station {
    struct sl_loop *loop;
    struct sl_server *server;
    bool is_stopped;
    /* Owns latest. */
    struct sl_arena *arena;
    Weather__V1__Reading *latest;
};

/* ---- One request, one answer ---- */

static enum sl_code get_latest(void *self, struct sl_server_call *call,
                               const Weather__V1__GetLatestRequest *request, struct sl_error *err)
{
    const struct station *station = self;

    if (station->latest == NULL || strcmp(station->latest->station, request->station) != 0)
        return sl_error_set(err, SL_NOT_FOUND, "no reading of station \"%s\"", request->station);
    weather_station_get_latest_reply(call, station->latest);
    return SL_OK;
}

/* ---- One request, a stream of answers ---- */

struct watch {
    const struct station *station;
    struct sl_server_call *call;
    int left;
};

/* The next reading goes out when the one before has gone: a slow client slows this down. */
static void send_next(bool is_sent, void *arg)
{
    struct watch *watch = arg;

    if (is_sent && watch->left-- > 0 &&
        weather_station_watch_send(watch->call, watch->station->latest, send_next, watch) == SL_OK)
        return;
    weather_station_watch_end(watch->call, NULL);
}

static enum sl_code watch(void *self, struct sl_server_call *call,
                          const Weather__V1__WatchRequest *request, struct sl_error *err)
{
    const struct station *station = self;
    /* Memory of the call's: nothing has to be freed. */
    struct watch *watch = sl_arena_alloc(sl_server_call_arena(call), sizeof(*watch));

    if (watch == NULL)
        return sl_error_no_memory(err);
    if (station->latest == NULL)
        return sl_error_set(err, SL_NOT_FOUND, "no reading yet");
    watch->station = station;
    watch->call = call;
    watch->left = request->count;
    send_next(true, watch);
    return SL_OK;
}

/* ---- A stream of requests, one answer ---- */

struct report {
    struct station *station;
    struct sl_server_call *call;
    struct weather_station_report_reader reader;
    Weather__V1__Summary summary;
};

/* A message is borrowed until its callback returns; what is to stay is packed and unpacked. */
static enum sl_code keep(struct station *station, const Weather__V1__Reading *reading,
                         struct sl_error *err)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    struct sl_arena *before = station->arena;
    ProtobufCMessage *copy;
    uint8_t *bytes;
    size_t length;

    if (arena == NULL)
        return sl_error_no_memory(err);
    SL_TRY(sl_message_pack(&reading->base, arena, &bytes, &length, err));
    SL_TRY(sl_message_unpack(&weather__v1__reading__descriptor, bytes, length, arena, &copy, err));
    station->latest = (Weather__V1__Reading *)copy;
    station->arena = SL_TAKE(arena);
    sl_arena_free(before);
    return SL_OK;
}

static void count_in(Weather__V1__Summary *summary, const Weather__V1__Reading *reading)
{
    bool has_coldest = summary->optional_coldest_celsius_case !=
                       WEATHER__V1__SUMMARY__OPTIONAL_COLDEST_CELSIUS__NOT_SET;

    summary->count++;
    if (reading->optional_celsius_case == WEATHER__V1__READING__OPTIONAL_CELSIUS__NOT_SET)
        return;
    if (has_coldest && summary->coldest_celsius <= reading->celsius)
        return;
    summary->optional_coldest_celsius_case =
        WEATHER__V1__SUMMARY__OPTIONAL_COLDEST_CELSIUS_COLDEST_CELSIUS;
    summary->coldest_celsius = reading->celsius;
}

/* What is kept and counted is done with; the next may come. */
static enum sl_code take(struct report *report, const Weather__V1__Reading *reading,
                         struct sl_error *err)
{
    enum sl_code code;

    SL_TRY(keep(report->station, reading, err));
    count_in(&report->summary, reading);
    code = weather_station_report_receive(report->call, &report->reader);
    return code == SL_OK ? SL_OK : sl_error_set(err, code, "cannot read on");
}

static void on_reported(const Weather__V1__Reading *reading, const struct sl_error *error,
                        void *arg)
{
    struct report *report = arg;
    struct sl_error err = {0};

    if (error != NULL) {
        sl_server_call_fail(report->call, error);
    } else if (reading == NULL) {
        weather_station_report_reply(report->call, &report->summary);
    } else if (take(report, reading, &err) != SL_OK) {
        sl_server_call_fail(report->call, &err);
    }
}

static enum sl_code report(void *self, struct sl_server_call *call, struct sl_error *err)
{
    struct report *report = sl_arena_alloc(sl_server_call_arena(call), sizeof(*report));

    if (report == NULL)
        return sl_error_no_memory(err);
    report->station = self;
    report->call = call;
    report->reader.on_request = on_reported;
    report->reader.arg = report;
    weather__v1__summary__init(&report->summary);
    return weather_station_report_receive(call, &report->reader);
}

/* ---- A stream of requests, a stream of answers ---- */

struct advise {
    struct sl_server_call *call;
    struct weather_station_advise_reader reader;
};

static void on_advised(bool is_sent, void *arg)
{
    struct advise *advise = arg;

    if (!is_sent || weather_station_advise_receive(advise->call, &advise->reader) != SL_OK)
        weather_station_advise_end(advise->call, NULL);
}

static void on_asked(const Weather__V1__Reading *reading, const struct sl_error *error, void *arg)
{
    struct advise *advise = arg;
    Weather__V1__Advice advice = WEATHER__V1__ADVICE__INIT;

    if (reading == NULL) {
        weather_station_advise_end(advise->call, error);
        return;
    }
    advice.text = reading->wind != NULL && reading->wind->metres_per_second > 17 ? "stay in port"
                                                                                 : "set sail";
    if (weather_station_advise_send(advise->call, &advice, on_advised, advise) != SL_OK)
        weather_station_advise_end(advise->call, NULL);
}

static enum sl_code advise(void *self, struct sl_server_call *call, struct sl_error *err)
{
    struct advise *advise = sl_arena_alloc(sl_server_call_arena(call), sizeof(*advise));

    (void)self;
    if (advise == NULL)
        return sl_error_no_memory(err);
    advise->call = call;
    advise->reader.on_request = on_asked;
    advise->reader.arg = advise;
    return weather_station_advise_receive(call, &advise->reader);
}

/* ---- The process ---- */

static void on_stopped(void *arg)
{
    struct station *station = arg;

    station->is_stopped = true;
    sl_loop_stop(station->loop);
}

static void on_signal(int number, void *arg)
{
    struct station *station = arg;

    (void)number;
    sl_server_stop_start(station->server, 5000, on_stopped, station);
}

static enum sl_code serve(struct station *station, const char *listen, struct sl_error *err)
{
    const struct weather_station_handlers handlers = {
        .get_latest = get_latest,
        .watch = watch,
        .report = report,
        .advise = advise,
    };
    struct sl_server_options options = {.listen = listen, .is_insecure = true};
    struct sl_signals *signals;

    SL_TRY(sl_loop_new(NULL, &station->loop, err));
    SL_TRY(sl_server_new(station->loop, &options, &station->server, err));
    if (weather_station_register(station->server, &handlers, station) != SL_OK)
        return sl_error_no_memory(err);
    SL_TRY(sl_server_start(station->server, err));
    SL_TRY(sl_signals_new(station->loop, on_signal, station, &signals, err));
    printf("listening on port %d\n", sl_server_port(station->server));
    fflush(stdout);
    sl_loop_run(station->loop);
    sl_signals_free(signals);
    return SL_OK;
}

int main(int argc, char **argv)
{
    struct station station = {0};
    struct sl_error err = {0};
    enum sl_code code = serve(&station, argc > 1 ? argv[1] : "127.0.0.1:50051", &err);

    if (code != SL_OK)
        fprintf(stderr, "server: %s\n", err.message);
    sl_server_free(station.server);
    sl_loop_free(station.loop);
    sl_arena_free(station.arena);
    return code == SL_OK ? 0 : 1;
}
