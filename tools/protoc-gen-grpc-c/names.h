#ifndef PROTOC_GEN_GRPC_C_NAMES_H
#define PROTOC_GEN_GRPC_C_NAMES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What things are called in C. All results are owned by arena; NULL when memory is out. */

/** "GetHTTPStatus" is "get_http_status": a word begins at a capital after a small letter or digit,
 * and at the last of several capitals that a small letter follows. */
char *gen_snake_case(struct sl_arena *arena, const char *name);

/** "a/b-c.proto" is "a_b_c": what is neither letter nor digit becomes "_", the ending is dropped.
 */
char *gen_path_name(struct sl_arena *arena, const char *path);

/** "a/b.proto" is "a/b", as protoc-c names its files too. */
char *gen_path_stem(struct sl_arena *arena, const char *path);

/** As protoc-c names the struct of a message: "foo.bar_baz.Msg" is "Foo__BarBaz__Msg". */
char *gen_message_type(struct sl_arena *arena, const char *full_name);

/** As protoc-c names its descriptor: "foo.bar_baz.MyMsg" is "foo__bar_baz__my_msg__descriptor". */
char *gen_message_descriptor(struct sl_arena *arena, const char *full_name);

/** What the names of its functions begin with: "foo__bar_baz__my_msg". */
char *gen_message_lower(struct sl_arena *arena, const char *full_name);

/** Whether name cannot be a name in C or C++. */
bool gen_is_keyword(const char *name);

/** Why name cannot be that of something global, because somebody else has it; NULL where it can. */
const char *gen_reserved_by(const char *name);

/** What protoc-c is told that a field is called: its name, with "_" after it where it is a keyword
 * that protoc-c does not know. */
char *gen_field_for_protoc_c(struct sl_arena *arena, const char *name);

/** Whether name consists of letters, digits and underscores, and begins with no digit. */
bool gen_is_identifier(const char *name);

/** Where something is in a .proto file. */
struct gen_place {
    const char *file;
    /** From 1; 0 where unknown. */
    int line;
    int column;
};

/** "a.proto:7:3", "a.proto" where the line is unknown. */
const char *gen_place_text(struct sl_arena *arena, const struct gen_place *place);

/** Who makes a name. */
enum gen_name_kind {
    GEN_NAME_OURS,
    /** protoc-c, for a file that is generated. */
    GEN_NAME_PROTOC_C,
    /** protoc-c, for a file that is only imported. */
    GEN_NAME_IMPORTED,
};

/** A name of the output, and what it stands for ("the method a.b.C.D"). */
struct gen_name {
    const char *name;
    const char *owner;
    struct gen_place place;
    enum gen_name_kind kind;
};

/** All global names of one output. Zeroed it is empty. */
struct gen_names {
    struct gen_name *names;
    size_t count;
    size_t capacity;
};

SL_MUST_USE enum sl_code gen_names_add(struct gen_names *names, struct sl_arena *arena,
                                       const struct gen_name *name, struct sl_error *err);

/** SL_ALREADY_EXISTS where two have one name: err says where, and what helps. */
SL_MUST_USE enum sl_code gen_names_check(struct gen_names *names, struct sl_arena *arena,
                                         struct sl_error *err);

#ifdef __cplusplus
}
#endif

#endif
