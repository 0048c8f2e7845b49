#include <ctype.h>
#include <string.h>

#include "orchestrator/rules/sentence.h"

/* What an id says of itself. */

/* How ids begin that name their kind themselves. */
static const struct {
    const char *prefix;
    enum rules_role role;
} id_prefixes[] = {
    {"ro-", ROLE_RO},
    {"ro_", ROLE_RO},
    {"wo-", ROLE_RO},
    {"ro", ROLE_RO},
    {"pay-", ROLE_PAYMENT},
    {"pay_", ROLE_PAYMENT},
    {"pay", ROLE_PAYMENT},
    {"pmt", ROLE_PAYMENT},
    {"pmt-", ROLE_PAYMENT},
    {"payment-", ROLE_PAYMENT},
    {"txn", ROLE_PAYMENT},
    {"cust", ROLE_CUSTOMER},
    {"customer", ROLE_CUSTOMER},
    {"c-", ROLE_CUSTOMER},
    {"veh", ROLE_VEHICLE},
    {"vehicle", ROLE_VEHICLE},
    {"v-", ROLE_VEHICLE},
    {"tech", ROLE_TECH},
    {"t-", ROLE_TECH},
    {"technician", ROLE_TECH},
    {"part-", ROLE_PART},
};

static bool is_vin(const char *text)
{
    size_t digits = 0;

    if (strlen(text) != 17)
        return false;
    for (const char *p = text; *p != '\0'; p++) {
        if (!isalnum((unsigned char)*p) || strchr("ioq", *p) != NULL)
            return false;
        digits += isdigit((unsigned char)*p) != 0;
    }
    return digits > 2;
}

enum rules_role rules_role_of_id(const struct rules_token *token)
{
    if (token->kind != RULES_ID)
        return ROLE_NUMBER;
    if (is_vin(token->text))
        return ROLE_VEHICLE;
    for (size_t i = 0; i < SL_ARRAY_LENGTH(id_prefixes); i++) {
        size_t length = strlen(id_prefixes[i].prefix);
        const char *rest = token->text + length;
        if (strncmp(token->text, id_prefixes[i].prefix, length) == 0 &&
            (isdigit((unsigned char)*rest) || *rest == '-' || *rest == '_'))
            return id_prefixes[i].role;
    }
    return ROLE_ID;
}

const char *rules_id_text(const struct rules_token *token)
{
    /* RO1234 is RO 1234 said in one breath; RO-77 is the order's own name. */
    bool is_joined = strncmp(token->text, "ro", 2) == 0 && isdigit((unsigned char)token->text[2]);

    return is_joined ? token->raw + 2 : token->raw;
}
