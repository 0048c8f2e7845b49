#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "services/mcp/letter.h"
#include "services/mcp/payments.h"

/* Reminders and receipts: what is written, and where it goes. */

/* Who writes where no mail server is set. */
#define DEFAULT_FROM "service@dealership.example"

/* What a customer is told, by the payment's status; the others have nothing to be told of. */
struct wording {
    const char *status;
    const char *kind;
    const char *subject;
    const char *text;
    bool has_link;
};

static const struct wording wordings[] = {
    {"pending", "reminder", "Your payment for repair order", "Please pay by this link:", true},
    {"failed", "reminder", "Your payment did not go through: repair order",
     "Please try again by this link:", true},
    {"paid", "receipt", "Receipt for repair order", "We thank you for your payment.", false},
    {"partially_refunded", "receipt", "Refund for repair order",
     "A part of your payment was refunded.", false},
    {"refunded", "receipt", "Refund for repair order", "Your payment was refunded.", false},
};

/* A message while it is written. All texts of the payment are borrowed from it. */
struct message {
    const struct dealership *d;
    const json_t *payment;
    const struct wording *wording;
    const char *channel;
    char id[32];
    char sent_to[256];
    struct sl_text subject;
    struct sl_text body;
    struct sl_text file;
};

static const char *text_of(const struct message *m, const char *member)
{
    return json_string_value(json_object_get(m->payment, member));
}

static bool is_email(const struct message *m)
{
    return strcmp(m->channel, "email") == 0;
}

static enum sl_code choose_wording(struct message *m, struct sl_error *err)
{
    const char *status = text_of(m, "status");
    for (size_t i = 0; i < SL_ARRAY_LENGTH(wordings); i++)
        if (strcmp(wordings[i].status, status) == 0)
            m->wording = &wordings[i];
    if (m->wording == NULL)
        return dealership_refuse(err, SL_FAILED_PRECONDITION,
                                 "Payment %s is %s: make a new payment link instead",
                                 text_of(m, "payment_id"), status);
    return SL_OK;
}

static enum sl_code find_receiver(struct message *m, struct sl_error *err)
{
    const char *email = text_of(m, "customer_email");
    struct sl_statement row;
    bool has_row = false;
    if (is_email(m)) {
        snprintf(m->sent_to, sizeof(m->sent_to), "%s", email);
        return SL_OK;
    }
    SL_TRY(sl_db_query(m->d->db, &row, err,
                       "SELECT phone FROM customers WHERE lower(email) = lower(?)", "t", email));
    enum sl_code code = sl_statement_step(&row, &has_row, err);
    if (code == SL_OK && has_row)
        snprintf(m->sent_to, sizeof(m->sent_to), "%s", sl_column_text(&row, 0));
    else if (code == SL_OK)
        code =
            dealership_refuse(err, SL_FAILED_PRECONDITION,
                              "No telephone number is known for %s; use the channel email", email);
    sl_statement_done(&row);
    return code;
}

static void write_texts(struct message *m, const char *message)
{
    sl_text_printf(&m->subject, "%s %s", m->wording->subject, text_of(m, "repair_order_id"));
    sl_text_printf(&m->body, "%.2f %s, invoice %s.\n",
                   json_number_value(json_object_get(m->payment, "amount")), text_of(m, "currency"),
                   text_of(m, "invoice_number"));
    sl_text_append(&m->body, message != NULL ? message : m->wording->text);
    if (m->wording->has_link)
        sl_text_printf(&m->body, "\n%s", text_of(m, "payment_link"));
    sl_text_append(&m->body, "\n");
}

static enum sl_code write_file(const char *path, const struct sl_text *text, struct sl_error *err)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0)
        return sl_error_set(err, SL_UNAVAILABLE, "%s: %s", path, strerror(errno));
    bool is_written = write(file, text->data, text->length) == (ssize_t)text->length;
    int number = errno;
    if (close(file) == 0 && is_written)
        return SL_OK;
    return sl_error_set(err, SL_UNAVAILABLE, "%s: %s", path, strerror(number));
}

static void write_email(const struct message *m, const char *from, struct sl_text *text)
{
    struct letter letter = {
        .from = from,
        .to = m->sent_to,
        .subject = sl_text_string(&m->subject),
        .body = sl_text_string(&m->body),
        .id = m->id,
        .written_ms = m->d->now_ms,
    };
    letter_write(&letter, text);
}

