#include <stdio.h>
#include <string.h>

#include "base/config.h"
#include "base/log.h"
#include "base/notify.h"
#include "guard/guard.h"
#include "loop/loop.h"
#include "loop/signals.h"
#include "observe/observe.h"
#include "orchestrator/config.h"
#include "orchestrator/process.h"
#include "rpc/probe.h"

#define GRACE_MS 10000
/* For --health. */
#define HEALTH_TIMEOUT_MS 3000

struct program {
    struct orch_config config;
    struct sl_loop *loop;
    struct sl_signals *signals;
    struct sl_observe *observe;
    struct orch_process *process;
    bool is_stopping;
    int status;
};

static void on_stopped(void *arg)
{
    struct program *program = arg;
    sl_loop_stop(program->loop);
}

static void stop(struct program *program)
{
    if (program->is_stopping)
        return;
    program->is_stopping = true;
    sl_notify("STOPPING=1");
    orch_process_stop_start(program->process, GRACE_MS, on_stopped, program);
}

static void on_signal(int number, void *arg)
{
    sl_log(SL_LOG_INFO, "stopping", sl_field_int("signal", number));
    stop(arg);
}

static void on_lost(void *arg)
{
    struct program *program = arg;
    program->status = 1;
    stop(program);
}

static enum sl_code start(struct program *program, struct sl_error *err)
{
    SL_TRY(sl_log_init("orchestrator", program->config.log_level, err));
    SL_TRY(sl_loop_new(NULL, &program->loop, err));
    SL_TRY(sl_signals_new(program->loop, on_signal, program, &program->signals, err));
    SL_TRY(sl_observe_new(program->loop, &program->config.observe, "orchestrator",
                          &program->observe, err));
    return orch_process_new(program->loop, &program->config, on_lost, program, &program->process,
                            err);
}

static int ask_health(const struct orch_config *config)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text address = {0};
    struct sl_error error = {0};
    struct sl_tls_options tls;
    enum sl_code code = sl_config_dial_address(config->listen, &address, &error);
    if (code == SL_OK)
        code = sl_rpc_probe(sl_text_string(&address), sl_guard_probe_tls(&config->guard, &tls),
                            HEALTH_TIMEOUT_MS, &error);
    return sl_config_main_health("orchestrator", code, &error);
}

int main(int argc, char **argv)
{
    struct program program = {0};
    struct sl_error error = {0};
    int status = 0;
    enum sl_main_action action =
        sl_config_main(argc, argv, "Plans and carries out requests over the agents.",
                       orch_config_table, orch_config_count, &program.config, &status);
    if (action == SL_MAIN_EXIT)
        return status;
    if (action == SL_MAIN_HEALTH) {
        status = ask_health(&program.config);
        sl_config_done(orch_config_table, orch_config_count, &program.config);
        return status;
    }
    if (start(&program, &error) == SL_OK) {
        const char *listen = program.config.listen;
        printf("orchestrator listening on %.*s:%d\n", (int)(strrchr(listen, ':') - listen), listen,
               orch_process_port(program.process));
        fflush(stdout);
        sl_notify("READY=1");
        sl_loop_run(program.loop);
    } else {
        fprintf(stderr, "orchestrator: %s\n", error.message);
        program.status = 1;
    }
    orch_process_free(program.process);
    sl_observe_free(program.observe);
    sl_signals_free(program.signals);
    sl_loop_free(program.loop);
    sl_config_done(orch_config_table, orch_config_count, &program.config);
    return program.status;
}
