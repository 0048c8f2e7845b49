#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "services/mcp/repair_orders.h"

/* Changing orders: status, technician, notes. */

#define NEXT_LIMIT 3

/* The life of an order; a status that leads nowhere is its end. */
static const struct {
    const char *status;
    const char *next[NEXT_LIMIT];
} transitions[] = {
    {"pending", {"scheduled", "cancelled"}},
    {"scheduled", {"in_progress", "cancelled"}},
    {"in_progress", {"parts_ordered", "quality_check", "cancelled"}},
    {"parts_ordered", {"in_progress", "cancelled"}},
    {"quality_check", {"customer_approval", "in_progress"}},
    {"customer_approval", {"ready_for_pickup", "in_progress"}},
    {"ready_for_pickup", {"completed", "in_progress"}},
    {"completed", {"invoiced"}},
    {"invoiced", {"closed"}},
    {"cancelled", {NULL}},
    {"closed", {NULL}},
};

static const char *const *next_of(const char *status)
{
    static const char *const none[NEXT_LIMIT] = {NULL};
    for (size_t i = 0; i < SL_ARRAY_LENGTH(transitions); i++)
        if (strcmp(transitions[i].status, status) == 0)
            return transitions[i].next;
    return none;
}

json_t *repair_orders_next_statuses(const char *status)
{
    const char *const *next = next_of(status);
    json_t *array = json_array();
    for (size_t i = 0; i < NEXT_LIMIT && next[i] != NULL; i++)
        json_array_append_new(array, json_string(next[i]));
    return array;
}

enum sl_code repair_orders_log_status(const struct dealership *d, const char *id, const char *from,
                                      const char *to, const char *reason, struct sl_error *err)
{
    return sl_db_exec(d->db, err,
                      "INSERT INTO status_changes (repair_order_id, place, from_status, status,"
                      " reason, changed_by, changed_ms) VALUES (?, (SELECT coalesce(max(place), 0)"
                      " + 1 FROM status_changes WHERE repair_order_id = ?), ?, ?, ?, ?, ?)",
                      "tttttti", id, id, from, to, reason, d->user, d->now_ms);
}

/* ---- Status ---- */

static bool may_become(const char *from, const char *to)
{
    const char *const *next = next_of(from);
    for (size_t i = 0; i < NEXT_LIMIT && next[i] != NULL; i++)
        if (strcmp(next[i], to) == 0)
            return true;
    return false;
}

static enum sl_code refuse_transition(const struct repair_orders_update *update, const char *from,
                                      struct sl_error *err)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text allowed = {0};
    const char *const *next = next_of(from);
    for (size_t i = 0; i < NEXT_LIMIT && next[i] != NULL; i++)
        sl_text_printf(&allowed, "%s%s", i > 0 ? ", " : "", next[i]);
    if (next[0] == NULL)
        sl_text_append(&allowed, "nothing any more");
    return dealership_refuse(
        err, SL_FAILED_PRECONDITION, "Repair order %s is %s and cannot become %s; it can become %s",
        update->repair_order_id, from, update->new_status, sl_text_string(&allowed));
}

static enum sl_code check_update(const struct repair_orders_update *update, const char *from,
                                 struct sl_error *err)
{
    if (update->expected_status != NULL && strcmp(update->expected_status, from) != 0)
        return dealership_refuse(
            err, SL_ABORTED, "Repair order %s is %s, not %s as expected: it was changed meanwhile",
            update->repair_order_id, from, update->expected_status);
    return may_become(from, update->new_status) ? SL_OK : refuse_transition(update, from, err);
}

enum sl_code repair_orders_set_status(const struct dealership *d,
                                      const struct repair_orders_update *update,
                                      json_t **ret_result, struct sl_error *err)
{
    struct repair_orders_head head;
    const char *id = update->repair_order_id;
    SL_TRY(repair_orders_read_head(d, id, &head, err));
    SL_TRY(check_update(update, head.status, err));
    SL_TRY(sl_db_exec(
        d->db, err, "UPDATE repair_orders SET status = ?, updated_ms = ? WHERE repair_order_id = ?",
        "tit", update->new_status, d->now_ms, id));
    SL_TRY(repair_orders_log_status(d, id, head.status, update->new_status, update->reason, err));
    return dealership_answer(json_pack("{s:s, s:s, s:s, s:s, s:s?, s:o, s:o}", "repair_order_id",
                                       id, "status", update->new_status, "previous_status",
                                       head.status, "new_status", update->new_status, "reason",
                                       update->reason, "updated_at", record_time(d->now_ms),
                                       "allowed_transitions",
                                       repair_orders_next_statuses(update->new_status)),
                             ret_result, err);
}

