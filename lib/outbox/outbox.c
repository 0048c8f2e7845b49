#include "outbox/outbox.h"

#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/log.h"
#include "base/memory.h"
#include "loop/timer.h"
#include "outbox/outbox_rows.h"
#include "outbox/webhook.h"
#include "telemetry/metrics.h"

enum {
    UNDER_WAY_MAX = 64,
    DELIVERY_TIMEOUT_MS = 10 * 1000,
    LOOK_MS = 30 * 1000,
    LARGEST_DELAY_MS = 3600 * 1000,
    KEPT_MS = 24 * 3600 * 1000,
    ANSWER_BYTES = 64 * 1024,
};

/** A row that is being delivered. Lives in its arena. */
struct delivery {
    struct sl_outbox *outbox;
    struct sl_arena *arena;
    struct delivery *next, **place;
    struct sl_http_exchange *exchange;
    struct sl_outbox_row row;
    struct sl_outbox_end end;
};

struct sl_outbox {
    struct sl_loop *loop;
    struct sl_store *store;
    struct sl_http_client *http;
    struct sl_webhook_rules *rules;
    char *secret;
    char owner[SL_UUID_SIZE];
    int64_t first_delay_ms;
    struct sl_timer timer;
    struct sl_outbox_take take;
    bool is_looking;
    bool is_stale;
    bool is_closed;
    struct delivery *under_way;
    /** The owner's, and what will still call back: deliveries under way, a look. */
    size_t references;
};

static void free_if_over(struct sl_outbox *outbox)
{
    if (!outbox->is_closed || outbox->references > 0)
        return;
    sl_webhook_rules_free(outbox->rules);
    sl_free(outbox->secret);
    sl_free(outbox);
}

static int64_t wall_ms(const struct sl_outbox *outbox)
{
    return sl_clock_wall_ms(sl_loop_clock(outbox->loop));
}

/* ---- Delivering ---- */

static void look_now(void *arg);

static void look_in(struct sl_outbox *outbox, int64_t delay_ms)
{
    if (!outbox->is_closed)
        (void)!sl_timer_start(outbox->loop, &outbox->timer, delay_ms, look_now, outbox);
}

static void finish_delivery(struct delivery *delivery)
{
    struct sl_outbox *outbox = delivery->outbox;
    *delivery->place = delivery->next;
    if (delivery->next != NULL)
        delivery->next->place = delivery->place;
    sl_arena_free(delivery->arena);
    outbox->references--;
    free_if_over(outbox);
}

/* A row whose end could not be written is delivered again when its lease has run out: at least
 * once. */
static void on_end_written(const struct sl_error *error, void *arg)
{
    struct delivery *delivery = arg;
    if (error->code != SL_OK)
        sl_log(SL_LOG_ERROR, "callback not settled", sl_field_string("id", delivery->row.id),
               sl_field_string("reason", error->message));
    else if (!delivery->end.is_over)
        look_in(delivery->outbox, delivery->end.due_ms - wall_ms(delivery->outbox));
    finish_delivery(delivery);
}

static int64_t delay_after(const struct sl_outbox *outbox, int64_t attempts)
{
    int64_t delay_ms = outbox->first_delay_ms;
    for (int64_t i = 1; i < attempts && delay_ms < LARGEST_DELAY_MS; i++)
        delay_ms *= 2;
    return delay_ms < LARGEST_DELAY_MS ? delay_ms : LARGEST_DELAY_MS;
}

static void judge(struct delivery *delivery, const struct sl_error *error, int status)
{
    struct sl_outbox *outbox = delivery->outbox;
    struct sl_outbox_end *end = &delivery->end;
    bool is_delivered = error->code == SL_OK && status >= 200 && status < 300;
    end->id = delivery->row.id;
    end->attempts = delivery->row.attempts + 1;
    end->due_ms = wall_ms(outbox) + delay_after(outbox, end->attempts);
    sl_metric_add(SL_METRIC_CALLBACKS, 1, is_delivered ? "delivered" : "failed", NULL);
    bool is_given_up = !is_delivered && end->due_ms > delivery->row.created_ms + KEPT_MS;
    end->is_over = is_delivered || is_given_up;
    if (is_delivered)
        return;
    sl_log(is_given_up ? SL_LOG_ERROR : SL_LOG_WARN,
           is_given_up ? "callback given up" : "callback failed", sl_field_string("id", end->id),
           sl_field_int("attempts", end->attempts), sl_field_int("status", status),
           sl_field_string("reason", error->code == SL_OK ? NULL : error->message));
}

