#ifndef SL_AUTH_EXPOSURE_H
#define SL_AUTH_EXPOSURE_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Whether "host:port" names this machine only. */
bool sl_listen_is_loopback(const char *listen);

/** What protects an address that a server listens on. */
struct sl_exposure {
    const char *listen;
    /** Callers have to show who they are. */
    bool has_credentials;
    bool has_tls;
};

/**
 * Says in the log, loudly, what is missing where an address can be reached from other machines;
 * nothing on loopback. At the start, once for each address.
 */
void sl_exposure_say(const struct sl_exposure *exposure);

#ifdef __cplusplus
}
#endif

#endif
