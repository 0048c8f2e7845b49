#ifndef ORCH_ADDRESSES_H
#define ORCH_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "loop/loop.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The instances behind a gRPC target: "ipv4:10.0.0.1:1,10.0.0.2:1" lists them, "parts:50085" and
 * "dns:///parts:50085" name them, anything else ("unix:...", "xds:...") is one that only gRPC knows
 * how to reach. gRPC resolves for itself too; this is so that each can be asked how it does. Loop
 * only. Source: grpc/doc/naming.md
 */

#define ORCH_ADDRESSES_MAX 64
#define ORCH_ADDRESS_SIZE 128

/** One instance's place. */
struct orch_address {
    /** "10.0.0.1:50085", "[::1]:50085"; an opaque target as it was given. Ends with NUL. */
    char text[ORCH_ADDRESS_SIZE];
    /** AF_INET, AF_INET6, AF_UNSPEC for an opaque one. */
    int family;
};

/** At most ORCH_ADDRESSES_MAX, each once, sorted by text. */
struct orch_addresses {
    size_t count;
    struct orch_address entries[ORCH_ADDRESSES_MAX];
};

/** error->code SL_OK: there is at least one. Both are borrowed until return. */
typedef void orch_resolved_fn(const struct sl_error *error, const struct orch_addresses *addresses,
                              void *arg);

/** A resolution under way. Dead when done has run or it was cancelled. */
struct orch_resolution;

/**
 * Finds the instances behind target; names are asked for on a thread of their own, because the
 * system's resolver blocks.
 *
 * done    runs exactly once, on the loop, never inside this call, unless it was cancelled in time.
 * Errors: SL_RESOURCE_EXHAUSTED. To done: SL_UNAVAILABLE (the name means nothing),
 * SL_INVALID_ARGUMENT (no target).
 */
SL_MUST_USE enum sl_code orch_resolve_start(struct sl_loop *loop, const char *target,
                                            orch_resolved_fn *done, void *arg,
                                            struct orch_resolution **ret_resolution,
                                            struct sl_error *err);

/**
 * Ends it at once, whatever the resolver does. true: done does not run, nothing is posted any more;
 * false: the answer is on its way, and done still runs, with SL_CANCELLED.
 */
bool orch_resolve_cancel(struct orch_resolution *resolution);

/** The gRPC target of one instance, such as "ipv4:10.0.0.1:50085". */
void orch_address_target(const struct orch_address *address, char target[ORCH_ADDRESS_SIZE + 8]);

/**
 * Reads the host and the port out of a target that is a name. SL_NOT_FOUND: it is none (a list, or
 * opaque); SL_INVALID_ARGUMENT. For tests.
 */
SL_MUST_USE enum sl_code orch_target_name(const char *target, char host[256], char port[16],
                                          struct sl_error *err);

/** Reads a target that lists its instances. SL_NOT_FOUND: it is none; SL_INVALID_ARGUMENT. */
SL_MUST_USE enum sl_code orch_target_list(const char *target, struct orch_addresses *ret_addresses,
                                          struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
