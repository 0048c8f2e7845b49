#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/id.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "loop/timer.h"
#include "orchestrator/handlers.h"
#include "orchestrator/views.h"
#include "json/message.h"

/* Plan, Orchestrate and OrchestrateAsync: requests on their way in. */

#define LONGEST_REQUEST_ID 256

/* ---- Reading a request ---- */

static enum sl_code check_request_id(const char *request_id, struct sl_error *err)
{
    size_t length = strlen(request_id);
    if (length > LONGEST_REQUEST_ID)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "request_id: %zu bytes were given, at most %d are wanted", length,
                            LONGEST_REQUEST_ID);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)request_id[i] < 0x20 || request_id[i] == 0x7f)
            return sl_error_set(err, SL_INVALID_ARGUMENT,
                                "request_id: control characters are not allowed");
    return SL_OK;
}

/* The caller's id, else the idempotency key, else one of ours. Owned by the call. */
static enum sl_code find_request_id(struct sl_server_call *call, const char *given,
                                    const char **ret_request_id, struct sl_error *err)
{
    const char *request_id = given && *given ? given : NULL;
    if (!request_id)
        request_id = sl_metadata_get(sl_server_call_metadata(call), "idempotency-key");
    if (!request_id || !*request_id) {
        char *made = sl_arena_alloc(sl_server_call_arena(call), SL_UUID_SIZE);
        if (!made)
            return sl_error_no_memory(err);
        sl_uuid_new(made);
        request_id = made;
    }
    SL_TRY(check_request_id(request_id, err));
    *ret_request_id = request_id;
    return SL_OK;
}

/* What makes two requests the same: everything but their id. */
static enum sl_code hash_request(const json_t *request, char ret_hash[SL_SHA256_HEX_SIZE],
                                 struct sl_error *err)
{
    json_t *copy = json_copy((json_t *)(uintptr_t)request);
    if (copy)
        json_object_del(copy, "request_id");
    char *text = copy ? sl_json_text(copy, SL_JSON_CANONICAL) : NULL;
    json_decref(copy);
    if (!text)
        return sl_error_no_memory(err);
    sl_sha256_hex(text, strlen(text), ret_hash);
    sl_free(text);
    return SL_OK;
}

/** A call on its way. Owned by the call's arena. */
struct incoming {
    struct orch_orchestrator *orchestrator;
    struct sl_server_call *call;
    const char *request_id;
    json_t *request;
    struct orch_caller caller;
    struct orch_waiter waiter;
    struct sl_timer timer;
    struct planning *planning;
};

static enum sl_code read_incoming(struct orch_orchestrator *orchestrator,
                                  struct sl_server_call *call, const orch_request_message *message,
                                  struct incoming **ret_incoming, struct sl_error *err)
{
    struct sl_arena *arena = sl_server_call_arena(call);
    struct incoming *incoming = sl_arena_alloc(arena, sizeof(*incoming));
    json_t *request = NULL;
    if (!incoming)
        return sl_error_no_memory(err);
    SL_TRY(sl_message_to_json(&message->base, SL_DIALECT_REST, &request, err));
    if (!sl_json_own(arena, request))
        return sl_error_no_memory(err);
    *incoming = (struct incoming){.orchestrator = orchestrator,
                                  .call = call,
                                  .request = request,
                                  .caller = orch_caller_of(orchestrator, call)};
    SL_TRY(
        find_request_id(call, sl_json_string(request, "request_id"), &incoming->request_id, err));
    *ret_incoming = incoming;
    return SL_OK;
}

/* ---- Plan ---- */

/* A little before the caller's own deadline, so that the answer that names the workflow gets there.
 */
static int64_t patience_ms(const struct incoming *incoming)
{
    int64_t remaining_ms = sl_server_call_remaining_ms(incoming->call);
    int64_t limit_ms = incoming->orchestrator->options.workflow_timeout_ms;
    int64_t margin_ms = remaining_ms / 20 < 100 ? remaining_ms / 20 : 100;
    return remaining_ms - margin_ms < limit_ms ? remaining_ms - margin_ms : limit_ms;
}

static json_t *view_texts(const struct orch_texts *texts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < texts->count; i++)
        json_array_append_new(list, json_string(texts->entries[i]));
    return list;
}

static void on_planned(const struct sl_error *error, const struct orch_planning_result *result,
                       void *arg)
{
    struct incoming *incoming = arg;
    sl_server_call_on_cancel(incoming->call, NULL, NULL);
    if (error->code != SL_OK) {
        sl_server_call_fail(incoming->call, error);
        return;
    }
    json_t *validation =
        json_pack("{s:b, s:o, s:o}", "valid", result->plan != NULL, "errors",
                  view_texts(result->errors), "added_steps", view_texts(result->added_steps));
    json_t *document =
        json_is_object(result->document) ? json_incref(result->document) : json_object();
    orch_reply(incoming->call,
               json_pack("{s:s, s:b, s:o, s:o, s:o, s:s}", "request_id", incoming->request_id,
                         "success", result->plan != NULL, "workflow_plan", document, "validation",
                         validation, "missing", view_texts(result->missing), "message",
                         result->message ? result->message : "The plan is valid."));
}

/* Nobody waits for the plan any more: no model needs to think about it. */
static void on_asker_left(void *arg)
{
    struct incoming *incoming = arg;
    orch_planning_cancel(incoming->planning);
}

