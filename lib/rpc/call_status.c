#include <grpc/support/alloc.h>
#include <string.h>

#include "base/text.h"
#include "rpc/call_private.h"
#include "rpc/channel_private.h"
#include "rpc/metadata_private.h"

static bool is_local_failure(enum sl_code code)
{
    return code == SL_UNAVAILABLE || code == SL_DEADLINE_EXCEEDED || code == SL_CANCELLED;
}

/* What the server says of a call that it failed itself; servers other than ours say nothing. */
static enum sl_outcome told_outcome(const struct sl_metadata *trailing)
{
    static const enum sl_outcome KNOWN[] = {SL_OUTCOME_NOT_EXECUTED, SL_OUTCOME_SETTLED};
    const char *name = sl_metadata_get(trailing, SL_OUTCOME_KEY);
    for (size_t i = 0; i < SL_ARRAY_LENGTH(KNOWN); i++) {
        if (sl_text_equals(name, sl_outcome_name(KNOWN[i])))
            return KNOWN[i];
    }
    return SL_OUTCOME_UNKNOWN;
}

/*
 * Not executed is what the server says so of, and what provably never left. The request batch
 * (headers, message, end) completes successfully once all of it was handed to a connection,
 * whatever becomes of it there, and fails when the call ended before: no address, no connection, no
 * free stream, the deadline, cancellation. A message that left in part is no message to the peer.
 * Where gRPC itself may have tried before (retryPolicy), or the peer had answered something
 * already, nothing is claimed. Source: gRPC core 1.51, chttp2 transport: send operations complete
 * when framed.
 */
static enum sl_outcome outcome_of(const struct sl_call *call, const struct sl_metadata *trailing,
                                  enum sl_code code)
{
    if (code == SL_OK)
        return SL_OUTCOME_SETTLED;
    if (trailing->count > 0 && !call->channel->may_retry)
        return told_outcome(trailing);
    bool has_answer = call->initial_array.count > 0 || call->trailing_array.count > 0 ||
                      call->unary_response != NULL;
    if (call->may_have_left || call->channel->may_retry || has_answer || !is_local_failure(code))
        return SL_OUTCOME_UNKNOWN;
    return SL_OUTCOME_NOT_EXECUTED;
}

/* The peer's words: any bytes, made into text. */
static void set_status(struct sl_error *error, const struct sl_call *call)
{
    size_t length = GRPC_SLICE_LENGTH(call->status_text);
    const char *bytes = (const char *)GRPC_SLICE_START_PTR(call->status_text);
    enum sl_code code =
        call->status <= GRPC_STATUS_UNAUTHENTICATED ? (enum sl_code)call->status : SL_UNKNOWN;
    if (code == SL_OK)
        return;
    if (length > sizeof(error->message))
        length = sl_utf8_cut(bytes, length, sizeof(error->message));
    if (sl_utf8_is_valid(bytes, length))
        sl_error_set(error, code, "%.*s", (int)length, bytes);
    else
        sl_error_set(error, code, "%s failed, with a message that is not UTF-8",
                     call->method->path);
}

static void set_error(struct sl_error *error, const struct sl_call *call,
                      const struct sl_metadata *trailing)
{
    if (call->local_error.code != SL_OK)
        *error = call->local_error;
    else
        set_status(error, call);
    if (error->code == SL_OK && call->unary_done != NULL && call->unary_response == NULL)
        sl_error_set(error, SL_INTERNAL, "%s ended well, but without a response",
                     call->method->path);
    error->outcome = outcome_of(call, trailing, error->code);
}

void sl_call_report(struct sl_call *call)
{
    struct sl_call_info info = {.peer = ""};
    struct sl_metadata initial = {0}, trailing = {0};
    if (sl_metadata_receive(&initial, call->arena, &call->initial_array) != SL_OK ||
        sl_metadata_receive(&trailing, call->arena, &call->trailing_array) != SL_OK)
        /* An answer without its metadata could be taken for another: better none. */
        sl_error_no_memory(&info.error);
    else
        set_error(&info.error, call, &trailing);
    info.initial_metadata = &initial;
    info.trailing_metadata = &trailing;
    const struct sl_metadata_entry *details =
        sl_metadata_find(&trailing, "grpc-status-details-bin");
    if (details != NULL) {
        info.details = details->value;
        info.details_length = details->length;
    }
    /* Without a connection gRPC would give the target. */
    char *peer = call->may_have_left ? grpc_call_get_peer(call->core) : NULL;
    if (peer != NULL)
        info.peer = peer;

    sl_observed_ended(&call->observed, call->method, info.error.code, info.peer);
    bool is_ok = info.error.code == SL_OK;
    if (call->unary_done != NULL)
        call->unary_done(&info, is_ok ? call->unary_response : NULL, call->arg);
    else
        call->callbacks.on_done(&info, call->arg);
    gpr_free(peer);
}
