#include "services/agent/agent_main.h"

#include <stdio.h>
#include <string.h>

#include "base/config.h"
#include "base/log.h"
#include "base/notify.h"
#include "guard/guard.h"
#include "loop/signals.h"
#include "observe/observe.h"
#include "rpc/probe.h"
#include "services/agent/agent.h"

enum { GRACE_MS = 10 * 1000, NAME_BYTES = 64, SECONDS_MAX = 10 * 365 * 24 * 3600 };

struct settings {
    const char *listen, *mcp_endpoint, *data_dir, *log_level;
    const char *tenant, *dealer, *user;
    const char *mcp_token, *callback_secret, *callback_allow;
    struct sl_guard_settings guard;
    struct sl_observe_settings observe;
    int64_t discovery_interval_s, request_timeout_s, health_timeout_s, task_ttl_s, key_ttl_s,
        lease_s;
};

#define FIELD(member) .offset = offsetof(struct settings, member)
#define SECONDS(most) .kind = SL_CONFIG_INT, .minimum = 1, .maximum = (most)

/* The first three are named after the service. */
static const struct sl_config_variable VARIABLES[] = {
    {.kind = SL_CONFIG_LISTEN, .description = "gRPC address to bind", FIELD(listen)},
    {.kind = SL_CONFIG_URL, .description = "URL of the MCP server", FIELD(mcp_endpoint)},
    {.kind = SL_CONFIG_STRING,
     .description = "bearer token for the MCP server",
     .is_secret = true,
     .is_optional = true,
     FIELD(mcp_token)},
    {.name = "TENANT_ID",
     .kind = SL_CONFIG_STRING,
     .default_value = "TENANT_AUTOMOTIVE_RETAIL",
     .description = "tenant of calls that name none",
     FIELD(tenant)},
    {.name = "DEALER_ID",
     .kind = SL_CONFIG_STRING,
     .default_value = "DEALER_001_AUTOMOTIVE",
     .description = "dealer of calls that name none",
     FIELD(dealer)},
    {.name = "USER_ID",
     .kind = SL_CONFIG_STRING,
     .default_value = "servicelane",
     .description = "user of calls that name none",
     FIELD(user)},
    {.name = "SERVICE_DISCOVERY_INTERVAL",
     .default_value = "30",
     .description = "seconds between two looks at the MCP server's tools",
     SECONDS(86400),
     FIELD(discovery_interval_s)},
    {.name = "REQUEST_TIMEOUT",
     .default_value = "30",
     .description = "seconds for an operation that names no timeout",
     SECONDS(86400),
     FIELD(request_timeout_s)},
    {.name = "HEALTH_CHECK_TIMEOUT",
     .default_value = "5",
     .description = "seconds that a look at the MCP server's tools may take",
     SECONDS(3600),
     FIELD(health_timeout_s)},
    {.name = "SERVICELANE_DATA_DIR",
     .kind = SL_CONFIG_PATH,
     .default_value = "./data",
     .description = "folder of the database",
     FIELD(data_dir)},
    {.name = "SERVICELANE_TASK_TTL",
     .default_value = "604800",
     .description = "seconds that an ended task is kept",
     SECONDS(SECONDS_MAX),
     FIELD(task_ttl_s)},
    {.name = "SERVICELANE_KEY_TTL",
     .default_value = "7776000",
     .description = "seconds that an idempotency key is kept",
     SECONDS(SECONDS_MAX),
     FIELD(key_ttl_s)},
    {.name = "SERVICELANE_LEASE",
     .default_value = "15",
     .description = "seconds after which another process takes over what a dead one had begun",
     SECONDS(3600),
     FIELD(lease_s)},
    {.name = "SERVICELANE_CALLBACK_SECRET",
     .kind = SL_CONFIG_STRING,
     .description = "signs callbacks (Standard Webhooks)",
     .is_secret = true,
     .is_optional = true,
     FIELD(callback_secret)},
    {.name = "SERVICELANE_CALLBACK_ALLOW",
     .kind = SL_CONFIG_STRING,
     .description = "hosts and address ranges that callbacks may go to; empty: all but link-local",
     .is_optional = true,
     FIELD(callback_allow)},
    SL_GUARD_SERVER_VARIABLES(struct settings, guard),
    SL_GUARD_CHANNEL_VARIABLES(struct settings, guard),
    SL_OBSERVE_VARIABLES(struct settings, observe),
    {.name = "SERVICELANE_LOG",
     .kind = SL_CONFIG_STRING,
     .default_value = "info",
     .description = "debug, info, warn, error or off",
     FIELD(log_level)},
};

/** The variables under this service's names. */
struct table {
    struct sl_config_variable variables[SL_ARRAY_LENGTH(VARIABLES)];
    char listen_name[NAME_BYTES];
    char endpoint_name[NAME_BYTES];
    char token_name[NAME_BYTES];
};

