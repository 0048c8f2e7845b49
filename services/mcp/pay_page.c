#include "services/mcp/pay_page.h"

#include <string.h>

#include "json/json.h"

/* clang-format off */
const char pay_page_style[] =
    ":root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;"
    "--note:#fff8c5;--go:#0b6e3a;--on-go:#fff;--good:#0b6e3a;--bad:#b3261e}"
    "@media(prefers-color-scheme:dark){:root{--paper:#15191e;--ink:#e8eaed;--soft:#a2abb5;"
    "--line:#3a424b;--note:#3a3310;--go:#7bd8a0;--on-go:#06210f;--good:#7bd8a0;--bad:#ffb4ab}}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.5 system-ui,"
    "sans-serif}"
    "main{max-width:34rem;margin:0 auto;padding:1.5rem 1rem 3rem}"
    ".demo{background:var(--note);border:1px solid var(--line);border-radius:.5rem;"
    "padding:.75rem 1rem;margin:0 0 1.5rem}"
    "h1{font-size:1.75rem;line-height:1.2;margin:0 0 .25rem}h2{font-size:1.125rem;margin:2rem 0 .5rem}"
    ".state{margin:0 0 1.5rem;color:var(--soft)}.good{color:var(--good)}.bad{color:var(--bad)}"
    ".good,.bad{font-weight:600}"
    "dl{display:grid;grid-template-columns:auto 1fr;gap:.5rem 1.5rem;border-top:1px solid var(--line);"
    "border-bottom:1px solid var(--line);padding:1rem 0;margin:0}"
    "dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}"
    ".choices{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.5rem 0 0}form{margin:0}"
    "button{font:inherit;min-height:2.75rem;padding:.5rem 1.25rem;border-radius:.5rem;cursor:pointer;"
    "border:1px solid var(--ink);background:transparent;color:inherit}"
    "button.go{background:var(--go);border-color:var(--go);color:var(--on-go);font-weight:600}"
    "button:focus-visible{outline:3px solid currentColor;outline-offset:3px}"
    "ul{padding-left:1.25rem;margin:0}";
/* clang-format on */

/* What a status is called on the page. */
struct state {
    const char *status;
    const char *title;
    const char *text;
    const char *class_name;
};

static const struct state states[] = {
    {"pending", "To be paid", "This payment is open.", ""},
    {"expired", "Link expired",
     "This link has expired and nothing was charged. Please ask the dealer for a new one.", "bad"},
    {"failed", "Declined", "The payment was declined: nothing was charged.", "bad"},
    {"paid", "Paid", "The payment was made. Thank you.", "good"},
    {"partially_refunded", "Partly refunded", "The payment was made, and a part was refunded.",
     "good"},
    {"refunded", "Refunded", "The payment was refunded in full.", "good"},
};

static const struct state *state_of(const json_t *payment)
{
    const char *status = sl_json_string(payment, "status");
    for (size_t i = 0; i < SL_ARRAY_LENGTH(states); i++)
        if (sl_text_equals(states[i].status, status))
            return &states[i];
    return &states[0];
}

/* ---- Pieces ---- */

static void append_escaped(struct sl_text *html, const char *text)
{
    static const char *const escapes[] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < SL_ARRAY_LENGTH(escapes) && escapes[c] != NULL)
            sl_text_append(html, escapes[c]);
        else
            sl_text_append_char(html, *text);
    }
}

static void append_head(struct sl_text *html, const char *title)
{
    sl_text_append(html,
                   "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<meta name=\"robots\" content=\"noindex\">\n<title>");
    append_escaped(html, title);
    sl_text_append(html, "</title>\n<style>");
    sl_text_append(html, pay_page_style);
    sl_text_append(html,
                   "</style>\n</head>\n<body>\n<main>\n"
                   "<p class=\"demo\" role=\"note\"><strong>Demonstration.</strong> This page "
                   "stands in for a payment provider: no card is asked for and no money "
                   "moves.</p>\n");
}

static void append_tail(struct sl_text *html)
{
    sl_text_append(html, "</main>\n</body>\n</html>\n");
}

static void append_money(struct sl_text *html, const json_t *payment, const char *member)
{
    sl_text_printf(html, "%.2f ", sl_json_number(payment, member, 0));
    append_escaped(html, sl_json_string(payment, "currency"));
}

/* "2025-06-25T10:41:45Z" is read as "2025-06-25 10:41 UTC". */
static void append_time(struct sl_text *html, const char *time)
{
    sl_text_append(html, "<time datetime=\"");
    append_escaped(html, time);
    sl_text_printf(html, "\">%.10s %.5s UTC</time>", time, strlen(time) > 16 ? time + 11 : "");
}

static void append_term(struct sl_text *html, const char *term, const json_t *payment,
                        const char *member)
{
    const char *text = sl_json_string(payment, member);
    if (text == NULL)
        return;
    sl_text_printf(html, "<dt>%s</dt><dd>", term);
    append_escaped(html, text);
    sl_text_append(html, "</dd>\n");
}

