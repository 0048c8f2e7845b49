#include "orchestrator/process.h"

#include "base/log.h"
#include "base/memory.h"
#include "guard/guard.h"
#include "http/client.h"
#include "loop/timer.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/planner_llm.h"
#include "outbox/outbox.h"

#define POLL_MS 5
#define PRUNE_INTERVAL_MS (10 * 60 * 1000)
#define PRUNE_PAUSE_MS 200
#define DISK_INTERVAL_MS 250

struct orch_process {
    struct sl_loop *loop;
    const struct orch_config *config;
    struct orch_journal *journal;
    struct sl_http_client *http;
    struct sl_outbox *outbox;
    struct sl_webhook_rules *callback_rules;
    struct orch_registry *registry;
    struct orch_planner_llm *llm;
    struct orch_planning_context planning;
    size_t plannings_open;
    struct orch_executor *executor;
    struct orch_orchestrator *orchestrator;
    struct sl_auth *auth;
    struct sl_server *server;
    struct sl_timer prune, disk;
    bool was_disk_healthy;

    /* Stopping. */
    struct sl_timer poll;
    int64_t cut_off_at_ms;
    bool is_stopping, is_server_stopped, is_cut_off;
    void (*stopped)(void *arg);
    void *stopped_arg;
};

/* ---- Starting, from the ground up ---- */

static enum sl_code make_outbox(struct orch_process *process, struct sl_error *err)
{
    const struct orch_config *config = process->config;
    SL_TRY(sl_webhook_rules_new(config->callback_allow, &process->callback_rules, err));
    SL_TRY(sl_http_client_new(process->loop, NULL, &process->http, err));
    struct sl_outbox_options options = {.store = orch_journal_store(process->journal),
                                        .http = process->http,
                                        .secret = config->callback_secret,
                                        .allow = config->callback_allow};
    return sl_outbox_new(process->loop, &options, &process->outbox, err);
}

static enum sl_code make_registry(struct orch_process *process, struct sl_error *err)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    struct orch_config_services found;
    struct orch_registry_service services[ORCH_CONFIG_SERVICES_MAX];
    if (!arena)
        return sl_error_no_memory(err);
    SL_TRY(orch_config_find_services(process->config, arena, &found, err));
    for (size_t i = 0; i < found.count; i++) {
        const struct orch_config_service *one = &found.entries[i];
        services[i] = (struct orch_registry_service){one->name, one->target};
        if (one->replaced_url)
            sl_log(SL_LOG_INFO, "agent's URL is our own bridge, gRPC is used instead",
                   sl_field_string("agent", one->name), sl_field_string("url", one->replaced_url),
                   sl_field_string("target", one->target));
    }
    struct orch_registry_options options = {
        .services = services,
        .service_count = found.count,
        .interval_ms = process->config->discovery_interval_s * 1000,
        .check_timeout_ms = process->config->health_timeout_s * 1000,
        .guard = &process->config->guard,
        .http = process->http,
    };
    return orch_registry_new(process->loop, &options, &process->registry, err);
}

/* Without a key and without a server of one's own the built-in planner plans. */
static enum sl_code make_planner(struct orch_process *process, struct sl_error *err)
{
    const struct orch_config *config = process->config;
    const struct orch_planner_llm_options options = {
        .loop = process->loop,
        .http = process->http,
        .base_url = config->openai_url,
        .key = config->openai_key,
        .model = config->llm_model,
        .temperature = config->llm_temperature,
        .call_timeout_ms = config->request_timeout_s * 1000,
    };
    bool has_key = config->openai_key && *config->openai_key;
    bool has_url = config->openai_url && *config->openai_url;
    if (!has_key && !has_url)
        return SL_OK;
    return orch_planner_llm_new(&options, &process->llm, err);
}

