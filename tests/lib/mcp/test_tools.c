#include "test_tools.h"

#include "base/memory.h"
#include "json/json.h"

static void echo(void *self, struct sl_mcp_tool_request *request)
{
    struct test_tools *tools = self;
    json_t *arguments = sl_mcp_request_arguments(request);

    tools->calls++;
    if (!sl_json_bool(arguments, "with_headers", false)) {
        sl_mcp_answer(request, json_incref(arguments));
        return;
    }
    sl_mcp_answer(request,
                  json_pack("{s:s, s:s?, s:s?, s:s?}", "tool", sl_mcp_request_tool(request),
                            "idempotency_key", sl_mcp_request_idempotency_key(request), "x_user_id",
                            sl_mcp_request_header(request, "X-User-Id"), "x_service",
                            sl_mcp_request_header(request, "X-Service")));
}

/* A call that waits; owned by itself, since its request's memory ends with the answer. */
struct slow_call {
    struct test_tools *tools;
    struct sl_mcp_tool_request *request;
    struct sl_timer timer;
};

static void finish_slow(void *arg)
{
    struct slow_call *call = arg;

    call->tools->waiting--;
    call->tools->cancelled += sl_mcp_request_is_cancelled(call->request);
    sl_mcp_answer(call->request, json_pack("{s:b}", "done", 1));
    sl_free(call);
}

static void slow(void *self, struct sl_mcp_tool_request *request)
{
    struct test_tools *tools = self;
    struct slow_call *call = sl_alloc(sizeof(*call));
    int64_t wait_ms =
        (int64_t)sl_json_number(sl_mcp_request_arguments(request), "milliseconds", 1000);

    if (!call) {
        sl_mcp_busy(request, "out of memory");
        return;
    }
    tools->calls++;
    call->tools = tools;
    call->request = request;
    if (sl_timer_start(tools->loop, &call->timer, wait_ms, finish_slow, call) != SL_OK) {
        sl_free(call);
        sl_mcp_busy(request, "out of memory");
        return;
    }
    tools->waiting++;
}

static void fail(void *self, struct sl_mcp_tool_request *request)
{
    const char *text = sl_json_string(sl_mcp_request_arguments(request), "text");
    struct test_tools *tools = self;

    tools->calls++;
    sl_mcp_refuse(request, text ? text : "refused, as asked");
}

static void busy(void *self, struct sl_mcp_tool_request *request)
{
    (void)self;
    sl_mcp_busy(request, "try again later");
}

static const char any_schema[] = "{\"type\":\"object\"}";
static const char name_schema[] =
    "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\",\"minLength\":1}},"
    "\"required\":[\"name\"]}";

static void add_tool(void *self, struct sl_mcp_tool_request *request)
{
    struct test_tools *tools = self;
    struct sl_error error = {0};
    struct sl_mcp_tool tool = {
        .description = "Answers its arguments.",
        .input_schema = any_schema,
        .is_read_only = true,
        .handler = echo,
    };

    if (tools->name_count == sizeof(tools->names) / sizeof(tools->names[0])) {
        sl_mcp_refuse(request, "there are 64 added tools already");
        return;
    }
    tool.name = sl_strdup(sl_json_string(sl_mcp_request_arguments(request), "name"));
    if (!tool.name) {
        sl_mcp_busy(request, "out of memory");
        return;
    }
    tools->names[tools->name_count++] = (char *)(uintptr_t)tool.name;
    if (sl_mcp_server_add_tool(tools->server, &tool, &error) != SL_OK)
        sl_mcp_refuse(request, error.message);
    else
        sl_mcp_answer(request, json_pack("{s:s}", "added", tool.name));
}

static void remove_tool(void *self, struct sl_mcp_tool_request *request)
{
    struct test_tools *tools = self;
    const char *name = sl_json_string(sl_mcp_request_arguments(request), "name");

    sl_mcp_server_remove_tool(tools->server, name);
    sl_mcp_answer(request, json_pack("{s:s}", "removed", name));
}

const struct sl_mcp_tool test_tool_table[] = {
    {.name = "echo",
     .title = "Echo",
     .description = "Answers its arguments.",
     .input_schema = "{\"type\":\"object\",\"properties\":{\"with_headers\":{\"type\":\"boolean\"},"
                     "\"amount\":{\"type\":\"number\",\"exclusiveMinimum\":0},"
                     "\"email\":{\"type\":\"string\",\"format\":\"email\"}}}",
     .is_read_only = true,
     .is_idempotent = true,
     .honours_idempotency_key = true,
     .handler = echo},
    {.name = "slow",
     .description = "Answers after a time.",
     .input_schema = "{\"type\":\"object\",\"properties\":{\"milliseconds\":{\"type\":\"integer\","
                     "\"minimum\":0,\"maximum\":600000}}}",
     .output_schema = "{\"type\":\"object\",\"properties\":{\"done\":{\"type\":\"boolean\"}}}",
     .is_destructive = true,
     .handler = slow},
    {.name = "fail", .description = "Refuses.", .input_schema = any_schema, .handler = fail},
    {.name = "busy",
     .description = "Says that it is busy.",
     .input_schema = any_schema,
     .handler = busy},
    {.name = "add_tool",
     .description = "Adds a tool of that name, which answers its arguments.",
     .input_schema = name_schema,
     .handler = add_tool},
    {.name = "remove_tool",
     .description = "Removes a tool.",
     .input_schema = name_schema,
     .handler = remove_tool},
};
const size_t test_tool_count = sizeof(test_tool_table) / sizeof(test_tool_table[0]);

void test_tools_done(struct test_tools *tools)
{
    for (size_t i = 0; i < tools->name_count; i++)
        sl_free(tools->names[i]);
    tools->name_count = 0;
}
