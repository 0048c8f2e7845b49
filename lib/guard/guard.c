#include "guard/guard.h"

#include <string.h>

#include "auth/exposure.h"

static bool is_set(const char *text)
{
    return text != NULL && *text != '\0';
}

static const struct sl_guard_settings nothing;

/* ---- who may call ---- */

enum sl_code sl_guard_new(const struct sl_guard_settings *settings, const struct sl_clock *clock,
                          struct sl_auth **ret_auth, struct sl_error *err)
{
    if (settings == NULL)
        settings = &nothing;
    struct sl_auth_options options = {
        .clock = clock,
        .keys_file = settings->keys_file,
        .jwks_file = settings->jwks_file,
        .jwt_secret_file = settings->jwt_secret_file,
        .jwt_issuer = settings->jwt_issuer,
        .jwt_audience = settings->jwt_audience,
        .tenant_claim = settings->tenant_claim,
        .dealer_claim = settings->dealer_claim,
    };
    if (is_set(settings->certificate_file) != is_set(settings->key_file))
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "SERVICELANE_TLS_CERTIFICATE_FILE and SERVICELANE_TLS_KEY_FILE are "
                            "wanted together");
    if (is_set(settings->client_ca_file) && !is_set(settings->certificate_file))
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "SERVICELANE_TLS_CLIENT_CA_FILE is wanted together with "
                            "SERVICELANE_TLS_CERTIFICATE_FILE");
    return sl_auth_new(&options, ret_auth, err);
}

bool sl_guard_is_open(const struct sl_method *method)
{
    return strcmp(method->service->name, "grpc.health.v1.Health") == 0 ||
           strcmp(method->name, "GetHealth") == 0;
}

/* A service's key is good for the tenant that the call names, if it may act for that one. */
static enum sl_code check_tenant(const struct sl_server_call *call,
                                 const struct sl_identity *identity, struct sl_error *err)
{
    const char *tenant = sl_metadata_get(sl_server_call_metadata(call), "x-tenant-id");
    if (identity->role == SL_ROLE_CLIENT ||
        sl_identity_may_act_for(identity, is_set(tenant) ? tenant : ""))
        return SL_OK;
    if (!is_set(tenant))
        return sl_error_set(err, SL_PERMISSION_DENIED,
                            "%s may act for some tenants only, and x-tenant-id names none",
                            identity->name);
    return sl_error_set(err, SL_PERMISSION_DENIED, "%s may not act for tenant %s", identity->name,
                        tenant);
}

static enum sl_code ask(void *arg, struct sl_server_call *call, struct sl_error *err)
{
    const struct sl_metadata *metadata = sl_server_call_metadata(call);
    const struct sl_credential credential = {sl_metadata_get(metadata, "authorization"),
                                             sl_metadata_get(metadata, "x-api-key")};
    const struct sl_identity *identity = NULL;
    if (sl_guard_is_open(sl_server_call_method(call)))
        return SL_OK;
    SL_TRY(sl_auth_check(arg, &credential, sl_server_call_arena(call), &identity, err));
    SL_TRY(check_tenant(call, identity, err));
    sl_server_call_set_context(call, (void *)identity);
    return SL_OK;
}

enum sl_code sl_guard_install(struct sl_server *server, struct sl_auth *auth)
{
    return auth != NULL ? sl_server_add_interceptor(server, ask, NULL, auth) : SL_OK;
}

const struct sl_identity *sl_guard_identity(const struct sl_server_call *call)
{
    return sl_server_call_context(call);
}

static const char *first_set(const char *a, const char *b)
{
    return is_set(a) ? a : b;
}

struct sl_guard_caller sl_guard_caller_of(const struct sl_server_call *call,
                                          const struct sl_guard_caller *defaults)
{
    const struct sl_identity *identity = sl_guard_identity(call);
    const struct sl_metadata *metadata = sl_server_call_metadata(call);
    if (identity != NULL && identity->role == SL_ROLE_CLIENT)
        return (struct sl_guard_caller){identity->tenant,
                                        first_set(identity->dealer, defaults->dealer),
                                        first_set(identity->user, defaults->user)};
    return (struct sl_guard_caller){
        first_set(sl_metadata_get(metadata, "x-tenant-id"), defaults->tenant),
        first_set(sl_metadata_get(metadata, "x-dealer-id"), defaults->dealer),
        first_set(sl_metadata_get(metadata, "x-user-id"), defaults->user),
    };
}

enum sl_code sl_guard_add_key(const char *own_key, struct sl_metadata *metadata,
                              struct sl_arena *arena)
{
    return is_set(own_key) ? sl_metadata_add(metadata, arena, "x-api-key", own_key) : SL_OK;
}

/* ---- TLS ---- */

void sl_guard_server_options(const struct sl_guard_settings *settings, struct sl_tls_options *tls,
                             struct sl_server_options *options)
{
    if (settings == NULL)
        settings = &nothing;
    options->is_insecure = !is_set(settings->certificate_file);
    options->tls = options->is_insecure ? NULL : tls;
    *tls = (struct sl_tls_options){
        .certificate_file = settings->certificate_file,
        .key_file = settings->key_file,
        .ca_file = is_set(settings->client_ca_file) ? settings->client_ca_file : NULL,
        .requires_client_certificate = is_set(settings->client_ca_file),
    };
}

void sl_guard_channel_options(const struct sl_guard_settings *settings, struct sl_tls_options *tls,
                              struct sl_channel_options *options)
{
    if (settings == NULL)
        settings = &nothing;
    bool has_own = is_set(settings->certificate_file) && is_set(settings->key_file);
    options->is_insecure = !is_set(settings->ca_file);
    options->tls = options->is_insecure ? NULL : tls;
    *tls = (struct sl_tls_options){
        .ca_file = settings->ca_file,
        .certificate_file = has_own ? settings->certificate_file : NULL,
        .key_file = has_own ? settings->key_file : NULL,
        .server_name = is_set(settings->server_name) ? settings->server_name : NULL,
    };
}

const struct sl_tls_options *sl_guard_probe_tls(const struct sl_guard_settings *settings,
                                                struct sl_tls_options *tls)
{
    struct sl_channel_options channel = {0};
    if (!is_set(settings->certificate_file))
        return NULL;
    sl_guard_channel_options(settings, tls, &channel);
    if (!is_set(tls->ca_file))
        tls->ca_file = settings->certificate_file;
    return tls;
}

void sl_guard_say_exposure(const struct sl_guard_settings *settings, const char *listen)
{
    if (settings == NULL)
        settings = &nothing;
    struct sl_exposure exposure = {
        .listen = listen,
        .has_credentials = is_set(settings->keys_file) || is_set(settings->jwks_file) ||
                           is_set(settings->jwt_secret_file),
        .has_tls = is_set(settings->certificate_file),
    };
    sl_exposure_say(&exposure);
}
