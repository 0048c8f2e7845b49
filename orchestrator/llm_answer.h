#ifndef ORCH_LLM_ANSWER_H
#define ORCH_LLM_ANSWER_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "http/client.h"
#include "json/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What an OpenAI-compatible server answered to a chat completion, told apart by what to do next.
 * Pure: no I/O. */

enum llm_answer_kind {
    /** `text` is what the model wrote. */
    LLM_ANSWER_TEXT,
    /** Too many requests, or the server is in trouble: the same again, later. */
    LLM_ANSWER_BUSY,
    /** The response_format is not understood by this server or model. */
    LLM_ANSWER_FORMAT_REFUSED,
    /** The temperature is not one that this model takes. */
    LLM_ANSWER_TEMPERATURE_REFUSED,
    /** The rest ends the asking: `why` says what it was. */
    LLM_ANSWER_QUOTA_EXHAUSTED,
    LLM_ANSWER_REFUSAL,
    LLM_ANSWER_FILTERED,
    LLM_ANSWER_CUT_OFF,
    LLM_ANSWER_NO_CHOICES,
    LLM_ANSWER_MALFORMED,
    LLM_ANSWER_TOO_LARGE,
    LLM_ANSWER_TIMED_OUT,
    LLM_ANSWER_CANCELLED,
    LLM_ANSWER_DENIED,
};

/** Texts are owned by arena or static; never what the server says in words, which may hold a key.
 */
struct llm_answer {
    enum llm_answer_kind kind;
    const char *text;
    /** In words for a person; NULL for LLM_ANSWER_TEXT. */
    const char *why;
    /** Milliseconds that the server wants to be left alone; -1 where it does not say. */
    int64_t retry_after_ms;
    /** Tokens of this answer; 0 where the server does not say. */
    int64_t prompt_tokens, completion_tokens;
};

/** Largest answer taken, bytes. */
#define LLM_ANSWER_MAX_BYTES ((size_t)1024 * 1024)

/**
 * Reads what sl_http_done_fn was given.
 *
 * now_wall_ns  nanoseconds since 1970 UTC, for a Retry-After that is a date (RFC 9110, 10.2.3).
 * Errors: SL_RESOURCE_EXHAUSTED only.
 */
SL_MUST_USE enum sl_code llm_answer_read(const struct sl_error *error,
                                         const struct sl_http_response *response,
                                         int64_t now_wall_ns, struct sl_arena *arena,
                                         struct llm_answer *ret_answer);

/**
 * Finds the JSON object in what a model wrote: the whole text, else inside a fence, else the first
 * object that prose surrounds.
 *
 * ret_object  a new reference. Errors: SL_INVALID_ARGUMENT says what is wrong;
 * SL_RESOURCE_EXHAUSTED.
 */
SL_MUST_USE enum sl_code llm_text_object(const char *text, json_t **ret_object,
                                         struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
