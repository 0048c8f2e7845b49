#include "exchange.h"

#include <stdio.h>
#include <string.h>

#include "exchange_private.h"
#include "payload.h"

/* How long a call may take on a busy machine. */
#define PATIENCE_MS 60000

/* ---- What comes ---- */

void interop_exchange_note(struct interop_exchange *exchange, const Grpc__Testing__Payload *payload)
{
    if (exchange->count == INTEROP_MAX_MESSAGES)
        return;
    exchange->sizes[exchange->count] = payload != NULL ? payload->body.len : 0;
    exchange->were_compressed[exchange->count] = sl_call_was_compressed(exchange->call);
    exchange->count++;
}

static void note_trailing(struct interop_exchange *exchange, const struct sl_metadata *metadata)
{
    for (size_t i = 0; i < metadata->count; i++) {
        const struct sl_metadata_entry *entry = &metadata->entries[i];
        size_t length = 0;
        if (strcmp(entry->key, INTEROP_ECHO_TRAILING) != 0)
            continue;
        for (size_t k = 0; k < entry->length && length + 3 < sizeof(exchange->echoed_trailing); k++)
            length += (size_t)snprintf(exchange->echoed_trailing + length, 3, "%02x",
                                       (unsigned char)entry->value[k]);
    }
}

void interop_exchange_end(const struct sl_call_info *info, void *arg)
{
    struct interop_exchange *exchange = arg;
    const char *initial = sl_metadata_get(info->initial_metadata, INTEROP_ECHO_INITIAL);
    exchange->status = info->error;
    snprintf(exchange->echoed_initial, sizeof(exchange->echoed_initial), "%s",
             initial != NULL ? initial : "");
    if (info->trailing_metadata != NULL)
        note_trailing(exchange, info->trailing_metadata);
    exchange->is_over = true;
}

static void on_empty(const struct sl_call_info *info, const Grpc__Testing__Empty *response,
                     void *arg)
{
    (void)response;
    interop_exchange_end(info, arg);
}

static void on_simple(const struct sl_call_info *info,
                      const Grpc__Testing__SimpleResponse *response, void *arg)
{
    if (response != NULL)
        interop_exchange_note(arg, response->payload);
    interop_exchange_end(info, arg);
}

static enum sl_flow on_output(const Grpc__Testing__StreamingOutputCallResponse *message, void *arg)
{
    struct interop_exchange *exchange = arg;
    interop_exchange_note(exchange, message->payload);
    return exchange->count == exchange->cancels_after ? SL_FLOW_CANCEL : SL_FLOW_NEXT;
}

/* ---- The call around it ---- */

struct sl_call_options interop_exchange_options(const struct interop_exchange *exchange)
{
    struct sl_call_options options = {.timeout_ms = exchange->timeout_ms,
                                      .metadata = exchange->metadata,
                                      .is_compressed = exchange->is_compressed};
    if (options.timeout_ms == 0)
        options.timeout_ms = PATIENCE_MS;
    return options;
}

/* code is how the start of the call went. */
void interop_exchange_await(struct interop_exchange *exchange, enum sl_code code)
{
    struct sl_loop *loop = exchange->client->loop;
    if (code != SL_OK) {
        sl_error_set(&exchange->status, code, "the call cannot be started");
    } else if (!sl_loop_run_until(loop, &exchange->is_over, 2 * PATIENCE_MS)) {
        sl_call_cancel(exchange->call);
        sl_loop_run_until(loop, &exchange->is_over, PATIENCE_MS);
        sl_error_set(&exchange->status, SL_INTERNAL, "the call has not ended in %d s",
                     2 * PATIENCE_MS / 1000);
    }
}

void interop_exchange_empty(struct interop_exchange *exchange)
{
    const Grpc__Testing__Empty request = GRPC__TESTING__EMPTY__INIT;
    struct sl_call_options options = interop_exchange_options(exchange);
    interop_exchange_await(exchange, test_service_empty_call_start(exchange->client->channel,
                                                                   &options, &request, on_empty,
                                                                   exchange, &exchange->call));
}

void interop_exchange_unimplemented_method(struct interop_exchange *exchange)
{
    const Grpc__Testing__Empty request = GRPC__TESTING__EMPTY__INIT;
    struct sl_call_options options = interop_exchange_options(exchange);
    interop_exchange_await(exchange, test_service_unimplemented_call_start(
                                         exchange->client->channel, &options, &request, on_empty,
                                         exchange, &exchange->call));
}

void interop_exchange_unimplemented_service(struct interop_exchange *exchange)
{
    const Grpc__Testing__Empty request = GRPC__TESTING__EMPTY__INIT;
    struct sl_call_options options = interop_exchange_options(exchange);
    interop_exchange_await(exchange, unimplemented_service_unimplemented_call_start(
                                         exchange->client->channel, &options, &request, on_empty,
                                         exchange, &exchange->call));
}

void interop_exchange_unary(struct interop_exchange *exchange,
                            const Grpc__Testing__SimpleRequest *request)
{
    struct sl_call_options options = interop_exchange_options(exchange);
    interop_exchange_await(exchange, test_service_unary_call_start(exchange->client->channel,
                                                                   &options, request, on_simple,
                                                                   exchange, &exchange->call));
}

void interop_exchange_output(struct interop_exchange *exchange,
                             const Grpc__Testing__StreamingOutputCallRequest *request)
{
    const struct test_service_streaming_output_call_callbacks callbacks = {on_output,
                                                                           interop_exchange_end};
    struct sl_call_options options = interop_exchange_options(exchange);
    interop_exchange_await(exchange, test_service_streaming_output_call_start(
                                         exchange->client->channel, &options, request, &callbacks,
                                         exchange, &exchange->call));
}

void interop_exchange_done(struct interop_exchange *exchange)
{
    sl_call_unref(exchange->call);
}
