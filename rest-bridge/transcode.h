#ifndef BRIDGE_TRANSCODE_H
#define BRIDGE_TRANSCODE_H

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

#include "base/arena.h"
#include "base/error.h"
#include "http/server.h"
#include "rest-bridge/route.h"
#include "rpc/metadata.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Why a request cannot be passed on: what is to be answered. */
struct bridge_refusal {
    int status;
    /** The body of the answer; a new reference, NULL when memory is out. */
    json_t *body;
};

/**
 * Makes the RPC's request of path, query and body, by the method's descriptor.
 *
 * arena  owns *ret_message. Returns false with *ret_refusal set, all faults in it.
 */
bool bridge_read_request(const struct bridge_match *match,
                         const struct sl_http_incoming_request *http, struct sl_arena *arena,
                         ProtobufCMessage **ret_message, struct bridge_refusal *ret_refusal);

/** Copies the headers that services know into metadata, owned by arena. As bridge_read_request().
 */
bool bridge_read_metadata(const struct sl_headers *headers, struct sl_arena *arena,
                          struct sl_metadata *metadata, struct bridge_refusal *ret_refusal);

/** Milliseconds of Grpc-Timeout; untouched where there is none. As bridge_read_request(). */
bool bridge_read_timeout(const struct sl_headers *headers, int64_t *ret_ms,
                         struct bridge_refusal *ret_refusal);

/** The body of the answer: the response, or that field of it that the binding names. */
SL_MUST_USE enum sl_code bridge_write_response(const struct sl_http_binding *binding,
                                               const ProtobufCMessage *response, json_t **ret_body,
                                               struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
