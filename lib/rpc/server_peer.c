#include <grpc/grpc_security.h>
#include <grpc/support/alloc.h>
#include <string.h>

#include "rpc/server_call.h"
#include "rpc/server_call_private.h"

const char *sl_server_call_peer(struct sl_server_call *call)
{
    if (call->peer != NULL)
        return call->peer;
    char *peer = grpc_call_get_peer(call->core);
    call->peer = sl_arena_strdup(call->arena, peer);
    gpr_free(peer);
    if (call->peer == NULL)
        call->peer = "";
    return call->peer;
}

/* A name with a NUL in it would be read as another, shorter one: such a name is none. */
static bool is_name(const grpc_auth_property *property)
{
    return property->value_length > 0 && strlen(property->value) == property->value_length;
}

/* The next value of a property that is a name, copied; false at the end. */
static bool next_name(grpc_auth_property_iterator *values, struct sl_arena *arena,
                      const char **ret_name)
{
    const grpc_auth_property *property;
    while ((property = grpc_auth_property_iterator_next(values)) != NULL) {
        if (!is_name(property))
            continue;
        *ret_name = sl_arena_strdup(arena, property->value);
        return true;
    }
    return false;
}

static size_t count_names(const grpc_auth_context *context)
{
    grpc_auth_property_iterator values =
        grpc_auth_context_find_properties_by_name(context, GRPC_X509_SAN_PROPERTY_NAME);
    size_t count = 0;
    while (grpc_auth_property_iterator_next(&values) != NULL)
        count++;
    return count;
}

/* NULL: out of memory. */
static const struct sl_peer_identity *read_identity(const grpc_auth_context *context,
                                                    struct sl_arena *arena)
{
    struct sl_peer_identity *identity = sl_arena_alloc(arena, sizeof(*identity));
    const char **names = sl_arena_alloc_array(arena, count_names(context) + 1, sizeof(*names));
    if (identity == NULL || names == NULL)
        return NULL;
    identity->common_name = "";
    identity->names = names;
    grpc_auth_property_iterator values =
        grpc_auth_context_find_properties_by_name(context, GRPC_X509_CN_PROPERTY_NAME);
    (void)next_name(&values, arena, &identity->common_name);
    values = grpc_auth_context_find_properties_by_name(context, GRPC_X509_SAN_PROPERTY_NAME);
    while (next_name(&values, arena, &names[identity->name_count]))
        identity->name_count++;
    bool is_complete = identity->common_name != NULL;
    for (size_t i = 0; i < identity->name_count; i++)
        is_complete = is_complete && names[i] != NULL;
    return is_complete ? identity : NULL;
}

const struct sl_peer_identity *sl_server_call_peer_identity(struct sl_server_call *call)
{
    if (call->has_asked_identity)
        return call->identity;
    call->has_asked_identity = true;
    grpc_auth_context *context = grpc_call_auth_context(call->core);
    if (context != NULL && grpc_auth_context_peer_is_authenticated(context))
        call->identity = read_identity(context, call->arena);
    grpc_auth_context_release(context);
    return call->identity;
}
