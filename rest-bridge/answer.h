#ifndef BRIDGE_ANSWER_H
#define BRIDGE_ANSWER_H

#include <jansson.h>

#include "base/error.h"
#include "http/server.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The HTTP status that stands for a gRPC code. */
int bridge_status_of(enum sl_code code);

/** {"detail": text}; a new reference, NULL when memory is out. */
json_t *bridge_detail(const char *text);

/**
 * Headers of every answer, owned by the incoming's arena: Content-Type.
 */
struct sl_headers bridge_answer_headers(struct sl_http_incoming *incoming,
                                        const char *content_type);

/** Answers with JSON; body is taken, NULL means that memory is out. */
void bridge_answer(struct sl_http_incoming *incoming, int status, json_t *body);

/** Answers with {"detail": text}. */
void bridge_answer_detail(struct sl_http_incoming *incoming, int status, const char *text);

/** As bridge_answer_detail(), with one more header. */
void bridge_answer_with(struct sl_http_incoming *incoming, int status, const char *text,
                        const struct sl_header *header);

/** Answers 422 with a list of faults, which is taken. */
void bridge_answer_faults(struct sl_http_incoming *incoming, json_t *faults);

#ifdef __cplusplus
}
#endif

#endif
