/* interop-server: the server of gRPC's interoperability tests, on stubs of our own generator. */
#include <stdio.h>

#include "base/log.h"
#include "flags.h"
#include "loop/signals.h"
#include "rpc/rpc.h"
#include "server_handlers.h"

struct program {
    struct sl_loop *loop;
    struct sl_server *server;
    struct sl_signals *signals;
    bool is_stopping;
};

static void on_stopped(void *arg)
{
    struct program *program = arg;
    sl_loop_stop(program->loop);
}

static void on_signal(int number, void *arg)
{
    (void)number;
    struct program *program = arg;
    if (program->is_stopping)
        return;
    program->is_stopping = true;
    sl_server_stop_start(program->server, 0, on_stopped, program);
}

static enum sl_code start(struct program *program, const struct interop_flags *flags,
                          struct sl_error *err)
{
    char listen[32];
    snprintf(listen, sizeof(listen), "127.0.0.1:%d", flags->port);
    const struct sl_tls_options tls = {.certificate_file = flags->tls_cert_file,
                                       .key_file = flags->tls_key_file};
    const struct sl_server_options options = {
        .listen = listen, .tls = flags->use_tls ? &tls : NULL, .is_insecure = !flags->use_tls};
    SL_TRY(sl_loop_new(NULL, &program->loop, err));
    SL_TRY(sl_signals_new(program->loop, on_signal, program, &program->signals, err));
    SL_TRY(sl_server_new(program->loop, &options, &program->server, err));
    if (interop_service_register(program->server, program->loop) != SL_OK)
        return sl_error_no_memory(err);
    return sl_server_start(program->server, err);
}

int main(int argc, char **argv)
{
    struct interop_flags flags = {0};
    struct program program = {0};
    struct sl_error err = {0};
    enum sl_code code = interop_flags_read(&flags, argc, argv, &err);
    if (code == SL_OK)
        code = start(&program, &flags, &err);
    if (code == SL_OK) {
        printf("interop-server: port %d\n", sl_server_port(program.server));
        fflush(stdout);
        sl_loop_run(program.loop);
    } else {
        fprintf(stderr, "interop-server: %s\n", err.message);
    }
    sl_server_free(program.server);
    sl_signals_free(program.signals);
    sl_loop_free(program.loop);
    return code == SL_OK ? 0 : 1;
}
