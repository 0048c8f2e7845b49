#include "services/mcp/reference_server.h"

#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/text.h"
#include "services/mcp/mailing.h"

/* Tools of one server; a table larger than this is a mistake of the program. */
#define TOOLS_LIMIT 16

struct reference_server {
    struct tool_desk desk;
    struct sl_mcp_server *mcp;
    struct mailer mailer;
    /** What it borrows from lives here. */
    struct sl_arena *arena;
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
        tool_desk_dealership(&server->desk),
    };
    return sl_store_write(server->desk.store, prepare, &p, err);
}

static enum sl_code open_mcp(struct reference_server *server,
                             const struct reference_definition *definition, const char *listen,
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
        .fallback = definition->pages,
        .self = &server->desk,
    };
    return sl_mcp_server_new(server->desk.loop, &options, tools, count, &server->mcp, err);
}

/* A browser goes to a host with a name: "any address" has none. */
static const char *browsable_host(const char *listen, struct sl_arena *arena)
{
    static const char *const any[] = {"", "0.0.0.0", "[::]", "*"};
    const char *colon = strrchr(listen, ':');
    size_t length = colon != NULL ? (size_t)(colon - listen) : strlen(listen);
    char *host = sl_arena_strndup(arena, listen, length);
    for (size_t i = 0; host != NULL && i < SL_ARRAY_LENGTH(any); i++)
        if (strcmp(host, any[i]) == 0)
            return "localhost";
    return host;
}

/* The port is known by now: links of the demo lead there too. */
static enum sl_code set_link_base(struct reference_server *server,
                                  const struct reference_definition *definition,
                                  const struct reference_settings *settings, struct sl_error *err)
{
    const char *base = settings->link_base != NULL ? settings->link_base : "";
    server->desk.has_own_page = base[0] == '\0' && definition->pages != NULL;
    server->desk.link_base = sl_arena_strdup(server->arena, base);
    if (server->desk.has_own_page) {
        const char *host = browsable_host(settings->listen, server->arena);
        server->desk.link_base =
            host != NULL ? sl_arena_printf(server->arena, "http://%s:%d%s", host,
                                           reference_server_port(server), definition->page_path)
                         : NULL;
    }
    return server->desk.link_base != NULL ? SL_OK : sl_error_no_memory(err);
}

static const char *copy(struct reference_server *server, const char *text)
{
    return sl_arena_strdup(server->arena, text != NULL ? text : "");
}

static enum sl_code open_mailer(struct reference_server *server,
                                const struct reference_settings *settings, struct sl_error *err)
{
    struct mailer *mailer = &server->mailer;
    if (settings->smtp_url == NULL || settings->smtp_url[0] == '\0')
        return SL_OK;
    if (sl_mail_check_url(settings->smtp_url, err) != SL_OK)
        return sl_error_prefix(err, "SERVICELANE_SMTP_URL");
    if (sl_mail_check_address(settings->smtp_from, err) != SL_OK)
        return sl_error_prefix(err, "SERVICELANE_SMTP_FROM");
    mailer->url = copy(server, settings->smtp_url);
    mailer->user = copy(server, settings->smtp_user);
    mailer->password = copy(server, settings->smtp_password);
    mailer->ca_file = copy(server, settings->smtp_ca_file);
    mailer->from = copy(server, settings->smtp_from);
    if (mailer->url == NULL || mailer->user == NULL || mailer->password == NULL ||
        mailer->ca_file == NULL || mailer->from == NULL)
        return sl_error_no_memory(err);
    if (mailer->ca_file[0] != '\0' && access(mailer->ca_file, R_OK) != 0)
        return sl_error_set(
            err, SL_INVALID_ARGUMENT,
            "SERVICELANE_SMTP_CA_FILE: %s is given, a file that can be read is wanted",
            mailer->ca_file);
    server->desk.mailer = mailer;
    return sl_http_client_new(server->desk.loop, NULL, &mailer->client, err);
}

static enum sl_code open_all(struct reference_server *server,
                             const struct reference_definition *definition,
                             const struct reference_settings *settings, struct sl_error *err)
{
    server->arena = sl_arena_new();
    if (server->arena == NULL)
        return sl_error_no_memory(err);
    server->desk.data_dir = copy(server, settings->data_dir);
    if (server->desk.data_dir == NULL)
        return sl_error_no_memory(err);
    SL_TRY(open_mailer(server, settings, err));
    /* Nothing is handled before the loop runs: by then the store is there too. */
    SL_TRY(open_mcp(server, definition, settings->listen, err));
    SL_TRY(set_link_base(server, definition, settings, err));
    return open_store(server, definition, settings, err);
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
    /* What is being sent ends with a write, and what is being written with an answer. */
    sl_http_client_free(SL_TAKE(server->mailer.client));
    sl_store_close(server->desk.store);
    if (server->mcp != NULL)
        sl_mcp_server_free(server->mcp);
    sl_arena_free(server->arena);
    sl_free(server);
}
