#ifndef SL_HTTP_HEADERS_H
#define SL_HTTP_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

struct sl_header {
    const char *name;
    const char *value;
};

/** HTTP fields in order, names may repeat. Zeroed it is empty. Guarded by its owner. */
struct sl_headers {
    struct sl_header *entries;
    size_t count;
    size_t capacity;
};

/** Whether name is a field name and value holds neither CR, LF nor NUL nor other control characters
 * (RFC 9110, 5). Either may be NULL, which is not allowed. */
bool sl_header_is_allowed(const char *name, const char *value);

/** Adds a copy, owned by arena. SL_INVALID_ARGUMENT: no field name, or CR, LF or NUL in the value
 * (RFC 9110, 5). */
SL_MUST_USE enum sl_code sl_headers_add(struct sl_headers *headers, struct sl_arena *arena,
                                        const char *name, const char *value);

/** The same of bytes that end nowhere; a NUL is no character of a field. */
SL_MUST_USE enum sl_code sl_headers_add_bytes(struct sl_headers *headers, struct sl_arena *arena,
                                              const char *name, size_t name_length,
                                              const char *value, size_t value_length);

/** Adds the texts themselves, which live as long as the headers do and are allowed ones; only the
 * list is owned by arena. */
SL_MUST_USE enum sl_code sl_headers_refer(struct sl_headers *headers, struct sl_arena *arena,
                                          const char *name, const char *value);

/** The first value of that name, whatever its case; NULL where there is none; headers may be NULL.
 */
const char *sl_headers_get(const struct sl_headers *headers, const char *name);

#ifdef __cplusplus
}
#endif

#endif
