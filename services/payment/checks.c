#include "services/payment/checks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EMAIL_BYTES = 254, LOCAL_PART_BYTES = 64, LABEL_BYTES = 63, REPAIR_ORDER_ID_BYTES = 64 };

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* dot-atom: runs of atext between single dots (RFC 5322, 3.2.3). */
static bool is_local_part(const char *text, size_t length)
{
    if (length == 0 || length > LOCAL_PART_BYTES || text[0] == '.' || text[length - 1] == '.')
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '.' && text[i - 1] == '.')
            return false;
        if (text[i] != '.' && !is_letter_or_digit(text[i]) &&
            strchr("!#$%&'*+-/=?^_`{|}~", text[i]) == NULL)
            return false;
    }
    return true;
}

static bool is_label(const char *text, size_t length)
{
    if (length == 0 || length > LABEL_BYTES || text[0] == '-' || text[length - 1] == '-')
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!is_letter_or_digit(text[i]) && text[i] != '-')
            return false;
    }
    return true;
}

static bool is_host_name(const char *text)
{
    size_t labels = 0;
    for (;;) {
        size_t length = strcspn(text, ".");
        if (!is_label(text, length))
            return false;
        labels++;
        if (text[length] == '\0')
            break;
        text += length + 1;
    }
    return labels >= 2;
}

bool payment_is_email(const char *text)
{
    const char *at = strchr(text, '@');
    return at != NULL && strlen(text) <= EMAIL_BYTES && is_local_part(text, (size_t)(at - text)) &&
           is_host_name(at + 1);
}

/* In the order of strcmp(). */
static const char CURRENCIES[][4] = {
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
    "BGN", "BHD", "BIF", "BMD", "BND", "BOB", "BOV", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD",
    "CAD", "CDF", "CHE", "CHF", "CHW", "CLF", "CLP", "CNY", "COP", "COU", "CRC", "CUP", "CVE",
    "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL",
    "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR",
    "IQD", "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD",
    "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK",
    "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MXV", "MYR", "MZN", "NAD", "NGN", "NIO",
    "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON",
    "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD",
    "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD",
    "TZS", "UAH", "UGX", "USD", "USN", "UYI", "UYU", "UYW", "UZS", "VED", "VES", "VND", "VUV",
    "WST", "XAF", "XCD", "XCG", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
};

static int compare_codes(const void *a, const void *b)
{
    return strcmp(a, b);
}

bool payment_is_currency(const char *text)
{
    return bsearch(text, CURRENCIES, SL_ARRAY_LENGTH(CURRENCIES), sizeof(CURRENCIES[0]),
                   compare_codes) != NULL;
}

bool payment_is_repair_order_id(const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++) {
        if (!is_letter_or_digit(text[i]) && text[i] != '-' && text[i] != '_')
            return false;
    }
    return length >= 1 && length <= REPAIR_ORDER_ID_BYTES;
}

void payment_check_repair_order_id(const json_t *parameters, struct agent_faults *faults)
{
    const json_t *given = json_object_get(parameters, "repair_order_id");
    if (!json_is_string(given) || !payment_is_repair_order_id(json_string_value(given)))
        agent_faults_add(faults, "repair_order_id", given,
                         "text of 1 to 64 letters, digits, dashes and underscores");
}

void payment_check_amount(const json_t *parameters, struct agent_faults *faults)
{
    const json_t *given = json_object_get(parameters, "amount");
    double amount = json_number_value(given);
    if (!json_is_number(given) || !isfinite(amount) || amount <= 0)
        agent_faults_add(faults, "amount", given, "a number above 0");
}

void payment_check_currency(const json_t *parameters, struct agent_faults *faults)
{
    const json_t *given = json_object_get(parameters, "currency");
    if (given == NULL || json_is_null(given))
        return;
    if (!json_is_string(given) || !payment_is_currency(json_string_value(given)))
        agent_faults_add(faults, "currency", given, "an ISO 4217 code such as \"USD\"");
}

void payment_check_customer_email(const json_t *parameters, struct agent_faults *faults)
{
    const json_t *given = json_object_get(parameters, "customer_email");
    if (!json_is_string(given) || !payment_is_email(json_string_value(given)))
        agent_faults_add(faults, "customer_email", given,
                         "an e-mail address such as \"name@example.com\"");
}
