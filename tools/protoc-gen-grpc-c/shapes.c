#include "shapes.h"

/* By [is_client_streaming][is_server_streaming]. */
static const struct gen_shape shapes[2][2] = {
    {
        {
            .declare_client = {gen_declare_answer_client, gen_declare_wait},
            .declare_server = {gen_declare_answer_server},
            .define_client = {gen_define_answer_client, gen_define_wait},
            .define_server = {gen_define_dispatch, gen_define_answer_server},
            .suffixes = {"", "_start", "_done_fn", "_waiter", "_on_done", "_reply", "_dispatch"},
        },
        {
            .declare_client = {gen_declare_answers_client, gen_declare_wait_stream},
            .declare_server = {gen_declare_answers_server},
            .define_client = {gen_define_answers_client, gen_define_wait_stream},
            .define_server = {gen_define_dispatch, gen_define_answers_server},
            .suffixes = {"_start", "_callbacks", "_watcher", "_on_message", "_on_done", "_send",
                         "_end", "_dispatch", "_open", "_next"},
        },
    },
    {
        {
            .declare_client = {gen_declare_answer_client, gen_declare_requests_client,
                               gen_declare_wait_stream},
            .declare_server = {gen_declare_requests_server, gen_declare_answer_server},
            .define_client = {gen_define_answer_client, gen_define_requests_client,
                              gen_define_wait_stream},
            .define_server = {gen_define_dispatch, gen_define_requests_server,
                              gen_define_answer_server},
            .suffixes = {"_start", "_done_fn", "_waiter", "_on_done", "_send_request", "_reader",
                         "_on_request", "_receive", "_reply", "_dispatch", "_open", "_write",
                         "_finish"},
        },
        {
            .declare_client = {gen_declare_answers_client, gen_declare_requests_client,
                               gen_declare_wait_stream},
            .declare_server = {gen_declare_requests_server, gen_declare_answers_server},
            .define_client = {gen_define_answers_client, gen_define_requests_client,
                              gen_define_wait_stream},
            .define_server = {gen_define_dispatch, gen_define_requests_server,
                              gen_define_answers_server},
            .suffixes = {"_start", "_callbacks", "_watcher", "_on_message", "_on_done",
                         "_send_request", "_reader", "_on_request", "_receive", "_send", "_end",
                         "_dispatch", "_open", "_write", "_next"},
        },
    },
};

const struct gen_shape *gen_shape_of(const struct gen_method *method)
{
    return &shapes[method->is_client_streaming][method->is_server_streaming];
}

void gen_print_parts(struct gen_printer *out, const struct gen_method *method,
                     gen_method_fn *const *parts)
{
    for (size_t i = 0; parts[i] != NULL; i++)
        parts[i](out, method);
}

const char *gen_start_lead(const struct gen_method *method)
{
    return method->is_deprecated ? "__attribute__((deprecated)) SL_MUST_USE enum sl_code"
                                 : "SL_MUST_USE enum sl_code";
}

const char *gen_start_text(struct gen_printer *out, const struct gen_method *method)
{
    if (method->is_client_streaming)
        return gen_format(out, "Starts %s, which is sent requests by %s_send_request().",
                          method->name, method->c_name);
    return gen_format(out, "Starts %s; request is packed before this returns.", method->name);
}
