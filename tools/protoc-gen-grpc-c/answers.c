#include "shapes.h"

/* A stream of answers: the callbacks that they come to, and how a server gives them. */

/* A method whose requests are a stream is started without one. */
static void print_start(struct gen_printer *out, const struct gen_method *method, const char *lead,
                        const char *tail)
{
    struct gen_parens function = {
        .lead = lead,
        .name = gen_format(out, "%s_start", method->c_name),
        .items = {"struct sl_channel *channel", "const struct sl_call_options *options",
                  gen_format(out, "const %s *request", method->request.name),
                  gen_format(out, "const struct %s_callbacks *callbacks", method->c_name),
                  "void *arg", "struct sl_call **ret_call"},
        .tail = tail,
    };

    if (method->is_client_streaming)
        gen_parens_drop_item(&function, 2);
    gen_print_parens(out, &function);
}

static void print_send(struct gen_printer *out, const struct gen_method *method, const char *lead,
                       const char *tail)
{
    struct gen_parens function = {
        .lead = lead,
        .name = gen_format(out, "%s_send", method->c_name),
        .items = {"struct sl_server_call *call",
                  gen_format(out, "const %s *message", method->response.name),
                  "sl_sent_fn *on_sent", "void *arg"},
        .tail = tail,
    };

    gen_print_parens(out, &function);
}

static void print_end(struct gen_printer *out, const struct gen_method *method, const char *tail)
{
    struct gen_parens function = {
        .lead = "void",
        .name = gen_format(out, "%s_end", method->c_name),
        .items = {"struct sl_server_call *call", "const struct sl_error *status"},
        .tail = tail,
    };

    gen_print_parens(out, &function);
}

static void declare_callbacks(struct gen_printer *out, const struct gen_method *method)
{
    struct gen_parens on_message = {
        .indent = 4,
        .kind = GEN_MEMBER,
        .name = "enum sl_flow (*on_message)",
        .items = {gen_format(out, "const %s *message", method->response.name), "void *arg"},
        .tail = ";",
    };
    size_t begin = gen_block_begin(out);

    gen_print(out, "struct %s_callbacks {\n", method->c_name);
    gen_print_comment(
        out, 4, "",
        "Required. SL_FLOW_NEXT reads the next message; SL_FLOW_PAUSE reads none until "
        "sl_call_resume() (backpressure); SL_FLOW_CANCEL ends the call. message is "
        "borrowed until return.");
    gen_print_parens(out, &on_message);
    gen_print_comment(out, 4, "", "Required. Runs exactly once, last, with the final status.");
    gen_print(out, "    void (*on_done)(const struct sl_call_info *info, void *arg);\n};\n");
    gen_block_end(out, 0, begin);
    gen_print(out, "\n");
}

void gen_declare_answers_client(struct gen_printer *out, const struct gen_method *method)
{
    const char *call =
        method->is_client_streaming
            ? "ret_call   a reference, to send requests, to sl_call_resume(), _cancel(), _unref()."
            : "ret_call   may be NULL; else a reference, for sl_call_resume(), _cancel(), "
              "_unref().";
    size_t begin;

    declare_callbacks(out, method);
    gen_print_comment(
        out, 0, method->comment,
        gen_format(
            out,
            "%s\n\n"
            "options    borrowed; NULL means defaults. options->timeout_ms is for the whole call.\n"
            "callbacks  copied; on_done runs exactly once where this returns SL_OK, else never.\n"
            "%s",
            gen_start_text(out, method), call));
    begin = gen_block_begin(out);
    print_start(out, method, gen_start_lead(method), ";");
    gen_block_end(out, 0, begin);
    gen_print(out, "\n");
}

void gen_declare_answers_server(struct gen_printer *out, const struct gen_method *method)
{
    size_t begin;

    gen_print_comment(
        out, 0, "",
        gen_format(
            out,
            "Packs and sends one message of %s. on_sent runs once, on the loop, when the next may "
            "be sent. Errors, where on_sent never runs: SL_CANCELLED (the client left), "
            "SL_FAILED_PRECONDITION (one is under way), SL_RESOURCE_EXHAUSTED.",
            method->name));
    begin = gen_block_begin(out);
    print_send(out, method, "SL_MUST_USE enum sl_code", ";");
    gen_block_end(out, 0, begin);
    gen_print(out, "\n");
    gen_print_comment(out, 0, "",
                      gen_format(out, "Ends %s; status NULL means OK. Loop only.", method->name));
    begin = gen_block_begin(out);
    print_end(out, method, ";");
    gen_block_end(out, 0, begin);
    gen_print(out, "\n");
}

