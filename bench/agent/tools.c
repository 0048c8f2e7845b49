/* The MCP server behind the agent that bench/agent measures: two tools that only read, one answers
 * at once, the other after a second. */
#include <stdio.h>

#include "base/log.h"
#include "loop/signals.h"
#include "loop/timer.h"
#include "mcp/server.h"

enum { WAIT_MS = 1000, CONNECTIONS = 8192 };

struct bench {
    struct sl_loop *loop;
    struct sl_mcp_server *server;
};

/** A call of the tool that waits. In the request's arena, which lives until the answer. */
struct waiting {
    struct sl_mcp_tool_request *request;
    struct sl_timer timer;
};

static void answer(struct sl_mcp_tool_request *request)
{
    json_t *arguments = sl_mcp_request_arguments(request);
    sl_mcp_answer(request, json_pack("{s:O?, s:s, s:f, s:s}", "payment_id",
                                     json_object_get(arguments, "payment_id"), "status",
                                     "completed", "amount", 129.5, "currency", "USD"));
}

static void answer_at_once(void *self, struct sl_mcp_tool_request *request)
{
    (void)self;
    answer(request);
}

static void answer_now(void *arg)
{
    answer(((struct waiting *)arg)->request);
}

static void answer_later(void *self, struct sl_mcp_tool_request *request)
{
    struct bench *bench = self;
    struct waiting *waiting = sl_arena_alloc(sl_mcp_request_arena(request), sizeof(*waiting));
    if (waiting == NULL) {
        sl_mcp_busy(request, "out of memory");
        return;
    }
    waiting->request = request;
    if (sl_timer_start(bench->loop, &waiting->timer, WAIT_MS, answer_now, waiting) != SL_OK)
        sl_mcp_busy(request, "out of memory");
}

#define SCHEMA                                                                                     \
    "{\"type\":\"object\",\"properties\":{\"payment_id\":{\"type\":\"string\",\"minLength\":1},"   \
    "\"amount\":{\"type\":\"number\",\"minimum\":0},\"currency\":{\"type\":\"string\","            \
    "\"pattern\":\"^[A-Z]{3}$\"}},\"required\":[\"payment_id\"]}"

static const struct sl_mcp_tool TOOLS[] = {
    {.name = "bench_at_once",
     .description = "Says how a payment stands, at once.",
     .input_schema = SCHEMA,
     .is_read_only = true,
     .handler = answer_at_once},
    {.name = "bench_after_a_second",
     .description = "Says how a payment stands, after a second.",
     .input_schema = SCHEMA,
     .is_read_only = true,
     .handler = answer_later},
};

static void on_stopped(void *arg)
{
    sl_loop_stop(((struct bench *)arg)->loop);
}

static void on_signal(int number, void *arg)
{
    (void)number;
    sl_mcp_server_stop_start(((struct bench *)arg)->server, 0, on_stopped, arg);
}

static enum sl_code serve(struct bench *bench, struct sl_error *err)
{
    struct sl_signals *signals = NULL;
    const struct sl_mcp_server_options options = {
        .listen = "127.0.0.1:0",
        .server_name = "bench-agent-tools",
        .server_version = SL_VERSION,
        .max_connections = CONNECTIONS,
        .self = bench,
    };
    SL_TRY(sl_log_init("bench-agent-tools", "warn", err));
    SL_TRY(sl_loop_new(NULL, &bench->loop, err));
    SL_TRY(sl_mcp_server_new(bench->loop, &options, TOOLS, SL_ARRAY_LENGTH(TOOLS), &bench->server,
                             err));
    SL_TRY(sl_signals_new(bench->loop, on_signal, bench, &signals, err));
    printf("%d\n", sl_mcp_server_port(bench->server));
    fflush(stdout);
    sl_loop_run(bench->loop);
    sl_signals_free(signals);
    return SL_OK;
}

int main(void)
{
    struct bench bench = {0};
    struct sl_error err = {0};
    enum sl_code code = serve(&bench, &err);
    if (code != SL_OK)
        fprintf(stderr, "bench-agent-tools: %s\n", err.message);
    sl_mcp_server_free(bench.server);
    sl_loop_free(bench.loop);
    return code == SL_OK ? 0 : 1;
}