static enum sl_code make_executor(struct orch_process *process, void (*on_lost)(void *arg),
                                  void *arg, struct sl_error *err)
{
    const struct orch_config *config = process->config;
    process->planning = (struct orch_planning_context){
        .loop = process->loop,
        .registry = process->registry,
        .defaults = {(int)config->request_timeout_s, (int)config->retry_attempts},
        .check_timeout_ms = config->health_timeout_s * 1000,
        .planner = process->llm ? orch_planner_llm_planner(process->llm) : NULL,
        .open = &process->plannings_open,
    };
    struct orch_executor_options options = {
        .loop = process->loop,
        .journal = process->journal,
        .registry = process->registry,
        .planning = &process->planning,
        .outbox = process->outbox,
        .max_workflows = (size_t)config->max_workflows,
        .max_running = (size_t)config->max_running,
        .deadline_ms = config->workflow_deadline_s * 1000,
        .on_lost = on_lost,
        .arg = arg,
    };
    return orch_executor_new(&options, &process->executor, err);
}

static enum sl_code make_server(struct orch_process *process, struct sl_error *err)
{
    const struct orch_config *config = process->config;
    struct orch_orchestrator_options options = {
        .loop = process->loop,
        .journal = process->journal,
        .registry = process->registry,
        .executor = process->executor,
        .planning = &process->planning,
        .callback_rules = process->callback_rules,
        .defaults = {config->tenant, config->dealer, config->user, ""},
        .workflow_timeout_ms = config->workflow_timeout_s * 1000,
    };
    struct sl_server_options server = {.listen = config->listen};
    struct sl_tls_options tls;
    sl_guard_server_options(&config->guard, &tls, &server);
    SL_TRY(sl_guard_new(&config->guard, NULL, &process->auth, err));
    SL_TRY(orch_orchestrator_new(&options, &process->orchestrator, err));
    SL_TRY(sl_server_new(process->loop, &server, &process->server, err));
    sl_guard_say_exposure(&config->guard, config->listen);
    if (sl_guard_install(process->server, process->auth) != SL_OK ||
        orch_orchestrator_register(process->orchestrator, process->server) != SL_OK)
        return sl_error_no_memory(err);
    return sl_server_start(process->server, err);
}

static void prune(void *arg);

static void prune_in(struct orch_process *process, int64_t delay_ms)
{
    if (process->is_stopping)
        return;
    enum sl_code code = sl_timer_start(process->loop, &process->prune, delay_ms, prune, process);
    if (code != SL_OK)
        sl_log(SL_LOG_WARN, "old workflows not removed",
               sl_field_string("error", sl_code_name(code)));
}

/* Where there is much to remove it goes in portions, with room between for what is being done. */
static void on_pruned(const struct sl_error *error, int64_t removed, void *arg)
{
    if (error->code != SL_OK)
        sl_log(SL_LOG_WARN, "old workflows not removed", sl_field_string("error", error->message));
    else if (removed > 0)
        sl_log(SL_LOG_INFO, "old workflows removed", sl_field_int("count", removed));
    prune_in(arg, removed == ORCH_JOURNAL_PRUNE_PORTION ? PRUNE_PAUSE_MS : PRUNE_INTERVAL_MS);
}

static void prune(void *arg)
{
    struct orch_process *process = arg;
    const int64_t day_ns = (int64_t)86400 * 1000000000;
    int64_t before_ns = sl_clock_wall_ns(sl_loop_clock(process->loop)) -
                        process->config->workflow_ttl_days * day_ns;
    if (orch_journal_prune_start(process->journal, before_ns, on_pruned, process) != SL_OK)
        prune_in(process, PRUNE_INTERVAL_MS);
}

/* A disk that fails is told by grpc.health.v1 for the server as a whole, which probes ask for. The
 * service by its name goes on serving: what was written can be read, and GetHealth says why. */
static void watch_disk(void *arg)
{
    struct orch_process *process = arg;
    bool is_healthy = orch_journal_is_healthy(process->journal);
    if (is_healthy != process->was_disk_healthy) {
        sl_server_set_serving(process->server, "", is_healthy);
        sl_log(is_healthy ? SL_LOG_INFO : SL_LOG_ERROR, "journal's disk",
               sl_field_string("state", is_healthy ? "can be written again" : "cannot be written"));
    }
    process->was_disk_healthy = is_healthy;
    if (sl_timer_start(process->loop, &process->disk, DISK_INTERVAL_MS, watch_disk, process) !=
        SL_OK)
        sl_log(SL_LOG_WARN, "disk is not watched", sl_field_string("error", "out of memory"));
}

