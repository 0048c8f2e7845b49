#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "conformance_tools.h"
#include "loop/signals.h"

/* mcp-test-server [port]: serves the test tools and those of the conformance suite on 127.0.0.1
 * until a signal comes. */

static void on_stopped(void *arg)
{
    sl_loop_stop(arg);
}

static void on_signal(int number, void *arg)
{
    struct test_tools *tools = arg;

    (void)number;
    sl_mcp_server_stop_start(tools->server, 1000, on_stopped, tools->loop);
}

static enum sl_code add_conformance_tools(struct test_tools *tools, struct sl_error *err)
{
    for (size_t i = 0; i < conformance_tool_count; i++)
        SL_TRY(sl_mcp_server_add_tool(tools->server, &conformance_tool_table[i], err));
    return SL_OK;
}

static int run(const char *port)
{
    struct test_tools tools = {0};
    struct sl_signals *signals = NULL;
    struct sl_error error = {0};
    char listen[32];
    struct sl_mcp_server_options options = {
        .listen = listen,
        .server_name = "mcp-test-server",
        .server_version = SL_VERSION,
        .self = &tools,
    };
    int status = 1;

    snprintf(listen, sizeof(listen), "127.0.0.1:%.10s", port);
    if (sl_loop_new(NULL, &tools.loop, &error) == SL_OK &&
        sl_signals_new(tools.loop, on_signal, &tools, &signals, &error) == SL_OK &&
        sl_mcp_server_new(tools.loop, &options, test_tool_table, test_tool_count, &tools.server,
                          &error) == SL_OK &&
        add_conformance_tools(&tools, &error) == SL_OK) {
        printf("listening on 127.0.0.1:%d\n", sl_mcp_server_port(tools.server));
        fflush(stdout);
        sl_loop_run(tools.loop);
        status = 0;
    } else {
        fprintf(stderr, "mcp-test-server: %s\n", error.message);
    }
    sl_mcp_server_free(tools.server);
    sl_signals_free(signals);
    sl_loop_free(tools.loop);
    test_tools_done(&tools);
    return status;
}

int main(int argc, char **argv)
{
    if (sl_log_init("mcp-test-server", "warn", NULL) != SL_OK)
        return 1;
    return run(argc > 1 ? argv[1] : "0");
}
