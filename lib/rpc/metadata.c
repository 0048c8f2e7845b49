#include "rpc/metadata.h"

#include <ctype.h>
#include <grpc/compression.h>
#include <string.h>

#include "base/text.h"
#include "rpc/metadata_private.h"

/* What gRPC itself says with these is not for callers to say. */
static const char *const RESERVED[] = {
    "connection",   "content-type", "grpc-accept-encoding", "grpc-encoding",
    "grpc-message", "grpc-status",  "grpc-timeout",         "host",
    "te",           "user-agent",
};

static bool is_reserved(const char *key)
{
    for (size_t i = 0; i < SL_ARRAY_LENGTH(RESERVED); i++) {
        if (strcmp(RESERVED[i], key) == 0)
            return true;
    }
    return false;
}

/* Whether gRPC would take the pair: it aborts the process over some that it does not. */
static bool is_legal(const char *key, const char *value, size_t length)
{
    grpc_slice key_slice = grpc_slice_from_static_string(key);
    grpc_slice value_slice = grpc_slice_from_static_buffer(value, length);
    return grpc_header_key_is_legal(key_slice) &&
           (grpc_is_binary_header(key_slice) || grpc_header_nonbin_value_is_legal(value_slice));
}

static char *lower_copy(struct sl_arena *arena, const char *key)
{
    char *copy = sl_arena_strdup(arena, key);
    for (char *c = copy; c != NULL && *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    return copy;
}

/* Appends an entry without looking at it; key is owned by arena already, value is copied. */
static enum sl_code append(struct sl_metadata *metadata, struct sl_arena *arena, const char *key,
                           grpc_slice value)
{
    if (metadata->count == metadata->capacity) {
        size_t capacity = metadata->capacity == 0 ? 8 : metadata->capacity * 2;
        struct sl_metadata_entry *entries = sl_arena_alloc_array(arena, capacity, sizeof(*entries));
        if (entries == NULL)
            return SL_RESOURCE_EXHAUSTED;
        if (metadata->count > 0)
            memcpy(entries, metadata->entries, metadata->count * sizeof(*entries));
        metadata->entries = entries;
        metadata->capacity = capacity;
    }
    const char *copy = sl_arena_strndup(arena, (const char *)GRPC_SLICE_START_PTR(value),
                                        GRPC_SLICE_LENGTH(value));
    if (copy == NULL || key == NULL)
        return SL_RESOURCE_EXHAUSTED;
    metadata->entries[metadata->count++] =
        (struct sl_metadata_entry){.key = key, .value = copy, .length = GRPC_SLICE_LENGTH(value)};
    return SL_OK;
}

enum sl_code sl_metadata_add_bytes(struct sl_metadata *metadata, struct sl_arena *arena,
                                   const char *key, const void *value, size_t length)
{
    const char *lower = lower_copy(arena, key);
    if (lower == NULL)
        return SL_RESOURCE_EXHAUSTED;
    if (is_reserved(lower) || !is_legal(lower, value, length))
        return SL_INVALID_ARGUMENT;
    return append(metadata, arena, lower, grpc_slice_from_static_buffer(value, length));
}

enum sl_code sl_metadata_add(struct sl_metadata *metadata, struct sl_arena *arena, const char *key,
                             const char *value)
{
    return sl_metadata_add_bytes(metadata, arena, key, value, strlen(value));
}

const char *sl_metadata_get(const struct sl_metadata *metadata, const char *key)
{
    const struct sl_metadata_entry *entry = sl_metadata_find(metadata, key);
    return entry == NULL ? NULL : entry->value;
}

const struct sl_metadata_entry *sl_metadata_find(const struct sl_metadata *metadata,
                                                 const char *key)
{
    for (size_t i = 0; metadata != NULL && i < metadata->count; i++) {
        if (strcmp(metadata->entries[i].key, key) == 0)
            return &metadata->entries[i];
    }
    return NULL;
}

enum sl_code sl_metadata_receive(struct sl_metadata *metadata, struct sl_arena *arena,
                                 const grpc_metadata_array *array)
{
    for (size_t i = 0; i < array->count; i++) {
        grpc_slice key = array->metadata[i].key;
        const char *copy = sl_arena_strndup(arena, (const char *)GRPC_SLICE_START_PTR(key),
                                            GRPC_SLICE_LENGTH(key));
        SL_TRY(append(metadata, arena, copy, array->metadata[i].value));
    }
    return SL_OK;
}

enum sl_code sl_metadata_send(const struct sl_metadata *metadata, struct sl_arena *arena,
                              struct sl_metadata_wire *ret_wire)
{
    struct sl_metadata_wire wire = {NULL, 0};
    if (metadata != NULL && metadata->count > 0) {
        wire.entries = sl_arena_alloc_array(arena, metadata->count, sizeof(*wire.entries));
        if (wire.entries == NULL)
            return SL_RESOURCE_EXHAUSTED;
        wire.count = metadata->count;
    }
    for (size_t i = 0; i < wire.count; i++) {
        const struct sl_metadata_entry *entry = &metadata->entries[i];
        wire.entries[i].key = grpc_slice_from_copied_string(entry->key);
        wire.entries[i].value = grpc_slice_from_copied_buffer(entry->value, entry->length);
    }
    *ret_wire = wire;
    return SL_OK;
}

enum sl_code sl_metadata_send_compressed(const struct sl_metadata *metadata, struct sl_arena *arena,
                                         struct sl_metadata_wire *ret_wire)
{
    static const struct sl_metadata_entry GZIP = {GRPC_COMPRESSION_REQUEST_ALGORITHM_MD_KEY, "gzip",
                                                  4};
    size_t count = metadata != NULL ? metadata->count : 0;
    struct sl_metadata_entry *entries = sl_arena_alloc_array(arena, count + 1, sizeof(*entries));
    if (entries == NULL)
        return SL_RESOURCE_EXHAUSTED;
    if (count > 0)
        memcpy(entries, metadata->entries, count * sizeof(*entries));
    entries[count] = GZIP;
    const struct sl_metadata with = {.entries = entries, .count = count + 1};
    return sl_metadata_send(&with, arena, ret_wire);
}

void sl_metadata_sent(struct sl_metadata_wire *wire)
{
    for (size_t i = 0; i < wire->count; i++) {
        grpc_slice_unref(wire->entries[i].key);
        grpc_slice_unref(wire->entries[i].value);
    }
    wire->count = 0;
}