/* The file is named after the row: written again for the same row it is the same file. */
static enum sl_code keep_file(struct message *m, struct sl_error *err)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text text = {0};
    SL_CLEANUP(sl_text_cleanup) struct sl_text path = {0};
    sl_text_printf(&path, "%s/outbox", m->d->data_dir);
    if (!sl_text_failed(&path) && mkdir(sl_text_string(&path), 0700) != 0 && errno != EEXIST)
        return sl_error_set(err, SL_UNAVAILABLE, "%s: %s", sl_text_string(&path), strerror(errno));
    sl_text_printf(&m->file, "outbox/%s.%s", m->id, is_email(m) ? "eml" : "txt");
    sl_text_clear(&path);
    sl_text_printf(&path, "%s/%s", m->d->data_dir, sl_text_string(&m->file));
    if (is_email(m))
        write_email(m, DEFAULT_FROM, &text);
    else
        sl_text_printf(&text, "To: %s\n\n%s", m->sent_to, sl_text_string(&m->body));
    if (sl_text_failed(&text) || sl_text_failed(&path) || sl_text_failed(&m->file))
        return sl_error_no_memory(err);
    return write_file(sl_text_string(&path), &text, err);
}

static enum sl_code keep_row(struct message *m, const char *status, struct sl_error *err)
{
    int64_t number = 0;
    SL_TRY(dealership_count(m->d, "notification", 1000, &number, err));
    snprintf(m->id, sizeof(m->id), "NTF-%lld", (long long)number);
    return sl_db_exec(m->d->db, err,
                      "INSERT INTO notifications (notification_id, payment_id, channel, sent_to,"
                      " subject, body, status, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                      "ttttttti", m->id, text_of(m, "payment_id"), m->channel, m->sent_to,
                      sl_text_string(&m->subject), sl_text_string(&m->body), status, m->d->now_ms);
}

/* ---- Sending ---- */

static enum sl_code settle(const struct dealership *d, const struct dealership_mail *mail,
                           const char *status, struct sl_error *err)
{
    return sl_db_exec(d->db, err, "UPDATE notifications SET status = ? WHERE notification_id = ?",
                      "tt", status, mail->id);
}

static enum sl_code hand_over(const struct message *m, struct sl_error *err)
{
    struct dealership_mail *mail = m->d->mail;
    sl_text_clear(&mail->message);
    write_email(m, mail->from, &mail->message);
    if (sl_text_failed(&mail->message))
        return sl_error_no_memory(err);
    snprintf(mail->id, sizeof(mail->id), "%s", m->id);
    snprintf(mail->to, sizeof(mail->to), "%s", m->sent_to);
    mail->settle = settle;
    return SL_OK;
}

/* How a message leaves the desk; the first that fits. */
struct way {
    bool by_mail;
    bool is_email;
    const char *status;
    const char *detail;
};

static const struct way ways[] = {
    {true, true, "unknown",
     "The mail server may have taken the message or not; it is not sent a second time by itself"},
    {false, true, "kept",
     "No mail server is set (SERVICELANE_SMTP_URL): the message was not sent, it is kept as a "
     "file"},
    {false, false, "kept",
     "There is no SMS gateway: the message was not sent, it is kept as a "
     "file"},
};

static const struct way *choose_way(const struct message *m)
{
    size_t i = 0;
    bool by_mail = m->d->mail != NULL && is_email(m);
    while (ways[i].by_mail != by_mail || ways[i].is_email != is_email(m))
        i++;
    return &ways[i];
}

static enum sl_code notify(struct message *m, const char *message, json_t **ret_result,
                           struct sl_error *err)
{
    const struct way *way = choose_way(m);
    SL_TRY(choose_wording(m, err));
    SL_TRY(find_receiver(m, err));
    write_texts(m, message);
    if (sl_text_failed(&m->subject) || sl_text_failed(&m->body))
        return sl_error_no_memory(err);
    SL_TRY(keep_row(m, way->status, err));
    SL_TRY(way->by_mail ? hand_over(m, err) : keep_file(m, err));
    return dealership_answer(
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:s, s:o}", "notification_id", m->id,
                  "payment_id", text_of(m, "payment_id"), "channel", m->channel, "sent_to",
                  m->sent_to, "status", way->status, "detail", way->detail, "kind",
                  m->wording->kind, "kept_as", way->by_mail ? NULL : sl_text_string(&m->file),
                  "subject", sl_text_string(&m->subject), "sent_at", record_time(m->d->now_ms)),
        ret_result, err);
}

enum sl_code payments_notify(const struct dealership *d, const char *payment_id,
                             const char *channel, const char *message, json_t **ret_result,
                             struct sl_error *err)
{
    json_t *payment = NULL;
    SL_TRY(payments_status(d, payment_id, &payment, err));
    struct message m = {.d = d, .payment = payment, .channel = channel};
    enum sl_code code = notify(&m, message, ret_result, err);
    sl_text_done(&m.subject);
    sl_text_done(&m.body);
    sl_text_done(&m.file);
    json_decref(payment);
    return code;
}
