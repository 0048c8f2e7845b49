#include "http/mail.h"

#include <stdlib.h>
#include <string.h>

#include "http/exchange.h"

/* Replies of a server (RFC 5321, 4.2.1): 4yz is "not now", 5yz is "no". */
#define FIRST_REFUSAL 400
#define FIRST_FINAL_REFUSAL 500

struct sl_mail_job {
    const char *user, *password, *ca_file, *from;
    const char *message;
    size_t length;
    bool needs_tls;
    sl_mail_done_fn *done;
    void *arg;

    /* curl's thread. */
    size_t sent;
    /** The last line that the server said, without its end. */
    char reply[200];
};

/* ---- what is taken ---- */

enum sl_code sl_mail_check_address(const char *address, struct sl_error *err)
{
    const char *at = address != NULL ? strchr(address, '@') : NULL;
    bool is_good = at != NULL && at != address && at[1] != '\0' && strchr(at + 1, '@') == NULL;
    for (const char *c = address; is_good && *c != '\0'; c++)
        is_good = (unsigned char)*c > 0x20 && *c != 0x7f && strchr("<>(),;:\\\"[]", *c) == NULL;
    if (is_good)
        return SL_OK;
    return sl_error_set(err, SL_INVALID_ARGUMENT,
                        "\"%.254s\" is no e-mail address: name@host is wanted",
                        address != NULL ? address : "");
}

/** What is to be known of a URL; the texts are curl's and freed by parts_done(). */
struct url_parts {
    CURLU *parser;
    char *scheme, *host, *port, *user;
};

static void parts_done(struct url_parts *parts)
{
    curl_free(parts->scheme);
    curl_free(parts->host);
    curl_free(parts->port);
    curl_free(parts->user);
    curl_url_cleanup(parts->parser);
}

static enum sl_code refuse_url(const char *why, struct sl_error *err)
{
    /* The URL is not shown: what is wrong with it may be a password. */
    return sl_error_set(err, SL_INVALID_ARGUMENT,
                        "the mail server's URL cannot be used: %s; smtp://host:port or "
                        "smtps://host:port is wanted",
                        why);
}

static enum sl_code parse_url(const char *url, struct url_parts *parts, struct sl_error *err)
{
    parts->parser = curl_url();
    if (parts->parser == NULL)
        return sl_error_no_memory(err);
    if (url == NULL || curl_url_set(parts->parser, CURLUPART_URL, url, 0) != CURLUE_OK ||
        curl_url_get(parts->parser, CURLUPART_SCHEME, &parts->scheme, 0) != CURLUE_OK ||
        curl_url_get(parts->parser, CURLUPART_HOST, &parts->host, 0) != CURLUE_OK)
        return refuse_url("it is no URL with a host", err);
    if (strcmp(parts->scheme, "smtp") != 0 && strcmp(parts->scheme, "smtps") != 0)
        return refuse_url("it is neither smtp nor smtps", err);
    if (curl_url_get(parts->parser, CURLUPART_USER, &parts->user, 0) == CURLUE_OK)
        return refuse_url("user names in it are not taken", err);
    if (curl_url_get(parts->parser, CURLUPART_PORT, &parts->port, CURLU_DEFAULT_PORT) != CURLUE_OK)
        return refuse_url("its port is wrong", err);
    return SL_OK;
}

enum sl_code sl_mail_check_url(const char *url, struct sl_error *err)
{
    SL_CLEANUP(parts_done) struct url_parts parts = {0};
    return parse_url(url, &parts, err);
}

/* ---- curl's thread ---- */

static size_t on_read(char *buffer, size_t size, size_t count, void *arg)
{
    struct sl_http_exchange *exchange = arg;
    struct sl_mail_job *job = exchange->mail;
    size_t left = job->length - job->sent;
    size_t length = left < size * count ? left : size * count;
    /* DATA was taken: from here on the server may have the message. */
    exchange->has_begun = true;
    memcpy(buffer, job->message + job->sent, length);
    job->sent += length;
    return length;
}

