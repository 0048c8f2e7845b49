#include "orchestrator/planner_llm.h"

#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "base/memory.h"
#include "loop/timer.h"
#include "orchestrator/llm_answer.h"
#include "orchestrator/llm_document.h"
#include "orchestrator/llm_observed.h"
#include "orchestrator/llm_request.h"
#include "orchestrator/llm_schema.h"
#include "orchestrator/prompt.h"

#define OPENAI_URL "https://api.openai.com/v1"
#define BACKOFF_MS 500
#define LONGEST_BACKOFF_MS 8000
/* Tries of one call: a server that stays busy is not what the request should wait for. */
#define MOST_TRIES 4
/* As the built-in planner: more is no request. */
#define LONGEST_REQUEST 16384

struct orch_planner_llm {
    struct orch_planner_llm_options options;
    struct orch_planner planner;
    char *url;
    char *authorization;
    /* What the server took, learned from its answers. */
    enum llm_form form;
    bool is_without_temperature;
    bool is_stopped;
    struct job *jobs;
};

/** One planning under way; owned by the planning's arena. */
struct job {
    struct orch_planner_llm *planner;
    const struct orch_planning *planning;
    struct sl_arena *arena;
    orch_planned_fn *done;
    void *arg;
    struct job *previous, *next;

    json_t *messages;
    json_t *schema;
    enum llm_form form;
    bool is_without_temperature;
    int tries;
    struct sl_timer timer;
    struct sl_http_exchange *exchange;
    struct llm_observed observed;
    bool is_cancelled;
    struct orch_planned planned;
};

/* ---- The end ---- */

static void end(struct job *job, const struct sl_error *error)
{
    struct job **link = job->previous != NULL ? &job->previous->next : &job->planner->jobs;

    *link = job->next;
    if (job->next != NULL)
        job->next->previous = job->previous;
    sl_timer_stop(&job->timer);
    job->done(error, &job->planned, job->arg);
}

static void end_with(struct job *job, enum sl_code code)
{
    struct sl_error error = {0};

    if (code == SL_RESOURCE_EXHAUSTED)
        sl_error_no_memory(&error);
    else if (code != SL_OK)
        sl_error_set(&error, code, "the planning was cancelled");
    end(job, &error);
}

/* The caller plans without the model. */
static void give_up(struct job *job, const char *why)
{
    job->planned.failure = why;
    end_with(job, SL_OK);
}

/* ---- One call ---- */

static void send_call(struct job *job);
static void on_due(void *arg);

static int64_t remaining_ms(const struct job *job)
{
    return job->planning->deadline_ms - sl_loop_now_ms(job->planner->options.loop);
}

static void ask_again(struct job *job, int64_t wait_ms)
{
    if (sl_timer_start(job->planner->options.loop, &job->timer, wait_ms, on_due, job) != SL_OK)
        end_with(job, SL_RESOURCE_EXHAUSTED);
}

/* Half of the wait is fixed, half is random, so that many do not come back at once. */
static int64_t backoff_ms(const struct job *job)
{
    int64_t wait_ms = job->planner->options.backoff_ms << (job->tries - 1);

    if (wait_ms > LONGEST_BACKOFF_MS)
        wait_ms = LONGEST_BACKOFF_MS;
    return wait_ms / 2 + (int64_t)sl_random_below((uint64_t)wait_ms / 2 + 1);
}

static void on_busy(struct job *job, const struct llm_answer *answer)
{
    int64_t wait_ms = answer->retry_after_ms >= 0 ? answer->retry_after_ms : backoff_ms(job);
    const char *why = answer->why;

    if (job->tries < MOST_TRIES && wait_ms < remaining_ms(job)) {
        ask_again(job, wait_ms);
        return;
    }
    why = sl_arena_printf(job->arena, "%s, %d times", answer->why, job->tries);
    if (job->tries < MOST_TRIES)
        why = sl_arena_printf(job->arena, "%s, and there is no time to ask it again", answer->why);
    give_up(job, why != NULL ? why : answer->why);
}

static void on_format_refused(struct job *job, const struct llm_answer *answer)
{
    if (job->form == LLM_FORM_TEXT) {
        give_up(job, answer->why);
        return;
    }
    job->form++;
    job->tries = 0;
    ask_again(job, 0);
}

static void on_temperature_refused(struct job *job, const struct llm_answer *answer)
{
    if (job->is_without_temperature) {
        give_up(job, answer->why);
        return;
    }
    job->is_without_temperature = true;
    job->planner->is_without_temperature = true;
    job->tries = 0;
    ask_again(job, 0);
}

