#include <grpc/grpc.h>
#include <grpc/support/log.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/log.h"
#include "loop/queue.h"

/*
 * What gRPC has to say about failures comes as the status of a call as well, and whoever handles
 * that logs it. Its own lines on stderr are for those who ask for them, in gRPC's own way.
 */
static void forward_log(gpr_log_func_args *args)
{
    sl_log(SL_LOG_DEBUG, "grpc", sl_field_string("message", args->message),
           sl_field_string("file", args->file), sl_field_int("line", args->line));
}

void sl_grpc_init(void)
{
    /* gRPC's threads must not take signals: they could not do anything with them. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (getenv("GRPC_VERBOSITY") == NULL && getenv("GRPC_TRACE") == NULL)
        gpr_set_log_function(forward_log);
    grpc_init();
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}