/* Replies come as headers do, line by line. The last word is not what is said to QUIT, 221. */
static size_t on_reply(char *line, size_t size, size_t count, void *arg)
{
    struct sl_mail_job *job = arg;
    size_t length = size * count;
    if (length >= 3 && memcmp(line, "221", 3) == 0)
        return length;
    size_t kept = sl_utf8_cut(line, length, sizeof(job->reply) - 1);
    memcpy(job->reply, line, kept);
    while (kept > 0 && (unsigned char)job->reply[kept - 1] <= 0x20)
        kept--;
    job->reply[kept] = '\0';
    return length;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *arg)
{
    (void)bytes, (void)arg;
    return size * count;
}

/* libcurl waits for the last reply, and for that to QUIT, without giving the thread back; this is
 * called every second meanwhile, and ends it where the client is being closed. */
static int on_progress(void *arg, curl_off_t total, curl_off_t now, curl_off_t upload_total,
                       curl_off_t uploaded)
{
    struct sl_http_client *client = ((struct sl_http_exchange *)arg)->client;
    (void)total, (void)now, (void)upload_total, (void)uploaded;
    pthread_mutex_lock(&client->mutex);
    bool is_stopping = client->is_stopping;
    pthread_mutex_unlock(&client->mutex);
    return is_stopping ? 1 : 0;
}

/* A failure of setopt is memory that is out, or a libcurl without the feature: either ends it. */
#define SET(option, value)                                                                         \
    do {                                                                                           \
        if (curl_easy_setopt(easy, (option), (value)) != CURLE_OK)                                 \
            return SL_RESOURCE_EXHAUSTED;                                                          \
    } while (0)

static enum sl_code set_connection(CURL *easy, const struct sl_http_exchange *exchange)
{
    const struct sl_mail_job *job = exchange->mail;
    int64_t timeout_ms = exchange->request.timeout_ms;
    SET(CURLOPT_URL, exchange->request.url);
    SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)exchange->client->connect_timeout_ms);
    SET(CURLOPT_TIMEOUT_MS, (long)(timeout_ms > 0 ? timeout_ms : 1));
    SET(CURLOPT_SERVER_RESPONSE_TIMEOUT, timeout_ms > 1000 ? (long)(timeout_ms / 1000) : 1L);
    SET(CURLOPT_FRESH_CONNECT, 1L);
    SET(CURLOPT_FORBID_REUSE, 1L);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_USE_SSL, job->needs_tls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_TRY);
    if (job->ca_file != NULL)
        SET(CURLOPT_CAINFO, job->ca_file);
    if (job->user != NULL) {
        SET(CURLOPT_USERNAME, job->user);
        SET(CURLOPT_PASSWORD, job->password);
    }
    return SL_OK;
}

enum sl_code sl_mail_set_up(CURL *easy, struct sl_http_exchange *exchange)
{
    struct sl_mail_job *job = exchange->mail;
    SL_TRY(set_connection(easy, exchange));
    SET(CURLOPT_PRIVATE, (void *)exchange);
    SET(CURLOPT_ERRORBUFFER, exchange->curl_error);
    SET(CURLOPT_MAIL_FROM, job->from);
    SET(CURLOPT_MAIL_RCPT, exchange->curl_headers);
    SET(CURLOPT_UPLOAD, 1L);
    SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)job->length);
    SET(CURLOPT_READFUNCTION, on_read);
    SET(CURLOPT_READDATA, (void *)exchange);
    SET(CURLOPT_HEADERFUNCTION, on_reply);
    SET(CURLOPT_HEADERDATA, (void *)job);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_XFERINFOFUNCTION, on_progress);
    SET(CURLOPT_XFERINFODATA, (void *)exchange);
    SET(CURLOPT_NOPROGRESS, 0L);
    return SL_OK;
}

