/* A client of the weather station: one call of each shape. */
#include <stdio.h>
#include <string.h>

#include "rpc/rpc.h"

#include "weather/v1/weather.grpc-c.h"

#define PATIENCE_MS 10000

/* A call under way, and what is to be sent on it. */
struct conversation {
    struct sl_call *call;
    const double *celsius;
    size_t left;
    bool is_done;
    enum sl_code code;
};

static void finish(struct conversation *conversation, const struct sl_call_info *info)
{
    conversation->is_done = true;
    conversation->code = info->error.code;
    if (info->error.code != SL_OK)
        fprintf(stderr, "client: %s: %s\n", sl_code_name(info->error.code), info->error.message);
}

static void print_reading(const Weather__V1__Reading *reading)
{
    printf("%s:", reading->station);
    if (reading->optional_celsius_case == WEATHER__V1__READING__OPTIONAL_CELSIUS_CELSIUS)
        printf(" %.1f degrees", reading->celsius);
    if (reading->wind != NULL)
        printf(" wind %.1f m/s", reading->wind->metres_per_second);
    printf("\n");
}

/* Runs the loop until the call is over. */
static bool wait_for(struct sl_loop *loop, struct conversation *conversation)
{
    bool is_done = sl_loop_run_until(loop, &conversation->is_done, PATIENCE_MS);

    sl_call_unref(conversation->call);
    return is_done && conversation->code == SL_OK;
}

/* ---- A stream of requests ---- */

typedef enum sl_code send_fn(struct sl_call *call, const Weather__V1__Reading *reading,
                             sl_call_sent_fn *on_sent, void *arg);

/* The next goes out when the one before has gone. */
static void send_next(struct conversation *conversation, send_fn *send, sl_call_sent_fn *on_sent)
{
    Weather__V1__Reading reading = WEATHER__V1__READING__INIT;
    Weather__V1__Reading__Wind wind = WEATHER__V1__READING__WIND__INIT;
    double celsius;

    if (conversation->left == 0) {
        sl_call_close_send(conversation->call);
        return;
    }
    conversation->left--;
    celsius = *conversation->celsius++;
    wind.metres_per_second = 10 - celsius;
    reading.station = "harbour";
    reading.optional_celsius_case = WEATHER__V1__READING__OPTIONAL_CELSIUS_CELSIUS;
    reading.celsius = celsius;
    reading.wind = &wind;
    if (send(conversation->call, &reading, on_sent, conversation) != SL_OK)
        sl_call_cancel(conversation->call);
}

static void on_report_sent(bool is_sent, void *arg)
{
    if (is_sent)
        send_next(arg, weather_station_report_send_request, on_report_sent);
}

static void on_summary(const struct sl_call_info *info, const Weather__V1__Summary *summary,
                       void *arg)
{
    finish(arg, info);
    if (summary != NULL)
        printf("reported %d, the coldest %.1f degrees\n", summary->count, summary->coldest_celsius);
}

static bool report(struct sl_loop *loop, struct sl_channel *channel)
{
    static const double celsius[] = {4, -8.5, 1};
    struct conversation conversation = {.celsius = celsius, .left = 3};

    if (weather_station_report_start(channel, NULL, on_summary, &conversation,
                                     &conversation.call) != SL_OK)
        return false;
    on_report_sent(true, &conversation);
    return wait_for(loop, &conversation);
}

static void on_advise_sent(bool is_sent, void *arg)
{
    if (is_sent)
        send_next(arg, weather_station_advise_send_request, on_advise_sent);
}

static enum sl_flow on_advice(const Weather__V1__Advice *advice, void *arg)
{
    (void)arg;
    printf("advice: %s\n", advice->text);
    return SL_FLOW_NEXT;
}

static void on_done(const struct sl_call_info *info, void *arg)
{
    finish(arg, info);
}

static bool advise(struct sl_loop *loop, struct sl_channel *channel)
{
    static const struct weather_station_advise_callbacks callbacks = {on_advice, on_done};
    static const double celsius[] = {5, -12};
    struct conversation conversation = {.celsius = celsius, .left = 2};

    if (weather_station_advise_start(channel, NULL, &callbacks, &conversation,
                                     &conversation.call) != SL_OK)
        return false;
    on_advise_sent(true, &conversation);
    return wait_for(loop, &conversation);
}

/* ---- One request ---- */

static void on_latest(const struct sl_call_info *info, const Weather__V1__Reading *reading,
                      void *arg)
{
    finish(arg, info);
    if (reading != NULL)
        print_reading(reading);
}

static bool get_latest(struct sl_loop *loop, struct sl_channel *channel)
{
    Weather__V1__GetLatestRequest request = WEATHER__V1__GET_LATEST_REQUEST__INIT;
    struct sl_call_options options = {.timeout_ms = 2000};
    struct conversation conversation = {0};

    request.station = "harbour";
    return weather_station_get_latest_start(channel, &options, &request, on_latest, &conversation,
                                            NULL) == SL_OK &&
           wait_for(loop, &conversation);
}

static enum sl_flow on_reading(const Weather__V1__Reading *reading, void *arg)
{
    (void)arg;
    print_reading(reading);
    return SL_FLOW_NEXT;
}

static bool watch(struct sl_loop *loop, struct sl_channel *channel)
{
    static const struct weather_station_watch_callbacks callbacks = {on_reading, on_done};
    Weather__V1__WatchRequest request = WEATHER__V1__WATCH_REQUEST__INIT;
    struct conversation conversation = {0};

    request.station = "harbour";
    request.count = 2;
    return weather_station_watch_start(channel, NULL, &request, &callbacks, &conversation, NULL) ==
               SL_OK &&
           wait_for(loop, &conversation);
}

int main(int argc, char **argv)
{
    struct sl_channel_options options = {.target = argc > 1 ? argv[1] : "localhost:50051",
                                         .is_insecure = true};
    struct sl_loop *loop = NULL;
    struct sl_channel *channel = NULL;
    struct sl_error err = {0};
    bool is_ok = false;

    if (sl_loop_new(NULL, &loop, &err) != SL_OK ||
        sl_channel_new(loop, &options, &channel, &err) != SL_OK)
        fprintf(stderr, "client: %s\n", err.message);
    else
        is_ok = report(loop, channel) && get_latest(loop, channel) && watch(loop, channel) &&
                advise(loop, channel);
    sl_channel_free(channel);
    sl_loop_free(loop);
    return is_ok ? 0 : 1;
}