static enum sl_code end_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return sl_outbox_rows_end(db, &((struct delivery *)arg)->end, err);
}

static void on_answer(const struct sl_error *error, const struct sl_http_response *response,
                      void *arg)
{
    struct delivery *delivery = arg;
    delivery->exchange = NULL;
    /* Closing: nothing is known of the delivery, its row waits for the next process. */
    if (delivery->outbox->is_closed) {
        finish_delivery(delivery);
        return;
    }
    judge(delivery, error, response == NULL ? 0 : response->status);
    if (sl_store_write_start(delivery->outbox->store, end_work, on_end_written, delivery) != SL_OK)
        finish_delivery(delivery);
}

static bool is_address_allowed(const void *sockaddr, void *arg)
{
    const struct delivery *delivery = arg;
    return sl_webhook_is_address_allowed(delivery->outbox->rules, delivery->row.url, sockaddr);
}

static enum sl_code send(struct delivery *delivery, struct sl_error *err)
{
    struct sl_outbox *outbox = delivery->outbox;
    struct sl_headers headers = {0};
    struct sl_webhook_message message = {delivery->row.id, wall_ms(outbox) / 1000,
                                         delivery->row.body, outbox->secret};
    SL_TRY(sl_webhook_headers(&message, delivery->arena, &headers, err));
    struct sl_http_request request = {
        .method = "POST",
        .url = delivery->row.url,
        .headers = &headers,
        .body = delivery->row.body,
        .body_length = strlen(delivery->row.body),
        .timeout_ms = DELIVERY_TIMEOUT_MS,
        .max_body_bytes = ANSWER_BYTES,
        .is_address_allowed = is_address_allowed,
    };
    return sl_http_request_start(outbox->http, &request, on_answer, delivery, &delivery->exchange,
                                 err);
}

/* A delivery of its own memory, because the others of its batch may end before or after it. */
static struct delivery *copy_delivery(struct sl_outbox *outbox, const struct sl_outbox_row *row)
{
    SL_CLEANUP(sl_arena_cleanup) struct sl_arena *arena = sl_arena_new();
    struct delivery *delivery = arena == NULL ? NULL : sl_arena_alloc(arena, sizeof(*delivery));
    if (delivery == NULL)
        return NULL;
    struct sl_outbox_row *copy = &delivery->row;
    delivery->outbox = outbox;
    *copy = *row;
    copy->id = sl_arena_strdup(arena, row->id);
    copy->url = sl_arena_strdup(arena, row->url);
    copy->body = sl_arena_strdup(arena, row->body);
    if (copy->id == NULL || copy->url == NULL || copy->body == NULL)
        return NULL;
    delivery->arena = SL_TAKE(arena);
    return delivery;
}

static void deliver(struct sl_outbox *outbox, const struct sl_outbox_row *row)
{
    struct delivery *delivery = copy_delivery(outbox, row);
    struct sl_error error = {0};
    if (delivery == NULL)
        return;
    delivery->place = &outbox->under_way;
    delivery->next = outbox->under_way;
    if (delivery->next != NULL)
        delivery->next->place = &delivery->next;
    outbox->under_way = delivery;
    outbox->references++;
    if (send(delivery, &error) != SL_OK)
        on_answer(&error, NULL, delivery);
}

/* ---- Looking ---- */

