#ifndef SL_AUTH_KEYS_H
#define SL_AUTH_KEYS_H

#include "auth/identity.h"
#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * API keys, as a file lists them:
 *
 *     {"keys": [{"name": "front desk", "sha256": "<64 hex digits>", "tenant": "T1",
 *                "dealer": "D1", "user": "desk", "rate_per_second": 50, "burst": 100},
 *               {"name": "orchestrator", "sha256": "...", "role": "service", "tenants": ["T1"]}]}
 *
 * It holds no key, only what SHA-256 makes of it: enough, because keys are random and long (a
 * password would need a slow hash). Never changed once made: any thread.
 */
struct sl_keys;

/** text is borrowed until return. SL_INVALID_ARGUMENT: err says which key is wrong, and how. */
SL_MUST_USE enum sl_code sl_keys_parse(const char *text, size_t length, struct sl_keys **ret_keys,
                                       struct sl_error *err);

/** keys may be NULL. */
void sl_keys_free(struct sl_keys *keys);

size_t sl_keys_count(const struct sl_keys *keys);

/** Whose key it is; NULL: nobody's. Takes the same time for any key. Borrowed from keys. */
const struct sl_identity *sl_keys_find(const struct sl_keys *keys, const char *key);

#ifdef __cplusplus
}
#endif

#endif
