#include "auth/member.h"

#include <string.h>

#include "auth/identity.h"

enum sl_code sl_member_identity_text(const json_t *object, const char *name, struct sl_arena *arena,
                                     const char **ret_text, struct sl_error *err)
{
    const json_t *member = json_object_get(object, name);
    const char *text = member == NULL || json_is_null(member) ? "" : json_string_value(member);
    if (text == NULL || !sl_identity_text_is_allowed(text) ||
        (json_is_string(member) && strlen(text) != json_string_length(member)))
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "%s: a text of at most %d visible ASCII characters is wanted", name,
                            SL_IDENTITY_TEXT_MAX);
    const char *copy = sl_arena_strdup(arena, text);
    if (copy == NULL)
        return sl_error_no_memory(err);
    *ret_text = copy;
    return SL_OK;
}
