#include "services/agent/claims.h"

#include <string.h>

/* The numbers in the column `state`. */
enum { RUNNING = 0, SETTLED = 1, UNKNOWN = 2 };

static enum sl_code copy_column(struct sl_arena *arena, struct sl_statement *row, int column,
                                const char **ret_text, struct sl_error *err)
{
    const char *text = sl_column_text(row, column);
    *ret_text = sl_arena_strdup(arena, text);
    return text != NULL && *ret_text == NULL ? sl_error_no_memory(err) : SL_OK;
}

/* Which of the cases a row is; columns are hash, state, owner, lease_ms, answer, tool, arguments.
 */
static enum sl_code judge_row(struct agent_claim_begin *begin, struct sl_statement *row,
                              struct sl_error *err)
{
    int64_t state = sl_column_int(row, 1);
    bool is_ours = strcmp(sl_column_text(row, 2), begin->owner) == 0;
    if (strcmp(sl_column_text(row, 0), begin->hash) != 0) {
        begin->found = AGENT_CLAIM_CONFLICT;
        return SL_OK;
    }
    if (state == SETTLED) {
        begin->found = AGENT_CLAIM_SETTLED;
        return copy_column(begin->arena, row, 4, &begin->answer, err);
    }
    if (state == RUNNING && !is_ours && sl_column_int(row, 3) > begin->now_ms) {
        begin->found = AGENT_CLAIM_BUSY;
        return SL_OK;
    }
    begin->found = sl_column_is_null(row, 5) ? AGENT_CLAIM_FRESH : AGENT_CLAIM_RESUMED;
    SL_TRY(copy_column(begin->arena, row, 5, &begin->earlier_tool, err));
    return copy_column(begin->arena, row, 6, &begin->earlier_arguments, err);
}

static enum sl_code find_row(struct sl_db *db, struct agent_claim_begin *begin, bool *ret_has_row,
                             struct sl_error *err)
{
    struct sl_statement row = {0};
    SL_TRY(sl_db_query(db, &row, err,
                       "SELECT hash, state, owner, lease_ms, answer, tool, arguments FROM claims"
                       " WHERE tenant = ? AND claim_key = ?",
                       "tt", begin->tenant, begin->key));
    enum sl_code code = sl_statement_step(&row, ret_has_row, err);
    if (code == SL_OK && *ret_has_row)
        code = judge_row(begin, &row, err);
    sl_statement_done(&row);
    return code;
}

static enum sl_code insert_row(struct sl_db *db, struct agent_claim_begin *begin,
                               struct sl_error *err)
{
    begin->found = begin->is_lookup ? AGENT_CLAIM_NONE : AGENT_CLAIM_FRESH;
    if (begin->is_lookup)
        return SL_OK;
    return sl_db_exec(db, err,
                      "INSERT INTO claims (tenant, claim_key, hash, state, owner, lease_ms, tool,"
                      " arguments, created_ms, updated_ms) VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?)",
                      "ttttittii", begin->tenant, begin->key, begin->hash, begin->owner,
                      begin->lease_ms, begin->tool, begin->arguments, begin->now_ms, begin->now_ms);
}

/* What was noted of an earlier call stays: it is that call, to the letter, that may be made again.
 */
static enum sl_code take_row(struct sl_db *db, struct agent_claim_begin *begin,
                             struct sl_error *err)
{
    bool is_resumed = begin->found == AGENT_CLAIM_RESUMED;
    return sl_db_exec(db, err,
                      "UPDATE claims SET state = 0, owner = ?, lease_ms = ?, tool = ?,"
                      " arguments = ?, updated_ms = ? WHERE tenant = ? AND claim_key = ?",
                      "tittitt", begin->owner, begin->lease_ms,
                      is_resumed ? begin->earlier_tool : begin->tool,
                      is_resumed ? begin->earlier_arguments : begin->arguments, begin->now_ms,
                      begin->tenant, begin->key);
}

enum sl_code agent_claims_begin(struct sl_db *db, void *claim_begin, struct sl_error *err)
{
    struct agent_claim_begin *begin = claim_begin;
    bool has_row = false;
    SL_TRY(find_row(db, begin, &has_row, err));
    if (!has_row)
        return insert_row(db, begin, err);
    if (begin->found == AGENT_CLAIM_FRESH || begin->found == AGENT_CLAIM_RESUMED)
        return take_row(db, begin, err);
    return SL_OK;
}

/* An answer is recorded also where somebody took us for dead meanwhile and could not know it. */
static enum sl_code settle(struct sl_db *db, const struct agent_claim_end *end,
                           struct sl_error *err)
{
    return sl_db_exec(db, err,
                      "UPDATE claims SET state = 1, answer = ?, owner = '', lease_ms = 0,"
                      " tool = NULL, arguments = NULL, updated_ms = ?"
                      " WHERE tenant = ? AND claim_key = ? AND (owner = ? OR state = 2)",
                      "tittt", end->answer, end->now_ms, end->tenant, end->key, end->owner);
}

