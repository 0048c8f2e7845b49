#include <string.h>

#include "rpc/server_private.h"

static void clear(struct sl_accept *accept)
{
    grpc_metadata_array_destroy(&accept->metadata);
    grpc_metadata_array_init(&accept->metadata);
    if (accept->target == NULL)
        grpc_call_details_destroy(&accept->details);
}

static void accept_done(struct sl_completion *completion, bool ok);

static void accept_next(struct sl_accept *accept)
{
    struct sl_server *server = accept->server;
    grpc_completion_queue *queue = sl_loop_queue(server->loop);
    accept->core = NULL;
    accept->payload = NULL;
    accept->completion.fn = accept_done;
    grpc_call_error error;
    if (accept->target == NULL) {
        grpc_call_details_init(&accept->details);
        error = grpc_server_request_call(server->core, &accept->core, &accept->details,
                                         &accept->metadata, queue, queue, accept);
    } else {
        bool is_stream = accept->target->method->is_client_streaming;
        error = grpc_server_request_registered_call(
            server->core, accept->target->registered, &accept->core, &accept->deadline,
            &accept->metadata, is_stream ? NULL : &accept->payload, queue, queue, accept);
    }
    if (error == GRPC_CALL_OK)
        server->waiting_accepts++;
}

static void accept_done(struct sl_completion *completion, bool ok)
{
    struct sl_accept *accept = (struct sl_accept *)completion;
    struct sl_server *server = accept->server;
    server->waiting_accepts--;
    if (!ok) {
        /* The server is shutting down. */
        clear(accept);
        sl_server_check_stopped(server);
        return;
    }
    grpc_metadata_array metadata = accept->metadata;
    grpc_metadata_array_init(&accept->metadata);
    struct sl_arrival arrival = {.core = accept->core,
                                 .metadata = &metadata,
                                 .deadline = accept->target == NULL ? accept->details.deadline
                                                                    : accept->deadline,
                                 .payload = accept->payload};
    clear(accept);
    /* First the next: gRPC may hand it over while this one is looked at. */
    if (server->state != SL_SERVER_SHUTTING_DOWN)
        accept_next(accept);
    sl_server_call_arrived(server, accept->target, &arrival);
}

static void accept_first(struct sl_server *server, struct sl_accept *accept,
                         struct sl_server_method *target)
{
    accept->server = server;
    accept->target = target;
    grpc_metadata_array_init(&accept->metadata);
    accept_next(accept);
}

void sl_server_accept_all(struct sl_server *server)
{
    for (size_t i = 0; i < server->service_count; i++) {
        struct sl_server_service *service = &server->services[i];
        for (size_t j = 0; j < service->service->method_count; j++)
            accept_first(server, &service->methods[j].accept, &service->methods[j]);
    }
    accept_first(server, &server->unknown_accept, NULL);
}