/* The typed callbacks wait in memory of their own until the call is done. */
static void define_on_message(struct gen_printer *out, const struct gen_method *method)
{
    struct gen_parens function = {
        .lead = "static enum sl_flow",
        .name = gen_format(out, "%s_on_message", method->c_name),
        .items = {"const ProtobufCMessage *message", "void *arg"},
        .tail = "",
    };
    struct gen_parens call = {
        .indent = 4,
        .kind = GEN_CALL,
        .name = "return watcher->callbacks.on_message",
        .items = {gen_format(out, "(const %s *)message", method->response.name), "watcher->arg"},
        .tail = ";",
    };

    gen_print(out, "struct %s_watcher {\n", method->c_name);
    gen_print(out, "    struct %s_callbacks callbacks;\n    void *arg;\n};\n\n", method->c_name);
    gen_print_parens(out, &function);
    gen_print(out, "{\n    struct %s_watcher *watcher = arg;\n\n", method->c_name);
    gen_print_parens(out, &call);
    gen_print(out, "}\n\n");
}

static void define_on_done(struct gen_printer *out, const struct gen_method *method)
{
    struct gen_parens function = {
        .lead = "static void",
        .name = gen_format(out, "%s_on_done", method->c_name),
        .items = {"const struct sl_call_info *info", "void *arg"},
        .tail = "",
    };

    gen_print_parens(out, &function);
    gen_print(out, "{\n    struct %s_watcher *watcher = arg;\n", method->c_name);
    gen_print(out, "    void (*on_done)(const struct sl_call_info *, void *) = "
                   "watcher->callbacks.on_done;\n\n");
    gen_print(out,
              "    arg = watcher->arg;\n    sl_free(watcher);\n    on_done(info, arg);\n}\n\n");
}

static void define_start(struct gen_printer *out, const struct gen_method *method)
{
    struct gen_parens call = {
        .indent = 4,
        .kind = GEN_ASSIGNMENT,
        .lead = "code =",
        .name = method->is_client_streaming ? "sl_call_open_start" : "sl_call_stream_start",
        .items = {"channel", gen_format(out, "&%s_method", method->c_name), "options",
                  gen_format(out, "&request->%s", method->request.base), "&untyped", "watcher",
                  "ret_call"},
        .tail = ";",
    };

    if (method->is_client_streaming)
        gen_parens_drop_item(&call, 3);
    print_start(out, method, "enum sl_code", "");
    gen_print(out, "{\n    struct sl_stream_callbacks untyped = {\n");
    gen_print(out, "        .on_message = %s_on_message,\n", method->c_name);
    gen_print(out, "        .on_done = %s_on_done,\n    };\n", method->c_name);
    gen_print(out, "    struct %s_watcher *watcher;\n    enum sl_code code;\n\n", method->c_name);
    gen_print(out, "    watcher = sl_alloc(sizeof(*watcher));\n    if (watcher == NULL)\n");
    gen_print(out, "        return SL_RESOURCE_EXHAUSTED;\n");
    gen_print(out, "    watcher->callbacks = *callbacks;\n    watcher->arg = arg;\n");
    gen_print_parens(out, &call);
    gen_print(out, "    if (code != SL_OK)\n        sl_free(watcher);\n    return code;\n}\n");
}

void gen_define_answers_client(struct gen_printer *out, const struct gen_method *method)
{
    size_t begin;

    gen_print(out, "\n");
    begin = gen_block_begin(out);
    define_on_message(out, method);
    define_on_done(out, method);
    define_start(out, method);
    gen_block_end(out, 0, begin);
}

void gen_define_answers_server(struct gen_printer *out, const struct gen_method *method)
{
    struct gen_parens send = {
        .indent = 4,
        .kind = GEN_CALL,
        .name = "return sl_server_call_send",
        .items = {"call", gen_format(out, "&message->%s", method->response.base), "on_sent", "arg"},
        .tail = ";",
    };
    size_t begin;

    gen_print(out, "\n");
    begin = gen_block_begin(out);
    print_send(out, method, "enum sl_code", "");
    gen_print(out, "{\n");
    gen_print_parens(out, &send);
    gen_print(out, "}\n\n");
    print_end(out, method, "");
    gen_print(out, "{\n    sl_server_call_end(call, status);\n}\n");
    gen_block_end(out, 0, begin);
}
