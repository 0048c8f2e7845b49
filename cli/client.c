#include <stdio.h>

#include "base/memory.h"
#include "cli/cli.h"
#include "json/message.h"

enum sl_code cli_client_init(const struct cli_options *options, bool is_local,
                             struct cli_client *ret_client, struct sl_error *err)
{
    struct cli_client client = {.options = options};
    SL_TRY(sl_loop_new(NULL, &client.loop, err));
    client.arena = sl_arena_new();
    const struct sl_channel_options channel = {.target = options->target,
                                               .default_timeout_ms = 30000};
    enum sl_code code = client.arena ? SL_OK : sl_error_no_memory(err);
    if (code == SL_OK && !is_local)
        code = sl_channel_new(client.loop, &channel, &client.channel, err);
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
