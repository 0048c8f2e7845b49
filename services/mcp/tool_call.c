#include "services/mcp/tool_call.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "services/mcp/answers.h"

/* A tool call on its way through a storage thread; freed when it is answered. */
struct desk_call {
    struct tool_desk *desk;
    struct sl_mcp_tool_request *request;
    struct answered_call call;
    struct dealership dealership;
};

static enum sl_code work(struct sl_db *db, void *arg, struct sl_error *err)
{
    struct desk_call *call = arg;
    call->dealership.db = db;
    return answers_run(&call->dealership, &call->call, err);
}

static void give_up(struct desk_call *call, const struct sl_error *error)
{
    sl_log(SL_LOG_ERROR, "database failed", sl_field_string("error", error->message),
           sl_field_string("tool", call->call.tool->declaration.name));
    sl_mcp_busy(call->request, "The database is not available; nothing was done, try again");
}

static void done(const struct sl_error *error, void *arg)
{
    struct desk_call *call = arg;
    if (error->code != SL_OK)
        give_up(call, error);
    else if (call->call.is_refused)
        sl_mcp_refuse(call->request, call->call.refusal.message);
    else
        sl_mcp_answer(call->request, json_incref(call->call.result));
    json_decref(call->call.result);
    sl_free(call);
}

static const struct tool *find_tool(const struct tool_desk *desk, const char *name)
{
    for (size_t i = 0; i < desk->tool_count; i++)
        if (strcmp(desk->tools[i].declaration.name, name) == 0)
            return &desk->tools[i];
    return NULL;
}

static struct desk_call *new_call(struct tool_desk *desk, struct sl_mcp_tool_request *request)
{
    struct desk_call *call = sl_alloc(sizeof(*call));
    if (call == NULL)
        return NULL;
    call->desk = desk;
    call->request = request;
    call->call.tool = find_tool(desk, sl_mcp_request_tool(request));
    call->call.arguments = sl_mcp_request_arguments(request);
    call->call.idempotency_key = sl_mcp_request_idempotency_key(request);
    call->dealership = (struct dealership){
        .now_ms = sl_clock_wall_ms(sl_loop_clock(desk->loop)),
        .user = sl_mcp_request_header(request, "X-User-Id"),
        .data_dir = desk->data_dir,
        .link_base = desk->link_base,
    };
    return call;
}

static enum sl_code start(struct desk_call *call, struct sl_error *err)
{
    if (call->call.tool->declaration.is_read_only)
        return sl_store_read_start(call->desk->store, work, done, call);
    SL_TRY(answers_fingerprint(&call->call, err));
    return sl_store_write_start(call->desk->store, work, done, call);
}

void tool_desk_handle(void *self, struct sl_mcp_tool_request *request)
{
    struct sl_error err = {0};
    struct desk_call *call = new_call(self, request);
    if (call == NULL || start(call, &err) != SL_OK) {
        sl_free(call);
        sl_mcp_busy(request, "The server is out of memory or stopping; nothing was done");
    }
}
