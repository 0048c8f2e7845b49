#ifndef SL_GUARD_SETTINGS_H
#define SL_GUARD_SETTINGS_H

#include <stddef.h>

#include "base/config.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * What the environment says of who may call and of TLS: a member of a program's configuration,
 * filled by the variables below. Texts are "" where they are not set.
 */
struct sl_guard_settings {
    /* Who may call. */
    const char *keys_file, *jwks_file, *jwt_secret_file;
    const char *jwt_issuer, *jwt_audience, *tenant_claim, *dealer_claim;
    /* TLS of what this program serves. */
    const char *certificate_file, *key_file, *client_ca_file;
    /* What this program shows, and TLS, where it calls other services. */
    const char *own_key;
    const char *ca_file, *server_name;
};

#define SL_GUARD_TEXT_(type, member, variable, sort, text, field)                                  \
    {                                                                                              \
        .name = variable, .kind = sort, .is_optional = true, .description = text,                  \
        .offset = offsetof(type, member) + offsetof(struct sl_guard_settings, field)               \
    }

/** Rows of a configuration table for a program that serves; `member` is its sl_guard_settings. */
#define SL_GUARD_SERVER_VARIABLES(type, member)                                                    \
    SL_GUARD_TEXT_(type, member, "SERVICELANE_AUTH_KEYS_FILE", SL_CONFIG_PATH,                     \
                   "JSON file of the API keys that may call; empty: nobody is asked for one.",     \
                   keys_file),                                                                     \
        SL_GUARD_TEXT_(type, member, "SERVICELANE_AUTH_JWKS_FILE", SL_CONFIG_PATH,                 \
                       "JSON Web Key Set whose RS256 tokens may call.", jwks_file),                \
        SL_GUARD_TEXT_(type, member, "SERVICELANE_AUTH_JWT_SECRET_FILE", SL_CONFIG_PATH,           \
                       "File of the secret (32 bytes or more) whose HS256 tokens may call.",       \
                       jwt_secret_file),                                                           \
        SL_GUARD_TEXT_(type, member, "SERVICELANE_AUTH_JWT_ISSUER", SL_CONFIG_STRING,              \
                       "Issuer (iss) that tokens have to come from; needed with a JWKS file.",     \
                       jwt_issuer),                                                                \
        SL_GUARD_TEXT_(type, member, "SERVICELANE_AUTH_JWT_AUDIENCE", SL_CONFIG_STRING,            \
                       "Audience (aud) that tokens have to name; needed with a JWKS file.",        \
                       jwt_audience),                                                              \
        SL_GUARD_TEXT_(type, member, "SERVICELANE_AUTH_JWT_TENANT_CLAIM", SL_CONFIG_STRING,        \
                       "Claim that holds the tenant (tenant_id).", tenant_claim),                  \
        SL_GUARD_TEXT_(type, member, "SERVICELANE_AUTH_JWT_DEALER_CLAIM", SL_CONFIG_STRING,        \
                       "Claim that holds the dealer (dealer_id).", dealer_claim),                  \
        SL_GUARD_TEXT_(type, member, "SERVICELANE_TLS_CERTIFICATE_FILE", SL_CONFIG_PATH,           \
                       "PEM certificate of this server; with it only TLS is spoken.",              \
                       certificate_file),                                                          \
        SL_GUARD_TEXT_(type, member, "SERVICELANE_TLS_KEY_FILE", SL_CONFIG_PATH,                   \
                       "PEM private key of that certificate.", key_file),                          \
        SL_GUARD_TEXT_(type, member, "SERVICELANE_TLS_CLIENT_CA_FILE", SL_CONFIG_PATH,             \
                       "PEM certificates that callers' certificates come from; with it callers "   \
                       "have to show one.",                                                        \
                       client_ca_file)

/** Rows of a configuration table for a program that calls other services' gRPC. */
#define SL_GUARD_CHANNEL_VARIABLES(type, member)                                                   \
    SL_GUARD_TEXT_(type, member, "SERVICELANE_TLS_CA_FILE", SL_CONFIG_PATH,                        \
                   "PEM certificates that called services' come from; with it TLS is spoken to "   \
                   "them.",                                                                        \
                   ca_file),                                                                       \
        SL_GUARD_TEXT_(                                                                            \
            type, member, "SERVICELANE_TLS_SERVER_NAME", SL_CONFIG_STRING,                         \
            "Name in called services' certificates, where it is not the target's host.",           \
            server_name)

/** Row for a program that calls in its own name, by a key of role "service". */
#define SL_GUARD_OWN_KEY_VARIABLE(type, member)                                                    \
    {                                                                                              \
        .name = "SERVICELANE_AUTH_KEY", .kind = SL_CONFIG_STRING, .is_optional = true,             \
        .is_secret = true, .description = "Key that this program shows to the services it calls.", \
        .offset = offsetof(type, member) + offsetof(struct sl_guard_settings, own_key)             \
    }

#ifdef __cplusplus
}
#endif

#endif
