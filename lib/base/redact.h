#ifndef SL_BASE_REDACT_H
#define SL_BASE_REDACT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What must not be kept, and what must not be seen. Payment card numbers are kept nowhere: they are
 * refused as values and masked in free text before anything is written. E-mail addresses, tokens
 * and keys are needed to do the work, but never get into logs, metrics or traces. All functions:
 * any thread; bytes need not be UTF-8.
 */

/** What stands where something was taken out. */
#define SL_CARD_MASK "[card number]"
#define SL_EMAIL_MASK "[email]"
#define SL_SECRET_MASK "[secret]"

/** A part of a text. */
struct sl_span {
    size_t start, length;
};

/**
 * Finds the first payment card number from `from` on: 13 to 19 digits that pass the Luhn check
 * (ISO/IEC 7812-1, annex B), together or in groups of at most 7 with a space or dash between, and
 * no letter or digit beside them. A number of milli-, micro- or nanoseconds since 1970 that lies in
 * the years 2020 to 2039 is none: programs make ids of those.
 */
bool sl_find_card(const char *text, size_t length, size_t from, struct sl_span *ret_card);

/** Whether all of the text, but for spaces around it, is one card number. */
bool sl_is_card(const char *text, size_t length);

/** Appends the text with each card number masked. */
void sl_mask_cards(struct sl_text *out, const char *text, size_t length);

/**
 * Appends the text as it may be logged: card numbers, e-mail addresses, bearer and JSON web tokens,
 * keys ("sk-...", "whsec_...") and what is assigned to a name such as token, key, secret or
 * password ("?token=...") masked.
 */
void sl_redact(struct sl_text *out, const char *text, size_t length);

#ifdef __cplusplus
}
#endif

#endif
