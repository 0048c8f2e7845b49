#include "services/agent/tool.h"

#include "json/json.h"

bool agent_tool_read(json_t *definition, struct agent_tool *ret_tool)
{
    const json_t *annotations = json_object_get(definition, "annotations");
    const json_t *meta = json_object_get(definition, "_meta");
    json_t *schema = json_object_get(definition, "inputSchema");
    struct agent_tool tool = {
        .name = sl_json_string(definition, "name"),
        .description = sl_json_string(definition, "description"),
        .input_schema = json_is_object(schema) ? schema : NULL,
        .definition = definition,
        .is_read_only = sl_json_bool(annotations, "readOnlyHint", false),
        .is_idempotent = sl_json_bool(annotations, "idempotentHint", false),
        .honours_idempotency_key =
            sl_json_bool(meta, "io.servicelane/honours-idempotency-key", false),
    };
    if (tool.name == NULL || tool.name[0] == '\0')
        return false;
    *ret_tool = tool;
    return true;
}
