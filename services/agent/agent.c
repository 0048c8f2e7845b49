#include "services/agent/agent.h"

#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "base/memory.h"
#include "services/agent/agent_private.h"
#include "services/agent/task_wishes.h"

/* How often stopping looks whether all has ended, and how long it waits for what was cancelled. */
enum { STOP_LOOK_MS = 20, STOP_CANCELLED_MS = 2000 };

static const struct sl_migration MIGRATIONS[] = {
    {AGENT_CLAIMS_SCHEMA},
    {AGENT_TASKS_SCHEMA},
    {SL_OUTBOX_SCHEMA},
    {AGENT_WISHES_SCHEMA},
};

static int64_t or_default(int64_t value, int64_t fallback)
{
    return value > 0 ? value : fallback;
}

static bool copy_text(struct sl_arena *arena, const char **text)
{
    *text = sl_arena_strdup(arena, *text == NULL ? "" : *text);
    return *text != NULL;
}

static enum sl_code copy_options(struct agent *agent, const struct agent_options *options,
                                 struct sl_error *err)
{
    const int64_t day_ms = 24 * 3600 * 1000;
    struct agent_options *copy = &agent->options;
    *copy = *options;
    const char **const texts[] = {
        &copy->listen,          &copy->mcp_endpoint,   &copy->data_dir,
        &copy->identity.tenant, &copy->identity.user,  &copy->identity.dealer,
        &copy->callback_secret, &copy->callback_allow, &copy->mcp_token,
    };
    for (size_t i = 0; i < SL_ARRAY_LENGTH(texts); i++) {
        if (!copy_text(agent->arena, texts[i]))
            return sl_error_no_memory(err);
    }
    copy->discovery_interval_ms = or_default(copy->discovery_interval_ms, 30000);
    copy->request_timeout_ms = or_default(copy->request_timeout_ms, 30000);
    copy->health_timeout_ms = or_default(copy->health_timeout_ms, 5000);
    copy->task_ttl_ms = or_default(copy->task_ttl_ms, 7 * day_ms);
    copy->key_ttl_ms = or_default(copy->key_ttl_ms, 90 * day_ms);
    copy->lease_ms = or_default(copy->lease_ms, 15000);
    return SL_OK;
}

/* ---- Building, from the ground up ---- */

static enum sl_code open_store(struct agent *agent, struct sl_error *err)
{
    struct sl_store_options options = {
        .path = sl_arena_printf(agent->arena, "%s/%s.db", agent->options.data_dir,
                                agent->service->name),
        .migrations = MIGRATIONS,
        .migration_count = SL_ARRAY_LENGTH(MIGRATIONS),
    };
    if (options.path == NULL)
        return sl_error_no_memory(err);
    return sl_store_open(agent->loop, &options, &agent->store, err);
}

static void on_tools_changed(void *arg)
{
    struct agent *agent = arg;
    if (agent->toolbox != NULL)
        agent_toolbox_refresh(agent->toolbox);
}

static enum sl_code connect_tools(struct agent *agent, struct sl_error *err)
{
    struct sl_headers headers = {0};
    SL_TRY(agent_identity_headers(agent->service, &agent->options.identity, agent->arena, &headers,
                                  err));
    struct sl_mcp_client_options client = {
        .endpoint = agent->options.mcp_endpoint,
        .headers = &headers,
        .client_name = agent->service->name,
        .client_version = SL_VERSION,
        .default_timeout_ms = agent->options.request_timeout_ms,
        .bearer_token = agent->options.mcp_token,
        .on_tools_changed = on_tools_changed,
        .arg = agent,
    };
    SL_TRY(sl_http_client_new(agent->loop, NULL, &agent->http, err));
    SL_TRY(sl_mcp_client_new(agent->loop, agent->http, &client, &agent->mcp, err));
    struct agent_toolbox_options toolbox = {
        .client = agent->mcp,
        .endpoint = agent->options.mcp_endpoint,
        .interval_ms = agent->options.discovery_interval_ms,
        .timeout_ms = agent->options.health_timeout_ms,
    };
    return agent_toolbox_new(agent->loop, &toolbox, &agent->toolbox, err);
}

static enum sl_code build_tasks(struct agent *agent, struct sl_error *err)
{
    struct agent_ledger_options ledger = {agent->store, agent->owner, agent->options.lease_ms,
                                          agent->options.key_ttl_ms};
    struct sl_outbox_options outbox = {.store = agent->store,
                                       .http = agent->http,
                                       .secret = agent->options.callback_secret,
                                       .allow = agent->options.callback_allow};
    SL_TRY(agent_ledger_new(agent->loop, &ledger, &agent->ledger, err));
    SL_TRY(sl_outbox_new(agent->loop, &outbox, &agent->outbox, err));
    agent->core = (struct agent_core){.loop = agent->loop,
                                      .service = agent->service,
                                      .mcp = agent->mcp,
                                      .toolbox = agent->toolbox,
                                      .ledger = agent->ledger};
    struct agent_tasks_options tasks = {&agent->core,
                                        agent->store,
                                        agent->outbox,
                                        agent->owner,
                                        agent->options.lease_ms,
                                        agent->options.task_ttl_ms};
    SL_TRY(agent_tasks_new(agent->loop, &tasks, &agent->tasks, err));
    return agent_watches_new(agent->loop, agent->tasks, &agent->watches, err);
}

