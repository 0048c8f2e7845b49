/* A path template on the first line, a path on the second: the template is taken apart or refused,
 * and paths are matched against it and against the orchestrator's own routes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "rest-bridge/route.h"
#include "rest-bridge/template.h"
#include "servicelane/orchestrator/v1/orchestrator.grpc-c.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void match(const struct bridge_routes *routes, const char *path, struct sl_arena *arena)
{
    static const char *const methods[] = {"GET", "POST", "HEAD", "OPTIONS", "X"};
    for (size_t i = 0; i < SL_ARRAY_LENGTH(methods); i++) {
        struct bridge_match found = {0};
        if (bridge_routes_match(routes, methods[i], path, arena, &found) != SL_OK)
            abort();
        if (found.route != NULL && found.allow != NULL)
            abort();
        for (size_t k = 0; k < found.variable_count; k++) {
            if (strlen(found.variables[k].field) == 0 || found.variables[k].value == NULL)
                abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct bridge_routes *routes;
    struct sl_arena *arena = sl_arena_new();
    struct bridge_template parsed = {0};
    struct sl_error err = {0};
    if (routes == NULL && bridge_routes_new(&orchestrator_descriptor, &routes, &err) != SL_OK)
        abort();
    char *text = sl_arena_strndup(arena, (const char *)data, size);
    char *line = strchr(text, '\n');
    if (line != NULL)
        *line = '\0';
    enum sl_code code = bridge_template_parse(text, arena, &parsed, &err);
    if (code != SL_OK && err.message[0] == '\0')
        abort();
    match(routes, line != NULL ? line + 1 : text, arena);
    sl_arena_free(arena);
    return 0;
}
