#include "orchestrator/orchestrator.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "guard/guard.h"
#include "orchestrator/handlers.h"
#include "orchestrator/views.h"
#include "json/message.h"

/* ---- What the handlers share ---- */

void orch_refuse(struct sl_server_call *call, enum sl_code code, const char *text)
{
    struct sl_error error = {0};
    sl_error_set(&error, code, "%s", text);
    sl_server_call_fail(call, &error);
}

void orch_reply(struct sl_server_call *call, json_t *json)
{
    struct sl_error error = {0};
    ProtobufCMessage *message = NULL;
    const struct sl_method *method = sl_server_call_method(call);
    enum sl_code code = json ? sl_message_from_json(method->response, json, SL_DIALECT_REST,
                                                    sl_server_call_arena(call), &message, &error)
                             : sl_error_no_memory(&error);
    json_decref(json);
    if (code == SL_OK) {
        sl_server_call_reply(call, message);
        return;
    }
    error.code = code == SL_RESOURCE_EXHAUSTED ? code : SL_INTERNAL;
    sl_server_call_fail(call, &error);
}

struct orch_caller orch_caller_of(const struct orch_orchestrator *orchestrator,
                                  const struct sl_server_call *call)
{
    const struct orch_caller *own = &orchestrator->options.defaults;
    const struct sl_guard_caller defaults = {own->tenant, own->dealer, own->user};
    struct sl_guard_caller caller = sl_guard_caller_of(call, &defaults);
    const char *traceparent = sl_server_call_traceparent(call);
    return (struct orch_caller){
        .tenant = caller.tenant,
        .dealer = caller.dealer,
        .user = caller.user,
        .traceparent = traceparent ? traceparent : "",
    };
}

/** An answer that waits for the disk. Owned by the call's arena. */
struct held_reply {
    struct sl_server_call *call;
    json_t *json;
    struct orch_waiter waiter;
};

static void on_reply_committed(const struct sl_error *error, struct orch_run *run,
                               struct orch_waiter *waiter)
{
    struct held_reply *held =
        (struct held_reply *)((char *)waiter - offsetof(struct held_reply, waiter));
    json_t *json = held->json;
    (void)run;
    sl_server_call_on_cancel(held->call, NULL, NULL);
    if (error->code == SL_OK) {
        orch_reply(held->call, json);
        return;
    }
    json_decref(json);
    sl_server_call_fail(held->call, error);
}

static void on_held_cancelled(void *arg)
{
    struct held_reply *held = arg;
    json_t *json = held->json;
    orch_waiter_remove(&held->waiter);
    json_decref(json);
    orch_refuse(held->call, SL_CANCELLED, "the caller left");
}

void orch_reply_committed(struct sl_server_call *call, struct orch_run *run, json_t *json)
{
    int64_t sequence = orch_run_workflow(run)->sequence;
    struct held_reply *held = sl_arena_alloc(sl_server_call_arena(call), sizeof(*held));
    if (!held || orch_run_is_committed(run, sequence)) {
        orch_reply(call, json);
        return;
    }
    *held = (struct held_reply){call, json, {.sequence = sequence, .wake = on_reply_committed}};
    orch_run_wait(run, &held->waiter);
    sl_server_call_on_cancel(call, on_held_cancelled, held);
}

/* ---- Health and services ---- */

static json_t *now(const struct orch_orchestrator *orchestrator)
{
    return orch_view_time(sl_clock_wall_ns(sl_loop_clock(orchestrator->options.loop)));
}

/* Appends what is wrong with a service to the reasons. */
static void add_reason(struct sl_text *reasons, const struct orch_registry_state *state)
{
    sl_text_printf(reasons, "%s%s: %s", reasons->length ? "; " : "", state->name, state->reason);
}

