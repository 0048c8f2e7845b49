#ifndef MCP_PAY_PAGE_H
#define MCP_PAY_PAGE_H

#include "base/text.h"
#include "services/mcp/payments.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The page behind a payment link, as HTML: plain, without scripts, readable with any program that
 * reads pages aloud, light or dark as the reader has it. It says that no money moves.
 */

/** What stands within its style element, so that a Content-Security-Policy can name its hash. */
extern const char pay_page_style[];

/** Appends the page. token: the link's, for the forms. */
void pay_page_write(const struct payments_visit *visit, const char *token, struct sl_text *html);

/** Appends a page that says why there is none. */
void pay_page_write_error(const char *title, const char *text, struct sl_text *html);

#ifdef __cplusplus
}
#endif

#endif
