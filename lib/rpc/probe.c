#include "rpc/probe.h"

#include "grpc/health/v1/health.pb-c.h"
#include "rpc/call.h"
#include "rpc/channel.h"

/* The stubs stand above this library; one method is said by hand. */
static const struct sl_method check = {
    .name = "Check",
    .path = "/grpc.health.v1.Health/Check",
    .request = &grpc__health__v1__health_check_request__descriptor,
    .response = &grpc__health__v1__health_check_response__descriptor,
};

static enum sl_code ask(struct sl_channel *channel, int64_t timeout_ms, struct sl_arena *arena,
                        struct sl_error *err)
{
    const struct sl_call_options options = {.timeout_ms = timeout_ms};
    const Grpc__Health__V1__HealthCheckRequest request =
        GRPC__HEALTH__V1__HEALTH_CHECK_REQUEST__INIT;
    ProtobufCMessage *message = NULL;
    SL_TRY(sl_call_unary(channel, &check, &options, &request.base, arena, &message, err));
    const Grpc__Health__V1__HealthCheckResponse *response =
        (const Grpc__Health__V1__HealthCheckResponse *)message;
    if (response->status == GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVING)
        return SL_OK;
    return sl_error_set(err, SL_UNAVAILABLE, "%s answers that it is not serving",
                        sl_channel_target(channel));
}

enum sl_code sl_rpc_probe(const char *address, const struct sl_tls_options *tls, int64_t timeout_ms,
                          struct sl_error *err)
{
    const struct sl_channel_options options = {
        .target = address, .tls = tls, .is_insecure = tls == NULL};
    struct sl_channel *channel = NULL;
    SL_TRY(sl_channel_new(NULL, &options, &channel, err));
    struct sl_arena *arena = sl_arena_new();
    enum sl_code code =
        arena != NULL ? ask(channel, timeout_ms, arena, err) : sl_error_no_memory(err);
    sl_arena_free(arena);
    sl_channel_free(channel);
    return code;
}