static void on_text(struct job *job, const struct llm_answer *answer)
{
    json_t *made_by =
        json_pack("{s:s, s:s, s:s}", "name", "llm", "model", job->planner->options.model,
                  "response_format", llm_form_name(job->form));

    job->planner->form = job->form;
    job->planned.made_by = sl_json_own(job->arena, made_by);
    if (job->planned.made_by == NULL) {
        end_with(job, SL_RESOURCE_EXHAUSTED);
        return;
    }
    end_with(job, llm_document_read(answer->text, job->planning->capabilities, job->arena,
                                    &job->planned));
}

static void on_answer(struct job *job, const struct llm_answer *answer)
{
    job->planned.prompt_tokens += answer->prompt_tokens;
    job->planned.completion_tokens += answer->completion_tokens;
    switch (answer->kind) {
    case LLM_ANSWER_TEXT:
        on_text(job, answer);
        return;
    case LLM_ANSWER_BUSY:
        on_busy(job, answer);
        return;
    case LLM_ANSWER_FORMAT_REFUSED:
        on_format_refused(job, answer);
        return;
    case LLM_ANSWER_TEMPERATURE_REFUSED:
        on_temperature_refused(job, answer);
        return;
    default:
        give_up(job, answer->why);
    }
}

static void on_done(const struct sl_error *error, const struct sl_http_response *response,
                    void *arg)
{
    struct job *job = arg;
    struct llm_answer answer = {0};
    int64_t now_ns = sl_clock_wall_ns(sl_loop_clock(job->planner->options.loop));
    enum sl_code code = llm_answer_read(error, response, now_ns, job->arena, &answer);

    job->exchange = NULL;
    llm_observe_end(&job->observed, job->planner->options.model, error, &answer);
    if (code != SL_OK || job->is_cancelled)
        end_with(job, job->is_cancelled ? SL_CANCELLED : code);
    else
        on_answer(job, &answer);
}

static enum sl_code make_headers(struct job *job, struct sl_headers *headers, struct sl_error *err)
{
    const char *authorization = job->planner->authorization;

    enum sl_code code = sl_headers_add(headers, job->arena, "Content-Type", "application/json");
    if (code == SL_OK && authorization != NULL)
        code = sl_headers_add(headers, job->arena, "Authorization", authorization);
    return code == SL_OK ? code
                         : sl_error_set(err, code, "its key cannot be sent as a header field");
}

static enum sl_code start_call(struct job *job, int64_t timeout_ms, struct sl_error *err)
{
    const struct orch_planner_llm_options *options = &job->planner->options;
    struct sl_headers headers = {0};
    const struct llm_request wanted = {.model = options->model,
                                       .messages = job->messages,
                                       .schema = job->schema,
                                       .form = job->form,
                                       .temperature = options->temperature,
                                       .is_without_temperature = job->is_without_temperature};
    SL_CLEANUP(sl_free_cleanup) char *body = llm_request_text(&wanted);

    if (body == NULL)
        return sl_error_no_memory(err);
    SL_TRY(make_headers(job, &headers, err));
    const struct sl_http_request request = {.method = "POST",
                                            .url = job->planner->url,
                                            .headers = &headers,
                                            .body = body,
                                            .body_length = strlen(body),
                                            .timeout_ms = timeout_ms,
                                            .max_body_bytes = LLM_ANSWER_MAX_BYTES};
    SL_TRY(sl_http_request_start(options->http, &request, on_done, job, &job->exchange, err));
    llm_observe_begin(&job->observed, options->model, job->planning->traceparent);
    return SL_OK;
}

static void send_call(struct job *job)
{
    int64_t left_ms = remaining_ms(job);
    int64_t limit_ms = job->planner->options.call_timeout_ms;
    struct sl_error error = {0};

    if (left_ms <= 0) {
        give_up(job, "there is no time left to ask it");
        return;
    }
    job->tries++;
    job->planned.calls++;
    if (start_call(job, left_ms < limit_ms ? left_ms : limit_ms, &error) != SL_OK) {
        const char *why = sl_arena_strdup(job->arena, error.message);
        give_up(job, why != NULL ? why : "it cannot be asked");
    }
}

/* ---- Life of a planning ---- */

static const char *reason_not_to_ask(const struct orch_planning *planning)
{
    size_t length = strlen(planning->user_request);

    if (planning->user_request[strspn(planning->user_request, " \t\r\n")] == '\0')
        return "the request is empty";
    if (length > LONGEST_REQUEST)
        return "the request is too long";
    if (!sl_utf8_is_valid(planning->user_request, length))
        return "the request is no UTF-8";
    if (llm_schema_count_operations(planning->capabilities) == 0)
        return "no agent offers anything now";
    return NULL;
}

