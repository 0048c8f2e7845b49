/* A JSON-RPC message as the MCP server and client read it: what is taken can be answered. */
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"
#include "mcp/jsonrpc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool is_true)
{
    if (!is_true)
        abort();
}

static void answer(const struct sl_jsonrpc_message *message)
{
    struct sl_error err = {0};
    struct sl_jsonrpc_message again;
    json_t *reply = sl_jsonrpc_result(message->id, json_object());

    check(reply && sl_jsonrpc_read(reply, &again, &err) == SL_OK);
    check(again.kind == SL_JSONRPC_RESULT && json_equal(again.id, message->id));
    json_decref(reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct sl_json_limits limits = {.max_depth = SL_JSONRPC_MAX_DEPTH};
    struct sl_jsonrpc_message message;
    struct sl_error err = {0};
    json_t *json = NULL;

    if (sl_json_parse((const char *)data, size, &limits, &json, &err) != SL_OK)
        return 0;
    if (sl_jsonrpc_read(json, &message, &err) == SL_OK) {
        check(message.kind != SL_JSONRPC_ERROR || json_is_object(message.error));
        check(!message.params || json_is_object(message.params));
        if (message.kind == SL_JSONRPC_REQUEST)
            answer(&message);
    } else {
        check(err.message[0] != '\0');
    }
    json_decref(json);
    return 0;
}
