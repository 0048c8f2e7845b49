#include "auth/exposure.h"

#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/log.h"

bool sl_listen_is_loopback(const char *listen)
{
    static const char *const hosts[] = {"127.", "localhost:", "[::1]:", "unix:"};
    for (size_t i = 0; i < SL_ARRAY_LENGTH(hosts); i++) {
        if (strncasecmp(listen, hosts[i], strlen(hosts[i])) == 0)
            return true;
    }
    return false;
}

/* The words are fixed: an event's name never is made from input. */
static const char *words(bool has_credentials, bool has_tls)
{
    if (!has_credentials && !has_tls)
        return "OPEN TO THE NETWORK without keys and without TLS: whoever reaches this address can "
               "move money; set SERVICELANE_AUTH_KEYS_FILE and SERVICELANE_TLS_CERTIFICATE_FILE";
    if (!has_credentials)
        return "OPEN TO THE NETWORK without keys: whoever reaches this address can move money; set "
               "SERVICELANE_AUTH_KEYS_FILE";
    return "OPEN TO THE NETWORK without TLS: keys and data can be read on the way; set "
           "SERVICELANE_TLS_CERTIFICATE_FILE";
}

void sl_exposure_say(const struct sl_exposure *exposure)
{
    if (sl_listen_is_loopback(exposure->listen) || (exposure->has_credentials && exposure->has_tls))
        return;
    sl_log(SL_LOG_WARN, words(exposure->has_credentials, exposure->has_tls),
           sl_field_string("listen", exposure->listen));
}