/* ---- Technician ---- */

static const struct record_field technician_fields[] = {
    {"technician_id", RECORD_TEXT},
    {"name", RECORD_TEXT},
    {"specialty", RECORD_TEXT},
    {"is_working", RECORD_BOOL},
};
static const struct record_shape technician_shape = RECORD_SHAPE(technician_fields);

static enum sl_code find_technician(const struct dealership *d, const char *technician_id,
                                    json_t **ret_technician, struct sl_error *err)
{
    struct sl_statement statement;
    json_t *technician = NULL;
    SL_TRY(sl_db_query(d->db, &statement, err,
                       "SELECT technician_id, name, specialty, is_working FROM technicians"
                       " WHERE technician_id = ?",
                       "t", technician_id));
    SL_TRY(record_one(&statement, &technician_shape, &technician, err));
    if (technician == NULL)
        return dealership_refuse(err, SL_NOT_FOUND, "Technician %s not found", technician_id);
    if (!json_is_true(json_object_get(technician, "is_working"))) {
        enum sl_code code = dealership_refuse(
            err, SL_FAILED_PRECONDITION, "Technician %s (%s) is on leave", technician_id,
            json_string_value(json_object_get(technician, "name")));
        json_decref(technician);
        return code;
    }
    *ret_technician = technician;
    return SL_OK;
}

static enum sl_code check_workable(const char *id, const char *status, struct sl_error *err)
{
    static const char *const over[] = {"completed", "invoiced", "closed", "cancelled"};
    for (size_t i = 0; i < SL_ARRAY_LENGTH(over); i++)
        if (strcmp(over[i], status) == 0)
            return dealership_refuse(err, SL_FAILED_PRECONDITION,
                                     "Repair order %s is %s: there is no work left to assign", id,
                                     status);
    return SL_OK;
}

enum sl_code repair_orders_assign(const struct dealership *d, const char *repair_order_id,
                                  const char *technician_id, json_t **ret_result,
                                  struct sl_error *err)
{
    struct repair_orders_head head;
    json_t *technician = NULL;
    SL_TRY(repair_orders_read_head(d, repair_order_id, &head, err));
    SL_TRY(check_workable(repair_order_id, head.status, err));
    SL_TRY(find_technician(d, technician_id, &technician, err));
    enum sl_code code = sl_db_exec(
        d->db, err,
        "UPDATE repair_orders SET technician_id = ?, updated_ms = ? WHERE repair_order_id = ?",
        "tit", technician_id, d->now_ms, repair_order_id);
    if (code == SL_OK)
        code = dealership_answer(
            json_pack("{s:s, s:s, s:s, s:O, s:O, s:s?, s:o}", "repair_order_id", repair_order_id,
                      "status", head.status, "technician_id", technician_id, "technician_name",
                      json_object_get(technician, "name"), "specialty",
                      json_object_get(technician, "specialty"), "previous_technician_id",
                      head.technician_id[0] != '\0' ? head.technician_id : NULL, "assigned_at",
                      record_time(d->now_ms)),
            ret_result, err);
    json_decref(technician);
    return code;
}

/* ---- Notes ---- */

enum sl_code repair_orders_add_note(const struct dealership *d,
                                    const struct repair_orders_note *note, json_t **ret_result,
                                    struct sl_error *err)
{
    struct repair_orders_head head;
    const char *author = note->author != NULL ? note->author : d->user;
    int64_t number = 0;
    char id[32];
    if (author == NULL)
        author = "service desk";
    SL_TRY(repair_orders_read_head(d, note->repair_order_id, &head, err));
    SL_TRY(dealership_count(d, "note", 1000, &number, err));
    snprintf(id, sizeof(id), "NOTE-%lld", (long long)number);
    SL_TRY(sl_db_exec(d->db, err,
                      "INSERT INTO notes (note_id, repair_order_id, author, text, created_ms)"
                      " VALUES (?, ?, ?, ?, ?)",
                      "tttti", id, note->repair_order_id, author, note->text, d->now_ms));
    SL_TRY(sl_db_exec(d->db, err,
                      "UPDATE repair_orders SET updated_ms = ? WHERE repair_order_id = ?", "it",
                      d->now_ms, note->repair_order_id));
    return dealership_answer(json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "note_id", id,
                                       "repair_order_id", note->repair_order_id, "status",
                                       head.status, "notes", note->text, "author", author,
                                       "created_at", record_time(d->now_ms)),
                             ret_result, err);
}
