#include "rpc/health.h"
#include "rpc/reflection.h"
#include "rpc/server_private.h"

/*
 * Draining: calls that arrive are refused, as not executed; those in flight go on; whoever watches
 * the health is told. It ends when the last call has gone, or with the grace period. Shutting down:
 * gRPC closes the port and says goodbye to its connections. It would end calls that arrive now as
 * CANCELLED, which tells the client nothing: hence the draining before.
 */

/* How long peers get to close their connections once no call is left. */
static const int64_t HANG_UP_MS = 200;
/* How long clients that watch the health get to look elsewhere. */
static const int64_t LINGER_MS = 100;

static void finish(struct sl_server *server)
{
    sl_timer_stop(&server->grace_timer);
    server->state = SL_SERVER_STOPPED;
    /* The server may be freed inside. */
    server->stopped(server->stopped_arg);
}

/* Out of memory for a timer: then without waiting. */
static void after(struct sl_server *server, int64_t delay_ms, void (*fn)(void *arg))
{
    if (sl_timer_start(server->loop, &server->grace_timer, delay_ms, fn, server) != SL_OK)
        fn(server);
}

static void cancel_all(void *arg)
{
    struct sl_server *server = arg;
    grpc_server_cancel_all_calls(server->core);
}

static void shut_down_done(struct sl_completion *completion, bool ok)
{
    (void)ok;
    struct sl_server *server =
        (struct sl_server *)((char *)completion - offsetof(struct sl_server, shutdown_completion));
    server->is_shut_down = true;
    sl_server_check_stopped(server);
}

/*
 * With the last call gone there is nothing left to be graceful about: silent peers, which would not
 * answer the goodbye of HTTP/2, are hung up on.
 */
static void shut_down(void *arg)
{
    struct sl_server *server = arg;
    server->state = SL_SERVER_SHUTTING_DOWN;
    server->shutdown_completion.fn = shut_down_done;
    grpc_server_shutdown_and_notify(server->core, sl_loop_queue(server->loop),
                                    &server->shutdown_completion);
    if (server->calls != NULL)
        cancel_all(server);
    else
        after(server, HANG_UP_MS, cancel_all);
}

static void linger_done(void *arg)
{
    struct sl_server *server = arg;
    server->is_lingering = false;
    int64_t left_ms = server->grace_end_ms - sl_loop_now_ms(server->loop);
    if (server->calls == NULL || left_ms <= 0)
        shut_down(server);
    else
        after(server, left_ms, shut_down);
}

void sl_server_check_stopped(struct sl_server *server)
{
    if (server->calls != NULL)
        return;
    if (server->state == SL_SERVER_DRAINING && !server->is_lingering)
        shut_down(server);
    else if (server->state == SL_SERVER_SHUTTING_DOWN && server->is_shut_down &&
             server->waiting_accepts == 0)
        finish(server);
}

static void never_started(struct sl_task *task)
{
    finish((struct sl_server *)((char *)task - offsetof(struct sl_server, stopped_task)));
}

void sl_server_stop_start(struct sl_server *server, int64_t grace_ms, void (*done)(void *arg),
                          void *arg)
{
    server->stopped = done;
    server->stopped_arg = arg;
    if (server->state == SL_SERVER_NEW) {
        server->stopped_task.run = never_started;
        sl_loop_post(server->loop, &server->stopped_task);
        return;
    }
    server->state = SL_SERVER_DRAINING;
    server->grace_end_ms = sl_loop_now_ms(server->loop) + grace_ms;
    /* Streams that only end with the server end now. */
    sl_reflection_stop(server->reflection);
    server->is_lingering = sl_health_stop(server->health) && grace_ms > 0;
    after(server, server->is_lingering && LINGER_MS < grace_ms ? LINGER_MS : 0, linger_done);
}
