#include "rpc/waiting_call.h"

#include "base/memory.h"
#include "rpc/call_private.h"

enum sending { SENDING_NONE, SENDING_UNDER_WAY, SENDING_DONE, SENDING_REFUSED };

struct sl_waiting_call {
    struct sl_call *call;
    grpc_completion_queue *queue;
    /** The answer that came last, until the next is asked for: that is what reads on. */
    const ProtobufCMessage *message;
    bool is_handed_out;
    bool is_over;
    enum sending sending;
    struct sl_call_info info;
    struct sl_metadata initial, trailing;
};

static enum sl_code tell(struct sl_error *err, const struct sl_error *error)
{
    if (err != NULL)
        *err = *error;
    return error->code;
}

/* ---- What the queue brings ---- */

/* What info points to is the call's, except for the two structs and the peer. */
static void ended(struct sl_waiting_call *waiting, const struct sl_call_info *info)
{
    waiting->is_over = true;
    waiting->info = *info;
    waiting->initial = *info->initial_metadata;
    waiting->trailing = *info->trailing_metadata;
    waiting->info.initial_metadata = &waiting->initial;
    waiting->info.trailing_metadata = &waiting->trailing;
    waiting->info.peer = sl_arena_strdup(waiting->call->arena, info->peer);
    if (waiting->info.peer == NULL)
        waiting->info.peer = "";
}

static void on_response(const struct sl_call_info *info, const ProtobufCMessage *response,
                        void *arg)
{
    struct sl_waiting_call *waiting = arg;
    waiting->message = response;
    ended(waiting, info);
}

static enum sl_flow on_message(const ProtobufCMessage *message, void *arg)
{
    struct sl_waiting_call *waiting = arg;
    waiting->message = message;
    return SL_FLOW_PAUSE;
}

static void on_done(const struct sl_call_info *info, void *arg)
{
    ended(arg, info);
}

static void on_sent(bool is_sent, void *arg)
{
    struct sl_waiting_call *waiting = arg;
    waiting->sending = is_sent ? SENDING_DONE : SENDING_REFUSED;
}

static void wait_for_message(struct sl_waiting_call *waiting)
{
    while (waiting->message == NULL && !waiting->is_over)
        sl_call_wait(waiting->queue);
}

/* ---- Life ---- */

enum sl_code sl_waiting_call_open(struct sl_channel *channel, const struct sl_method *method,
                                  const struct sl_call_options *options,
                                  const ProtobufCMessage *request,
                                  struct sl_waiting_call **ret_call, struct sl_error *err)
{
    static const struct sl_stream_callbacks CALLBACKS = {on_message, on_done};
    struct sl_waiting_call *waiting = sl_alloc(sizeof(*waiting));
    if (waiting == NULL)
        return sl_error_no_memory(err);
    waiting->queue = grpc_completion_queue_create_for_next(NULL);
    const struct sl_call_start start = {
        .options = options,
        .request = request,
        .unary_done = method->is_server_streaming ? NULL : on_response,
        .callbacks = &CALLBACKS,
        .arg = waiting,
        .queue = waiting->queue,
    };
    enum sl_code code = waiting->queue == NULL
                            ? SL_RESOURCE_EXHAUSTED
                            : sl_call_begin(channel, method, &start, &waiting->call);
    if (code != SL_OK) {
        sl_waiting_call_free(waiting);
        return sl_error_set(err, code, "%s could not be called: out of memory", method->path);
    }
    *ret_call = waiting;
    return SL_OK;
}

const struct sl_call_info *sl_waiting_call_info(const struct sl_waiting_call *waiting)
{
    return waiting->is_over ? &waiting->info : NULL;
}

/* gRPC's own function takes any thread; sl_call_cancel() would look at the call first. */
void sl_waiting_call_cancel(struct sl_waiting_call *waiting)
{
    grpc_call_cancel_with_status(waiting->call->core, GRPC_STATUS_CANCELLED,
                                 "cancelled by the caller", NULL);
}

void sl_waiting_call_free(struct sl_waiting_call *waiting)
{
    if (waiting == NULL)
        return;
    if (waiting->call != NULL && !waiting->is_over)
        sl_waiting_call_cancel(waiting);
    while (waiting->call != NULL && !waiting->is_over)
        sl_call_wait(waiting->queue);
    sl_call_unref(waiting->call);
    if (waiting->queue != NULL)
        sl_call_wait_end(waiting->queue);
    sl_free(waiting);
}

/* ---- Requests ---- */

/* The call's own end says more than that it takes nothing; but it comes only after the answers. */
static enum sl_code refused(struct sl_waiting_call *waiting, struct sl_error *err)
{
    wait_for_message(waiting);
    if (waiting->is_over && waiting->info.error.code != SL_OK)
        return tell(err, &waiting->info.error);
    return sl_error_set(err, SL_CANCELLED, "%s takes no more requests",
                        waiting->call->method->path);
}

enum sl_code sl_waiting_call_send(struct sl_waiting_call *waiting, const ProtobufCMessage *message,
                                  struct sl_error *err)
{
    waiting->sending = SENDING_UNDER_WAY;
    enum sl_code code = sl_call_send(waiting->call, message, on_sent, waiting);
    if (code == SL_CANCELLED)
        return refused(waiting, err);
    if (code != SL_OK)
        return sl_error_set(err, code, "sending to %s was closed", waiting->call->method->path);
    while (waiting->sending == SENDING_UNDER_WAY)
        sl_call_wait(waiting->queue);
    return waiting->sending == SENDING_DONE ? SL_OK : refused(waiting, err);
}

void sl_waiting_call_close_send(struct sl_waiting_call *waiting)
{
    sl_call_close_send(waiting->call);
}

/* ---- Answers ---- */

enum sl_code sl_waiting_call_next(struct sl_waiting_call *waiting,
                                  const ProtobufCMessage **ret_message, struct sl_error *err)
{
    if (waiting->is_handed_out) {
        waiting->is_handed_out = false;
        waiting->message = NULL;
        sl_call_resume(waiting->call);
    }
    wait_for_message(waiting);
    if (waiting->message == NULL && waiting->info.error.code != SL_OK)
        return tell(err, &waiting->info.error);
    waiting->is_handed_out = waiting->message != NULL;
    *ret_message = waiting->message;
    return SL_OK;
}

enum sl_code sl_waiting_call_finish(struct sl_waiting_call *waiting,
                                    const ProtobufCMessage **ret_response, struct sl_error *err)
{
    const struct sl_method *method = waiting->call->method;
    if (method->is_server_streaming)
        return sl_error_set(err, SL_FAILED_PRECONDITION,
                            "%s has a stream of answers; wanted: sl_waiting_call_next()",
                            method->path);
    sl_call_close_send(waiting->call);
    while (!waiting->is_over)
        sl_call_wait(waiting->queue);
    if (waiting->info.error.code != SL_OK)
        return tell(err, &waiting->info.error);
    *ret_response = waiting->message;
    return SL_OK;
}
