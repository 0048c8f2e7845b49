#ifndef PAYMENT_CHECKS_H
#define PAYMENT_CHECKS_H

#include <stdbool.h>

#include "services/agent/faults.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What makes payment data sound. Any thread; no state. */

/**
 * Whether text is an e-mail address as people have them: dot-atom, "@", host name with at least one
 * dot; no quoted local parts, no address literals. Source: RFC 5321, 4.1.2 and 4.5.3.1 (lengths).
 */
bool payment_is_email(const char *text);

/** Whether text is a currency code in use, upper case. Source: ISO 4217:2015, list one. */
bool payment_is_currency(const char *text);

/** Whether text names a repair order: 1 to 64 letters, digits, "-" and "_". */
bool payment_is_repair_order_id(const char *text);

/** Each notes a fault where the parameter is missing (currency may be) or unsound. */
void payment_check_repair_order_id(const json_t *parameters, struct agent_faults *faults);
void payment_check_amount(const json_t *parameters, struct agent_faults *faults);
void payment_check_currency(const json_t *parameters, struct agent_faults *faults);
void payment_check_customer_email(const json_t *parameters, struct agent_faults *faults);

#ifdef __cplusplus
}
#endif

#endif
