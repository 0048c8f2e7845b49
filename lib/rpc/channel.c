#include "rpc/channel.h"

#include <grpc/grpc_security.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "loop/queue.h"
#include "rpc/channel_private.h"
#include "rpc/tls_private.h"

enum {
    DEFAULT_TIMEOUT_MS = 30000,
    DEFAULT_MAX_MESSAGE_BYTES = 4 * 1024 * 1024,
    /* A service that was restarted is found again soon after: gRPC's own limit is two minutes. */
    FIRST_BACKOFF_MS = 200,
    LONGEST_BACKOFF_MS = 3000,
    DEFAULT_KEEPALIVE_TIMEOUT_MS = 20000,
    ARGUMENT_LIMIT = 16,
};

struct arguments {
    grpc_arg items[ARGUMENT_LIMIT];
    size_t count;
};

static void add_integer(struct arguments *arguments, const char *key, int value)
{
    arguments->items[arguments->count++] =
        (grpc_arg){.type = GRPC_ARG_INTEGER, .key = (char *)(uintptr_t)key, .value.integer = value};
}

static void add_string(struct arguments *arguments, const char *key, const char *value)
{
    arguments->items[arguments->count++] = (grpc_arg){.type = GRPC_ARG_STRING,
                                                      .key = (char *)(uintptr_t)key,
                                                      .value.string = (char *)(uintptr_t)value};
}

