#ifndef TESTS_INTEROP_RESPONDER_H
#define TESTS_INTEROP_RESPONDER_H

#include "grpc/testing/test.grpc-c.h"
#include "loop/timer.h"
#include "payload.h"

/** Most responses that one request may ask for. */
#define INTEROP_MAX_RESPONSES 64

/** Sends the responses that a request asks for, one after the other. Loop only. */
struct interop_responder {
    struct sl_loop *loop;
    struct sl_server_call *call;
    /** Sends one message; output and duplex calls have the same responses. */
    enum sl_code (*send)(struct sl_server_call *call,
                         const Grpc__Testing__StreamingOutputCallResponse *message,
                         sl_sent_fn *on_sent, void *arg);
    /** Runs once for each run of responses; is_sent false: the client left. */
    void (*on_done)(bool is_sent, void *arg);
    void *arg;

    /** What is to be sent: the responder's own. */
    struct interop_response {
        size_t size;
        int64_t delay_ms;
        bool is_compressed;
    } responses[INTEROP_MAX_RESPONSES];
    size_t count, next;
    struct sl_timer timer;
};

/**
 * Starts sending what request asks for; on_done runs when all is sent, also inside this call.
 * SL_INVALID_ARGUMENT: more than the limits above; nothing is sent then, and on_done does not run.
 */
SL_MUST_USE enum sl_code
interop_responder_run(struct interop_responder *responder,
                      const Grpc__Testing__StreamingOutputCallRequest *request,
                      struct sl_error *err);

#endif
