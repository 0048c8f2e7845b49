#include "services/mcp/pay_desk.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/log.h"
#include "services/mcp/pay_page.h"
#include "services/mcp/tool_call.h"

/* A request on its way through a storage thread. Owned by the incoming's arena. */
struct visit {
    struct tool_desk *desk;
    struct sl_http_incoming *incoming;
    const char *token;
    enum payments_choice choice;
    struct dealership dealership;
    struct payments_visit found;
};

/* ---- Answers ---- */

/* Nothing but the page's own style is loaded, its forms lead here, nobody frames it. */
static void append_policy(struct sl_text *policy)
{
    unsigned char digest[SL_SHA256_SIZE];
    sl_sha256(pay_page_style, strlen(pay_page_style), digest);
    sl_text_append(policy, "default-src 'none'; style-src 'sha256-");
    sl_base64_encode(policy, digest, sizeof(digest));
    sl_text_append(policy, "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
}

/* The address holds the token: it is not passed on as a referrer. "no-referrer" would turn the
 * Origin of the page's own forms into "null" (Fetch, "append a request Origin header"). */
static bool add_headers(struct sl_headers *headers, struct sl_arena *arena)
{
    static const struct sl_header fixed[] = {
        {"Content-Type", "text/html; charset=utf-8"},
        {"Cache-Control", "no-store"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "same-origin"},
    };
    SL_CLEANUP(sl_text_cleanup) struct sl_text policy = {0};
    append_policy(&policy);
    bool is_added =
        !sl_text_failed(&policy) &&
        sl_headers_add(headers, arena, "Content-Security-Policy", sl_text_string(&policy)) == SL_OK;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(fixed); i++)
        is_added =
            is_added && sl_headers_add(headers, arena, fixed[i].name, fixed[i].value) == SL_OK;
    return is_added;
}

static void reply(struct sl_http_incoming *incoming, int status, struct sl_headers *headers,
                  const struct sl_text *html)
{
    if (sl_text_failed(html) || !add_headers(headers, sl_http_incoming_arena(incoming)))
        sl_http_reply(incoming, 500, NULL, NULL, 0);
    else
        sl_http_reply(incoming, status, headers, html->data, html->length);
}

/* Why there is no page; the first for which the status is. */
static const struct {
    int status;
    const char *title;
    const char *text;
} refusals[] = {
    {404, "There is no such payment", "Please check the link: it may have been cut off."},
    {403, "Not from here", "A page of another site asked for this. Please open the link itself."},
    {405, "Not like this", "Please open the payment link itself."},
    {503, "Not available", "Nothing was changed. Please try again in a while."},
};

static void refuse(struct sl_http_incoming *incoming, int status, const char *allow)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text html = {0};
    struct sl_headers headers = {0};
    size_t i = 0;
    while (refusals[i].status != status)
        i++;
    pay_page_write_error(refusals[i].title, refusals[i].text, &html);
    if (allow != NULL &&
        sl_headers_add(&headers, sl_http_incoming_arena(incoming), "Allow", allow) != SL_OK)
        html.has_failed = true;
    reply(incoming, status, &headers, &html);
}

/* After a change the browser gets the page by GET: reloading does not repeat it (RFC 9110, 15.4.4).
 */
static void lead_back(struct visit *visit)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text html = {0};
    struct sl_arena *arena = sl_http_incoming_arena(visit->incoming);
    struct sl_headers headers = {0};
    const char *location = sl_arena_printf(arena, "../%s", visit->token);
    if (location == NULL || sl_headers_add(&headers, arena, "Location", location) != SL_OK)
        html.has_failed = true;
    reply(visit->incoming, 303, &headers, &html);
}

static void show(struct visit *visit)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text html = {0};
    struct sl_headers headers = {0};
    const json_t *paid = json_object_get(visit->found.payment, "amount_paid");
    int refused_status = json_number_value(paid) > 0 ? 409 : 410;
    pay_page_write(&visit->found, visit->token, &html);
    reply(visit->incoming, visit->found.is_refused ? refused_status : 200, &headers, &html);
}

/* ---- Through the store ---- */

static enum sl_code work(struct sl_db *db, void *arg, struct sl_error *err)
{
    struct visit *visit = arg;
    visit->dealership.db = db;
    return payments_visit(&visit->dealership, visit->token, visit->choice, &visit->found, err);
}

