#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/memory.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/style.h"
#include "servicelane/agent/v1/agent.grpc-c.h"
#include "servicelane/orchestrator/v1/orchestrator.grpc-c.h"
#include "json/message.h"

/* call: one operation of one agent, without a plan. */

/* What the agent may take when it keeps no time itself. */
#define PATIENCE_MS 60000
/* An agent ends by itself when its time is over; the call waits a little longer. */
#define MARGIN_MS 2000

/* ---- Parameters: key=text, key:=json ---- */

static enum sl_code add_parameter(json_t *parameters, const char *word, struct sl_error *err)
{
    const char *equals = strchr(word, '=');
    if (!equals || equals == word)
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "\"%s\" was given, KEY=TEXT or KEY:=JSON is wanted", word);
    bool is_json = equals[-1] == ':';
    size_t length = (size_t)(equals - word) - is_json;
    json_t *value = NULL;
    if (is_json && sl_json_parse(equals + 1, strlen(equals + 1), NULL, &value, err) != SL_OK)
        return sl_error_prefix(err, "%s", word);
    if (!is_json)
        value = json_string(equals + 1);
    if (!value)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "\"%s\" is not UTF-8", word);
    if (length == 0 || json_object_setn_new(parameters, word, length, value) != 0)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "\"%s\" names no parameter", word);
    return SL_OK;
}

static enum sl_code read_parameters(struct cli_client *client, Google__Protobuf__Struct **ret,
                                    struct sl_error *err)
{
    const struct cli_options *options = client->options;
    SL_CLEANUP(sl_json_cleanup) json_t *parameters = json_object();
    ProtobufCMessage *message = NULL;
    for (int i = 2; i < options->argument_count; i++)
        SL_TRY(add_parameter(parameters, options->arguments[i], err));
    SL_TRY(sl_struct_from_json(&google__protobuf__struct__descriptor, parameters, client->arena,
                               &message, err));
    *ret = (Google__Protobuf__Struct *)message;
    return SL_OK;
}

/* ---- The agent ---- */

/* The orchestrator knows where its agents are. */
static enum sl_code find_agent(struct cli_client *client, const char *name, const char **ret_target,
                               struct sl_error *err)
{
    Servicelane__Orchestrator__V1__ListServicesRequest request =
        SERVICELANE__ORCHESTRATOR__V1__LIST_SERVICES_REQUEST__INIT;
    Servicelane__Orchestrator__V1__ListServicesResponse *response = NULL;
    SL_CLEANUP(sl_text_cleanup) struct sl_text known = {0};
    const struct sl_call_options options = cli_call_options(client, 0);
    SL_TRY(orchestrator_list_services(client->channel, &options, &request, client->arena, &response,
                                      err));
    for (size_t i = 0; i < response->n_services; i++) {
        const Servicelane__Orchestrator__V1__ListServicesResponse__ServicesEntry *entry =
            response->services[i];
        sl_text_printf(&known, "%s%s", i > 0 ? ", " : "", entry->key);
        if (!entry->value || !sl_text_equals(entry->key, name))
            continue;
        if (sl_text_starts_with(entry->value->url, "http"))
            return sl_error_set(err, SL_FAILED_PRECONDITION, "%s speaks REST: ask it at %s/execute",
                                name, entry->value->url);
        *ret_target = entry->value->url;
        return SL_OK;
    }
    return sl_error_set(err, SL_NOT_FOUND, "there is no service \"%s\"; there are %s", name,
                        sl_text_string(&known));
}

static enum sl_code execute(struct cli_client *client, const char *target, const char *key,
                            Servicelane__Agent__V1__AgentServiceRequest *request,
                            Servicelane__Agent__V1__AgentServiceResponse **ret_response,
                            struct sl_error *err)
{
    struct sl_channel *channel = NULL;
    int64_t timeout_ms =
        client->options->timeout_s ? client->options->timeout_s * 1000 + MARGIN_MS : PATIENCE_MS;
    SL_TRY(cli_dial(client, target, &channel, err));
    enum sl_code code = sl_metadata_add(&client->metadata, client->arena, "idempotency-key", key);
    const struct sl_call_options options = cli_call_options(client, timeout_ms);
    if (code != SL_OK)
        sl_error_set(err, code, "--key: visible ASCII is wanted");
    else
        code = agent_service_execute(channel, &options, request, client->arena, ret_response, err);
    sl_channel_free(channel);
    return code;
}

static enum cli_status show(const Servicelane__Agent__V1__AgentServiceResponse *response,
                            const char *key)
{
    struct sl_error err = {0};
    SL_CLEANUP(sl_json_cleanup) json_t *json = NULL;
    if (!response->success) {
        fprintf(stderr, "%s\n", response->optional_error_case ? response->error : "not done");
        return CLI_FAILED;
    }
    if (sl_message_to_json(&response->base, SL_DIALECT_REST, &json, &err) != SL_OK) {
        fprintf(stderr, "servicelane: %s\n", err.message);
        return CLI_FAILED;
    }
    if (json_is_true(json_object_get(json_object_get(json, "metadata"), "replayed")))
        fprintf(stderr, "It was done before, under the key %s; this is the answer of then.\n", key);
    return cli_print(json_object_get(json, "result"));
}

enum cli_status cli_call(struct cli_client *client)
{
    const struct cli_options *options = client->options;
    struct sl_error err = {0};
    Servicelane__Agent__V1__AgentServiceRequest request =
        SERVICELANE__AGENT__V1__AGENT_SERVICE_REQUEST__INIT;
    Servicelane__Agent__V1__AgentServiceResponse *response = NULL;
    const char *target = NULL;
    char id[SL_UUID_SIZE];
    sl_uuid_new(id);
    const char *key = options->key ? options->key : id;
    if (read_parameters(client, &request.parameters, &err) != SL_OK) {
        fprintf(stderr, "servicelane: %s\n", err.message);
        return CLI_USAGE;
    }
    request.request_id = id;
    request.operation = options->arguments[1];
    if (options->timeout_s > 0) {
        request.timeout = (int32_t)options->timeout_s;
        request.optional_timeout_case =
            SERVICELANE__AGENT__V1__AGENT_SERVICE_REQUEST__OPTIONAL_TIMEOUT_TIMEOUT;
    }
    enum sl_code code = find_agent(client, options->arguments[0], &target, &err);
    if (code == SL_OK)
        code = execute(client, target, key, &request, &response, &err);
    if (code != SL_OK) {
        enum cli_status status = cli_complain(client, &err);
        if (target)
            fprintf(stderr, "To ask again without doing it twice: --key %s\n", key);
        return status;
    }
    if (options->is_json) {
        enum cli_status status = cli_print_json(&response->base);
        return status == CLI_OK && !response->success ? CLI_FAILED : status;
    }
    return show(response, key);
}
