#include "services/mcp/answers.h"

#include <string.h>

#include "base/memory.h"
#include "json/json.h"

#define KEPT_MS (INT64_C(90) * 24 * 3600 * 1000)

enum sl_code answers_fingerprint(struct answered_call *call, struct sl_error *err)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text text = {0};
    sl_text_printf(&text, "%s\n", call->tool->declaration.name);
    sl_json_write(call->arguments, SL_JSON_CANONICAL, &text);
    if (sl_text_failed(&text))
        return sl_error_no_memory(err);
    sl_sha256_hex(text.data, text.length, call->fingerprint);
    return SL_OK;
}

static void refuse(struct answered_call *call, const struct sl_error *refusal)
{
    call->is_refused = true;
    call->refusal = *refusal;
}

/* The row of an answer that was given before. */
static enum sl_code replay(struct answered_call *call, struct sl_statement *row,
                           struct sl_error *err)
{
    const char *answer = sl_column_text(row, 2);
    if (strcmp(sl_column_text(row, 0), call->fingerprint) != 0) {
        struct sl_error other = {0};
        dealership_refuse(&other, SL_FAILED_PRECONDITION,
                          "This idempotency key was used before, for another call of %s or with "
                          "other arguments",
                          call->tool->declaration.name);
        refuse(call, &other);
        return SL_OK;
    }
    if (sl_column_int(row, 1) != 0) {
        struct sl_error again = {0};
        dealership_refuse(&again, SL_FAILED_PRECONDITION, "%s", answer);
        refuse(call, &again);
        return SL_OK;
    }
    return sl_json_parse(answer, strlen(answer), NULL, &call->result, err);
}

static enum sl_code find(const struct dealership *d, struct answered_call *call, bool *ret_found,
                         struct sl_error *err)
{
    struct sl_statement row;
    bool has_row = false;
    SL_TRY(sl_db_query(d->db, &row, err,
                       "SELECT fingerprint, is_refusal, answer FROM answers"
                       " WHERE idempotency_key = ?",
                       "t", call->idempotency_key));
    enum sl_code code = sl_statement_step(&row, &has_row, err);
    if (code == SL_OK && has_row)
        code = replay(call, &row, err);
    sl_statement_done(&row);
    if (code == SL_OK)
        *ret_found = has_row;
    return code;
}

static enum sl_code keep(const struct dealership *d, const struct answered_call *call,
                         struct sl_error *err)
{
    SL_CLEANUP(sl_free_cleanup) char *text = NULL;
    if (!call->is_refused) {
        text = sl_json_text(call->result, SL_JSON_COMPACT);
        if (text == NULL)
            return sl_error_no_memory(err);
    }
    return sl_db_exec(d->db, err,
                      "INSERT INTO answers (idempotency_key, fingerprint, is_refusal, answer,"
                      " created_ms) VALUES (?, ?, ?, ?, ?)",
                      "ttiti", call->idempotency_key, call->fingerprint, (int64_t)call->is_refused,
                      call->is_refused ? call->refusal.message : text, d->now_ms);
}

enum sl_code answers_replace(const struct dealership *d, const struct answered_call *call,
                             struct sl_error *err)
{
    SL_TRY(answers_release(d, call, err));
    return keep(d, call, err);
}

enum sl_code answers_release(const struct dealership *d, const struct answered_call *call,
                             struct sl_error *err)
{
    return sl_db_exec(d->db, err, "DELETE FROM answers WHERE idempotency_key = ?", "t",
                      call->idempotency_key);
}

/* A refusal takes back what was done before it came, in a savepoint of its own. */
static enum sl_code run(const struct dealership *d, struct answered_call *call,
                        struct sl_error *err)
{
    bool writes = !call->tool->declaration.is_read_only;
    if (writes)
        SL_TRY(sl_db_exec(d->db, err, "SAVEPOINT effect", ""));
    struct sl_error failure = {0};
    enum sl_code code = call->tool->operation(d, call->arguments, &call->result, &failure);
    if (code != SL_OK && !dealership_is_refusal(&failure)) {
        if (err != NULL)
            *err = failure;
        return code;
    }
    if (code != SL_OK) {
        refuse(call, &failure);
        if (writes)
            SL_TRY(sl_db_exec(d->db, err, "ROLLBACK TO effect", ""));
    }
    return writes ? sl_db_exec(d->db, err, "RELEASE effect", "") : SL_OK;
}

enum sl_code answers_run(const struct dealership *d, struct answered_call *call,
                         struct sl_error *err)
{
    if (call->idempotency_key == NULL || call->tool->declaration.is_read_only)
        return run(d, call, err);
    bool is_found = false;
    SL_TRY(find(d, call, &is_found, err));
    if (is_found)
        return SL_OK;
    SL_TRY(run(d, call, err));
    return keep(d, call, err);
}

enum sl_code answers_forget_old(const struct dealership *d, struct sl_error *err)
{
    return sl_db_exec(d->db, err, "DELETE FROM answers WHERE created_ms < ?", "i",
                      d->now_ms - KEPT_MS);
}
