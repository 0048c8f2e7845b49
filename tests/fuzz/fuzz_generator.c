/* A CodeGeneratorRequest of any bytes: an answer or an error, never a crash. */
#include <stdint.h>

#include "tools/protoc-gen-grpc-c/plugin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_error err = {0};
    struct sl_text request = {0};
    struct sl_text response = {0};
    struct sl_text lowered = {0};
    sl_text_append_bytes(&request, data, size);
    if (gen_plugin_run(&request, &response, &err) == SL_OK && sl_text_failed(&response))
        __builtin_trap();
    if (gen_for_protoc_c_run(&request, &lowered, &err) == SL_OK && sl_text_failed(&lowered))
        __builtin_trap();
    sl_text_done(&request);
    sl_text_done(&response);
    sl_text_done(&lowered);
    return 0;
}
