#include "services/mcp/tool_call.h"

#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "services/mcp/mailing.h"

/* A tool call: through a storage thread, and on to the mail server where something is to be sent.
 */

static void free_call(struct desk_call *call)
{
    json_decref(call->call.result);
    sl_text_done(&call->mail.message);
    sl_free(call);
}

void desk_call_answer(struct desk_call *call)
{
    if (call->call.is_refused)
        sl_mcp_refuse(call->request, call->call.refusal.message);
    else
        sl_mcp_answer(call->request, json_incref(call->call.result));
    free_call(call);
}

void desk_call_busy(struct desk_call *call, const char *text)
{
    sl_mcp_busy(call->request, text);
    free_call(call);
}

static enum sl_code work(struct sl_db *db, void *arg, struct sl_error *err)
{
    struct desk_call *call = arg;
    call->dealership.db = db;
    return answers_run(&call->dealership, &call->call, err);
}

static void done(const struct sl_error *error, void *arg)
{
    struct desk_call *call = arg;
    if (error->code != SL_OK) {
        sl_log(SL_LOG_ERROR, "database failed", sl_field_string("error", error->message),
               sl_field_string("tool", call->call.tool->declaration.name));
        desk_call_busy(call, "The database is not available; nothing was done, try again");
    } else if (call->mail.id[0] != '\0' && !call->call.is_refused) {
        mailing_send(call);
    } else if (!mailing_wait(call)) {
        desk_call_answer(call);
    }
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
    if (desk->mailer != NULL)
        call->mail.from = desk->mailer->from;
    call->dealership = tool_desk_dealership(desk);
    call->dealership.user = sl_mcp_request_header(request, "X-User-Id");
    call->dealership.dealer = sl_mcp_request_header(request, "X-Dealer-Id");
    call->dealership.mail = desk->mailer != NULL ? &call->mail : NULL;
    return call;
}

static enum sl_code start(struct desk_call *call)
{
    if (call->call.tool->declaration.is_read_only)
        return sl_store_read_start(call->desk->store, work, done, call);
    SL_TRY(answers_fingerprint(&call->call, NULL));
    return sl_store_write_start(call->desk->store, work, done, call);
}

static const char cannot_start[] = "The server is out of memory or stopping; nothing was done";

void desk_call_start(struct desk_call *call)
{
    if (start(call) != SL_OK)
        desk_call_busy(call, cannot_start);
}

void tool_desk_handle(void *self, struct sl_mcp_tool_request *request)
{
    struct desk_call *call = new_call(self, request);
    if (call != NULL)
        desk_call_start(call);
    else
        sl_mcp_busy(request, cannot_start);
}
