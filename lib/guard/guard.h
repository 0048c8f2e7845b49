#ifndef SL_GUARD_GUARD_H
#define SL_GUARD_GUARD_H

#include <stdbool.h>

#include "auth/auth.h"
#include "guard/settings.h"
#include "rpc/channel.h"
#include "rpc/method.h"
#include "rpc/server.h"
#include "rpc/server_call.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The door of every server program: lib/auth and TLS files, put before lib/rpc's servers and
 * channels by one configuration. settings may be NULL: nobody is asked, plain text is spoken. Loop
 * only.
 */

/** As sl_auth_new(), from the configuration; *ret_auth NULL where nobody is asked. A certificate
 * without its key, or the other way round, is SL_INVALID_ARGUMENT. */
SL_MUST_USE enum sl_code sl_guard_new(const struct sl_guard_settings *settings,
                                      const struct sl_clock *clock, struct sl_auth **ret_auth,
                                      struct sl_error *err);

/**
 * Has every call checked before its handler, except those for health. auth is borrowed until
 * sl_server_free(); NULL: nothing is done. It uses the context of the calls
 * (sl_server_call_set_context). Before sl_server_start().
 */
SL_MUST_USE enum sl_code sl_guard_install(struct sl_server *server, struct sl_auth *auth);

/** Whether a method may be called without a credential: grpc.health.v1, and any GetHealth, so that
 * whoever watches over a service needs no key. */
bool sl_guard_is_open(const struct sl_method *method);

/** Who calls; NULL where nobody was asked. Owned by the call. */
const struct sl_identity *sl_guard_identity(const struct sl_server_call *call);

/** For whom a call is made. Never NULL. */
struct sl_guard_caller {
    const char *tenant, *dealer, *user;
};

/**
 * For whom: what the credential says where one was asked for; else, and where it is a service's,
 * what x-tenant-id, x-dealer-id and x-user-id say; what neither says comes from defaults. Borrows
 * from both.
 */
struct sl_guard_caller sl_guard_caller_of(const struct sl_server_call *call,
                                          const struct sl_guard_caller *defaults);

/** Fills what a server has of TLS; tls is storage that lives until the server is made. */
void sl_guard_server_options(const struct sl_guard_settings *settings, struct sl_tls_options *tls,
                             struct sl_server_options *options);

/** Fills what a channel has of TLS; tls is storage that lives until the channel is made. */
void sl_guard_channel_options(const struct sl_guard_settings *settings, struct sl_tls_options *tls,
                              struct sl_channel_options *options);

/**
 * TLS with which a program asks its own server for its health, NULL for plain text; tls is storage.
 * Its own certificate is trusted where no authority is configured, which does for one that is
 * signed by itself.
 */
const struct sl_tls_options *sl_guard_probe_tls(const struct sl_guard_settings *settings,
                                                struct sl_tls_options *tls);

/** Says loudly what is missing where listen is no loopback address. */
void sl_guard_say_exposure(const struct sl_guard_settings *settings, const char *listen);

/** Adds the program's own key to what a call sends, where it has one. */
SL_MUST_USE enum sl_code sl_guard_add_key(const char *own_key, struct sl_metadata *metadata,
                                          struct sl_arena *arena);

#ifdef __cplusplus
}
#endif

#endif
