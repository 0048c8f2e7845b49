#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/notify.h"
#include "http/probe.h"
#include "loop/signals.h"
#include "observe/observe.h"
#include "rest-bridge/bridge.h"
#include "rest-bridge/config.h"
#include "servicelane/agent/v1/agent.grpc-c.h"
#include "servicelane/orchestrator/v1/orchestrator.grpc-c.h"

#define GRACE_MS 10000
/* For --health. */
#define HEALTH_TIMEOUT_MS 3000

/** The order is that of the configuration. */
static const struct {
    const char *name;
    const struct sl_service *service;
} services[BRIDGE_SERVICE_COUNT] = {
    {"payment", &agent_service_descriptor},
    {"repair_orders", &agent_service_descriptor},
    {"parts", &agent_service_descriptor},
    {"orchestrator", &orchestrator_descriptor},
};

/** What runs while the bridge does. */
struct running {
    struct sl_loop *loop;
    struct sl_observe *observe;
    struct sl_signals *signals;
    struct bridge *bridge;
    struct bridge_listener_options listeners[BRIDGE_SERVICE_COUNT];
    size_t listener_count;
    bool is_stopping;
};

static void on_stopped(void *arg)
{
    struct running *running = arg;
    sl_loop_stop(running->loop);
}

static void on_signal(int number, void *arg)
{
    struct running *running = arg;
    if (number == SIGHUP || running->is_stopping || running->bridge == NULL)
        return;
    running->is_stopping = true;
    sl_notify("STOPPING=1");
    bridge_stop_start(running->bridge, GRACE_MS, on_stopped, running);
}

static void choose_listeners(struct running *running, const struct bridge_config *config)
{
    for (size_t i = 0; i < BRIDGE_SERVICE_COUNT; i++) {
        if (config->listen[i][0] == '\0')
            continue;
        running->listeners[running->listener_count++] = (struct bridge_listener_options){
            services[i].name, config->listen[i], config->target[i], services[i].service};
    }
}

/** The port is the bound one: "127.0.0.1:0" was asked for perhaps. */
static void say_ready(const struct running *running)
{
    printf("rest-bridge listening on");
    for (size_t i = 0; i < running->listener_count; i++) {
        const char *listen = running->listeners[i].listen;
        printf("%s %.*s:%d (%s)", i > 0 ? "," : "", (int)(strrchr(listen, ':') - listen), listen,
               bridge_port(running->bridge, i), running->listeners[i].name);
    }
    printf("\n");
    fflush(stdout);
    sl_notify("READY=1");
}

static enum sl_code run(struct running *running, const struct bridge_config *config,
                        struct sl_error *err)
{
    choose_listeners(running, config);
    if (running->listener_count == 0)
        return sl_error_set(err, SL_FAILED_PRECONDITION,
                            "every *_REST_LISTEN is empty: there is nothing to serve");
    struct bridge_options options = {
        .listeners = running->listeners,
        .listener_count = running->listener_count,
        .request_timeout_ms = config->request_timeout_s * 1000,
        .workflow_timeout_ms = config->workflow_timeout_s * 1000,
        .guard = &config->guard,
        .rate = config->rate,
        .burst = config->burst,
        .cors_origins = config->cors_origins,
        .allowed_hosts = config->allowed_hosts,
    };
    SL_TRY(sl_log_init("rest-bridge", config->log_level, err));
    SL_TRY(sl_loop_new(NULL, &running->loop, err));
    SL_TRY(sl_signals_new(running->loop, on_signal, running, &running->signals, err));
    SL_TRY(sl_observe_new(running->loop, &config->observe, "rest-bridge", &running->observe, err));
    SL_TRY(bridge_new(running->loop, &options, &running->bridge, err));
    say_ready(running);
    sl_loop_run(running->loop);
    return SL_OK;
}

/* The first port that is served; any answer will do, for what is behind has a health of its own. */
static int ask_health(const struct bridge_config *config)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text url = {0};
    struct sl_error error = {0};
    const char *listen = "";
    for (size_t i = 0; i < BRIDGE_SERVICE_COUNT && listen[0] == '\0'; i++)
        listen = config->listen[i];
    sl_text_append(&url, config->guard.certificate_file[0] != '\0' ? "https://" : "http://");
    enum sl_code code = sl_config_dial_address(listen, &url, &error);
    sl_text_append(&url, "/health");
    if (code == SL_OK)
        code = sl_http_probe(sl_text_string(&url), HEALTH_TIMEOUT_MS, &error);
    return sl_config_main_health("rest-bridge", code, &error);
}

int main(int argc, char **argv)
{
    struct bridge_config config = {0};
    struct running running = {0};
    struct sl_error err = {0};
    int status = 0;
    enum sl_main_action action =
        sl_config_main(argc, argv, "HTTP and JSON in front of ServiceLane's gRPC services",
                       bridge_config_variables, bridge_config_variable_count, &config, &status);
    if (action == SL_MAIN_EXIT)
        return status;
    if (action == SL_MAIN_HEALTH) {
        status = ask_health(&config);
    } else if (run(&running, &config, &err) != SL_OK) {
        fprintf(stderr, "rest-bridge: cannot start: %s\n", err.message);
        status = 1;
    }
    bridge_free(running.bridge);
    sl_observe_free(running.observe);
    sl_signals_free(running.signals);
    sl_loop_free(running.loop);
    sl_config_done(bridge_config_variables, bridge_config_variable_count, &config);
    return status;
}
