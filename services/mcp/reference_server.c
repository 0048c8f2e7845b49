#include "services/mcp/reference_server.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "services/mcp/answers.h"

/* Tools of one server; a table larger than this is a mistake of the program. */
#define TOOLS_LIMIT 16

struct reference_server {
    struct tool_desk desk;
    struct sl_mcp_server *mcp;
    char *data_dir;
    char *link_base;
};

struct preparation {
    const struct reference_definition *definition;
    const struct reference_settings *settings;
    struct dealership dealership;
};

static enum sl_code prepare(struct sl_db *db, void *arg, struct sl_error *err)
{
    struct preparation *p = arg;
    p->dealership.db = db;
    SL_TRY(answers_forget_old(&p->dealership, err));
    return p->definition->prepare(&p->dealership, p->settings, err);
}

static enum sl_code open_store(struct reference_server *server,
                               const struct reference_definition *definition,
                               const struct reference_settings *settings, struct sl_error *err)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text path = {0};
    sl_text_printf(&path, "%s/%s.db", settings->data_dir, definition->name);
    if (sl_text_failed(&path))
        return sl_error_no_memory(err);
    struct sl_store_options options = {sl_text_string(&path), definition->migrations,
                                       definition->migration_count};
    SL_TRY(sl_store_open(server->desk.loop, &options, &server->desk.store, err));
    struct preparation p = {
        definition,
        settings,
        {.now_ms = sl_clock_wall_ms(sl_loop_clock(server->desk.loop)),
         .data_dir = server->data_dir,
         .link_base = server->link_base},
    };
    return sl_store_write(server->desk.store, prepare, &p, err);
}

static enum sl_code open_mcp(struct reference_server *server, const char *listen,
                             struct sl_error *err)
{
    struct sl_mcp_tool tools[TOOLS_LIMIT];
    size_t count = server->desk.tool_count;
    if (count > TOOLS_LIMIT)
        return sl_error_set(err, SL_INTERNAL, "%zu tools, %d at most", count, TOOLS_LIMIT);
    for (size_t i = 0; i < count; i++) {
        tools[i] = server->desk.tools[i].declaration;
        tools[i].handler = tool_desk_handle;
        tools[i].honours_idempotency_key = !tools[i].is_read_only;
    }
    struct sl_mcp_server_options options = {
        .listen = listen,
        .server_name = server->desk.server_name,
        .server_version = SL_VERSION,
        .self = &server->desk,
    };
    return sl_mcp_server_new(server->desk.loop, &options, tools, count, &server->mcp, err);
}

static enum sl_code open_all(struct reference_server *server,
                             const struct reference_definition *definition,
                             const struct reference_settings *settings, struct sl_error *err)
{
    server->data_dir = sl_strdup(settings->data_dir);
    server->link_base = sl_strdup(settings->link_base != NULL ? settings->link_base : "");
    if (server->data_dir == NULL || server->link_base == NULL)
        return sl_error_no_memory(err);
    server->desk.data_dir = server->data_dir;
    server->desk.link_base = server->link_base;
    SL_TRY(open_store(server, definition, settings, err));
    return open_mcp(server, settings->listen, err);
}

enum sl_code reference_server_open(struct sl_loop *loop,
                                   const struct reference_definition *definition,
                                   const struct reference_settings *settings,
                                   struct reference_server **ret_server, struct sl_error *err)
{
    struct reference_server *server = sl_alloc(sizeof(*server));
    if (server == NULL)
        return sl_error_no_memory(err);
    server->desk = (struct tool_desk){
        .server_name = definition->name,
        .loop = loop,
        .tools = definition->tools,
        .tool_count = definition->tool_count,
    };
    enum sl_code code = open_all(server, definition, settings, err);
    if (code != SL_OK) {
        reference_server_close(server);
        return code;
    }
    *ret_server = server;
    return SL_OK;
}

int reference_server_port(const struct reference_server *server)
{
    return sl_mcp_server_port(server->mcp);
}

void reference_server_stop_start(struct reference_server *server, int64_t grace_ms,
                                 void (*done)(void *arg), void *arg)
{
    sl_mcp_server_stop_start(server->mcp, grace_ms, done, arg);
}

void reference_server_close(struct reference_server *server)
{
    if (server == NULL)
        return;
    /* The store first: its callbacks answer requests of the server. */
    sl_store_close(server->desk.store);
    if (server->mcp != NULL)
        sl_mcp_server_free(server->mcp);
    sl_free(server->data_dir);
    sl_free(server->link_base);
    sl_free(server);
}
