#include "shapes.h"

/* The waiting twins where requests, answers or both are a stream: each step is a function. */

static void print_open(struct gen_printer *out, const struct gen_method *method, const char *lead,
                       const char *tail)
{
    struct gen_parens function = {
        .lead = lead,
        .name = gen_format(out, "%s_open", method->c_name),
        .items = {"struct sl_channel *channel", "const struct sl_call_options *options",
                  gen_format(out, "const %s *request", method->request.name),
                  "struct sl_waiting_call **ret_call", "struct sl_error *err"},
        .tail = tail,
    };

    if (method->is_client_streaming)
        gen_parens_drop_item(&function, 2);
    gen_print_parens(out, &function);
}

static void print_write(struct gen_printer *out, const struct gen_method *method, const char *lead,
                        const char *tail)
{
    struct gen_parens function = {
        .lead = lead,
        .name = gen_format(out, "%s_write", method->c_name),
        .items = {"struct sl_waiting_call *call",
                  gen_format(out, "const %s *request", method->request.name),
                  "struct sl_error *err"},
        .tail = tail,
    };

    gen_print_parens(out, &function);
}

/* "_next" of a stream of answers, "_finish" of one. */
static const char *answer_step(const struct gen_method *method)
{
    return method->is_server_streaming ? "next" : "finish";
}

static const char *answer_name(const struct gen_method *method)
{
    return method->is_server_streaming ? "message" : "response";
}

static void print_answer(struct gen_printer *out, const struct gen_method *method, const char *lead,
                         const char *tail)
{
    struct gen_parens function = {
        .lead = lead,
        .name = gen_format(out, "%s_%s", method->c_name, answer_step(method)),
        .items = {"struct sl_waiting_call *call",
                  gen_format(out, "const %s **ret_%s", method->response.name, answer_name(method)),
                  "struct sl_error *err"},
        .tail = tail,
    };

    gen_print_parens(out, &function);
}

typedef void print_head_fn(struct gen_printer *out, const struct gen_method *method,
                           const char *lead, const char *tail);

static void declare(struct gen_printer *out, const struct gen_method *method, print_head_fn *print,
                    const char *comment)
{
    size_t begin;

    gen_print_comment(out, 0, "", comment);
    begin = gen_block_begin(out);
    print(out, method, print == print_open ? gen_start_lead(method) : "SL_MUST_USE enum sl_code",
          ";");
    gen_block_end(out, 0, begin);
    gen_print(out, "\n");
}

static const char *open_comment(struct gen_printer *out, const struct gen_method *method)
{
    const char *name = method->c_name;
    const char *then = gen_format(out, "%s_next() waits for the answers", name);

    if (method->is_client_streaming && method->is_server_streaming)
        then = gen_format(out,
                          "%s_write() sends the requests, sl_waiting_call_close_send() ends them, "
                          "%s_next() waits for the answers",
                          name, name);
    else if (method->is_client_streaming)
        then = gen_format(out,
                          "%s_write() sends the requests, %s_finish() ends them and waits for the "
                          "answer",
                          name, name);
    return gen_format(out,
                      "Starts %s for a caller that waits: command lines, tests, threads of their "
                      "own; never on the loop. %s, sl_waiting_call_free() ends the call.\n\n"
                      "options   borrowed; NULL means defaults.\n"
                      "ret_call  the caller's, to be freed before the channel is.",
                      method->name, then);
}

void gen_declare_wait_stream(struct gen_printer *out, const struct gen_method *method)
{
    declare(out, method, print_open, open_comment(out, method));
    if (method->is_client_streaming)
        declare(out, method, print_write,
                gen_format(out,
                           "Sends one request of %s, and waits until the next may be sent. Errors: "
                           "what the call ended with; SL_CANCELLED (the server takes no more, %s() "
                           "tells the rest), SL_FAILED_PRECONDITION (sending was closed).",
                           method->name,
                           gen_format(out, "%s_%s", method->c_name, answer_step(method))));
    declare(out, method, print_answer,
            method->is_server_streaming
                ? gen_format(out,
                             "Waits for the next message of %s. *ret_message is NULL at the end, "
                             "else borrowed until the next call of this or "
                             "sl_waiting_call_free(). Errors: what the call ended with.",
                             method->name)
                : gen_format(out,
                             "Says that %s gets no more requests, and waits for the answer. "
                             "*ret_response is borrowed until sl_waiting_call_free(). Errors: what "
                             "the call ended with.",
                             method->name));
}

static void define_open(struct gen_printer *out, const struct gen_method *method)
{
    struct gen_parens call = {
        .indent = 4,
        .kind = GEN_CALL,
        .name = "return sl_waiting_call_open",
        .items = {"channel", gen_format(out, "&%s_method", method->c_name), "options",
                  method->is_client_streaming
                      ? "NULL"
                      : gen_format(out, "&request->%s", method->request.base),
                  "ret_call", "err"},
        .tail = ";",
    };

    print_open(out, method, "enum sl_code", "");
    gen_print(out, "{\n");
    gen_print_parens(out, &call);
    gen_print(out, "}\n");
}

static void define_write(struct gen_printer *out, const struct gen_method *method)
{
    struct gen_parens call = {
        .indent = 4,
        .kind = GEN_CALL,
        .name = "return sl_waiting_call_send",
        .items = {"call", gen_format(out, "&request->%s", method->request.base), "err"},
        .tail = ";",
    };

    gen_print(out, "\n");
    print_write(out, method, "enum sl_code", "");
    gen_print(out, "{\n");
    gen_print_parens(out, &call);
    gen_print(out, "}\n");
}

static void define_answer(struct gen_printer *out, const struct gen_method *method)
{
    const char *name = answer_name(method);

    gen_print(out, "\n");
    print_answer(out, method, "enum sl_code", "");
    gen_print(out, "{\n    const ProtobufCMessage *%s;\n\n", name);
    gen_print(out, "    SL_TRY(sl_waiting_call_%s(call, &%s, err));\n", answer_step(method), name);
    gen_print(out, "    *ret_%s = (const %s *)%s;\n    return SL_OK;\n}\n", name,
              method->response.name, name);
}

void gen_define_wait_stream(struct gen_printer *out, const struct gen_method *method)
{
    size_t begin;

    gen_print(out, "\n");
    begin = gen_block_begin(out);
    define_open(out, method);
    if (method->is_client_streaming)
        define_write(out, method);
    define_answer(out, method);
    gen_block_end(out, 0, begin);
}
