#include "services/agent/identity.h"

static const char *either(const char *value, const char *fallback)
{
    return value != NULL && value[0] != '\0' ? value : fallback;
}

struct agent_identity agent_identity_of(const struct sl_metadata *metadata,
                                        const struct agent_identity *defaults)
{
    struct agent_identity identity = {
        either(sl_metadata_get(metadata, "x-tenant-id"), defaults->tenant),
        either(sl_metadata_get(metadata, "x-dealer-id"), defaults->dealer),
        either(sl_metadata_get(metadata, "x-user-id"), defaults->user),
    };
    return identity;
}

enum sl_code agent_identity_headers(const struct agent_service *service,
                                    const struct agent_identity *identity, struct sl_arena *arena,
                                    struct sl_headers *ret_headers, struct sl_error *err)
{
    const char *const values[] = {
        [AGENT_HEADER_TENANT] = identity->tenant,
        [AGENT_HEADER_DEALER] = identity->dealer,
        [AGENT_HEADER_USER] = identity->user,
        [AGENT_HEADER_SERVICE] = service->name,
    };
    struct sl_headers headers = {0};
    for (size_t i = 0; i < service->header_count; i++) {
        const struct agent_header *header = &service->headers[i];
        const char *value = values[header->source];
        if (value[0] == '\0')
            continue;
        enum sl_code code = sl_headers_add(&headers, arena, header->name, value);
        if (code != SL_OK)
            return sl_error_set(err, code, "%s: its value fits no HTTP header", header->name);
    }
    *ret_headers = headers;
    return SL_OK;
}
