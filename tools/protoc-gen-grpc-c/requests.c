#include "shapes.h"

/* A stream of requests: how a client sends them, and what a server reads them with. */

static void print_send_request(struct gen_printer *out, const struct gen_method *method,
                               const char *lead, const char *tail)
{
    struct gen_parens function = {
        .lead = lead,
        .name = gen_format(out, "%s_send_request", method->c_name),
        .items = {"struct sl_call *call",
                  gen_format(out, "const %s *request", method->request.name),
                  "sl_call_sent_fn *on_sent", "void *arg"},
        .tail = tail,
    };

    gen_print_parens(out, &function);
}

static void print_receive(struct gen_printer *out, const struct gen_method *method,
                          const char *lead, const char *tail)
{
    struct gen_parens function = {
        .lead = lead,
        .name = gen_format(out, "%s_receive", method->c_name),
        .items = {"struct sl_server_call *call",
                  gen_format(out, "struct %s_reader *reader", method->c_name)},
        .tail = tail,
    };

    gen_print_parens(out, &function);
}

void gen_declare_requests_client(struct gen_printer *out, const struct gen_method *method)
{
    size_t begin;

    gen_print_comment(
        out, 0, "",
        gen_format(
            out,
            "Packs and sends one request of %s; sl_call_close_send() says that it was the last. "
            "on_sent runs once, on the loop, never inside this call, when the next may be sent. "
            "Errors, where on_sent never runs: SL_FAILED_PRECONDITION (one is under way, or "
            "sending was closed), SL_CANCELLED (the call has ended).",
            method->name));
    begin = gen_block_begin(out);
    print_send_request(out, method, "SL_MUST_USE enum sl_code", ";");
    gen_block_end(out, 0, begin);
    gen_print(out, "\n");
}

static void declare_reader(struct gen_printer *out, const struct gen_method *method)
{
    struct gen_parens on_request = {
        .indent = 4,
        .kind = GEN_MEMBER,
        .name = "void (*on_request)",
        .items = {gen_format(out, "const %s *request", method->request.name),
                  "const struct sl_error *error", "void *arg"},
        .tail = ";",
    };
    size_t begin;

    gen_print_comment(out, 0, "",
                      gen_format(out, "What takes the requests of %s, in memory of the handler's.",
                                 method->name));
    begin = gen_block_begin(out);
    gen_print(out, "struct %s_reader {\n", method->c_name);
    gen_print_comment(
        out, 4, "",
        "Required. request is borrowed until return. NULL: there are no more, and "
        "sl_server_call_is_cancelled() tells whether the client left; or, with error, this one is "
        "not acceptable, and error is what to end the call with. The call still has to be ended.");
    gen_print_parens(out, &on_request);
    gen_print_comment(out, 4, "", "Optional. Given to on_request.");
    gen_print(out, "    void *arg;\n};\n");
    gen_block_end(out, 0, begin);
    gen_print(out, "\n");
}

void gen_declare_requests_server(struct gen_printer *out, const struct gen_method *method)
{
    size_t begin;

    declare_reader(out, method);
    gen_print_comment(
        out, 0, "",
        gen_format(
            out,
            "Asks for the next request of %s: reader->on_request runs once, on the loop, never "
            "inside this call, and not after the call was ended. Nothing is read ahead: a slow "
            "handler slows the client. reader is borrowed until then. SL_FAILED_PRECONDITION: "
            "asked already.",
            method->name));
    begin = gen_block_begin(out);
    print_receive(out, method, "SL_MUST_USE enum sl_code", ";");
    gen_block_end(out, 0, begin);
    gen_print(out, "\n");
}

void gen_define_requests_client(struct gen_printer *out, const struct gen_method *method)
{
    struct gen_parens send = {
        .indent = 4,
        .kind = GEN_CALL,
        .name = "return sl_call_send",
        .items = {"call", gen_format(out, "&request->%s", method->request.base), "on_sent", "arg"},
        .tail = ";",
    };
    size_t begin;

    gen_print(out, "\n");
    begin = gen_block_begin(out);
    print_send_request(out, method, "enum sl_code", "");
    gen_print(out, "{\n");
    gen_print_parens(out, &send);
    gen_print(out, "}\n");
    gen_block_end(out, 0, begin);
}

static void define_on_request(struct gen_printer *out, const struct gen_method *method)
{
    struct gen_parens function = {
        .lead = "static void",
        .name = gen_format(out, "%s_on_request", method->c_name),
        .items = {"const ProtobufCMessage *request", "const struct sl_error *error", "void *arg"},
        .tail = "",
    };
    struct gen_parens call = {
        .indent = 4,
        .kind = GEN_CALL,
        .name = "reader->on_request",
        .items = {gen_format(out, "(const %s *)request", method->request.name), "error",
                  "reader->arg"},
        .tail = ";",
    };

    gen_print_parens(out, &function);
    gen_print(out, "{\n    const struct %s_reader *reader = arg;\n\n", method->c_name);
    gen_print_parens(out, &call);
    gen_print(out, "}\n\n");
}

void gen_define_requests_server(struct gen_printer *out, const struct gen_method *method)
{
    struct gen_parens receive = {
        .indent = 4,
        .kind = GEN_CALL,
        .name = "return sl_server_call_receive",
        .items = {"call", gen_format(out, "%s_on_request", method->c_name), "reader"},
        .tail = ";",
    };
    size_t begin;

    gen_print(out, "\n");
    begin = gen_block_begin(out);
    define_on_request(out, method);
    print_receive(out, method, "enum sl_code", "");
    gen_print(out, "{\n");
    gen_print_parens(out, &receive);
    gen_print(out, "}\n");
    gen_block_end(out, 0, begin);
}
