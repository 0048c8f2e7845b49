#include <stdio.h>

#include "base/memory.h"
#include "cli/cli.h"
#include "guard/guard.h"
#include "json/message.h"

static const struct sl_config_variable variables[] = {
    SL_GUARD_CHANNEL_VARIABLES(struct cli_client, guard),
    SL_GUARD_OWN_KEY_VARIABLE(struct cli_client, guard),
};

static enum sl_code read_environment(struct cli_client *client, struct sl_error *err)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text mistakes = {0};
    if (sl_config_read(variables, SL_ARRAY_LENGTH(variables), client, &mistakes) != SL_OK)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "%s", sl_text_string(&mistakes));
    return SL_OK;
}

enum sl_code cli_dial(const struct cli_client *client, const char *target,
                      struct sl_channel **ret_channel, struct sl_error *err)
{
    struct sl_tls_options tls;
    struct sl_channel_options channel = {.target = target, .default_timeout_ms = 30000};
    sl_guard_channel_options(&client->guard, &tls, &channel);
    return sl_channel_new(client->loop, &channel, ret_channel, err);
}

static enum sl_code open_channel(struct cli_client *client, struct sl_error *err)
{
    SL_TRY(read_environment(client, err));
    if (sl_guard_add_key(client->guard.own_key, &client->metadata, client->arena) != SL_OK)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "SERVICELANE_AUTH_KEY: visible ASCII is wanted");
    return cli_dial(client, client->options->target, &client->channel, err);
}

struct sl_call_options cli_call_options(const struct cli_client *client, int64_t timeout_ms)
{
    return (struct sl_call_options){.timeout_ms = timeout_ms, .metadata = &client->metadata};
}

enum sl_code cli_client_init(const struct cli_options *options, bool is_local,
                             struct cli_client *ret_client, struct sl_error *err)
{
    struct cli_client client = {.options = options};
    SL_TRY(sl_loop_new(NULL, &client.loop, err));
    client.arena = sl_arena_new();
    enum sl_code code = client.arena ? SL_OK : sl_error_no_memory(err);
    if (code == SL_OK && !is_local)
        code = open_channel(&client, err);
    if (code != SL_OK) {
        cli_client_done(&client);
        return code;
    }
    *ret_client = client;
    return SL_OK;
}

void cli_client_done(struct cli_client *client)
{
    sl_channel_free(client->channel);
    sl_config_done(variables, SL_ARRAY_LENGTH(variables), client);
    sl_arena_free(client->arena);
    sl_loop_free(client->loop);
}

enum cli_status cli_complain(const struct cli_client *client, const struct sl_error *err)
{
    if (err->code == SL_UNAVAILABLE)
        fprintf(stderr,
                "servicelane: no orchestrator answers at %s (%s).\n"
                "Start one (./run), or name another by --target or ORCHESTRATOR_TARGET.\n",
                client->options->target, err->message);
    else
        fprintf(stderr, "servicelane: %s: %s\n", sl_code_name(err->code), err->message);
    return CLI_FAILED;
}

enum cli_status cli_print_json(const ProtobufCMessage *message)
{
    struct sl_error err = {0};
    SL_CLEANUP(sl_json_cleanup) json_t *json = NULL;
    SL_CLEANUP(sl_free_cleanup) char *text = NULL;
    if (sl_message_to_json(message, SL_DIALECT_REST, &json, &err) == SL_OK)
        text = sl_json_text(json, SL_JSON_PRETTY);
    if (!text) {
        fprintf(stderr, "servicelane: the answer cannot be shown as JSON: %s\n", err.message);
        return CLI_FAILED;
    }
    puts(text);
    return CLI_OK;
}
