#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "auth/exposure.h"
#include "base/log.h"
#include "base/notify.h"
#include "http/probe.h"
#include "loop/signals.h"
#include "observe/observe.h"
#include "services/mcp/reference_server.h"

#define GRACE_MS 10000
/* For --health. */
#define HEALTH_TIMEOUT_MS 3000

/* What runs while a reference server does. */
struct running {
    struct sl_loop *loop;
    struct sl_signals *signals;
    struct sl_observe *observe;
    struct reference_server *server;
    bool is_stopping;
};

static void stopped(void *arg)
{
    struct running *running = arg;
    sl_loop_stop(running->loop);
}

/* The first signal lets calls under way end, a second one does not wait for them. */
static void on_signal(int number, void *arg)
{
    struct running *running = arg;
    if (number == SIGHUP)
        return;
    if (running->is_stopping || running->server == NULL) {
        sl_loop_stop(running->loop);
        return;
    }
    running->is_stopping = true;
    sl_notify("STOPPING=1");
    reference_server_stop_start(running->server, GRACE_MS, stopped, running);
}

/* "127.0.0.1:0" was asked for: the port that the system chose is what a client needs. */
static void say_ready(const char *name, const char *listen, int port)
{
    const char *colon = strrchr(listen, ':');
    int length = colon != NULL ? (int)(colon - listen) : (int)strlen(listen);
    printf("%s listening on %.*s:%d\n", name, length, listen, port);
    fflush(stdout);
    sl_notify("READY=1");
}

static enum sl_code run(struct running *running, const struct reference_definition *definition,
                        const struct reference_settings *settings, struct sl_error *err)
{
    SL_TRY(sl_log_init(definition->name, settings->log_level, err));
    SL_TRY(sl_loop_new(NULL, &running->loop, err));
    SL_TRY(sl_signals_new(running->loop, on_signal, running, &running->signals, err));
    SL_TRY(sl_observe_new(running->loop, &settings->observe, definition->name, &running->observe,
                          err));
    SL_TRY(reference_server_open(running->loop, definition, settings, &running->server, err));
    /* It asks nobody who they are: agents are meant to be the only ones that reach it. */
    sl_exposure_say(&(struct sl_exposure){.listen = settings->listen});
    say_ready(definition->name, settings->listen, reference_server_port(running->server));
    sl_loop_run(running->loop);
    return SL_OK;
}

static int ask_health(const struct reference_definition *definition,
                      const struct reference_settings *settings)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text url = {0};
    struct sl_error error = {0};
    sl_text_append(&url, "http://");
    enum sl_code code = sl_config_dial_address(settings->listen, &url, &error);
    sl_text_append(&url, "/mcp");
    if (code == SL_OK)
        code = sl_http_probe(sl_text_string(&url), HEALTH_TIMEOUT_MS, &error);
    return sl_config_main_health(definition->name, code, &error);
}

int reference_server_main(int argc, char **argv, const struct reference_definition *definition)
{
    struct reference_settings settings = {0};
    struct running running = {0};
    struct sl_error err = {0};
    int status = 0;
    enum sl_main_action action =
        sl_config_main(argc, argv, definition->summary, definition->variables,
                       definition->variable_count, &settings, &status);
    if (action == SL_MAIN_EXIT)
        return status;
    if (action == SL_MAIN_HEALTH) {
        status = ask_health(definition, &settings);
    } else if (run(&running, definition, &settings, &err) != SL_OK) {
        fprintf(stderr, "%s: cannot start: %s\n", definition->name, err.message);
        status = 1;
    }
    reference_server_close(running.server);
    sl_observe_free(running.observe);
    sl_signals_free(running.signals);
    sl_loop_free(running.loop);
    sl_config_done(definition->variables, definition->variable_count, &settings);
    return status;
}
