#include "orchestrator/snapshot.h"

#include "base/arena.h"
#include "base/text.h"

/* An agent that tells nothing of its operations but their names: the tool of that name says the
 * rest. */
static const json_t *find_tool(const json_t *capabilities, const char *name)
{
    size_t i;
    json_t *tool;
    json_array_foreach(json_object_get(capabilities, "mcp_tools"), i, tool)
    {
        if (sl_text_equals(sl_json_string(tool, "name"), name))
            return tool;
    }
    return NULL;
}

static const json_t *find_detail(const json_t *capabilities, const char *name)
{
    size_t i;
    json_t *detail;
    json_array_foreach(json_object_get(capabilities, "operation_details"), i, detail)
    {
        if (sl_text_equals(sl_json_string(detail, "name"), name))
            return detail;
    }
    return NULL;
}

static json_t *schema_of(const json_t *holder, const char *member)
{
    json_t *schema = json_object_get(holder, member);
    return json_is_object(schema) && json_object_size(schema) > 0 ? schema : NULL;
}

static bool is_reading(const json_t *detail, const json_t *tool, const char *name)
{
    return sl_json_bool(detail, "read_only", false) ||
           sl_text_equals(sl_json_string(detail, "kind"), "local") ||
           sl_json_bool(json_object_get(tool, "annotations"), "readOnlyHint", false) ||
           orch_is_reading_operation(name);
}

static enum sl_code read_operation(const json_t *capabilities, const char *name,
                                   struct sl_arena *arena, struct orch_operation *operation)
{
    const json_t *detail = find_detail(capabilities, name);
    const json_t *tool = find_tool(capabilities, name);
    const char *description = sl_json_string(detail ? detail : tool, "description");
    operation->name = sl_arena_strdup(arena, name);
    operation->description = sl_arena_strdup(arena, description ? description : "");
    operation->input_schema =
        detail ? schema_of(detail, "input_schema") : schema_of(tool, "inputSchema");
    operation->is_read_only = is_reading(detail, tool, name);
    operation->is_repeatable =
        operation->is_read_only || sl_json_bool(capabilities, "honours_idempotency_key", false);
    operation->is_available = sl_json_bool(detail, "available", true);
    return operation->name && operation->description ? SL_OK : SL_RESOURCE_EXHAUSTED;
}

static enum sl_code read_service(const struct orch_snapshot_source *source, struct sl_arena *arena,
                                 struct orch_service *service)
{
    const json_t *names = json_object_get(source->capabilities, "operations");
    size_t count = json_array_size(names);
    struct orch_operation *operations = sl_arena_alloc_array(arena, count, sizeof(*operations));
    service->name = sl_arena_strdup(arena, source->name);
    service->is_healthy = source->is_healthy;
    if (!operations || !service->name)
        return SL_RESOURCE_EXHAUSTED;
    if (source->capabilities && !sl_json_own(arena, json_incref(source->capabilities)))
        return SL_RESOURCE_EXHAUSTED;
    for (size_t i = 0; i < count; i++) {
        const char *name = json_string_value(json_array_get(names, i));
        if (!name)
            continue;
        SL_TRY(read_operation(source->capabilities, name, arena,
                              &operations[service->operation_count++]));
    }
    service->operations = operations;
    return SL_OK;
}

enum sl_code orch_snapshot_new(const struct orch_snapshot_source *sources, size_t count,
                               struct orch_snapshot **ret_snapshot, struct sl_error *err)
{
    struct sl_arena *arena = sl_arena_new();
    struct orch_snapshot *snapshot = arena ? sl_arena_alloc(arena, sizeof(*snapshot)) : NULL;
    struct orch_service *services =
        arena ? sl_arena_alloc_array(arena, count, sizeof(*services)) : NULL;
    enum sl_code code = snapshot && services ? SL_OK : SL_RESOURCE_EXHAUSTED;
    for (size_t i = 0; i < count && code == SL_OK; i++)
        code = read_service(&sources[i], arena, &services[i]);
    if (code != SL_OK) {
        sl_arena_free(arena);
        return sl_error_no_memory(err);
    }
    *snapshot = (struct orch_snapshot){{services, count}, arena, 1};
    *ret_snapshot = snapshot;
    return SL_OK;
}

struct orch_snapshot *orch_snapshot_ref(struct orch_snapshot *snapshot)
{
    snapshot->references++;
    return snapshot;
}

void orch_snapshot_unref(struct orch_snapshot *snapshot)
{
    if (snapshot && --snapshot->references == 0)
        sl_arena_free(snapshot->arena);
}
