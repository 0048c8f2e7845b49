#ifndef PROTOC_GEN_GRPC_C_OPTIONS_H
#define PROTOC_GEN_GRPC_C_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a parameter is about. */
enum gen_option_kind {
    /** prefix.<package>=<text>: C names of the package's services begin with it. */
    GEN_OPTION_PREFIX,
    /** name.<service or method>=<C name>: instead of the one made from its name. */
    GEN_OPTION_NAME,
    /** comments.<package>=none: its descriptors carry no comments. */
    GEN_OPTION_COMMENTS,
};

struct gen_option {
    enum gen_option_kind kind;
    const char *key;
    const char *value;
};

/** The parameters after --grpc-c_opt, commas between them. */
struct gen_options {
    struct gen_option *options;
    size_t count;
};

/** parameter may be NULL; what *ret_options points to is owned by arena. Errors:
 * SL_INVALID_ARGUMENT. */
SL_MUST_USE enum sl_code gen_options_parse(const char *parameter, struct sl_arena *arena,
                                           struct gen_options *ret_options, struct sl_error *err);

/** The value under key, NULL where there is none; the last one counts. */
const char *gen_options_get(const struct gen_options *options, enum gen_option_kind kind,
                            const char *key);

#ifdef __cplusplus
}
#endif

#endif
