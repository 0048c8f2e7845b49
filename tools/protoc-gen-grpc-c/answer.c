#include "shapes.h"

/* One answer: the callback that it comes to, and how a server gives it. */

static const char *request_of(struct gen_printer *out, const struct gen_method *method)
{
    return gen_format(out, "const %s *request", method->request.name);
}

/* A method whose requests are a stream is started without one. */
static void print_start(struct gen_printer *out, const struct gen_method *method, const char *lead,
                        const char *tail)
{
    const char *done = gen_format(out, "%s_done_fn *done", method->c_name);
    struct gen_parens function = {
        .lead = lead,
        .name = gen_format(out, "%s_start", method->c_name),
        .items = {"struct sl_channel *channel", "const struct sl_call_options *options",
                  request_of(out, method), done, "void *arg", "struct sl_call **ret_call"},
        .tail = tail,
    };

    if (method->is_client_streaming)
        gen_parens_drop_item(&function, 2);
    gen_print_parens(out, &function);
}

static void print_reply(struct gen_printer *out, const struct gen_method *method, const char *tail)
{
    struct gen_parens function = {
        .lead = "void",
        .name = gen_format(out, "%s_reply", method->c_name),
        .items = {"struct sl_server_call *call",
                  gen_format(out, "const %s *response", method->response.name)},
        .tail = tail,
    };

    gen_print_parens(out, &function);
}

static void declare_done(struct gen_printer *out, const struct gen_method *method)
{
    struct gen_parens done = {
        .lead = "typedef void",
        .name = gen_format(out, "%s_done_fn", method->c_name),
        .items = {"const struct sl_call_info *info",
                  gen_format(out, "const %s *response", method->response.name), "void *arg"},
        .tail = ";",
    };
    size_t begin;

    gen_print_comment(
        out, 0, "",
        "response is NULL unless info->error.code is SL_OK. Both are borrowed until return.");
    begin = gen_block_begin(out);
    gen_print_parens(out, &done);
    gen_block_end(out, 0, begin);
    gen_print(out, "\n");
}

void gen_declare_answer_client(struct gen_printer *out, const struct gen_method *method)
{
    const char *call =
        method->is_client_streaming
            ? "ret_call  a reference, to send requests, to sl_call_cancel() and sl_call_unref()."
            : "ret_call  may be NULL; else a reference for sl_call_cancel() and sl_call_unref().";
    size_t begin;

    declare_done(out, method);
    gen_print_comment(
        out, 0, method->comment,
        gen_format(
            out,
            "%s\n\n"
            "options   borrowed; NULL means defaults. options->timeout_ms is for the whole call.\n"
            "done      on SL_OK runs exactly once, on the loop, never inside this call; else "
            "never.\n"
            "%s",
            gen_start_text(out, method), call));
    begin = gen_block_begin(out);
    print_start(out, method, gen_start_lead(method), ";");
    gen_block_end(out, 0, begin);
    gen_print(out, "\n");
}

void gen_declare_answer_server(struct gen_printer *out, const struct gen_method *method)
{
    size_t begin;

    gen_print_comment(out, 0, "",
                      gen_format(out,
                                 "Answers %s: packs response and ends the call with OK. Loop only.",
                                 method->name));
    begin = gen_block_begin(out);
    print_reply(out, method, ";");
    gen_block_end(out, 0, begin);
    gen_print(out, "\n");
}

/* The typed callback waits in memory of its own: it cannot be called through sl_unary_done_fn. */
static void define_trampoline(struct gen_printer *out, const struct gen_method *method)
{
    struct gen_parens function = {
        .lead = "static void",
        .name = gen_format(out, "%s_on_done", method->c_name),
        .items = {"const struct sl_call_info *info", "const ProtobufCMessage *response",
                  "void *arg"},
        .tail = "",
    };
    struct gen_parens call = {
        .indent = 4,
        .kind = GEN_CALL,
        .name = "done",
        .items = {"info", gen_format(out, "(const %s *)response", method->response.name), "arg"},
        .tail = ";",
    };

    gen_print(out, "struct %s_waiter {\n", method->c_name);
    gen_print(out, "    %s_done_fn *done;\n    void *arg;\n};\n\n", method->c_name);
    gen_print_parens(out, &function);
    gen_print(out, "{\n    struct %s_waiter *waiter = arg;\n", method->c_name);
    gen_print(out, "    %s_done_fn *done = waiter->done;\n\n", method->c_name);
    gen_print(out, "    arg = waiter->arg;\n    sl_free(waiter);\n");
    gen_print_parens(out, &call);
    gen_print(out, "}\n");
}

static void define_start(struct gen_printer *out, const struct gen_method *method)
{
    const char *request = gen_format(out, "&request->%s", method->request.base);
    struct gen_parens call = {
        .indent = 4,
        .kind = GEN_ASSIGNMENT,
        .lead = "code =",
        .name = "sl_call_unary_start",
        .items = {"channel", gen_format(out, "&%s_method", method->c_name), "options",
                  method->is_client_streaming ? "NULL" : request,
                  gen_format(out, "%s_on_done", method->c_name), "waiter", "ret_call"},
        .tail = ";",
    };

    gen_print(out, "\n");
    print_start(out, method, "enum sl_code", "");
    gen_print(out, "{\n    struct %s_waiter *waiter;\n    enum sl_code code;\n\n", method->c_name);
    gen_print(out, "    waiter = sl_alloc(sizeof(*waiter));\n    if (waiter == NULL)\n");
    gen_print(out, "        return SL_RESOURCE_EXHAUSTED;\n");
    gen_print(out, "    waiter->done = done;\n    waiter->arg = arg;\n");
    gen_print_parens(out, &call);
    gen_print(out, "    if (code != SL_OK)\n        sl_free(waiter);\n    return code;\n}\n");
}

void gen_define_answer_client(struct gen_printer *out, const struct gen_method *method)
{
    size_t begin;

    gen_print(out, "\n");
    begin = gen_block_begin(out);
    define_trampoline(out, method);
    define_start(out, method);
    gen_block_end(out, 0, begin);
}

void gen_define_answer_server(struct gen_printer *out, const struct gen_method *method)
{
    size_t begin;

    gen_print(out, "\n");
    begin = gen_block_begin(out);
    print_reply(out, method, "");
    gen_print(out, "{\n    sl_server_call_reply(call, &response->%s);\n}\n", method->response.base);
    gen_block_end(out, 0, begin);
}
