/* The MCP server behind an agent while the orchestrator is measured: one tool, which only reads and
 * takes as long as it is told. Listens on BENCH_TOOLS_PORT until a signal comes. */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "loop/signals.h"
#include "loop/timer.h"
#include "mcp/server.h"
#include "json/json.h"

enum { CONNECTIONS = 16384 };

struct bench {
    struct sl_loop *loop;
    struct sl_mcp_server *server;
};

/** A call that waits. In the request's arena, which lives until the answer. */
struct waiting {
    struct sl_mcp_tool_request *request;
    struct sl_timer timer;
};

static void answer(void *arg)
{
    struct waiting *waiting = arg;
    sl_mcp_answer(waiting->request, json_pack("{s:b}", "done", 1));
}

static void wait_and_answer(void *self, struct sl_mcp_tool_request *request)
{
    struct bench *bench = self;
    struct waiting *waiting = sl_arena_alloc(sl_mcp_request_arena(request), sizeof(*waiting));
    int64_t wait_ms = (int64_t)sl_json_number(sl_mcp_request_arguments(request), "milliseconds", 0);
    if (waiting == NULL) {
        sl_mcp_busy(request, "out of memory");
        return;
    }
    waiting->request = request;
    if (sl_timer_start(bench->loop, &waiting->timer, wait_ms, answer, waiting) != SL_OK)
        sl_mcp_busy(request, "out of memory");
}

static const struct sl_mcp_tool TOOLS[] = {
    {.name = "bench_wait",
     .description = "Answers after a time.",
     .input_schema = "{\"type\":\"object\",\"properties\":{\"milliseconds\":{\"type\":\"integer\","
                     "\"minimum\":0}},\"required\":[\"milliseconds\"]}",
     .is_read_only = true,
     .handler = wait_and_answer},
};

static void on_stopped(void *arg)
{
    sl_loop_stop(arg);
}

static void on_signal(int number, void *arg)
{
    struct bench *bench = arg;
    (void)number;
    sl_mcp_server_stop_start(bench->server, 0, on_stopped, bench->loop);
}

int main(void)
{
    struct bench bench = {0};
    struct sl_signals *signals = NULL;
    struct sl_error error = {0};
    char listen[32];
    const char *port = getenv("BENCH_TOOLS_PORT");
    snprintf(listen, sizeof(listen), "127.0.0.1:%.10s", port ? port : "0");
    struct sl_mcp_server_options options = {.listen = listen,
                                            .server_name = "bench-orchestrator-tools",
                                            .server_version = SL_VERSION,
                                            .max_connections = CONNECTIONS,
                                            .self = &bench};
    int status = 1;
    if (sl_log_init("bench-orchestrator-tools", "warn", &error) == SL_OK &&
        sl_loop_new(NULL, &bench.loop, &error) == SL_OK &&
        sl_signals_new(bench.loop, on_signal, &bench, &signals, &error) == SL_OK &&
        sl_mcp_server_new(bench.loop, &options, TOOLS, SL_ARRAY_LENGTH(TOOLS), &bench.server,
                          &error) == SL_OK) {
        printf("bench-orchestrator-tools listening on %s\n", listen);
        fflush(stdout);
        sl_loop_run(bench.loop);
        status = 0;
    } else {
        fprintf(stderr, "bench-orchestrator-tools: %s\n", error.message);
    }
    sl_mcp_server_free(bench.server);
    sl_signals_free(signals);
    sl_loop_free(bench.loop);
    return status;
}
