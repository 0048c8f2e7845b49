#include <grpc/grpc.h>

#include "rpc/call_private.h"
#include "rpc/channel_private.h"

/* A caller that waits: it is its own loop, on a queue that lives as long as the call. */
struct waiting {
    bool is_done;
    struct sl_error error;
    ProtobufCMessage *response;
};

static void waiting_done(const struct sl_call_info *info, const ProtobufCMessage *response,
                         void *arg)
{
    struct waiting *waiting = arg;
    waiting->is_done = true;
    waiting->error = info->error;
    /* Unpacked into the waiting caller's arena, so it outlives the call. */
    waiting->response = (ProtobufCMessage *)(uintptr_t)response;
}

void sl_call_wait(grpc_completion_queue *queue)
{
    const gpr_timespec never = gpr_inf_future(GPR_CLOCK_MONOTONIC);
    grpc_event event = grpc_completion_queue_next(queue, never, NULL);
    struct sl_completion *completion = event.tag;
    completion->fn(completion, event.success != 0);
}

void sl_call_wait_end(grpc_completion_queue *queue)
{
    const gpr_timespec never = gpr_inf_future(GPR_CLOCK_MONOTONIC);
    grpc_completion_queue_shutdown(queue);
    while (grpc_completion_queue_next(queue, never, NULL).type != GRPC_QUEUE_SHUTDOWN)
        ;
    grpc_completion_queue_destroy(queue);
}

enum sl_code sl_call_unary(struct sl_channel *channel, const struct sl_method *method,
                           const struct sl_call_options *options, const ProtobufCMessage *request,
                           struct sl_arena *arena, ProtobufCMessage **ret_response,
                           struct sl_error *err)
{
    grpc_completion_queue *queue = grpc_completion_queue_create_for_next(NULL);
    if (queue == NULL)
        return sl_error_no_memory(err);
    struct waiting waiting = {0};
    const struct sl_call_start start = {.options = options,
                                        .request = request,
                                        .unary_done = waiting_done,
                                        .arg = &waiting,
                                        .queue = queue,
                                        .message_arena = arena};
    enum sl_code code = sl_call_begin(channel, method, &start, NULL);
    while (code == SL_OK && !waiting.is_done)
        sl_call_wait(queue);
    sl_call_wait_end(queue);
    if (code != SL_OK)
        return sl_error_set(err, code, "%s could not be called: out of memory", method->path);
    if (waiting.error.code != SL_OK) {
        if (err != NULL)
            *err = waiting.error;
        return waiting.error.code;
    }
    *ret_response = waiting.response;
    return SL_OK;
}