static void done(const struct sl_error *error, void *arg)
{
    struct visit *visit = arg;
    json_t *payment = visit->found.payment;
    if (dealership_is_refusal(error)) {
        refuse(visit->incoming, 404, NULL);
    } else if (error->code != SL_OK) {
        sl_log(SL_LOG_ERROR, "database failed", sl_field_string("error", error->message));
        refuse(visit->incoming, 503, NULL);
    } else if (visit->choice != PAYMENTS_LOOK && !visit->found.is_refused) {
        lead_back(visit);
    } else {
        show(visit);
    }
    json_decref(payment);
}

/* ---- Requests ---- */

static const struct {
    const char *suffix;
    enum payments_choice choice;
    const char *allow;
} routes[] = {
    {"/pay", PAYMENTS_PAY, "POST"},
    {"/decline", PAYMENTS_DECLINE, "POST"},
    {"", PAYMENTS_LOOK, "GET, HEAD"},
};

/* Whether [text, text + length) is a token, with or without a segment RO_<order> before it. */
static const char *find_token(const char *text, size_t length, struct sl_arena *arena)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *slash = memchr(text, '/', length);
    if (slash != NULL && strncmp(text, "RO_", 3) == 0) {
        length -= (size_t)(slash - text) + 1;
        text = slash + 1;
    }
    if (length != PAYMENTS_TOKEN_SIZE - 1 || strspn(text, letters) < length)
        return NULL;
    return sl_arena_strndup(arena, text, length);
}

/* Reads "/pay/<token>" and what may follow; the index of the route, -1 where there is none. */
static int find_route(const char *path, struct sl_arena *arena, const char **ret_token)
{
    static const char prefix[] = PAY_DESK_PATH "/";
    if (!sl_text_starts_with(path, prefix))
        return -1;
    path += sizeof(prefix) - 1;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(routes); i++) {
        if (!sl_text_ends_with(path, routes[i].suffix))
            continue;
        *ret_token = find_token(path, strlen(path) - strlen(routes[i].suffix), arena);
        if (*ret_token != NULL)
            return (int)i;
    }
    return -1;
}

/* A browser says which page a form belongs to; a program that is no browser says nothing. */
static bool is_same_origin(const struct sl_headers *headers)
{
    const char *site = sl_headers_get(headers, "Sec-Fetch-Site");
    const char *origin = sl_headers_get(headers, "Origin");
    const char *host = sl_headers_get(headers, "Host");
    if (site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
        return false;
    if (origin == NULL)
        return true;
    const char *authority = strstr(origin, "://");
    return authority != NULL && host != NULL && strcasecmp(authority + 3, host) == 0;
}

static bool is_method_of(const char *method, enum payments_choice choice)
{
    if (choice != PAYMENTS_LOOK)
        return strcmp(method, "POST") == 0;
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

static void start(struct tool_desk *desk, struct sl_http_incoming *incoming, const char *token,
                  enum payments_choice choice)
{
    struct visit *visit = sl_arena_alloc(sl_http_incoming_arena(incoming), sizeof(*visit));
    enum sl_code code = SL_RESOURCE_EXHAUSTED;
    if (visit != NULL) {
        *visit = (struct visit){desk, incoming, token, choice, tool_desk_dealership(desk), {0}};
        code = choice == PAYMENTS_LOOK ? sl_store_read_start(desk->store, work, done, visit)
                                       : sl_store_write_start(desk->store, work, done, visit);
    }
    if (code != SL_OK)
        refuse(incoming, 503, NULL);
}

void pay_desk_handle(void *self, struct sl_http_incoming *incoming,
                     const struct sl_http_incoming_request *request)
{
    const char *token = NULL;
    int route = find_route(request->path, sl_http_incoming_arena(incoming), &token);
    if (route < 0)
        refuse(incoming, 404, NULL);
    else if (!is_method_of(request->method, routes[route].choice))
        refuse(incoming, 405, routes[route].allow);
    else if (routes[route].choice != PAYMENTS_LOOK && !is_same_origin(request->headers))
        refuse(incoming, 403, NULL);
    else
        start(self, incoming, token, routes[route].choice);
}
