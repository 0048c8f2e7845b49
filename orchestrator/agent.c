#include "orchestrator/agent.h"

#include <string.h>

#include "base/text.h"

void orch_agent_free(struct orch_agent *agent)
{
    if (agent)
        agent->protocol->free(agent);
}

enum sl_code orch_agent_call_start(struct orch_agent *agent,
                                   const struct orch_agent_request *request,
                                   orch_agent_done_fn *done, void *arg,
                                   struct orch_agent_call **ret_call, struct sl_error *err)
{
    return agent->protocol->call_start(agent, request, done, arg, ret_call, err);
}

void orch_agent_cancel(struct orch_agent *agent, struct orch_agent_call *call)
{
    agent->protocol->cancel(call);
}

/* ---- What an answer means ---- */

/* What may have been done is asked for again only where that does no harm. */
static enum orch_verdict unclear(const struct orch_agent_traits *traits)
{
    if (!traits->changes_state)
        return ORCH_VERDICT_TRANSIENT;
    return traits->is_repeatable ? ORCH_VERDICT_UNCLEAR : ORCH_VERDICT_UNKNOWN;
}

enum silence {
    SILENCE_FINAL,   /* refused before anything was done, and would be again */
    SILENCE_UNCLEAR, /* may have been done; worth another try */
    SILENCE_UNKNOWN, /* may have been done; another try is of no use */
};

/* What a call without an answer says, by gRPC's code. RESOURCE_EXHAUSTED may be an answer too large
 * to take, so nothing is known of the effect. */
static enum silence silence_of(enum sl_code code)
{
    static const unsigned char table[] = {
        [SL_CANCELLED] = SILENCE_UNCLEAR,         [SL_UNKNOWN] = SILENCE_UNKNOWN,
        [SL_INVALID_ARGUMENT] = SILENCE_FINAL,    [SL_DEADLINE_EXCEEDED] = SILENCE_UNCLEAR,
        [SL_NOT_FOUND] = SILENCE_FINAL,           [SL_ALREADY_EXISTS] = SILENCE_FINAL,
        [SL_PERMISSION_DENIED] = SILENCE_FINAL,   [SL_RESOURCE_EXHAUSTED] = SILENCE_UNCLEAR,
        [SL_FAILED_PRECONDITION] = SILENCE_FINAL, [SL_ABORTED] = SILENCE_UNCLEAR,
        [SL_OUT_OF_RANGE] = SILENCE_FINAL,        [SL_UNIMPLEMENTED] = SILENCE_FINAL,
        [SL_INTERNAL] = SILENCE_UNKNOWN,          [SL_UNAVAILABLE] = SILENCE_UNCLEAR,
        [SL_DATA_LOSS] = SILENCE_UNKNOWN,         [SL_UNAUTHENTICATED] = SILENCE_FINAL,
    };
    size_t index = (size_t)code;
    return index < SL_ARRAY_LENGTH(table) ? (enum silence)table[index] : SILENCE_UNKNOWN;
}

static enum orch_verdict judge_silence(const struct sl_error *error,
                                       const struct orch_agent_traits *traits)
{
    enum silence silence = silence_of(error->code);
    if (silence == SILENCE_FINAL)
        return ORCH_VERDICT_REFUSED;
    if (error->outcome == SL_OUTCOME_NOT_EXECUTED)
        return silence == SILENCE_UNCLEAR ? ORCH_VERDICT_TRANSIENT : ORCH_VERDICT_REFUSED;
    if (error->outcome == SL_OUTCOME_SETTLED)
        return ORCH_VERDICT_REFUSED;
    if (silence == SILENCE_UNCLEAR)
        return unclear(traits);
    return traits->changes_state ? ORCH_VERDICT_UNKNOWN : ORCH_VERDICT_REFUSED;
}

enum orch_verdict orch_agent_judge(const struct orch_agent_answer *answer,
                                   const struct orch_agent_traits *traits)
{
    if (answer->error.code != SL_OK)
        return judge_silence(&answer->error, traits);
    if (sl_json_bool(answer->message, "success", false))
        return ORCH_VERDICT_DONE;
    const json_t *metadata = json_object_get(answer->message, "metadata");
    bool is_retryable = sl_json_bool(metadata, "retryable", false);
    if (!sl_text_equals(sl_json_string(metadata, "outcome"), "unknown"))
        return is_retryable ? ORCH_VERDICT_TRANSIENT : ORCH_VERDICT_REFUSED;
    if (is_retryable)
        return unclear(traits);
    return traits->changes_state ? ORCH_VERDICT_UNKNOWN : ORCH_VERDICT_REFUSED;
}

double orch_agent_retry_after(const struct orch_agent_answer *answer)
{
    const json_t *metadata = json_object_get(answer->message, "metadata");
    double seconds = sl_json_number(metadata, "retry_after", answer->retry_after_seconds);
    if (!(seconds > 0))
        return 0;
    return seconds < 60 ? seconds : 60;
}

/* What the agent says, as much of it as there is room for; whole characters, or it could not be
 * kept. */
static void copy_words(const char *words, char *text, size_t size)
{
    size_t length = sl_utf8_cut(words, strlen(words), size - 1);
    memcpy(text, words, length);
    text[length] = '\0';
}

void orch_agent_explain(const struct orch_agent_answer *answer, const char *service, char *text,
                        size_t size)
{
    const char *error = sl_json_string(answer->message, "error");
    struct sl_error said = answer->error;
    switch (answer->error.code) {
    case SL_OK:
        copy_words(error ? error : "the agent says no more than that it failed", text, size);
        return;
    case SL_DEADLINE_EXCEEDED:
        sl_error_set(&said, said.code, "the %s agent did not answer in time", service);
        break;
    case SL_UNAVAILABLE:
        sl_error_prefix(&said, "the %s agent is not available", service);
        break;
    default:
        sl_error_prefix(&said, "the %s agent did not take the call: %s", service,
                        sl_code_name(said.code));
        break;
    }
    copy_words(said.message, text, size);
}
