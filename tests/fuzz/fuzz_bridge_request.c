/* A body to the RPC's request, as the bridge does it: a message that comes of it can be written as
 * JSON again; what is refused has a body that says why. */
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"
#include "rest-bridge/transcode.h"
#include "servicelane/agent/v1/agent.grpc-c.h"
#include "servicelane/orchestrator/v1/orchestrator.grpc-c.h"
#include "json/json.h"
#include "json/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_back(const ProtobufCMessage *message)
{
    struct sl_error err = {0};
    json_t *json = NULL;
    if (sl_message_to_json(message, SL_DIALECT_REST, &json, &err) != SL_OK)
        abort();
    char *text = sl_json_text(json, SL_JSON_COMPACT);
    if (text == NULL)
        abort();
    sl_free(text);
    json_decref(json);
}

static void read_refusal(struct bridge_refusal *refusal)
{
    char *text = sl_json_text(refusal->body, SL_JSON_COMPACT);
    if (refusal->status < 400 || refusal->status >= 500 || text == NULL)
        abort();
    sl_free(text);
    json_decref(refusal->body);
}

static void transcode(const struct sl_method *method, const char *body, size_t length)
{
    struct sl_arena *arena = sl_arena_new();
    struct sl_header type = {"Content-Type", "application/json"};
    const struct sl_headers headers = {&type, 1, 1};
    const struct bridge_route route = {method, &method->http[0]};
    const struct bridge_match match = {.route = &route};
    const struct sl_http_incoming_request http = {.method = "POST",
                                                  .path = "/",
                                                  .query = "",
                                                  .headers = &headers,
                                                  .body = body,
                                                  .body_length = length,
                                                  .peer = ""};
    ProtobufCMessage *message = NULL;
    struct bridge_refusal refusal = {0};
    if (bridge_read_request(&match, &http, arena, &message, &refusal))
        write_back(message);
    else
        read_refusal(&refusal);
    sl_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* The server ends a body with a NUL. */
    char *body = sl_strndup((const char *)data, size);
    if (body == NULL)
        return 0;
    for (size_t i = 0; i < size; i++)
        body[i] = (char)data[i];
    transcode(&agent_service_execute_method, body, size);
    transcode(&agent_service_reconcile_task_method, body, size);
    transcode(&orchestrator_orchestrate_method, body, size);
    sl_free(body);
    return 0;
}