/* Service names are letters, digits, dots and underscores: anything else would break the JSON. */
static bool is_service_name(const char *name)
{
    static const char ALLOWED[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._";
    return strspn(name, ALLOWED) == strlen(name);
}

static enum sl_code write_service_config(const struct sl_channel_options *options,
                                         struct sl_text *text, struct sl_error *err)
{
    sl_text_append(text, "{\"loadBalancingConfig\": [{\"round_robin\": {}}]");
    if (options->health_service != NULL) {
        if (!is_service_name(options->health_service))
            return sl_error_set(err, SL_INVALID_ARGUMENT, "no name of a service: %s",
                                options->health_service);
        sl_text_printf(text, ", \"healthCheckConfig\": {\"serviceName\": \"%s\"}",
                       options->health_service);
    }
    if (options->service_config_members != NULL)
        sl_text_printf(text, ", %s", options->service_config_members);
    sl_text_append(text, "}");
    return sl_text_failed(text) ? sl_error_no_memory(err) : SL_OK;
}

static int int_argument(int64_t value)
{
    return value > INT32_MAX ? INT32_MAX : (int)value;
}

static void add_keepalive(const struct sl_channel_options *options, struct arguments *arguments)
{
    if (options->keepalive_ms <= 0)
        return;
    int64_t timeout_ms = options->keepalive_timeout_ms;
    add_integer(arguments, GRPC_ARG_KEEPALIVE_TIME_MS, int_argument(options->keepalive_ms));
    add_integer(arguments, GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                timeout_ms > 0 ? int_argument(timeout_ms) : DEFAULT_KEEPALIVE_TIMEOUT_MS);
    add_integer(arguments, GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    /* However long nothing else is sent. */
    add_integer(arguments, GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
}

/*
 * Retries stay off unless the service config asks for them, the transparent ones too: a call that
 * changes something must not be made twice behind its caller's back. Service configs come from the
 * options only, never from DNS, and no proxy of the environment stands between our own services.
 */
static void fill_arguments(const struct sl_channel *channel,
                           const struct sl_channel_options *options, const char *service_config,
                           struct arguments *arguments)
{
    add_string(arguments, GRPC_ARG_SERVICE_CONFIG, service_config);
    add_integer(arguments, GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
    add_integer(arguments, GRPC_ARG_ENABLE_RETRIES, channel->may_retry);
    add_integer(arguments, GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    add_integer(arguments, GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH,
                int_argument((int64_t)channel->max_message_bytes));
    /* See inflate.h. */
    add_integer(arguments, GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
    add_keepalive(options, arguments);
    add_integer(arguments, GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, FIRST_BACKOFF_MS);
    add_integer(arguments, GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, LONGEST_BACKOFF_MS);
    add_integer(arguments, GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, LONGEST_BACKOFF_MS);
    /* A name is asked again when an address is lost, but no more often than this (half a minute is
     * gRPC's own): replicas that were replaced are found as soon as those that were restarted. */
    add_integer(arguments, GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, LONGEST_BACKOFF_MS);
    if (options->tls != NULL && options->tls->server_name != NULL)
        add_string(arguments, GRPC_SSL_TARGET_NAME_OVERRIDE_ARG, options->tls->server_name);
}

static enum sl_code connect(struct sl_channel *channel, const struct sl_channel_options *options,
                            struct sl_error *err)
{
    SL_CLEANUP(sl_text_cleanup) struct sl_text config = {0};
    SL_TRY(write_service_config(options, &config, err));
    struct arguments arguments = {.count = 0};
    fill_arguments(channel, options, sl_text_string(&config), &arguments);
    grpc_channel_args args = {arguments.count, arguments.items};
    grpc_channel_credentials *credentials = NULL;
    SL_TRY(sl_tls_channel_credentials(options->tls, &credentials, err));
    channel->core = grpc_channel_create(options->target, credentials, &args);
    grpc_channel_credentials_release(credentials);
    if (channel->core == NULL)
        return sl_error_no_memory(err);
    /* gRPC answers a bad target or service config with a channel on which every call fails. */
    if (!grpc_channel_support_connectivity_watcher(channel->core))
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "a target or service config that gRPC does not take: %s %s",
                            options->target, sl_text_string(&config));
    return SL_OK;
}

enum sl_code sl_channel_new(struct sl_loop *loop, const struct sl_channel_options *options,
                            struct sl_channel **ret_channel, struct sl_error *err)
{
    if (options->target == NULL || options->target[0] == '\0')
        return sl_error_set(err, SL_INVALID_ARGUMENT,
                            "an empty target; wanted: host:port or another gRPC target");
    SL_TRY(sl_tls_check_choice(options->tls, options->is_insecure, "a channel", err));
    struct sl_channel *channel = sl_alloc(sizeof(*channel));
    if (channel == NULL)
        return sl_error_no_memory(err);
    sl_grpc_init();
    atomic_store(&channel->references, 1);
    channel->loop = loop;
    channel->target = sl_strdup(options->target);
    channel->default_timeout_ms =
        options->default_timeout_ms == 0 ? DEFAULT_TIMEOUT_MS : options->default_timeout_ms;
    channel->max_message_bytes =
        options->max_message_bytes != 0 ? options->max_message_bytes : DEFAULT_MAX_MESSAGE_BYTES;
    channel->may_retry = options->service_config_members != NULL &&
                         strstr(options->service_config_members, "\"retryPolicy\"") != NULL;
    enum sl_code code =
        channel->target == NULL ? sl_error_no_memory(err) : connect(channel, options, err);
    if (code != SL_OK) {
        sl_channel_unref(channel);
        return code;
    }
    *ret_channel = channel;
    return SL_OK;
}

void sl_channel_ref(struct sl_channel *channel)
{
    atomic_fetch_add(&channel->references, 1);
}

void sl_channel_unref(struct sl_channel *channel)
{
    if (atomic_fetch_sub(&channel->references, 1) != 1)
        return;
    if (channel->core != NULL)
        grpc_channel_destroy(channel->core);
    grpc_shutdown();
    sl_free(channel->target);
    sl_free(channel);
}

void sl_channel_free(struct sl_channel *channel)
{
    if (channel != NULL)
        sl_channel_unref(channel);
}

const char *sl_channel_target(const struct sl_channel *channel)
{
    return channel->target;
}

/*
 * Called by gRPC instead of its own function of this name (C++ mangled), which an executable may
 * replace: in gRPC 1.51 a server that answers the HTTP/2 preface with "HTTP/1.1 200" makes of a
 * failed connection one that failed with OK, and round robin then starts calls on no connection:
 * the process ends by a signal. Here 200 is no success, as it is none for a call either. Where gRPC
 * has another name for it, this is never called. Source: gRPC, doc/http-grpc-status-mapping.md.
 */
__attribute__((used, visibility("default"))) grpc_status_code
sl_grpc_status_of_http(int status) __asm__("_Z32grpc_http2_status_to_grpc_statusi");

grpc_status_code sl_grpc_status_of_http(int status)
{
    switch (status) {
    case 400:
        return GRPC_STATUS_INTERNAL;
    case 401:
        return GRPC_STATUS_UNAUTHENTICATED;
    case 403:
        return GRPC_STATUS_PERMISSION_DENIED;
    case 404:
        return GRPC_STATUS_UNIMPLEMENTED;
    case 429:
    case 502:
    case 503:
    case 504:
        return GRPC_STATUS_UNAVAILABLE;
    default:
        return GRPC_STATUS_UNKNOWN;
    }
}
