/* [schema, value]: whatever the schema is, the check ends, and each fault has its words. */
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"
#include "mcp/param_headers.h"
#include "json/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const json_t *schema, const json_t *value)
{
    struct sl_arena *arena = sl_arena_new();
    struct sl_schema_faults faults = {0};
    struct sl_headers headers = {0};
    struct sl_error err = {0};

    if (sl_schema_check(schema, value, arena, &faults, &err) != SL_OK)
        abort();
    for (size_t i = 0; i < faults.count; i++) {
        if (!faults.entries[i].path || !*faults.entries[i].message)
            abort();
    }
    /* What a client repeats in headers, the server takes. */
    if (sl_mcp_check_param_headers(schema, &err) == SL_OK &&
        sl_mcp_add_param_headers(schema, value, &headers, arena) == SL_OK &&
        sl_mcp_match_param_headers(schema, value, &headers, arena, &err) != SL_OK)
        abort();
    sl_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_error err = {0};
    json_t *json = NULL;

    if (sl_json_parse((const char *)data, size, NULL, &json, &err) == SL_OK &&
        json_array_size(json) == 2)
        check(json_array_get(json, 0), json_array_get(json, 1));
    json_decref(json);
    return 0;
}
