/* Header fields that the bridge reads, a line each: what is passed on, Grpc-Timeout, Host and
 * Origin, and credentials, for which none of these may be taken. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "auth/jwt.h"
#include "auth/keys.h"
#include "base/memory.h"
#include "rest-bridge/origin.h"
#include "rest-bridge/timeout.h"
#include "rest-bridge/transcode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {"Idempotency-Key", "X-Tenant-Id",  "X-Request-Id",
                                    "Traceparent",     "Grpc-Timeout", "Authorization"};

static struct sl_headers split(char *text, struct sl_arena *arena)
{
    struct sl_headers headers = {0};
    char *rest = text;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(names) && rest != NULL; i++) {
        char *line = strsep(&rest, "\n");
        (void)!sl_headers_add(&headers, arena, names[i], line);
    }
    return headers;
}

static void check_token(const char *text, struct sl_arena *arena)
{
    const struct sl_jwt_rules rules = {.secret = "01234567890123456789012345678901",
                                       .secret_length = 32,
                                       .tenant_claim = "tenant_id",
                                       .dealer_claim = "dealer_id"};
    const struct sl_identity *identity = NULL;
    struct sl_error err = {0};
    if (sl_jwt_check(text, &rules, 1.8e9, arena, &identity, &err) == SL_OK)
        abort();
}

static void check_keys(const char *text, size_t size)
{
    struct sl_keys *keys = NULL;
    struct sl_error err = {0};
    if (sl_keys_parse(text, size, &keys, &err) == SL_OK && sl_keys_find(keys, text) != NULL)
        abort();
    sl_keys_free(keys);
}

static void pass_on(const struct sl_headers *headers, struct sl_arena *arena)
{
    struct sl_metadata metadata = {0};
    struct bridge_refusal refusal = {0};
    int64_t timeout_ms = 0;
    if (!bridge_read_metadata(headers, arena, &metadata, &refusal) ||
        !bridge_read_timeout(headers, &timeout_ms, &refusal))
        json_decref(refusal.body);
    if (timeout_ms < 0 || timeout_ms > BRIDGE_MAX_TIMEOUT_MS)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct bridge_names nothing;
    struct sl_arena *arena = sl_arena_new();
    struct bridge_names list = {0};
    char *text = sl_arena_strndup(arena, (const char *)data, size);
    struct sl_error err = {0};
    check_token(text, arena);
    check_keys(text, strlen(text));
    (void)bridge_host_is_ours(text, true, &nothing);
    (void)bridge_origin_is_same(text, "localhost:8086");
    if (bridge_names_read(text, arena, &list, &err) == SL_OK)
        (void)bridge_origin_is_listed("http://localhost:8086", &list);
    const struct sl_headers headers = split(text, arena);
    pass_on(&headers, arena);
    sl_arena_free(arena);
    return 0;
}