static void plan_next_look(struct sl_outbox *outbox)
{
    const struct sl_outbox_take *take = &outbox->take;
    int64_t delay_ms = LOOK_MS;
    if (take->next_due_ms > 0 && take->next_due_ms - take->now_ms < delay_ms)
        delay_ms = take->next_due_ms - take->now_ms;
    if (outbox->is_stale || take->count == SL_OUTBOX_TAKE_MAX)
        delay_ms = outbox->references < UNDER_WAY_MAX ? 0 : outbox->first_delay_ms;
    outbox->is_stale = false;
    look_in(outbox, delay_ms);
}

static void on_looked(const struct sl_error *error, void *arg)
{
    struct sl_outbox *outbox = arg;
    outbox->is_looking = false;
    if (error->code != SL_OK)
        sl_log(SL_LOG_ERROR, "outbox not read", sl_field_string("reason", error->message));
    for (size_t i = 0; error->code == SL_OK && !outbox->is_closed && i < outbox->take.count; i++)
        deliver(outbox, &outbox->take.rows[i]);
    if (!outbox->is_closed)
        plan_next_look(outbox);
    sl_arena_free(outbox->take.arena);
    outbox->references--;
    free_if_over(outbox);
}

static enum sl_code take_work(struct sl_db *db, void *arg, struct sl_error *err)
{
    return sl_outbox_rows_take(db, &((struct sl_outbox *)arg)->take, err);
}

static void look_now(void *arg)
{
    struct sl_outbox *outbox = arg;
    if (outbox->is_looking) {
        outbox->is_stale = true;
        return;
    }
    outbox->take = (struct sl_outbox_take){
        .arena = sl_arena_new(), .owner = outbox->owner, .now_ms = wall_ms(outbox)};
    outbox->is_looking = outbox->take.arena != NULL &&
                         sl_store_write_start(outbox->store, take_work, on_looked, outbox) == SL_OK;
    if (outbox->is_looking) {
        outbox->references++;
        return;
    }
    sl_arena_free(outbox->take.arena);
    look_in(outbox, LOOK_MS);
}

void sl_outbox_wake(struct sl_outbox *outbox)
{
    look_in(outbox, 0);
}

/* ---- The outbox ---- */

enum sl_code sl_outbox_new(struct sl_loop *loop, const struct sl_outbox_options *options,
                           struct sl_outbox **ret_outbox, struct sl_error *err)
{
    struct sl_outbox *outbox = sl_alloc(sizeof(*outbox));
    if (outbox == NULL)
        return sl_error_no_memory(err);
    outbox->loop = loop;
    outbox->store = options->store;
    outbox->http = options->http;
    outbox->first_delay_ms = options->first_delay_ms > 0 ? options->first_delay_ms : 1000;
    outbox->is_closed = true;
    sl_uuid_new(outbox->owner);
    enum sl_code code = sl_webhook_rules_new(options->allow, &outbox->rules, err);
    outbox->secret = sl_strdup(options->secret == NULL ? "" : options->secret);
    if (code == SL_OK && outbox->secret == NULL)
        code = sl_error_no_memory(err);
    if (code == SL_OK && sl_timer_start(loop, &outbox->timer, 0, look_now, outbox) != SL_OK)
        code = sl_error_no_memory(err);
    if (code != SL_OK) {
        free_if_over(outbox);
        return code;
    }
    outbox->is_closed = false;
    outbox->references = 1;
    *ret_outbox = outbox;
    return SL_OK;
}

void sl_outbox_close(struct sl_outbox *outbox)
{
    if (outbox == NULL || outbox->is_closed)
        return;
    sl_timer_stop(&outbox->timer);
    outbox->is_closed = true;
    for (struct delivery *delivery = outbox->under_way; delivery != NULL;
         delivery = delivery->next) {
        if (delivery->exchange != NULL)
            sl_http_cancel(delivery->exchange);
    }
}

void sl_outbox_free(struct sl_outbox *outbox)
{
    if (outbox == NULL)
        return;
    sl_outbox_close(outbox);
    outbox->references--;
    free_if_over(outbox);
}

const struct sl_webhook_rules *sl_outbox_rules(const struct sl_outbox *outbox)
{
    return outbox->rules;
}
