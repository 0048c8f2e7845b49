#ifndef MCP_REFERENCE_SERVER_H
#define MCP_REFERENCE_SERVER_H

#include "base/config.h"
#include "observe/settings.h"
#include "services/mcp/tool_call.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What the environment says; each server's table fills what concerns it. */
struct reference_settings {
    const char *listen;
    const char *data_dir;
    const char *log_level;
    /** Empty: links lead to this server's own pages. */
    const char *link_base;
    /** Empty: no mail is sent. */
    const char *smtp_url;
    const char *smtp_user;
    const char *smtp_password;
    const char *smtp_ca_file;
    const char *smtp_from;
    int64_t demo_stock;
    struct sl_observe_settings observe;
};

/** Makes the demo dealership in a database that is new, and applies settings that concern it. */
typedef enum sl_code reference_prepare_fn(const struct dealership *d,
                                          const struct reference_settings *settings,
                                          struct sl_error *err);

/** All that makes one reference server another than the next. */
struct reference_definition {
    /** "payment-mcp"; its database is <name>.db. */
    const char *name;
    const char *summary;
    /** Variables of struct reference_settings; "SERVICELANE_DATA_DIR" is among them. */
    const struct sl_config_variable *variables;
    size_t variable_count;
    const struct sl_migration *migrations;
    size_t migration_count;
    const struct tool *tools;
    size_t tool_count;
    reference_prepare_fn *prepare;
    /** Optional. Answers requests for other paths than /mcp; its argument is the tool_desk. */
    sl_http_handler_fn *pages;
    /** Where the pages behind links are, such as "/pay"; with pages. */
    const char *page_path;
};

/* Variables that each of the three has. */
#define REFERENCE_LISTEN(variable, address)                                                        \
    {                                                                                              \
        .name = variable, .kind = SL_CONFIG_LISTEN, .default_value = address,                      \
        .description = "Where the server listens.",                                                \
        .offset = offsetof(struct reference_settings, listen)                                      \
    }
#define REFERENCE_DATA_DIR                                                                         \
    {                                                                                              \
        .name = "SERVICELANE_DATA_DIR", .kind = SL_CONFIG_PATH, .default_value = "./data",         \
        .description = "Folder of the database; made where it is missing.",                        \
        .offset = offsetof(struct reference_settings, data_dir)                                    \
    }
#define REFERENCE_LOG                                                                              \
    {                                                                                              \
        .name = "SERVICELANE_LOG", .kind = SL_CONFIG_STRING, .default_value = "info",              \
        .description = "Least level of events that are logged: debug, info, warn, error or off.",  \
        .offset = offsetof(struct reference_settings, log_level)                                   \
    }

#define REFERENCE_OBSERVE SL_OBSERVE_VARIABLES(struct reference_settings, observe)

/** A running reference server, for its main and for tests. Loop only. */
struct reference_server;

SL_MUST_USE enum sl_code reference_server_open(struct sl_loop *loop,
                                               const struct reference_definition *definition,
                                               const struct reference_settings *settings,
                                               struct reference_server **ret_server,
                                               struct sl_error *err);
int reference_server_port(const struct reference_server *server);
/** Lets calls under way end, grace_ms milliseconds at most, then calls done(arg). */
void reference_server_stop_start(struct reference_server *server, int64_t grace_ms,
                                 void (*done)(void *arg), void *arg);
void reference_server_close(struct reference_server *server);

/** main() of a reference server: reads the configuration, serves until SIGTERM or SIGINT. */
int reference_server_main(int argc, char **argv, const struct reference_definition *definition);

#ifdef __cplusplus
}
#endif

#endif
