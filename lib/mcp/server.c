#include "mcp/server.h"

#include <string.h>

#include "base/memory.h"
#include "mcp/param_headers.h"
#include "mcp/protocol.h"
#include "mcp/server_private.h"

struct sl_mcp_server_tool *sl_mcp_find_tool(const struct sl_mcp_server *server, const char *name,
                                            size_t *ret_index)
{
    for (size_t i = 0; i < server->tool_count; i++) {
        if (strcmp(server->tools[i]->tool.name, name) == 0) {
            if (ret_index)
                *ret_index = i;
            return server->tools[i];
        }
    }
    return NULL;
}

/* ---- Tools ---- */

static void free_tool(struct sl_mcp_server_tool *tool)
{
    if (!tool)
        return;
    json_decref(tool->input_schema);
    json_decref(tool->description);
    sl_free(tool);
}

static enum sl_code parse_schema(const struct sl_mcp_tool *tool, const char *which,
                                 const char *text, json_t **ret_schema, struct sl_error *err)
{
    json_t *schema = NULL;

    if (!text)
        return SL_OK;
    if (sl_json_parse(text, strlen(text), NULL, &schema, err) != SL_OK)
        return sl_error_prefix(err, "tool %s: %s schema", tool->name, which);
    if (!sl_text_equals(sl_json_string(schema, "type"), "object")) {
        json_decref(schema);
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "tool %s: %s schema: type \"object\" is wanted", tool->name, which);
    }
    *ret_schema = schema;
    return SL_OK;
}

static json_t *describe_tool(const struct sl_mcp_tool *tool, json_t *input, json_t *output)
{
    json_t *meta =
        tool->honours_idempotency_key ? json_pack("{s:b}", SL_MCP_META_HONOURS_KEY, 1) : NULL;

    return json_pack("{s:s, s:s*, s:s, s:O, s:O*, s:{s:b, s:b, s:b}, s:o*}", "name", tool->name,
                     "title", tool->title, "description", tool->description, "inputSchema", input,
                     "outputSchema", output, "annotations", "readOnlyHint", (int)tool->is_read_only,
                     "destructiveHint", (int)tool->is_destructive, "idempotentHint",
                     (int)tool->is_idempotent, "_meta", meta);
}

static enum sl_code make_tool(const struct sl_mcp_tool *tool, struct sl_mcp_server_tool **ret_tool,
                              struct sl_error *err)
{
    SL_CLEANUP(sl_json_cleanup) json_t *input = NULL;
    SL_CLEANUP(sl_json_cleanup) json_t *output = NULL;
    struct sl_mcp_server_tool *made;

    SL_TRY(parse_schema(tool, "input", tool->input_schema, &input, err));
    SL_TRY(parse_schema(tool, "output", tool->output_schema, &output, err));
    if (sl_mcp_check_param_headers(input, err) != SL_OK)
        return sl_error_prefix(err, "tool %s: input schema", tool->name);
    made = sl_alloc(sizeof(*made));
    if (!made)
        return sl_error_no_memory(err);
    made->tool = *tool;
    made->input_schema = json_incref(input);
    made->description = describe_tool(tool, input, output);
    if (!made->description) {
        free_tool(made);
        return sl_error_no_memory(err);
    }
    *ret_tool = made;
    return SL_OK;
}

static enum sl_code append_tool(struct sl_mcp_server *server, const struct sl_mcp_tool *tool,
                                struct sl_error *err)
{
    struct sl_mcp_server_tool *made = NULL;

    if (sl_mcp_find_tool(server, tool->name, NULL))
        return sl_error_set(err, SL_ALREADY_EXISTS, "there is a tool %s already", tool->name);
    if (server->tool_count == server->tool_capacity) {
        size_t capacity = server->tool_capacity ? server->tool_capacity * 2 : 16;
        void *tools = sl_realloc(server->tools, capacity * sizeof(struct sl_mcp_server_tool *));

        if (!tools)
            return sl_error_no_memory(err);
        server->tools = tools;
        server->tool_capacity = capacity;
    }
    SL_TRY(make_tool(tool, &made, err));
    server->tools[server->tool_count++] = made;
    return SL_OK;
}

