#include "shapes.h"

/* The waiting twin of a unary call. */

static void print_wait(struct gen_printer *out, const struct gen_method *method, const char *lead,
                       const char *tail)
{
    struct gen_parens function = {
        .lead = lead,
        .name = method->c_name,
        .items = {"struct sl_channel *channel", "const struct sl_call_options *options",
                  gen_format(out, "const %s *request", method->request.name),
                  "struct sl_arena *arena",
                  gen_format(out, "%s **ret_response", method->response.name),
                  "struct sl_error *err"},
        .tail = tail,
    };

    gen_print_parens(out, &function);
}

void gen_declare_wait(struct gen_printer *out, const struct gen_method *method)
{
    size_t begin;

    gen_print_comment(
        out, 0, "",
        gen_format(
            out,
            "Calls %s and waits: for command lines and tests. Never on the loop.\n\n"
            "arena  owns *ret_response. Returns SL_OK or the peer's code; outputs are untouched "
            "on failure.",
            method->name));
    begin = gen_block_begin(out);
    print_wait(out, method, gen_start_lead(method), ";");
    gen_block_end(out, 0, begin);
    gen_print(out, "\n");
}

void gen_define_wait(struct gen_printer *out, const struct gen_method *method)
{
    size_t begin;

    gen_print(out, "\n");
    begin = gen_block_begin(out);
    print_wait(out, method, "enum sl_code", "");
    gen_print(out, "{\n    const struct sl_method *method = &%s_method;\n", method->c_name);
    gen_print(out, "    ProtobufCMessage *response;\n\n");
    gen_print(out,
              "    SL_TRY(sl_call_unary(channel, method, options, &request->%s, arena, "
              "&response, err));\n",
              method->request.base);
    gen_print(out, "    *ret_response = (%s *)response;\n    return SL_OK;\n}\n",
              method->response.name);
    gen_block_end(out, 0, begin);
}
