#include "orchestrator/llm_answer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- How long a server wants to be left alone ---- */

#define LONGEST_WAIT_MS ((double)24 * 3600 * 1000)

static int64_t read_delay(const char *text, double unit_ms)
{
    char *end = NULL;
    double number = strtod(text, &end);

    if (end == text || *end != '\0' || !isfinite(number) || number < 0)
        return -1;
    return (int64_t)fmin(number * unit_ms, LONGEST_WAIT_MS);
}

static int64_t read_date(const char *text, int64_t now_wall_ns)
{
    struct tm parts = {0};
    const char *end = strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &parts);

    if (end == NULL || *end != '\0')
        return -1;
    double wait_ms = ((double)timegm(&parts) - (double)now_wall_ns / 1e9) * 1000;
    return wait_ms <= 0 ? 0 : (int64_t)fmin(wait_ms, LONGEST_WAIT_MS);
}

static int64_t read_retry_after(const struct sl_headers *headers, int64_t now_wall_ns)
{
    const char *milliseconds = sl_headers_get(headers, "retry-after-ms");
    const char *text = sl_headers_get(headers, "retry-after");
    int64_t wait_ms = milliseconds != NULL ? read_delay(milliseconds, 1) : -1;

    if (wait_ms < 0 && text != NULL)
        wait_ms = read_delay(text, 1000);
    if (wait_ms < 0 && text != NULL)
        wait_ms = read_date(text, now_wall_ns);
    return wait_ms;
}

/* ---- Answers that say no ---- */

static bool mentions(const json_t *error, const char *word)
{
    static const char *const members[] = {"code", "param", "type", "message"};

    if (json_is_string(error))
        return strcasestr(json_string_value(error), word) != NULL;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(members); i++) {
        const char *text = sl_json_string(error, members[i]);
        if (text != NULL && strcasestr(text, word) != NULL)
            return true;
    }
    return false;
}

static bool mentions_any(const json_t *error, const char *const *words)
{
    while (*words != NULL && !mentions(error, *words))
        words++;
    return *words != NULL;
}

/* Words by which servers say that money, not time, is what is missing. */
static const char *const quota_words[] = {"insufficient_quota", "quota exceeded", "billing",
                                          "exceeded your current quota", NULL};
static const char *const format_words[] = {"response_format", "json_schema", "json_object",
                                           "json mode",       "schema",      "structured",
                                           "grammar",         NULL};
/* What another response_format would not heal. */
static const char *const hopeless_words[] = {"context_length", "model_not_found", "api_key", NULL};

static bool is_about_form(int status)
{
    return status == 400 || status == 404 || status == 415 || status == 422 || status == 501;
}

static enum llm_answer_kind kind_of_status(int status, const json_t *error)
{
    if (mentions_any(error, quota_words) || status == 402)
        return LLM_ANSWER_QUOTA_EXHAUSTED;
    if (is_about_form(status) && mentions(error, "temperature"))
        return LLM_ANSWER_TEMPERATURE_REFUSED;
    if (is_about_form(status) && mentions_any(error, format_words))
        return LLM_ANSWER_FORMAT_REFUSED;
    if ((status == 400 || status == 415 || status == 422 || status == 501) &&
        !mentions_any(error, hopeless_words))
        return LLM_ANSWER_FORMAT_REFUSED;
    if (status == 408 || status == 409 || status == 425 || status == 429 || status >= 500)
        return LLM_ANSWER_BUSY;
    return LLM_ANSWER_DENIED;
}

/* The server's own words may hold a key or the request: only its code is passed on. */
static const char *code_of(const json_t *error)
{
    const char *code = sl_json_string(error, "code");

    if (code == NULL)
        code = sl_json_string(error, "type");
    if (code == NULL || strlen(code) > 64 || strspn(code, "abcdefghijklmnopqrstuvwxyz_") == 0 ||
        code[strspn(code, "abcdefghijklmnopqrstuvwxyz_")] != '\0')
        return "";
    return code;
}

static enum sl_code read_refused(const struct sl_http_response *response, int64_t now_wall_ns,
                                 struct sl_arena *arena, struct llm_answer *ret_answer)
{
    SL_CLEANUP(sl_json_cleanup) json_t *body = NULL;
    enum sl_code code = sl_json_parse(response->body, response->body_length, NULL, &body, NULL);
    const json_t *error = json_object_get(body, "error");