static enum sl_code serve(struct agent *agent, struct sl_error *err)
{
    struct sl_server_options options = {.listen = agent->options.listen};
    struct sl_tls_options tls;
    sl_guard_server_options(agent->options.guard, &tls, &options);
    SL_TRY(sl_guard_new(agent->options.guard, NULL, &agent->auth, err));
    SL_TRY(sl_server_new(agent->loop, &options, &agent->server, err));
    sl_guard_say_exposure(agent->options.guard, agent->options.listen);
    enum sl_code code = sl_guard_install(agent->server, agent->auth);
    if (code == SL_OK)
        code = agent_service_register(agent->server, &agent_handlers, agent);
    if (code != SL_OK)
        return sl_error_set(err, code, "AgentService cannot be registered");
    return sl_server_start(agent->server, err);
}

/* Nothing is done with what storage holds before the loop runs, so a taken port has changed
 * nothing. */
static enum sl_code build(struct agent *agent, const struct agent_options *options,
                          struct sl_error *err)
{
    SL_TRY(copy_options(agent, options, err));
    SL_TRY(open_store(agent, err));
    SL_TRY(connect_tools(agent, err));
    SL_TRY(build_tasks(agent, err));
    return serve(agent, err);
}

enum sl_code agent_new(struct sl_loop *loop, const struct agent_options *options,
                       struct agent **ret_agent, struct sl_error *err)
{
    struct agent *agent = sl_alloc(sizeof(*agent));
    if (agent == NULL)
        return sl_error_no_memory(err);
    agent->loop = loop;
    agent->service = options->service;
    agent->start_ns = sl_clock_monotonic_ns(sl_loop_clock(loop));
    agent->arena = sl_arena_new();
    sl_uuid_new(agent->owner);
    enum sl_code code = agent->arena == NULL ? sl_error_no_memory(err) : build(agent, options, err);
    if (code != SL_OK) {
        agent_free(agent);
        return code;
    }
    *ret_agent = agent;
    return SL_OK;
}

int agent_port(const struct agent *agent)
{
    return sl_server_port(agent->server);
}

/* ---- Stopping ---- */

static void look_whether_stopped(void *arg)
{
    struct agent *agent = arg;
    int64_t now_ms = sl_loop_now_ms(agent->loop);
    if (!agent->is_cancelled && now_ms >= agent->stop_deadline_ms) {
        agent->is_cancelled = true;
        agent_core_cancel_all(&agent->core);
    }
    bool is_idle = agent->is_server_stopped && agent->core.execution_count == 0;
    bool is_late = now_ms >= agent->stop_deadline_ms + STOP_CANCELLED_MS;
    if ((is_idle || (is_late && agent->is_server_stopped)) ||
        sl_timer_start(agent->loop, &agent->stop_timer, STOP_LOOK_MS, look_whether_stopped,
                       agent) != SL_OK) {
        agent_tasks_release(agent->tasks);
        agent->stopped(agent->stopped_arg);
    }
}

static void on_server_stopped(void *arg)
{
    struct agent *agent = arg;
    agent->is_server_stopped = true;
}

void agent_stop_start(struct agent *agent, int64_t grace_ms, void (*done)(void *arg), void *arg)
{
    agent->stopped = done;
    agent->stopped_arg = arg;
    agent->stop_deadline_ms = sl_loop_now_ms(agent->loop) + grace_ms;
    agent_tasks_stop(agent->tasks);
    agent_watches_end_all(agent->watches);
    sl_server_stop_start(agent->server, grace_ms, on_server_stopped, agent);
    if (sl_timer_start(agent->loop, &agent->stop_timer, 0, look_whether_stopped, agent) != SL_OK)
        look_whether_stopped(agent);
}

/* In reverse; the MCP client ends what still runs, storage writes down how that ended. */
void agent_free(struct agent *agent)
{
    if (agent == NULL)
        return;
    sl_timer_stop(&agent->stop_timer);
    agent_toolbox_stop(agent->toolbox);
    sl_mcp_client_free(agent->mcp);
    sl_outbox_close(agent->outbox);
    sl_http_client_free(agent->http);
    sl_store_close(agent->store);
    sl_outbox_free(agent->outbox);
    agent_toolbox_free(agent->toolbox);
    agent_ledger_free(agent->ledger);
    agent_watches_free(agent->watches);
    agent_tasks_free(agent->tasks);
    sl_server_free(agent->server);
    sl_auth_free(agent->auth);
    sl_arena_free(agent->arena);
    sl_arena_pool_done(&agent->core.arenas);
    sl_free(agent);
}