enum sl_code orch_handle_plan(void *self, struct sl_server_call *call,
                              const orch_request_message *request, struct sl_error *err)
{
    struct orch_orchestrator *orchestrator = self;
    struct incoming *incoming = NULL;
    SL_TRY(read_incoming(orchestrator, call, request, &incoming, err));
    struct orch_planning_request planning = {.request = incoming->request,
                                             .request_id = incoming->request_id,
                                             .caller = &incoming->caller,
                                             .timeout_ms = patience_ms(incoming),
                                             .ret_planning = &incoming->planning};
    SL_TRY(
        orch_planning_start(orchestrator->options.planning, &planning, on_planned, incoming, err));
    sl_server_call_on_cancel(call, on_asker_left, incoming);
    return SL_OK;
}

/* ---- Orchestrate ---- */

static void stop_waiting(struct incoming *incoming)
{
    orch_waiter_remove(&incoming->waiter);
    sl_timer_stop(&incoming->timer);
    sl_server_call_on_cancel(incoming->call, NULL, NULL);
}

static void on_end(const struct sl_error *error, struct orch_run *run, struct orch_waiter *waiter)
{
    struct incoming *incoming =
        (struct incoming *)((char *)waiter - offsetof(struct incoming, waiter));
    stop_waiting(incoming);
    if (error->code == SL_OK)
        orch_reply(incoming->call, orch_view_response(orch_run_workflow(run)));
    else
        sl_server_call_fail(incoming->call, error);
}

static void on_timeout(void *arg)
{
    struct incoming *incoming = arg;
    struct sl_error error = {0};
    stop_waiting(incoming);
    sl_error_set(&error, SL_DEADLINE_EXCEEDED, "workflow %s goes on: ask for it by its request_id",
                 incoming->request_id);
    sl_server_call_fail(incoming->call, &error);
}

/* The workflow is accepted: it goes on without its caller. */
static void on_caller_left(void *arg)
{
    struct incoming *incoming = arg;
    stop_waiting(incoming);
    orch_refuse(incoming->call, SL_CANCELLED, "the caller left; the workflow goes on");
}

static void wait_for_end(struct incoming *incoming, struct orch_run *run)
{
    incoming->waiter = (struct orch_waiter){.sequence = INT64_MAX, .wake = on_end};
    enum sl_code code = sl_timer_start(incoming->orchestrator->options.loop, &incoming->timer,
                                       patience_ms(incoming), on_timeout, incoming);
    if (code != SL_OK) {
        orch_refuse(incoming->call, code, "out of memory; the workflow goes on");
        return;
    }
    orch_run_wait(run, &incoming->waiter);
    sl_server_call_on_cancel(incoming->call, on_caller_left, incoming);
}

static void on_accepted(const struct sl_error *error, struct orch_run *run,
                        const struct orch_workflow *workflow, void *arg)
{
    struct incoming *incoming = arg;
    if (error->code != SL_OK)
        sl_server_call_fail(incoming->call, error);
    else if (workflow)
        orch_reply(incoming->call, orch_view_response(workflow));
    else if (sl_server_call_is_cancelled(incoming->call))
        orch_refuse(incoming->call, SL_CANCELLED, "the caller left; the workflow goes on");
    else
        wait_for_end(incoming, run);
}

static void on_accepted_async(const struct sl_error *error, struct orch_run *run,
                              const struct orch_workflow *workflow, void *arg)
{
    struct incoming *incoming = arg;
    (void)run;
    (void)workflow;
    if (error->code != SL_OK)
        sl_server_call_fail(incoming->call, error);
    else
        orch_reply(incoming->call, json_pack("{s:s, s:s}", "request_id", incoming->request_id,
                                             "status", "accepted"));
}

/* The bridge makes a Retry-After of it (RFC 9110, 10.2.3). */
static void add_retry_after(const struct orch_orchestrator *orchestrator,
                            struct sl_server_call *call)
{
    char seconds[16];
    snprintf(seconds, sizeof(seconds), "%d",
             orch_executor_retry_after(orchestrator->options.executor));
    if (sl_server_call_add_trailing(call, "retry-after", seconds) != SL_OK)
        sl_log(SL_LOG_WARN, "retry-after left out", sl_field_string("error", "out of memory"));
}

static enum sl_code accept(struct orch_orchestrator *orchestrator, struct sl_server_call *call,
                           const orch_request_message *request, orch_accepted_fn *done,
                           struct sl_error *err)
{
    struct incoming *incoming = NULL;
    char hash[SL_SHA256_HEX_SIZE];
    SL_TRY(read_incoming(orchestrator, call, request, &incoming, err));
    const char *callback_url = sl_json_string(incoming->request, "callback_url");
    if (callback_url)
        SL_TRY(sl_webhook_check_url(orchestrator->options.callback_rules, callback_url, err));
    SL_TRY(hash_request(incoming->request, hash, err));
    struct orch_acceptance acceptance = {.request_id = incoming->request_id,
                                         .request_hash = hash,
                                         .request = incoming->request,
                                         .caller = incoming->caller};
    enum sl_code code = orch_executor_accept_start(orchestrator->options.executor, &acceptance,
                                                   done, incoming, err);
    if (code == SL_RESOURCE_EXHAUSTED)
        add_retry_after(orchestrator, call);
    return code;
}

enum sl_code orch_handle_orchestrate(void *self, struct sl_server_call *call,
                                     const orch_request_message *request, struct sl_error *err)
{
    return accept(self, call, request, on_accepted, err);
}

enum sl_code orch_handle_orchestrate_async(void *self, struct sl_server_call *call,
                                           const orch_request_message *request,
                                           struct sl_error *err)
{
    return accept(self, call, request, on_accepted_async, err);
}
