#ifndef MCP_PEOPLE_H
#define MCP_PEOPLE_H

#include "services/mcp/dealership.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Customers of the demo dealership; the payment desk and the workshop each keep them in a table of
 * their own. */
#define PEOPLE_TABLES                                                                              \
    "CREATE TABLE customers (customer_id TEXT PRIMARY KEY, name TEXT NOT NULL,"                    \
    " email TEXT NOT NULL, phone TEXT NOT NULL);"

struct people_customer {
    const char *id;
    const char *name;
    const char *email;
    const char *phone;
};

extern const struct people_customer people_demo[];
extern const size_t people_demo_count;

/** Whether there are customers already: the demo was made before. */
SL_MUST_USE enum sl_code people_are_there(const struct dealership *d, bool *ret_there,
                                          struct sl_error *err);
SL_MUST_USE enum sl_code people_make_demo(const struct dealership *d, struct sl_error *err);

/** {customer_id, name, email, phone}; refuses an unknown id with SL_NOT_FOUND. */
SL_MUST_USE enum sl_code people_find(const struct dealership *d, const char *customer_id,
                                     json_t **ret_customer, struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
