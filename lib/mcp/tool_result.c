#include <string.h>

#include "mcp/client_private.h"

/* The result of tools/call as a value. Source: MCP 2025-11-25, server/tools, "Tool Result". */

/* All text items, lines between them. */
static enum sl_code gather_text(const json_t *content, struct sl_text *out, struct sl_error *err)
{
    for (size_t i = 0; i < json_array_size(content); i++) {
        const json_t *item = json_array_get(content, i);
        const char *text = sl_json_string(item, "text");

        if (!text || !sl_text_equals(sl_json_string(item, "type"), "text"))
            continue;
        if (out->length > 0)
            sl_text_append_char(out, '\n');
        sl_text_append(out, text);
    }
    return sl_text_failed(out) ? sl_error_no_memory(err) : SL_OK;
}

static bool has_text(const json_t *content)
{
    for (size_t i = 0; i < json_array_size(content); i++) {
        if (sl_json_string(json_array_get(content, i), "text"))
            return true;
    }
    return false;
}

/* The text as JSON where it is some, else as itself; what has no text (an image) as it is. */
static json_t *value_of_content(json_t *content, const struct sl_text *text)
{
    struct sl_json_limits limits = {.are_big_integers_strings = true};
    json_t *value = NULL;

    if (text->length > 0 && sl_json_parse(text->data, text->length, &limits, &value, NULL) == SL_OK)
        return value;
    if (!has_text(content) && json_array_size(content) > 0)
        return json_pack("{s:O}", "content", content);
    return json_pack("{s:s}", "text", sl_text_string(text));
}

enum sl_code sl_mcp_read_tool_result(json_t *result, struct sl_mcp_tool_value *ret_value,
                                     struct sl_error *err)
{
    json_t *structured = json_object_get(result, "structuredContent");
    json_t *content = json_object_get(result, "content");
    json_t *meta = json_object_get(result, "_meta");

    if (!structured && !json_is_array(content))
        return sl_error_set(err, SL_DATA_LOSS, "the result has no content");
    SL_TRY(gather_text(content, &ret_value->text, err));
    if (structured && !json_is_null(structured))
        ret_value->value = json_incref(structured);
    else
        ret_value->value = value_of_content(content, &ret_value->text);
    if (!ret_value->value)
        return sl_error_no_memory(err);
    if (sl_json_depth(ret_value->value, SL_JSON_MAX_DEPTH) > SL_JSON_MAX_DEPTH)
        return sl_error_set(err, SL_DATA_LOSS, "the result nests deeper than %d levels",
                            SL_JSON_MAX_DEPTH);
    ret_value->result.is_error = sl_json_bool(result, "isError", false);
    ret_value->result.value = ret_value->value;
    ret_value->result.error_text =
        ret_value->result.is_error ? sl_text_string(&ret_value->text) : NULL;
    ret_value->result.meta = json_is_object(meta) ? meta : NULL;
    return SL_OK;
}

void sl_mcp_tool_value_done(struct sl_mcp_tool_value *value)
{
    json_decref(value->value);
    sl_text_done(&value->text);
}