static enum sl_code handle_health(void *self, struct sl_server_call *call,
                                  const Servicelane__Orchestrator__V1__GetHealthRequest *request,
                                  struct sl_error *err)
{
    const struct orch_orchestrator *orchestrator = self;
    const struct orch_registry *registry = orchestrator->options.registry;
    struct sl_text reasons = {0};
    json_t *services = json_object();
    (void)request;
    (void)err;
    if (!orch_journal_is_healthy(orchestrator->options.journal))
        sl_text_append(&reasons, "journal: it cannot be written");
    for (size_t i = 0; i < orch_registry_count(registry); i++) {
        struct orch_registry_state state;
        orch_registry_state(registry, i, &state);
        bool is_healthy = state.health == ORCH_HEALTHY;
        json_object_set_new(services, state.name,
                            json_string(is_healthy ? "healthy" : "unhealthy"));
        if (!is_healthy)
            add_reason(&reasons, &state);
    }
    int64_t uptime_ms = sl_loop_now_ms(orchestrator->options.loop) - orchestrator->started_ms;
    orch_reply(call, json_pack("{s:s, s:s, s:o, s:o, s:s?, s:s, s:f}", "status",
                               reasons.length ? "degraded" : "healthy", "service",
                               "agent-orchestrator", "timestamp", now(orchestrator), "services",
                               services, "reason", reasons.length ? reasons.data : NULL, "version",
                               SL_VERSION, "uptime_seconds", (double)uptime_ms / 1000));
    sl_text_done(&reasons);
    return SL_OK;
}

static json_t *view_instances(const struct orch_registry *registry, size_t index, size_t count)
{
    json_t *instances = json_array();
    for (size_t i = 0; i < count; i++) {
        struct orch_registry_instance instance;
        orch_registry_instance(registry, index, i, &instance);
        json_array_append_new(instances,
                              json_pack("{s:s, s:s, s:s}", "address", instance.address, "status",
                                        orch_health_name(instance.health), "store_id",
                                        instance.store_id));
    }
    return instances;
}

static json_t *view_service(const struct orch_registry *registry, size_t index,
                            const struct orch_registry_state *state)
{
    json_t *operations = json_object_get(state->capabilities, "operations");
    json_t *tools = json_object_get(state->capabilities, "mcp_tools");
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:s?, s:s}", "url", state->target, "status",
                     orch_health_name(state->health), "operations",
                     operations ? json_incref(operations) : json_array(), "mcp_tools",
                     tools ? json_incref(tools) : json_array(), "last_check",
                     orch_view_time(state->last_check_ns), "instances",
                     view_instances(registry, index, state->instance_count), "reason",
                     state->reason, "circuit_breaker", state->circuit_breaker);
}

static enum sl_code
handle_list_services(void *self, struct sl_server_call *call,
                     const Servicelane__Orchestrator__V1__ListServicesRequest *request,
                     struct sl_error *err)
{
    const struct orch_orchestrator *orchestrator = self;
    const struct orch_registry *registry = orchestrator->options.registry;
    json_t *services = json_object(), *healthy = json_array();
    (void)request;
    (void)err;
    for (size_t i = 0; i < orch_registry_count(registry); i++) {
        struct orch_registry_state state;
        orch_registry_state(registry, i, &state);
        json_object_set_new(services, state.name, view_service(registry, i, &state));
        if (state.health == ORCH_HEALTHY)
            json_array_append_new(healthy, json_string(state.name));
    }
    orch_reply(call, json_pack("{s:o, s:o}", "services", services, "healthy_services", healthy));
    return SL_OK;
}

/* ---- Life ---- */

enum sl_code orch_orchestrator_new(const struct orch_orchestrator_options *options,
                                   struct orch_orchestrator **ret_orchestrator,
                                   struct sl_error *err)
{
    struct orch_orchestrator *orchestrator = sl_alloc(sizeof(*orchestrator));
    if (!orchestrator)
        return sl_error_no_memory(err);
    orchestrator->options = *options;
    orchestrator->started_ms = sl_loop_now_ms(options->loop);
    *ret_orchestrator = orchestrator;
    return SL_OK;
}

enum sl_code orch_orchestrator_register(struct orch_orchestrator *orchestrator,
                                        struct sl_server *server)
{
    static const struct orchestrator_handlers handlers = {
        .get_health = handle_health,
        .list_services = handle_list_services,
        .plan = orch_handle_plan,
        .orchestrate = orch_handle_orchestrate,
        .orchestrate_async = orch_handle_orchestrate_async,
        .get_workflow = orch_handle_get_workflow,
        .list_workflows = orch_handle_list_workflows,
        .watch_workflow = orch_handle_watch_workflow,
        .cancel_workflow = orch_handle_cancel_workflow,
        .reconcile_step = orch_handle_reconcile_step,
    };
    return orchestrator_register(server, &handlers, orchestrator);
}

void orch_orchestrator_free(struct orch_orchestrator *orchestrator)
{
    sl_free(orchestrator);
}