void sl_mail_judge(struct sl_http_exchange *exchange)
{
    struct sl_mail_job *job = exchange->mail;
    struct sl_error *error = &exchange->error;
    long reply = strtol(job->reply, NULL, 10);
    if (reply < FIRST_REFUSAL || reply > 599)
        return;
    /* It is the answer to all that was sent: the server does not have the message. */
    bool is_final = reply >= FIRST_FINAL_REFUSAL;
    enum sl_code code = is_final ? SL_FAILED_PRECONDITION : SL_UNAVAILABLE;
    if (reply == 530 || reply == 534 || reply == 535)
        code = SL_UNAUTHENTICATED;
    sl_error_set(error, code, "%s: the mail server answered: %s", exchange->label, job->reply);
    error->outcome = is_final ? SL_OUTCOME_SETTLED : SL_OUTCOME_NOT_EXECUTED;
}

/* ---- the loop ---- */

static void on_done(const struct sl_error *error, const struct sl_http_response *response,
                    void *arg)
{
    struct sl_mail_job *job = arg;
    (void)response;
    job->done(error, job->arg);
}

static bool is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 ||
           strcmp(host, "[::1]") == 0;
}

static enum sl_code describe(struct sl_http_exchange *exchange, const struct sl_mail *mail,
                             struct sl_error *err)
{
    SL_CLEANUP(parts_done) struct url_parts parts = {0};
    SL_TRY(parse_url(mail->url, &parts, err));
    exchange->label =
        sl_arena_printf(exchange->arena, "%s://%s:%s", parts.scheme, parts.host, parts.port);
    exchange->request.url = sl_arena_strdup(exchange->arena, mail->url);
    exchange->request.timeout_ms = mail->timeout_ms;
    exchange->mail->needs_tls = exchange->mail->user != NULL && !is_loopback(parts.host);
    return exchange->label != NULL && exchange->request.url != NULL ? SL_OK
                                                                    : sl_error_no_memory(err);
}

static enum sl_code copy_mail(struct sl_http_exchange *exchange, const struct sl_mail *mail,
                              struct sl_error *err)
{
    struct sl_arena *arena = exchange->arena;
    struct sl_mail_job *job = sl_arena_alloc(arena, sizeof(*job));
    if (job == NULL)
        return sl_error_no_memory(err);
    bool has_user = mail->user != NULL && mail->user[0] != '\0';
    bool has_ca = mail->ca_file != NULL && mail->ca_file[0] != '\0';
    *job = (struct sl_mail_job){
        .user = has_user ? sl_arena_strdup(arena, mail->user) : NULL,
        .password = sl_arena_strdup(arena, mail->password != NULL ? mail->password : ""),
        .ca_file = has_ca ? sl_arena_strdup(arena, mail->ca_file) : NULL,
        .from = sl_arena_strdup(arena, mail->from),
        .message = sl_arena_memdup(arena, mail->message, mail->message_length),
        .length = mail->message_length,
    };
    exchange->curl_headers = curl_slist_append(NULL, mail->to);
    if ((has_user && job->user == NULL) || (has_ca && job->ca_file == NULL) ||
        job->password == NULL || job->from == NULL || job->message == NULL ||
        exchange->curl_headers == NULL)
        return sl_error_no_memory(err);
    exchange->mail = job;
    return describe(exchange, mail, err);
}

enum sl_code sl_mail_send_start(struct sl_http_client *client, const struct sl_mail *mail,
                                sl_mail_done_fn *done, void *arg, struct sl_error *err)
{
    SL_CLEANUP(sl_http_exchange_cleanup) struct sl_http_exchange *exchange = NULL;
    SL_TRY(sl_mail_check_address(mail->from, err));
    SL_TRY(sl_mail_check_address(mail->to, err));
    SL_TRY(sl_http_exchange_begin(client, &exchange, err));
    SL_TRY(copy_mail(exchange, mail, err));
    exchange->mail->done = done;
    exchange->mail->arg = arg;
    sl_http_exchange_submit(exchange, on_done, exchange->mail);
    exchange = NULL;
    return SL_OK;
}