static void tell_of_change(struct sl_mcp_server *server)
{
    sl_mcp_streams_notify(server, "notifications/tools/list_changed");
    sl_mcp_subscriptions_notify(server, "notifications/tools/list_changed");
}

enum sl_code sl_mcp_server_add_tool(struct sl_mcp_server *server, const struct sl_mcp_tool *tool,
                                    struct sl_error *err)
{
    SL_TRY(append_tool(server, tool, err));
    tell_of_change(server);
    return SL_OK;
}

void sl_mcp_server_remove_tool(struct sl_mcp_server *server, const char *name)
{
    size_t index = 0;
    struct sl_mcp_server_tool *tool = sl_mcp_find_tool(server, name, &index);

    if (!tool)
        return;
    server->tool_count--;
    memmove(&server->tools[index], &server->tools[index + 1],
            (server->tool_count - index) * sizeof(struct sl_mcp_server_tool *));
    free_tool(tool);
    tell_of_change(server);
}

/* ---- Life ---- */

static void dispose(struct sl_mcp_server *server)
{
    sl_timer_stop(&server->timer);
    sl_timer_stop(&server->pending_timer);
    sl_mcp_detach_tool_requests(server);
    sl_mcp_sessions_clear(server);
    sl_mcp_subscriptions_close(server);
    sl_http_server_free(server->http);
    for (size_t i = 0; i < server->tool_count; i++)
        free_tool(server->tools[i]);
    sl_free(server->tools);
    sl_arena_free(server->arena);
    sl_free(server);
}

static enum sl_code copy_options(struct sl_mcp_server *server,
                                 const struct sl_mcp_server_options *options, struct sl_error *err)
{
    server->arena = sl_arena_new();
    if (!server->arena)
        return sl_error_no_memory(err);
    server->listen_host = sl_mcp_host_of(options->listen, server->arena);
    server->name = sl_arena_strdup(server->arena, options->server_name);
    server->version = sl_arena_strdup(server->arena, options->server_version);
    if (!server->listen_host || !server->name || !server->version)
        return sl_error_no_memory(err);
    server->page_size = options->page_size;
    server->fallback = options->fallback;
    server->self = options->self;
    return SL_OK;
}

static enum sl_code set_up(struct sl_mcp_server *server,
                           const struct sl_mcp_server_options *options,
                           const struct sl_mcp_tool *tools, size_t tool_count, struct sl_error *err)
{
    struct sl_http_server_options http = {
        .listen = options->listen,
        .handler = sl_mcp_handle,
        .arg = server,
        .max_connections = options->max_connections,
        .refusal = sl_mcp_refusal,
    };

    SL_TRY(copy_options(server, options, err));
    for (size_t i = 0; i < tool_count; i++)
        SL_TRY(append_tool(server, &tools[i], err));
    if (sl_mcp_sessions_start(server) != SL_OK)
        return sl_error_no_memory(err);
    return sl_http_server_new(server->loop, &http, &server->http, err);
}

enum sl_code sl_mcp_server_new(struct sl_loop *loop, const struct sl_mcp_server_options *options,
                               const struct sl_mcp_tool *tools, size_t tool_count,
                               struct sl_mcp_server **ret_server, struct sl_error *err)
{
    struct sl_mcp_server *server = sl_alloc(sizeof(*server));
    enum sl_code code;

    if (!server)
        return sl_error_no_memory(err);
    server->loop = loop;
    code = set_up(server, options, tools, tool_count, err);
    if (code != SL_OK) {
        dispose(server);
        return code;
    }
    *ret_server = server;
    return SL_OK;
}

int sl_mcp_server_port(const struct sl_mcp_server *server)
{
    return sl_http_server_port(server->http);
}

void sl_mcp_server_stop_start(struct sl_mcp_server *server, int64_t grace_ms,
                              void (*done)(void *arg), void *arg)
{
    server->is_stopping = true;
    sl_timer_stop(&server->timer);
    sl_mcp_streams_close(server);
    sl_mcp_subscriptions_close(server);
    sl_http_server_stop_start(server->http, grace_ms, done, arg);
}

void sl_mcp_server_free(struct sl_mcp_server *server)
{
    if (server)
        dispose(server);
}