static enum sl_code release(struct sl_db *db, const struct agent_claim_end *end,
                            struct sl_error *err)
{
    return sl_db_exec(db, err,
                      "DELETE FROM claims WHERE tenant = ? AND claim_key = ? AND owner = ?"
                      " AND state = 0",
                      "ttt", end->tenant, end->key, end->owner);
}

static enum sl_code leave_unknown(struct sl_db *db, const struct agent_claim_end *end,
                                  struct sl_error *err)
{
    return sl_db_exec(db, err,
                      "UPDATE claims SET state = 2, owner = '', lease_ms = 0, updated_ms = ?"
                      " WHERE tenant = ? AND claim_key = ? AND owner = ? AND state = 0",
                      "ittt", end->now_ms, end->tenant, end->key, end->owner);
}

enum sl_code agent_claims_end(struct sl_db *db, void *claim_end, struct sl_error *err)
{
    static enum sl_code (*const ENDS[])(struct sl_db *, const struct agent_claim_end *,
                                        struct sl_error *) = {
        [AGENT_CLAIM_SETTLE] = settle,
        [AGENT_CLAIM_RELEASE] = release,
        [AGENT_CLAIM_LEAVE_UNKNOWN] = leave_unknown,
    };
    const struct agent_claim_end *end = claim_end;
    return ENDS[end->kind](db, end, err);
}

enum sl_code agent_claims_note_effect(struct sl_db *db, void *claim_effect, struct sl_error *err)
{
    const struct agent_claim_effect *effect = claim_effect;
    struct sl_statement update = {0};
    int64_t changes = 0;
    SL_TRY(sl_db_query(db, &update, err,
                       "UPDATE claims SET tool = ?, arguments = ?"
                       " WHERE tenant = ? AND claim_key = ? AND owner = ? AND state = 0",
                       "ttttt", effect->tool, effect->arguments, effect->tenant, effect->key,
                       effect->owner));
    enum sl_code code = sl_statement_run(&update, &changes, err);
    sl_statement_done(&update);
    if (code == SL_OK && changes == 0)
        return sl_error_set(err, SL_ABORTED,
                            "another process took over the idempotency key meanwhile");
    return code;
}

/* Whether a row says that something was called: it names a tool, or is past that. */
static enum sl_code find_call(struct sl_db *db, const struct agent_claim_forestall *forestall,
                              bool *ret_has_call, struct sl_error *err)
{
    struct sl_statement row = {0};
    bool has_row = false;
    SL_TRY(sl_db_query(db, &row, err,
                       "SELECT state, tool FROM claims WHERE tenant = ? AND claim_key = ?", "tt",
                       forestall->tenant, forestall->key));
    enum sl_code code = sl_statement_step(&row, &has_row, err);
    if (code == SL_OK)
        *ret_has_call =
            has_row && (sl_column_int(&row, 0) != RUNNING || !sl_column_is_null(&row, 1));
    sl_statement_done(&row);
    return code;
}

enum sl_code agent_claims_forestall(struct sl_db *db, void *claim_forestall, struct sl_error *err)
{
    struct agent_claim_forestall *forestall = claim_forestall;
    bool has_call = false;
    forestall->is_forestalled = false;
    SL_TRY(find_call(db, forestall, &has_call, err));
    if (has_call)
        return SL_OK;
    SL_TRY(sl_db_exec(db, err, "DELETE FROM claims WHERE tenant = ? AND claim_key = ?", "tt",
                      forestall->tenant, forestall->key));
    SL_TRY(sl_db_exec(db, err,
                      "INSERT INTO claims (tenant, claim_key, hash, state, owner, lease_ms, answer,"
                      " created_ms, updated_ms) VALUES (?, ?, ?, 1, '', 0, ?, ?, ?)",
                      "ttttii", forestall->tenant, forestall->key, forestall->hash,
                      forestall->answer, forestall->now_ms, forestall->now_ms));
    forestall->is_forestalled = true;
    return SL_OK;
}

enum sl_code agent_claims_renew(struct sl_db *db, void *claim_renewal, struct sl_error *err)
{
    const struct agent_claim_renewal *renewal = claim_renewal;
    return sl_db_exec(db, err, "UPDATE claims SET lease_ms = ? WHERE state = 0 AND owner = ?", "it",
                      renewal->lease_ms, renewal->owner);
}

enum sl_code agent_claims_purge(struct sl_db *db, void *claim_purge, struct sl_error *err)
{
    const struct agent_claim_purge *purge = claim_purge;
    return sl_db_exec(db, err, "DELETE FROM claims WHERE updated_ms < ? AND state <> 0", "i",
                      purge->before_ms);
}
