#ifndef PROTOC_GEN_GRPC_C_SHAPES_H
#define PROTOC_GEN_GRPC_C_SHAPES_H

#include "layout.h"
#include "model.h"

/*
 * The shapes of a call. What is printed of a method that depends on its shape is printed by the
 * parts of one row: one answer or a stream of them, one request or a stream of them.
 */

typedef void gen_method_fn(struct gen_printer *out, const struct gen_method *method);

#define GEN_MAX_PARTS 3
#define GEN_MAX_SUFFIXES 16

/** Each list ends with NULL. */
struct gen_shape {
    /** Into the header: what callers use, and what handlers answer with. */
    gen_method_fn *declare_client[GEN_MAX_PARTS + 1];
    gen_method_fn *declare_server[GEN_MAX_PARTS + 1];
    /** Into the source. */
    gen_method_fn *define_client[GEN_MAX_PARTS + 1];
    gen_method_fn *define_server[GEN_MAX_PARTS + 1];
    /** Endings of the names that all this makes, for the check for clashes. */
    const char *suffixes[GEN_MAX_SUFFIXES + 1];
};

/** Never NULL. */
const struct gen_shape *gen_shape_of(const struct gen_method *method);

void gen_print_parts(struct gen_printer *out, const struct gen_method *method,
                     gen_method_fn *const *parts);

/** What stands before the name of a function that starts the method. */
const char *gen_start_lead(const struct gen_method *method);

/** The first sentence of its comment. */
const char *gen_start_text(struct gen_printer *out, const struct gen_method *method);

/* answer.c: one answer. */
gen_method_fn gen_declare_answer_client;
gen_method_fn gen_declare_answer_server;
gen_method_fn gen_define_answer_client;
gen_method_fn gen_define_answer_server;

/* answers.c: a stream of answers. */
gen_method_fn gen_declare_answers_client;
gen_method_fn gen_declare_answers_server;
gen_method_fn gen_define_answers_client;
gen_method_fn gen_define_answers_server;

/* requests.c: a stream of requests. */
gen_method_fn gen_declare_requests_client;
gen_method_fn gen_declare_requests_server;
gen_method_fn gen_define_requests_client;
gen_method_fn gen_define_requests_server;

/* wait.c: the waiting twin of a unary call. */
gen_method_fn gen_declare_wait;
gen_method_fn gen_define_wait;

/* wait_stream.c: the waiting twins where something is a stream. */
gen_method_fn gen_declare_wait_stream;
gen_method_fn gen_define_wait_stream;

/* dispatch.c: the thunk of the method's handler. */
gen_method_fn gen_define_dispatch;

/** The two files of a .proto file. */
void gen_print_header(struct gen_printer *out, const struct gen_file *file);
void gen_print_source(struct gen_printer *out, const struct gen_file *file);

/** The line at the top of both. */
void gen_print_origin(struct gen_printer *out, const struct gen_file *file);

#endif
