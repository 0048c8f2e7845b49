#ifndef SL_AUTH_MEMBER_H
#define SL_AUTH_MEMBER_H

#include <jansson.h>

#include "base/arena.h"
#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Private to lib/auth. */

/** A member that becomes a text of an identity: "" where it is missing, else a copy, owned by
 * arena. SL_INVALID_ARGUMENT: it is no text, or not one that may stand there. */
SL_MUST_USE enum sl_code sl_member_identity_text(const json_t *object, const char *name,
                                                 struct sl_arena *arena, const char **ret_text,
                                                 struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
