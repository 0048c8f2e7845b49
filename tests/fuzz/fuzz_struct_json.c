/* JSON text to a Struct, over the wire, and back: what comes back is what went in. */
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"
#include "google/protobuf/struct.pb-c.h"
#include "json/message.h"
#include "rpc/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(const json_t *json, struct sl_arena *arena)
{
    struct sl_error err = {0};
    const ProtobufCMessageDescriptor *type = &google__protobuf__value__descriptor;
    ProtobufCMessage *message = NULL;
    ProtobufCMessage *received = NULL;
    uint8_t *bytes = NULL;
    size_t length = 0;
    json_t *back = NULL;
    if (sl_struct_from_json(type, json, arena, &message, &err) != SL_OK)
        return;
    if (sl_message_pack(message, arena, &bytes, &length, &err) != SL_OK ||
        sl_message_unpack(type, bytes, length, arena, &received, &err) != SL_OK ||
        sl_struct_to_json(received, &back, &err) != SL_OK)
        abort();
    char *before = sl_json_text(json, SL_JSON_CANONICAL);
    char *after = sl_json_text(back, SL_JSON_CANONICAL);
    if (!before || !after || strcmp(before, after) != 0)
        abort();
    sl_free(before);
    sl_free(after);
    json_decref(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_error err = {0};
    json_t *json = NULL;
    struct sl_arena *arena = sl_arena_new();
    if (sl_json_parse((const char *)data, size, NULL, &json, &err) == SL_OK)
        round_trip(json, arena);
    json_decref(json);
    sl_arena_free(arena);
    return 0;
}