static void name_variables(const struct agent_service *service, struct table *table)
{
    memcpy(table->variables, VARIABLES, sizeof(VARIABLES));
    snprintf(table->listen_name, NAME_BYTES, "%s_LISTEN", service->variable_prefix);
    snprintf(table->endpoint_name, NAME_BYTES, "%s_MCP_ENDPOINT", service->variable_prefix);
    snprintf(table->token_name, NAME_BYTES, "%s_MCP_TOKEN", service->variable_prefix);
    table->variables[0].name = table->listen_name;
    table->variables[0].default_value = service->default_listen;
    table->variables[1].name = table->endpoint_name;
    table->variables[1].default_value = service->default_mcp_endpoint;
    table->variables[2].name = table->token_name;
}

/** A running process. */
struct process {
    struct sl_loop *loop;
    struct sl_signals *signals;
    struct sl_observe *observe;
    struct agent *agent;
    bool is_stopping;
};

static void on_stopped(void *arg)
{
    struct process *process = arg;
    sl_loop_stop(process->loop);
}

static void on_signal(int number, void *arg)
{
    struct process *process = arg;
    (void)number;
    if (process->is_stopping || process->agent == NULL)
        return;
    process->is_stopping = true;
    sl_notify("STOPPING=1");
    agent_stop_start(process->agent, GRACE_MS, on_stopped, process);
}

static enum sl_code start(struct process *process, const struct agent_service *service,
                          const struct settings *settings, struct sl_error *err)
{
    struct agent_options options = {
        .service = service,
        .listen = settings->listen,
        .mcp_endpoint = settings->mcp_endpoint,
        .mcp_token = settings->mcp_token,
        .guard = &settings->guard,
        .data_dir = settings->data_dir,
        .identity = {settings->tenant, settings->dealer, settings->user},
        .callback_secret = settings->callback_secret,
        .callback_allow = settings->callback_allow,
        .discovery_interval_ms = settings->discovery_interval_s * 1000,
        .request_timeout_ms = settings->request_timeout_s * 1000,
        .health_timeout_ms = settings->health_timeout_s * 1000,
        .task_ttl_ms = settings->task_ttl_s * 1000,
        .key_ttl_ms = settings->key_ttl_s * 1000,
        .lease_ms = settings->lease_s * 1000,
    };
    SL_TRY(sl_log_init(service->name, settings->log_level, err));
    SL_TRY(sl_loop_new(NULL, &process->loop, err));
    SL_TRY(sl_signals_new(process->loop, on_signal, process, &process->signals, err));
    SL_TRY(sl_observe_new(process->loop, &settings->observe, service->name, &process->observe, err));
    return agent_new(process->loop, &options, &process->agent, err);
}

static int run(const struct agent_service *service, const struct settings *settings)
{
    struct process process = {0};
    struct sl_error error = {0};
    enum sl_code code = start(&process, service, settings, &error);
    if (code == SL_OK) {
        printf("%s listening on %.*s:%d, tools of %s\n", service->name,
               (int)(strrchr(settings->listen, ':') - settings->listen), settings->listen,
               agent_port(process.agent), settings->mcp_endpoint);
        fflush(stdout);
        sl_notify("READY=1");
        sl_loop_run(process.loop);
    } else {
        fprintf(stderr, "%s: %s\n", service->name, error.message);
    }
    agent_free(process.agent);
    sl_observe_free(process.observe);
    sl_signals_free(process.signals);
    sl_loop_free(process.loop);
    return code == SL_OK ? 0 : 1;
}

/* Asks the agent that runs under these settings how it does. */
static int ask_health(const struct agent_service *service, const struct settings *settings)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text address = {0};
    struct sl_error error = {0};
    enum sl_code code = sl_config_dial_address(settings->listen, &address, &error);
    struct sl_tls_options tls;
    if (code == SL_OK)
        code = sl_rpc_probe(sl_text_string(&address), sl_guard_probe_tls(&settings->guard, &tls),
                            settings->health_timeout_s * 1000, &error);
    return sl_config_main_health(service->name, code, &error);
}

int agent_main(int argc, char **argv, const struct agent_service *service)
{
    struct table table;
    struct settings settings = {0};
    int status = 0;
    name_variables(service, &table);
    enum sl_main_action action =
        sl_config_main(argc, argv, service->summary, table.variables,
                       SL_ARRAY_LENGTH(table.variables), &settings, &status);
    if (action == SL_MAIN_EXIT)
        return status;
    status = action == SL_MAIN_HEALTH ? ask_health(service, &settings) : run(service, &settings);
    sl_config_done(table.variables, SL_ARRAY_LENGTH(table.variables), &settings);
    return status;
}
