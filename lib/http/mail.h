#ifndef SL_HTTP_MAIL_H
#define SL_HTTP_MAIL_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "http/client.h"

#ifdef __cplusplus
extern "C" {
#endif

/* E-mail out, by SMTP (RFC 5321), on the thread of an HTTP client. libcurl waits there for the
 * server's answer to a message: give mail a client of its own, so that nothing else waits with it.
 */

struct sl_mail {
    /** Required. smtp://host[:port] (TLS where the server offers it) or smtps://host[:port]. A path
     * is the name that EHLO says. */
    const char *url;
    /** Optional. Who logs in; over smtp:// to another machine only with TLS. */
    const char *user;
    const char *password;
    /** Optional. PEM file of the authorities that are trusted in place of the system's. */
    const char *ca_file;
    /** Required. Plain addresses, "service@dealer.example": the envelope's. */
    const char *from;
    const char *to;
    /** Required. The message as RFC 5322 has it, lines ending in CRLF. */
    const void *message;
    size_t message_length;
    /** Required. Milliseconds for everything. */
    int64_t timeout_ms;
};

/**
 * error->code is SL_OK where the server has taken the message. Otherwise error->outcome says what
 * became of it: not_executed (it was not handed over, or the server puts it off: later may help),
 * settled (the server refuses it for good), unknown (it may have been taken). The message names the
 * server and its reply. Codes: SL_UNAVAILABLE, SL_DEADLINE_EXCEEDED, SL_CANCELLED,
 * SL_UNAUTHENTICATED, SL_FAILED_PRECONDITION (refused). Borrowed until return.
 */
typedef void sl_mail_done_fn(const struct sl_error *error, void *arg);

/** Whether mail can be sent by such a URL; err says what is wanted. Any thread. */
SL_MUST_USE enum sl_code sl_mail_check_url(const char *url, struct sl_error *err);

/** Whether it can stand in an envelope: one "@", no spaces, brackets or control characters. Any
 * thread. */
SL_MUST_USE enum sl_code sl_mail_check_address(const char *address, struct sl_error *err);

/**
 * Sends a message to one receiver, on a connection of its own, once: nothing is repeated.
 *
 * mail      everything in it is copied before this returns.
 * done      on SL_OK runs exactly once, on the loop, never inside this call; on failure never.
 *           sl_http_client_free() ends what is under way with SL_CANCELLED.
 * Errors: SL_INVALID_ARGUMENT (url, from or to), SL_CANCELLED, SL_RESOURCE_EXHAUSTED.
 * Loop only.
 */
SL_MUST_USE enum sl_code sl_mail_send_start(struct sl_http_client *client,
                                            const struct sl_mail *mail, sl_mail_done_fn *done,
                                            void *arg, struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
