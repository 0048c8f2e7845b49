#ifndef MCP_MAILING_H
#define MCP_MAILING_H

#include "http/mail.h"
#include "services/mcp/answers.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The mail server that a reference server sends by. Texts are borrowed. */
struct mailer {
    /** NULL once it is closed: what is to be sent then is not. */
    struct sl_http_client *client;
    const char *url, *user, *password, *ca_file, *from;
};

/** A tool call on its way through storage threads and the mail server. Freed when answered. */
struct desk_call {
    struct tool_desk *desk;
    struct sl_mcp_tool_request *request;
    struct answered_call call;
    struct dealership dealership;
    /** What the operation wants sent; its id is empty where that is nothing. */
    struct dealership_mail mail;
    /** How the sending ended. */
    struct sl_error sending;
    /** In the desk's list while the mail is under way, or in its `waiting` while another's is. */
    struct desk_call *next;
    struct desk_call *waiting;
};

/**
 * Sends the call's mail, whose claim is on disk, notes down what became of it, and answers by
 * desk_call_answer() or desk_call_busy(). An unknown end is answered as such, never sent again.
 * Loop only.
 */
void mailing_send(struct desk_call *call);

/** Has a call wait for the mail of another call of the same key; false where there is none. */
bool mailing_wait(struct desk_call *call);

/* ---- tool_call.c ---- */

/** Answers and frees. */
void desk_call_answer(struct desk_call *call);
void desk_call_busy(struct desk_call *call, const char *text);
/** Runs it, from its beginning. */
void desk_call_start(struct desk_call *call);

#ifdef __cplusplus
}
#endif

#endif