static enum sl_code prepare(struct job *job)
{
    json_t *messages = NULL;
    json_t *schema = NULL;

    SL_TRY(orch_prompt_messages(job->planning, &messages));
    job->messages = sl_json_own(job->arena, messages);
    SL_TRY(llm_schema_make(job->planning->capabilities, &schema));
    job->schema = sl_json_own(job->arena, schema);
    return job->messages != NULL && job->schema != NULL ? SL_OK : SL_RESOURCE_EXHAUSTED;
}

static void on_due(void *arg)
{
    struct job *job = arg;
    const char *reason = job->planned.calls == 0 ? reason_not_to_ask(job->planning) : NULL;

    if (job->is_cancelled || job->planner->is_stopped)
        end_with(job, SL_CANCELLED);
    else if (reason != NULL)
        give_up(job, reason);
    else if (job->messages == NULL && prepare(job) != SL_OK)
        end_with(job, SL_RESOURCE_EXHAUSTED);
    else
        send_call(job);
}

static enum sl_code start(void *self, const struct orch_planning *planning, struct sl_arena *arena,
                          orch_planned_fn *done, void *arg, struct sl_error *err)
{
    struct orch_planner_llm *planner = self;
    struct job *job = sl_arena_alloc(arena, sizeof *job);

    if (job == NULL)
        return sl_error_no_memory(err);
    *job = (struct job){.planner = planner,
                        .planning = planning,
                        .arena = arena,
                        .done = done,
                        .arg = arg,
                        .next = planner->jobs,
                        .form = planner->form,
                        .is_without_temperature = planner->is_without_temperature};
    if (sl_timer_start(planner->options.loop, &job->timer, 0, on_due, job) != SL_OK)
        return sl_error_no_memory(err);
    if (job->next != NULL)
        job->next->previous = job;
    planner->jobs = job;
    return SL_OK;
}

static void cancel_job(struct job *job)
{
    job->is_cancelled = true;
    if (job->exchange != NULL)
        sl_http_cancel(job->exchange);
    else
        ask_again(job, 0);
}

static void cancel(void *self, const void *arg)
{
    struct orch_planner_llm *planner = self;

    for (struct job *job = planner->jobs; job != NULL; job = job->next) {
        if (job->arg == arg && !job->is_cancelled) {
            cancel_job(job);
            return;
        }
    }
}

/* ---- Life of the planner ---- */

static enum sl_code make_texts(struct orch_planner_llm *planner, struct sl_error *err)
{
    const char *base = planner->options.base_url;
    const char *key = planner->options.key;
    struct sl_text url = {0};
    struct sl_text authorization = {0};

    if (base == NULL || *base == '\0')
        base = OPENAI_URL;
    sl_text_append(&url, base);
    sl_text_append(&url, sl_text_ends_with(base, "/") ? "chat/completions" : "/chat/completions");
    planner->url = sl_text_take(&url);
    if (key != NULL && *key != '\0') {
        sl_text_printf(&authorization, "Bearer %s", key);
        planner->authorization = sl_text_take(&authorization);
    }
    bool has_failed =
        planner->url == NULL || (key != NULL && *key != '\0' && planner->authorization == NULL);
    return has_failed ? sl_error_no_memory(err) : SL_OK;
}

enum sl_code orch_planner_llm_new(const struct orch_planner_llm_options *options,
                                  struct orch_planner_llm **ret_planner, struct sl_error *err)
{
    struct orch_planner_llm *planner = sl_alloc(sizeof *planner);

    if (planner == NULL)
        return sl_error_no_memory(err);
    planner->options = *options;
    if (options->backoff_ms <= 0)
        planner->options.backoff_ms = BACKOFF_MS;
    planner->planner = (struct orch_planner){.start = start, .cancel = cancel, .self = planner};
    enum sl_code code = make_texts(planner, err);
    if (code != SL_OK) {
        orch_planner_llm_free(planner);
        return code;
    }
    *ret_planner = planner;
    return SL_OK;
}

const struct orch_planner *orch_planner_llm_planner(const struct orch_planner_llm *planner)
{
    return &planner->planner;
}

void orch_planner_llm_stop(struct orch_planner_llm *planner)
{
    if (planner == NULL)
        return;
    planner->is_stopped = true;
    for (struct job *job = planner->jobs, *next; job != NULL; job = next) {
        next = job->next;
        if (!job->is_cancelled)
            cancel_job(job);
    }
}

void orch_planner_llm_free(struct orch_planner_llm *planner)
{
    if (planner == NULL)
        return;
    sl_free(planner->url);
    sl_free(planner->authorization);
    sl_free(planner);
}