/* What an earlier process left goes on only when all is there, and the port is ours. */
static enum sl_code start(struct orch_process *process, void (*on_lost)(void *arg), void *arg,
                          struct sl_error *err)
{
    size_t count = 0;
    SL_TRY(orch_journal_open(process->loop, process->config->data_dir, &process->journal, err));
    SL_TRY(make_outbox(process, err));
    SL_TRY(make_registry(process, err));
    SL_TRY(make_planner(process, err));
    SL_TRY(make_executor(process, on_lost, arg, err));
    SL_TRY(make_server(process, err));
    SL_TRY(orch_executor_recover(process->executor, &count, err));
    if (count > 0)
        sl_log(SL_LOG_INFO, "workflows resumed", sl_field_int("count", (int64_t)count));
    orch_registry_start(process->registry);
    process->was_disk_healthy = true;
    watch_disk(process);
    prune_in(process, PRUNE_PAUSE_MS);
    return SL_OK;
}

enum sl_code orch_process_new(struct sl_loop *loop, const struct orch_config *config,
                              void (*on_lost)(void *arg), void *arg,
                              struct orch_process **ret_process, struct sl_error *err)
{
    struct orch_process *process = sl_alloc(sizeof(*process));
    if (!process)
        return sl_error_no_memory(err);
    process->loop = loop;
    process->config = config;
    enum sl_code code = start(process, on_lost, arg, err);
    if (code != SL_OK) {
        orch_process_free(process);
        return code;
    }
    *ret_process = process;
    return SL_OK;
}

int orch_process_port(const struct orch_process *process)
{
    return sl_server_port(process->server);
}

struct orch_journal *orch_process_journal(struct orch_process *process)
{
    return process->journal;
}

/* ---- Stopping ---- */

static void cut_off(struct orch_process *process)
{
    process->is_cut_off = true;
    orch_executor_stop(process->executor);
    orch_planner_llm_stop(process->llm);
    orch_registry_stop(process->registry);
}

/* First the calls that we answer end, then the calls that we make; what is left then is cut off. */
static void poll(void *arg)
{
    struct orch_process *process = arg;
    bool is_over = sl_loop_now_ms(process->loop) >= process->cut_off_at_ms;
    if (!process->is_cut_off &&
        (is_over || (process->is_server_stopped && orch_executor_is_idle(process->executor))))
        cut_off(process);
    bool is_idle = process->is_server_stopped && process->is_cut_off &&
                   orch_executor_is_idle(process->executor) && process->plannings_open == 0 &&
                   orch_registry_is_idle(process->registry);
    if (is_idle || sl_timer_start(process->loop, &process->poll, POLL_MS, poll, process) != SL_OK)
        process->stopped(process->stopped_arg);
}

static void on_server_stopped(void *arg)
{
    struct orch_process *process = arg;
    process->is_server_stopped = true;
    orch_executor_drain(process->executor);
}

void orch_process_stop_start(struct orch_process *process, int64_t grace_ms,
                             void (*done)(void *arg), void *arg)
{
    process->is_stopping = true;
    process->stopped = done;
    process->stopped_arg = arg;
    process->cut_off_at_ms = sl_loop_now_ms(process->loop) + grace_ms;
    sl_timer_stop(&process->prune);
    sl_timer_stop(&process->disk);
    sl_server_stop_start(process->server, grace_ms, on_server_stopped, process);
    poll(process);
}

void orch_process_free(struct orch_process *process)
{
    if (!process)
        return;
    process->is_stopping = true;
    sl_timer_stop(&process->prune);
    sl_timer_stop(&process->disk);
    sl_timer_stop(&process->poll);
    sl_server_free(process->server);
    sl_auth_free(process->auth);
    orch_orchestrator_free(process->orchestrator);
    /* Deliveries end first; what they have still to write down needs the journal's store. */
    sl_outbox_close(process->outbox);
    orch_executor_free(process->executor);
    orch_registry_free(process->registry);
    sl_http_client_free(process->http);
    orch_journal_close(process->journal);
    sl_outbox_free(process->outbox);
    orch_planner_llm_free(process->llm);
    sl_webhook_rules_free(process->callback_rules);
    sl_free(process);
}