    if (code == SL_RESOURCE_EXHAUSTED)
        return code;
    if (error == NULL)
        error = body;
    const char *name = code_of(error);
    const char *why = sl_arena_printf(arena, "it answered %d%s%s%s", response->status,
                                      *name != '\0' ? " (" : "", name, *name != '\0' ? ")" : "");
    if (why == NULL)
        return SL_RESOURCE_EXHAUSTED;
    ret_answer->kind = kind_of_status(response->status, error);
    ret_answer->retry_after_ms = read_retry_after(response->headers, now_wall_ns);
    ret_answer->why =
        ret_answer->kind == LLM_ANSWER_QUOTA_EXHAUSTED ? "its quota is exhausted" : why;
    return SL_OK;
}

/* ---- Answers that say something ---- */

static struct llm_answer failed(enum llm_answer_kind kind, const char *why)
{
    return (struct llm_answer){.kind = kind, .why = why, .retry_after_ms = -1};
}

/* A list of parts of type "text" is written as one. Owned by arena. */
static const char *content_text(const json_t *content, struct sl_arena *arena)
{
    const json_t *part = NULL;
    const char *text = NULL;
    size_t i;

    if (json_is_string(content))
        return sl_arena_strdup(arena, json_string_value(content));
    json_array_foreach(content, i, part)
    {
        const char *piece = sl_json_string(part, "text");
        if (piece != NULL)
            text = sl_arena_printf(arena, "%s%s", text != NULL ? text : "", piece);
    }
    return text;
}

static struct llm_answer read_choice(const json_t *choice, struct sl_arena *arena)
{
    const json_t *message = json_object_get(choice, "message");
    const char *reason = sl_json_string(choice, "finish_reason");
    const char *refusal = sl_json_string(message, "refusal");

    if (refusal != NULL && *refusal != '\0')
        return failed(LLM_ANSWER_REFUSAL, "the model refused");
    if (sl_text_equals(reason, "content_filter"))
        return failed(LLM_ANSWER_FILTERED, "the answer was held back by a content filter");
    if (sl_text_equals(reason, "length"))
        return failed(LLM_ANSWER_CUT_OFF, "the answer was cut off (finish_reason length)");
    const char *text = content_text(json_object_get(message, "content"), arena);
    if (text == NULL || *text == '\0')
        return failed(LLM_ANSWER_MALFORMED, "the answer has no content");
    return (struct llm_answer){.kind = LLM_ANSWER_TEXT, .text = text, .retry_after_ms = -1};
}

static int64_t read_count(const json_t *usage, const char *name)
{
    double count = sl_json_number(usage, name, 0);

    return count >= 0 && count <= 1e12 ? (int64_t)count : 0;
}

static enum sl_code read_body(const struct sl_http_response *response, struct sl_arena *arena,
                              struct llm_answer *ret_answer)
{
    SL_CLEANUP(sl_json_cleanup) json_t *body = NULL;
    enum sl_code code = sl_json_parse(response->body, response->body_length, NULL, &body, NULL);
    const json_t *choices = json_object_get(body, "choices");

    if (code == SL_RESOURCE_EXHAUSTED)
        return code;
    if (!json_is_object(body))
        *ret_answer = failed(LLM_ANSWER_MALFORMED, "the answer is no JSON object");
    else if (!json_is_array(choices) || json_array_size(choices) == 0)
        *ret_answer = failed(LLM_ANSWER_NO_CHOICES, "the answer has no choices");
    else
        *ret_answer = read_choice(json_array_get(choices, 0), arena);
    ret_answer->prompt_tokens = read_count(json_object_get(body, "usage"), "prompt_tokens");
    ret_answer->completion_tokens = read_count(json_object_get(body, "usage"), "completion_tokens");
    return SL_OK;
}

static struct llm_answer unanswered(const struct sl_error *error)
{
    switch (error->code) {
    case SL_DEADLINE_EXCEEDED:
        return failed(LLM_ANSWER_TIMED_OUT, "it did not answer in time");
    case SL_RESOURCE_EXHAUSTED:
        return failed(LLM_ANSWER_TOO_LARGE, "the answer has more than 1 MiB");
    case SL_CANCELLED:
        return failed(LLM_ANSWER_CANCELLED, "the call was cancelled");
    default:
        return failed(LLM_ANSWER_BUSY, "it cannot be reached");
    }
}

enum sl_code llm_answer_read(const struct sl_error *error, const struct sl_http_response *response,
                             int64_t now_wall_ns, struct sl_arena *arena,
                             struct llm_answer *ret_answer)
{
    struct llm_answer answer = {.retry_after_ms = -1};

    if (error->code != SL_OK)
        answer = unanswered(error);
    else if (response->status >= 200 && response->status < 300)
        SL_TRY(read_body(response, arena, &answer));
    else
        SL_TRY(read_refused(response, now_wall_ns, arena, &answer));
    *ret_answer = answer;
    return SL_OK;
}
