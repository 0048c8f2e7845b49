/* interop-client: the client of gRPC's interoperability tests, on stubs of our own generator. */
#include <stdio.h>

#include "cases.h"
#include "flags.h"

static enum sl_code channel_new(struct interop_client *client, const struct interop_flags *flags,
                                struct sl_error *err)
{
    char target[300];
    snprintf(target, sizeof(target), "%s:%d", flags->server_host, flags->port);
    const struct sl_tls_options tls = {.ca_file = flags->ca_file,
                                       .server_name = flags->server_host_override};
    const struct sl_channel_options options = {
        .target = target, .tls = flags->use_tls ? &tls : NULL, .is_insecure = !flags->use_tls};
    return sl_channel_new(client->loop, &options, &client->channel, err);
}

static enum sl_code run(const struct interop_flags *flags, struct sl_error *err)
{
    struct interop_client client = {0};
    const struct interop_case *wanted = interop_case_find(flags->test_case);
    if (wanted == NULL)
        return sl_error_set(err, SL_INVALID_ARGUMENT, "there is no case of this name: %.100s",
                            flags->test_case);
    SL_TRY(sl_loop_new(NULL, &client.loop, err));
    enum sl_code code = channel_new(&client, flags, err);
    if (code == SL_OK && wanted->run(&client, err) != SL_OK)
        code = sl_error_prefix(err, "%s", wanted->name);
    sl_channel_free(client.channel);
    sl_loop_free(client.loop);
    return code;
}

int main(int argc, char **argv)
{
    struct interop_flags flags = {.server_host = "localhost", .test_case = "large_unary"};
    struct sl_error err = {0};
    enum sl_code code = interop_flags_read(&flags, argc, argv, &err);
    if (code == SL_OK)
        code = run(&flags, &err);
    if (code == SL_OK)
        printf("%s: passed\n", flags.test_case);
    else
        fprintf(stderr, "interop-client: %s\n", err.message);
    return code == SL_OK ? 0 : 1;
}
