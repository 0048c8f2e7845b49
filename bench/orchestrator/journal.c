/*
 * Makes a journal of workflows that have ended, as an orchestrator that ran for long would leave
 * it:
 *
 *   bench-orchestrator-journal FOLDER COUNT
 *
 * One a second up to now, of one step each; 1 in 10 failed, 1 in 100 was cancelled, 1 in 1,000
 * needs reconciliation.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "orchestrator/journal.h"

enum { BATCH = 5000 };

struct making {
    int64_t next, end, count, now_ns;
};

struct made {
    char uid[37], request_id[32];
    int64_t created_ns;
    enum orch_workflow_status status;
};

static enum orch_workflow_status status_of(int64_t number)
{
    if (number % 1000 == 999)
        return ORCH_WORKFLOW_NEEDS_RECONCILIATION;
    if (number % 100 == 99)
        return ORCH_WORKFLOW_CANCELLED;
    return number % 10 == 9 ? ORCH_WORKFLOW_FAILED : ORCH_WORKFLOW_COMPLETED;
}

static enum orch_step_status step_status_of(enum orch_workflow_status status)
{
    switch (status) {
    case ORCH_WORKFLOW_NEEDS_RECONCILIATION:
        return ORCH_STEP_NEEDS_RECONCILIATION;
    case ORCH_WORKFLOW_CANCELLED:
        return ORCH_STEP_CANCELLED;
    case ORCH_WORKFLOW_FAILED:
        return ORCH_STEP_FAILED;
    default:
        return ORCH_STEP_COMPLETED;
    }
}

/* Ids as they are made: at random, so that the tables' trees are as wide as in life. */
static struct made make(const struct making *making, int64_t number)
{
    uint64_t mixed = ((uint64_t)number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    struct made made = {.created_ns = making->now_ns - (making->count - number) * 1000000000,
                        .status = status_of(number)};
    snprintf(made.uid, sizeof(made.uid), "%08x-%04x-4000-8000-%012llx", (unsigned)(mixed >> 32),
             (unsigned)(mixed >> 16 & 0xffff), (unsigned long long)number);
    snprintf(made.request_id, sizeof(made.request_id), "bench-%lld", (long long)number);
    return made;
}

static enum sl_code insert_event(struct sl_db *db, const struct made *made, int kind,
                                 const char *body, struct sl_error *err)
{
    static const int sequences[] = {
        [ORCH_EVENT_ACCEPTED] = 1,   [ORCH_EVENT_PLANNED] = 2,  [ORCH_EVENT_STEP_STARTED] = 3,
        [ORCH_EVENT_STEP_ENDED] = 4, [ORCH_EVENT_FINISHED] = 5,
    };
    int64_t sequence = sequences[kind];
    int64_t status = kind == ORCH_EVENT_FINISHED ? (int64_t)made->status : ORCH_WORKFLOW_RUNNING;
    return sl_db_exec(db, err,
                      "INSERT INTO events (uid, sequence, kind, at_ns, status, body) "
                      "VALUES (?, ?, ?, ?, ?, ?)",
                      "tiiiit", made->uid, sequence, (int64_t)kind,
                      made->created_ns + sequence * 1000000, status, body);
}

static enum sl_code insert_events(struct sl_db *db, const struct made *made, struct sl_error *err)
{
    static const char plan[] =
        "{\"plan\":{\"plan_id\":\"plan\",\"execution_steps\":[{\"step_id\":\"s\",\"service_name\":"
        "\"payment\",\"operation\":\"create_payment_link\",\"parameters\":{\"repair_order_id\":"
        "\"1234\",\"amount\":100,\"customer_email\":\"a@example.com\"}}]},\"steps\":[{"
        "\"changes_state\":true,\"is_repeatable\":true}],\"added_steps\":[]}";
    char body[1024];
    snprintf(body, sizeof(body),
             "{\"request_id\":\"%s\",\"request_hash\":\"%s\",\"tenant\":\"\",\"dealer\":\"\","
             "\"user\":\"\",\"traceparent\":\"\",\"request\":{\"request_id\":\"%s\","
             "\"user_request\":\"Send a payment link of $100 for RO 1234 to a@example.com\","
             "\"priority\":1,\"callback_url\":null,\"context\":null,\"plan\":null}}",
             made->request_id, made->uid, made->request_id);
    SL_TRY(insert_event(db, made, ORCH_EVENT_ACCEPTED, body, err));
    SL_TRY(insert_event(db, made, ORCH_EVENT_PLANNED, plan, err));
    SL_TRY(insert_event(db, made, ORCH_EVENT_STEP_STARTED,
                        "{\"step_id\":\"s\",\"step_status\":2,\"attempts\":1,\"parameters\":{}}",
                        err));
    snprintf(body, sizeof(body),
             "{\"step_id\":\"s\",\"step_status\":%d,\"attempts\":1,\"error\":null,"
             "\"is_unclear\":false,\"response\":{\"success\":true,\"result\":{\"payment_id\":"
             "\"PAY-1\",\"status\":\"pending\",\"amount\":100},\"error\":null,\"metadata\":{}}}",
             (int)step_status_of(made->status));
    SL_TRY(insert_event(db, made, ORCH_EVENT_STEP_ENDED, body, err));
    snprintf(body, sizeof(body),
             "{\"status\":%d,\"success\":%s,\"final_result\":\"made by a generator\"}",
             (int)made->status, made->status == ORCH_WORKFLOW_COMPLETED ? "true" : "false");
    return insert_event(db, made, ORCH_EVENT_FINISHED, body, err);
}

static enum sl_code insert_workflow(struct sl_db *db, const struct made *made, struct sl_error *err)
{
    int64_t ended_ns = made->created_ns + 5000000;
    return sl_db_exec(db, err,
                      "INSERT INTO workflows (uid, tenant, request_id, user_request, priority, "
                      "status, sequence, created_ns, updated_ns, ended_ns) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                      "ttttiiiiii", made->uid, "", made->request_id,
                      "Send a payment link of $100 for RO 1234 to a@example.com", (int64_t)1,
                      (int64_t)made->status, (int64_t)5, made->created_ns, ended_ns, ended_ns);
}

static enum sl_code make_batch(struct sl_db *db, void *arg, struct sl_error *err)
{
    struct making *making = arg;
    for (; making->next < making->end; making->next++) {
        struct made made = make(making, making->next);
        SL_TRY(insert_workflow(db, &made, err));
        SL_TRY(insert_events(db, &made, err));
    }
    return SL_OK;
}

static enum sl_code make_all(const char *folder, int64_t count, struct sl_error *err)
{
    struct sl_loop *loop = NULL;
    struct orch_journal *journal = NULL;
    SL_TRY(sl_loop_new(NULL, &loop, err));
    enum sl_code code = orch_journal_open(loop, folder, &journal, err);
    struct making making = {.count = count, .now_ns = sl_clock_wall_ns(sl_loop_clock(loop))};
    while (code == SL_OK && making.next < count) {
        making.end = making.next + BATCH < count ? making.next + BATCH : count;
        code = sl_store_write(orch_journal_store(journal), make_batch, &making, err);
    }
    orch_journal_close(journal);
    sl_loop_free(loop);
    return code;
}

int main(int argc, char **argv)
{
    struct sl_error error = {0};
    if (argc != 3) {
        fprintf(stderr, "bench-orchestrator-journal FOLDER COUNT\n");
        return 2;
    }
    if (sl_log_init("bench-orchestrator-journal", "warn", &error) == SL_OK &&
        make_all(argv[1], strtoll(argv[2], NULL, 10), &error) == SL_OK)
        return 0;
    fprintf(stderr, "bench-orchestrator-journal: %s\n", error.message);
    return 1;
}
