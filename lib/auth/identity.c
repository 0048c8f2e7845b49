#include "auth/identity.h"

#include <string.h>

bool sl_identity_text_is_allowed(const char *text)
{
    size_t length = strlen(text);
    if (length > SL_IDENTITY_TEXT_MAX)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < ' ' || text[i] > '~')
            return false;
    }
    /* A header loses spaces at its ends on the way: two tenants must not become one. */
    return length == 0 || (text[0] != ' ' && text[length - 1] != ' ');
}

const struct sl_identity *sl_identity_copy(const struct sl_identity *identity,
                                           struct sl_arena *arena)
{
    struct sl_identity *copy = sl_arena_memdup(arena, identity, sizeof(*identity));
    const char **tenants =
        sl_arena_alloc_array(arena, identity->tenant_count + 1, sizeof(*tenants));
    if (copy == NULL || tenants == NULL)
        return NULL;
    const char **const texts[] = {&copy->name, &copy->tenant, &copy->dealer, &copy->user};
    for (size_t i = 0; i < SL_ARRAY_LENGTH(texts); i++) {
        *texts[i] = sl_arena_strdup(arena, *texts[i]);
        if (*texts[i] == NULL)
            return NULL;
    }
    for (size_t i = 0; i < identity->tenant_count; i++) {
        tenants[i] = sl_arena_strdup(arena, identity->tenants[i]);
        if (tenants[i] == NULL)
            return NULL;
    }
    copy->tenants = tenants;
    return copy;
}

bool sl_identity_may_act_for(const struct sl_identity *identity, const char *tenant)
{
    if (identity->role == SL_ROLE_CLIENT)
        return strcmp(identity->tenant, tenant) == 0;
    for (size_t i = 0; i < identity->tenant_count; i++) {
        if (strcmp(identity->tenants[i], tenant) == 0)
            return true;
    }
    return identity->tenant_count == 0;
}