static void append_money_term(struct sl_text *html, const char *term, const json_t *payment,
                              const char *member)
{
    sl_text_printf(html, "<dt>%s</dt><dd>", term);
    append_money(html, payment, member);
    sl_text_append(html, "</dd>\n");
}

static void append_time_term(struct sl_text *html, const char *term, const json_t *payment,
                             const char *member)
{
    const char *time = sl_json_string(payment, member);
    if (time == NULL)
        return;
    sl_text_printf(html, "<dt>%s</dt><dd>", term);
    append_time(html, time);
    sl_text_append(html, "</dd>\n");
}

/* ---- Parts of the page ---- */

static void append_state(struct sl_text *html, const struct payments_visit *visit)
{
    const struct state *state = state_of(visit->payment);
    sl_text_append(html, "<h1>Payment of ");
    append_money(html, visit->payment, "amount");
    sl_text_printf(html, "</h1>\n<p class=\"state %s\" role=\"status\">%s: %s", state->class_name,
                   state->title, state->text);
    bool is_failed = strcmp(state->status, "failed") == 0;
    if (is_failed)
        sl_text_append(html, visit->is_open ? " You can try again."
                                            : " The link has expired: please ask the dealer for a "
                                              "new one.");
    if (visit->is_refused && strcmp(state->class_name, "good") == 0)
        sl_text_append(html, " It was paid before you declined: nothing was changed.");
    sl_text_append(html, "</p>\n");
}

static void append_details(struct sl_text *html, const struct payments_visit *visit)
{
    const json_t *payment = visit->payment;
    sl_text_append(html, "<dl>\n");
    append_money_term(html, "Amount", payment, "amount");
    append_term(html, "Invoice", payment, "invoice_number");
    append_term(html, "Repair order", payment, "repair_order_id");
    append_term(html, "For", payment, "description");
    append_term(html, "Dealer", payment, "dealer_id");
    if (sl_json_string(payment, "dealer_id") == NULL)
        sl_text_append(html, "<dt>Dealer</dt><dd>ServiceLane demonstration dealership</dd>\n");
    append_term(html, "Payment", payment, "payment_id");
    append_time_term(html, "Paid", payment, "payment_date");
    append_term(html, "Transaction", payment, "transaction_id");
    if (sl_json_number(payment, "amount_paid", 0) > 0)
        append_money_term(html, "Refunded", payment, "amount_refunded");
    else
        append_time_term(html, "Valid until", payment, "expiry_date");
    sl_text_append(html, "</dl>\n");
}

static void append_choices(struct sl_text *html, const struct payments_visit *visit,
                           const char *token)
{
    if (!visit->is_open)
        return;
    sl_text_printf(html,
                   "<div class=\"choices\">\n<form method=\"post\" action=\"%s/pay\">"
                   "<button class=\"go\" type=\"submit\">Pay ",
                   token);
    append_money(html, visit->payment, "amount");
    sl_text_printf(html,
                   "</button></form>\n<form method=\"post\" action=\"%s/decline\">"
                   "<button type=\"submit\">Decline</button></form>\n</div>\n",
                   token);
}

static void append_refunds(struct sl_text *html, const struct payments_visit *visit)
{
    const json_t *refunds = json_object_get(visit->payment, "refunds");
    const char *currency = sl_json_string(visit->payment, "currency");
    if (json_array_size(refunds) == 0)
        return;
    sl_text_append(html, "<h2>Refunds</h2>\n<ul>\n");
    for (size_t i = 0; i < json_array_size(refunds); i++) {
        const json_t *refund = json_array_get(refunds, i);
        sl_text_printf(html, "<li>%.2f ", sl_json_number(refund, "amount", 0));
        append_escaped(html, currency);
        sl_text_append(html, ", ");
        append_time(html, sl_json_string(refund, "processed_at"));
        sl_text_append(html, " (");
        append_escaped(html, sl_json_string(refund, "refund_id"));
        sl_text_append(html, ")</li>\n");
    }
    sl_text_append(html, "</ul>\n");
}

void pay_page_write(const struct payments_visit *visit, const char *token, struct sl_text *html)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text title = {0};
    sl_text_printf(&title, "%s: invoice %s", state_of(visit->payment)->title,
                   sl_json_string(visit->payment, "invoice_number"));
    append_head(html, sl_text_string(&title));
    append_state(html, visit);
    append_details(html, visit);
    append_choices(html, visit, token);
    append_refunds(html, visit);
    append_tail(html);
}

void pay_page_write_error(const char *title, const char *text, struct sl_text *html)
{
    append_head(html, title);
    sl_text_append(html, "<h1>");
    append_escaped(html, title);
    sl_text_append(html, "</h1>\n<p>");
    append_escaped(html, text);
    sl_text_append(html, "</p>\n");
    append_tail(html);
}
