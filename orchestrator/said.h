#ifndef ORCH_SAID_H
#define ORCH_SAID_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "orchestrator/rules/sentence.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whether a value was said, in a request's words or in its context. Pure. */

/** A request, read for its numbers. Texts are borrowed. */
struct orch_said {
    const char *user_request;
    const json_t *context;
    struct rules_sentence sentence;
};

/** Reads a request. Errors: SL_RESOURCE_EXHAUSTED only. */
SL_MUST_USE enum sl_code orch_said_init(struct orch_said *said, const char *user_request,
                                        const json_t *context, struct sl_arena *arena);

/** Whether the words hold the value as words or numbers of their own, whatever their case. Signs
 * between its letters and digits do not count: RO-77 is said by "ro 77". is_loose: spaces do not
 * count either, as in phone numbers. */
bool orch_words_hold(const char *words, const char *value, bool is_loose);

/** As orch_words_hold() for an e-mail address: all of it, and not as part of a longer one. */
bool orch_words_hold_address(const char *words, const char *address);

/** Whether the request names this number and says nothing else by it, such as an order's id. */
bool orch_said_number(const struct orch_said *said, double number);

/** Whether an amount of the request is in this currency, by code, word or sign. */
bool orch_said_currency(const struct orch_said *said, const char *currency);

#ifdef __cplusplus
}
#endif

#endif
