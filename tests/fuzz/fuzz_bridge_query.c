/* A query string into the fields of a request. */
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"
#include "rest-bridge/query.h"
#include "servicelane/agent/v1/agent.pb-c.h"
#include "servicelane/orchestrator/v1/orchestrator.pb-c.h"
#include "json/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_into(const ProtobufCMessageDescriptor *type, const char *query,
                      struct sl_arena *arena)
{
    struct bridge_faults faults = {0};
    struct sl_error err = {0};
    ProtobufCMessage *message = NULL;
    json_t *object = json_object();
    bridge_read_query(type, query, object, &faults);
    if (!bridge_faults_any(&faults)) {
        enum sl_code code =
            sl_message_from_json(type, object, SL_DIALECT_REST, arena, &message, &err);
        if (code != SL_OK && code != SL_INVALID_ARGUMENT)
            abort();
    }
    bridge_faults_done(&faults);
    json_decref(object);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_arena *arena = sl_arena_new();
    char *query = sl_arena_strndup(arena, (const char *)data, size);
    read_into(&servicelane__orchestrator__v1__list_workflows_request__descriptor, query, arena);
    read_into(&servicelane__agent__v1__watch_task_request__descriptor, query, arena);
    read_into(&servicelane__agent__v1__agent_service_request__descriptor, query, arena);
    sl_arena_free(arena);
    return 0;
}
