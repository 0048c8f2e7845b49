#include "mcp/jsonrpc.h"

static enum sl_code invalid(struct sl_error *err, const char *what)
{
    return sl_error_set(err, SL_INVALID_ARGUMENT, "%s", what);
}

static enum sl_code read_call(json_t *json, struct sl_jsonrpc_message *message,
                              struct sl_error *err)
{
    message->method = sl_json_string(json, "method");
    message->params = json_object_get(json, "params");
    if (!message->method || !*message->method)
        return invalid(err, "method is no name");
    if (message->params && !json_is_object(message->params))
        return invalid(err, "params is no object");
    if (json_object_get(json, "result") || json_object_get(json, "error"))
        return invalid(err, "a message with a method has no result and no error");
    if (!json_object_get(json, "id")) {
        message->kind = SL_JSONRPC_NOTIFICATION;
        return SL_OK;
    }
    message->kind = SL_JSONRPC_REQUEST;
    return message->id ? SL_OK : invalid(err, "id is neither a string nor an integer");
}

static enum sl_code read_answer(json_t *json, struct sl_jsonrpc_message *message,
                                struct sl_error *err)
{
    message->result = json_object_get(json, "result");
    message->error = json_object_get(json, "error");
    if (message->result && message->error)
        return invalid(err, "there is a result and an error, one is wanted");
    if (message->result) {
        message->kind = SL_JSONRPC_RESULT;
        return message->id ? SL_OK : invalid(err, "id is neither a string nor an integer");
    }
    message->kind = SL_JSONRPC_ERROR;
    if (!json_is_object(message->error))
        return invalid(err, "there is no method, no result and no error");
    if (!json_is_integer(json_object_get(message->error, "code")) ||
        !sl_json_string(message->error, "message"))
        return invalid(err, "the error has no code or no message");
    return SL_OK;
}

enum sl_code sl_jsonrpc_read(json_t *json, struct sl_jsonrpc_message *ret_message,
                             struct sl_error *err)
{
    json_t *id = json_object_get(json, "id");

    *ret_message = (struct sl_jsonrpc_message){0};
    if (json_is_array(json))
        return invalid(err, "a batch is given, a single message is wanted");
    if (!json_is_object(json))
        return invalid(err, "the message is no object");
    if (json_is_string(id) || json_is_integer(id))
        ret_message->id = id;
    if (!sl_text_equals(sl_json_string(json, "jsonrpc"), "2.0"))
        return invalid(err, "jsonrpc is not \"2.0\"");
    if (json_object_get(json, "method"))
        return read_call(json, ret_message, err);
    return read_answer(json, ret_message, err);
}

json_t *sl_jsonrpc_request(int64_t id, const char *method, json_t *params)
{
    return json_pack("{s:s, s:I, s:s, s:o*}", "jsonrpc", "2.0", "id", (json_int_t)id, "method",
                     method, "params", params);
}

json_t *sl_jsonrpc_notification(const char *method, json_t *params)
{
    return json_pack("{s:s, s:s, s:o*}", "jsonrpc", "2.0", "method", method, "params", params);
}

json_t *sl_jsonrpc_result(json_t *id, json_t *result)
{
    return json_pack("{s:s, s:O, s:o}", "jsonrpc", "2.0", "id", id, "result", result);
}

json_t *sl_jsonrpc_error(json_t *id, int code, const char *message, json_t *data)
{
    return json_pack("{s:s, s:O?, s:{s:i, s:s, s:o*}}", "jsonrpc", "2.0", "id", id, "error", "code",
                     code, "message", message, "data", data);
}
