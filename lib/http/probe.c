#include "http/probe.h"

#include <stdbool.h>

#include "http/client.h"
#include "loop/loop.h"

struct probe {
    bool is_done;
    struct sl_error error;
};

static void on_done(const struct sl_error *error, const struct sl_http_response *response,
                    void *arg)
{
    struct probe *probe = arg;
    (void)response;
    probe->error = *error;
    probe->is_done = true;
}

static enum sl_code ask(struct sl_loop *loop, const char *url, int64_t timeout_ms,
                        struct sl_error *err)
{
    struct probe probe = {0};
    struct sl_http_client *client = NULL;
    const struct sl_http_request request = {.method = "GET", .url = url, .timeout_ms = timeout_ms};
    /* It is one's own port: whether it answers is all that is asked, and nothing is told to it. */
    const struct sl_http_client_options options = {.trusts_any_certificate = true};
    SL_TRY(sl_http_client_new(loop, &options, &client, err));
    enum sl_code code = sl_http_request_start(client, &request, on_done, &probe, NULL, err);
    if (code == SL_OK) {
        /* The transfer keeps the time; this one is only for a client that is stuck. */
        sl_loop_run_until(loop, &probe.is_done, 2 * timeout_ms);
        code = probe.error.code;
        if (err != NULL)
            *err = probe.error;
    }
    sl_http_client_free(client);
    return code;
}

enum sl_code sl_http_probe(const char *url, int64_t timeout_ms, struct sl_error *err)
{
    struct sl_loop *loop = NULL;
    SL_TRY(sl_loop_new(NULL, &loop, err));
    enum sl_code code = ask(loop, url, timeout_ms, err);
    sl_loop_free(loop);
    return code;
}
