#include "shapes.h"

/* From the server to the handlers: the thunk that calls a method's handler with the type it wants.
 */

static void print_function(struct gen_printer *out, const struct gen_method *method)
{
    struct gen_parens function = {
        .lead = "static enum sl_code",
        .name = gen_format(out, "%s_dispatch", method->c_name),
        .items = {"const void *handlers", "void *self", "struct sl_server_call *call",
                  "const ProtobufCMessage *request", "struct sl_error *err"},
        .tail = "",
    };

    gen_print_parens(out, &function);
    gen_print(out, "{\n    const struct %s_handlers *slots = handlers;\n\n",
              method->service->c_name);
}

void gen_define_dispatch(struct gen_printer *out, const struct gen_method *method)
{
    struct gen_parens call = {
        .indent = 4,
        .kind = GEN_CALL,
        .name = gen_format(out, "return slots->%s", method->slot),
        .items = {"self", "call", gen_format(out, "(const %s *)request", method->request.name),
                  "err"},
        .tail = ";",
    };
    size_t begin;

    gen_print(out, "\n");
    begin = gen_block_begin(out);
    print_function(out, method);
    if (method->is_client_streaming) {
        gen_parens_drop_item(&call, 2);
        gen_print(out, "    (void)request;\n");
    }
    gen_print(out, "    if (slots->%s == NULL)\n", method->slot);
    gen_print(out,
              "        return sl_error_set(err, SL_UNIMPLEMENTED, \"%s is not implemented\");\n",
              method->name);
    gen_print_parens(out, &call);
    gen_print(out, "}\n");
    gen_block_end(out, 0, begin);
}
