#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "loop/signals.h"
#include "services/mcp/reference_server.h"

#define GRACE_MS 10000

/* What runs while a reference server does. */
struct running {
    struct sl_loop *loop;
    struct sl_signals *signals;
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
    reference_server_stop_start(running->server, GRACE_MS, stopped, running);
}

/* "127.0.0.1:0" was asked for: the port that the system chose is what a client needs. */
static void say_ready(const char *name, const char *listen, int port)
{
    const char *colon = strrchr(listen, ':');
    int length = colon != NULL ? (int)(colon - listen) : (int)strlen(listen);
    printf("%s listening on %.*s:%d\n", name, length, listen, port);
    fflush(stdout);
}

static enum sl_code run(struct running *running, const struct reference_definition *definition,
                        const struct reference_settings *settings, struct sl_error *err)
{
    SL_TRY(sl_log_init(definition->name, settings->log_level, err));
    SL_TRY(sl_loop_new(NULL, &running->loop, err));
    SL_TRY(sl_signals_new(running->loop, on_signal, running, &running->signals, err));
    SL_TRY(reference_server_open(running->loop, definition, settings, &running->server, err));
    say_ready(definition->name, settings->listen, reference_server_port(running->server));
    sl_loop_run(running->loop);
    return SL_OK;
}

int reference_server_main(int argc, char **argv, const struct reference_definition *definition)
{
    struct reference_settings settings = {0};
    struct running running = {0};
    struct sl_error err = {0};
    int status = 0;
    if (sl_config_main(argc, argv, definition->summary, definition->variables,
                       definition->variable_count, &settings, &status) == SL_MAIN_EXIT)
        return status;
    if (run(&running, definition, &settings, &err) != SL_OK) {
        fprintf(stderr, "%s: cannot start: %s\n", definition->name, err.message);
        status = 1;
    }
    reference_server_close(running.server);
    sl_signals_free(running.signals);
    sl_loop_free(running.loop);
    sl_config_done(definition->variables, definition->variable_count, &settings);
    return status;
}
