#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/cli.h"
#include "http/client.h"
#include "mcp/client.h"
#include "json/json.h"

/* mcp-probe: asks an MCP server what it is and what it offers, and calls one of its tools where
 * --call says so. */

#define PATIENCE_MS 60000

struct probe {
    struct cli_client *client;
    const char *endpoint;
    struct sl_http_client *http;
    struct sl_mcp_client *mcp;
    bool is_done;
    struct sl_error error;
    json_t *tools;
    /** Of --call. */
    json_t *value;
    bool is_refused;
};

static void on_tools(const struct sl_error *error, json_t *tools, void *arg)
{
    struct probe *probe = arg;

    probe->error = *error;
    probe->tools = json_incref(tools);
    probe->is_done = true;
}

static void on_called(const struct sl_error *error, const struct sl_mcp_tool_result *result,
                      void *arg)
{
    struct probe *probe = arg;

    probe->error = *error;
    if (result) {
        probe->value = json_incref(result->value);
        probe->is_refused = result->is_error;
    }
    probe->is_done = true;
}

static void on_progress(double progress, double total, const char *message, void *arg)
{
    (void)arg;
    fprintf(stderr, "%g", progress);
    if (total > 0)
        fprintf(stderr, "/%g", total);
    fprintf(stderr, "%s%s\n", message ? " " : "", message ? message : "");
}

static enum sl_code wait_for_end(struct probe *probe, struct sl_error *err)
{
    if (!sl_loop_run_until(probe->client->loop, &probe->is_done, PATIENCE_MS))
        return sl_error_set(err, SL_DEADLINE_EXCEEDED, "%s: no answer", probe->endpoint);
    probe->is_done = false;
    *err = probe->error;
    return err->code;
}

static enum sl_code list(struct probe *probe, struct sl_error *err)
{
    SL_TRY(sl_mcp_list_tools_start(probe->mcp, 0, on_tools, probe, err));
    return wait_for_end(probe, err);
}

static enum sl_code read_arguments(const char *text, json_t **ret_arguments, struct sl_error *err)
{
    SL_CLEANUP(sl_json_cleanup) json_t *arguments = NULL;

    if (sl_json_parse(text, strlen(text), NULL, &arguments, err) != SL_OK)
        return sl_error_prefix(err, "--with");
    if (!json_is_object(arguments))
        return sl_error_set(err, SL_INVALID_ARGUMENT, "--with: a JSON object is wanted, not %s",
                            sl_json_type_name(arguments));
    *ret_arguments = SL_TAKE(arguments);
    return SL_OK;
}

static enum sl_code call(struct probe *probe, struct sl_error *err)
{
    const struct cli_options *options = probe->client->options;
    SL_CLEANUP(sl_json_cleanup) json_t *arguments = NULL;
    struct sl_mcp_tool_call call = {.tool = options->tool, .on_progress = on_progress};

    if (!options->tool)
        return SL_OK;
    SL_TRY(
        read_arguments(options->tool_arguments ? options->tool_arguments : "{}", &arguments, err));
    call.arguments = arguments;
    SL_TRY(sl_mcp_call_tool_start(probe->mcp, &call, on_called, probe, NULL, err));
    return wait_for_end(probe, err);
}

static void print_text(const struct probe *probe, const struct sl_mcp_server_info *info)
{
    SL_CLEANUP(sl_free_cleanup) char *value = NULL;
    size_t i;
    json_t *tool;

    printf("%s: MCP %s, %s %s\n", probe->endpoint, info->revision ? info->revision : "(unknown)",
           info->name ? info->name : "(unnamed)", info->version ? info->version : "");
    json_array_foreach(probe->tools, i, tool)
    {
        const char *description = sl_json_string(tool, "description");

        printf("  %-28s %s\n", sl_json_string(tool, "name"), description ? description : "");
    }
    if (probe->value)
        value = sl_json_text(probe->value, SL_JSON_PRETTY);
    if (value)
        printf("%s%s\n", probe->is_refused ? "refused: " : "", value);
}

static void print_json(const struct probe *probe, const struct sl_mcp_server_info *info)
{
    SL_CLEANUP(sl_json_cleanup)
    json_t *json =
        json_pack("{s:s, s:s?, s:{s:s?, s:s?}, s:I, s:O, s:O*}", "endpoint", probe->endpoint,
                  "revision", info->revision, "server", "name", info->name, "version",
                  info->version, "ttl_ms", (json_int_t)sl_mcp_client_tools_ttl_ms(probe->mcp),
                  "tools", probe->tools, "result", probe->value);
    SL_CLEANUP(sl_free_cleanup) char *text = json ? sl_json_text(json, SL_JSON_PRETTY) : NULL;

    puts(text ? text : "{}");
}

static enum sl_code open_probe(struct probe *probe, struct sl_error *err)
{
    const struct sl_mcp_client_options options = {
        .endpoint = probe->endpoint,
        .client_name = "servicelane",
        .client_version = SL_VERSION,
        .bearer_token = getenv("SERVICELANE_MCP_TOKEN"),
        .revision = probe->client->options->revision,
    };

    SL_TRY(sl_http_client_new(probe->client->loop, NULL, &probe->http, err));
    return sl_mcp_client_new(probe->client->loop, probe->http, &options, &probe->mcp, err);
}

/* The goodbye of the session is sent before the loop ends. */
static void close_probe(struct probe *probe)
{
    bool never = false;

    sl_mcp_client_free(probe->mcp);
    if (probe->mcp)
        sl_loop_run_until(probe->client->loop, &never, 200);
    sl_http_client_free(probe->http);
    json_decref(probe->tools);
    json_decref(probe->value);
}

enum cli_status cli_mcp_probe(struct cli_client *client)
{
    struct probe probe = {.client = client, .endpoint = client->options->arguments[0]};
    struct sl_mcp_server_info info = {0};
    struct sl_error err = {0};
    enum sl_code code = open_probe(&probe, &err);

    if (code == SL_OK)
        code = list(&probe, &err);
    if (code == SL_OK)
        code = call(&probe, &err);
    if (code == SL_OK) {
        sl_mcp_client_server(probe.mcp, &info);
        (client->options->is_json ? print_json : print_text)(&probe, &info);
    } else {
        fprintf(stderr, "servicelane: %s: %s\n", sl_code_name(code), err.message);
    }
    close_probe(&probe);
    return code == SL_OK && !probe.is_refused ? CLI_OK : CLI_FAILED;
}
