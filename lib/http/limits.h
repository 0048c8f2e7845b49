#ifndef SL_HTTP_LIMITS_H
#define SL_HTTP_LIMITS_H

/* Private to lib/http. */

/** Raises the soft limit of open files to the hard one: each connection is a file. Any thread. */
void sl_http_raise_file_limit(void);

#endif
