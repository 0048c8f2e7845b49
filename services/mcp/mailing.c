#include "services/mcp/mailing.h"

#include <string.h>

#include "base/log.h"

/* Less than what a tool call is usually given: the answer is to reach the caller. */
#define MAIL_TIMEOUT_MS 20000

/* ---- Who waits for whose mail ---- */

bool mailing_wait(struct desk_call *call)
{
    const char *key = call->call.idempotency_key;
    for (struct desk_call *at = call->desk->mailing; key != NULL && at != NULL; at = at->next) {
        if (!sl_text_equals(at->call.idempotency_key, key))
            continue;
        call->next = at->waiting;
        at->waiting = call;
        return true;
    }
    return false;
}

static void unlist(struct desk_call *call)
{
    struct desk_call **place = &call->desk->mailing;
    while (*place != call)
        place = &(*place)->next;
    *place = call->next;
}

/* Those who waited ask the database anew: what it says now is final. */
static void wake(struct desk_call *waiting)
{
    while (waiting != NULL) {
        struct desk_call *call = waiting;
        waiting = call->next;
        json_decref(call->call.result);
        call->call.result = NULL;
        desk_call_start(call);
    }
}

/* ---- What became of it ---- */

static void end(struct desk_call *call)
{
    struct desk_call *waiting = call->waiting;
    unlist(call);
    if (call->sending.code != SL_OK && call->sending.outcome == SL_OUTCOME_NOT_EXECUTED)
        desk_call_busy(call, call->sending.message);
    else
        desk_call_answer(call);
    wake(waiting);
}

/* Changes the answer's status; where memory is out it stays "unknown", which is never wrong. */
static void say_sent(json_t *result)
{
    json_t *detail = json_string("The mail server has taken the message");
    if (json_object_set_new(result, "detail", detail) == 0 &&
        json_object_set_new(result, "status", json_string("sent")) != 0)
        sl_log(SL_LOG_ERROR, "out of memory", sl_field_string("where", "mail"));
}

static enum sl_code note(struct sl_db *db, void *arg, struct sl_error *err)
{
    struct desk_call *call = arg;
    bool is_sent = call->sending.code == SL_OK;
    bool is_put_off = !is_sent && call->sending.outcome == SL_OUTCOME_NOT_EXECUTED;
    call->dealership.db = db;
    SL_TRY(call->mail.settle(&call->dealership, &call->mail, is_sent ? "sent" : "failed", err));
    if (call->call.idempotency_key == NULL)
        return SL_OK;
    return is_put_off ? answers_release(&call->dealership, &call->call, err)
                      : answers_replace(&call->dealership, &call->call, err);
}

/* What could not be noted is "unknown" on disk: so it is said, unless it is known to be sent. */
static void noted(const struct sl_error *error, void *arg)
{
    struct desk_call *call = arg;
    if (error->code != SL_OK) {
        sl_log(SL_LOG_ERROR, "cannot note what became of a mail",
               sl_field_string("error", error->message),
               sl_field_string("notification_id", call->mail.id));
        call->call.is_refused = false;
        call->sending.outcome = SL_OUTCOME_UNKNOWN;
    }
    end(call);
}

static void settle(struct desk_call *call)
{
    const struct sl_error *sending = &call->sending;
    struct sl_error failed = {.code = SL_UNAVAILABLE, .message = "the database is closing"};
    if (sending->code != SL_OK)
        sl_log(SL_LOG_WARN, "mail not sent", sl_field_string("error", sl_code_name(sending->code)),
               sl_field_string("outcome", sl_outcome_name(sending->outcome)),
               sl_field_string("notification_id", call->mail.id));
    if (sending->code != SL_OK && sending->outcome == SL_OUTCOME_UNKNOWN) {
        end(call);
        return;
    }
    if (sending->code == SL_OK) {
        say_sent(call->call.result);
    } else if (sending->outcome == SL_OUTCOME_SETTLED) {
        call->call.is_refused = true;
        call->call.refusal = *sending;
    }
    if (sl_store_write_start(call->desk->store, note, noted, call) != SL_OK)
        noted(&failed, call);
}

static void on_sent(const struct sl_error *error, void *arg)
{
    struct desk_call *call = arg;
    call->sending = *error;
    settle(call);
}

void mailing_send(struct desk_call *call)
{
    const struct mailer *mailer = call->desk->mailer;
    struct sl_mail mail = {
        .url = mailer->url,
        .user = mailer->user,
        .password = mailer->password,
        .ca_file = mailer->ca_file,
        .from = mailer->from,
        .to = call->mail.to,
        .message = call->mail.message.data,
        .message_length = call->mail.message.length,
        .timeout_ms = MAIL_TIMEOUT_MS,
    };
    enum sl_code code = SL_CANCELLED;
    call->next = call->desk->mailing;
    call->desk->mailing = call;
    if (mailer->client == NULL)
        sl_error_set(&call->sending, code, "the server is stopping");
    else
        code = sl_mail_send_start(mailer->client, &mail, on_sent, call, &call->sending);
    if (code == SL_OK)
        return;
    /* An address that no mail can go to is final; all else may go well later. */
    call->sending.outcome =
        code == SL_INVALID_ARGUMENT ? SL_OUTCOME_SETTLED : SL_OUTCOME_NOT_EXECUTED;
    settle(call);
}
