#ifndef PROTOC_GEN_GRPC_C_MODEL_H
#define PROTOC_GEN_GRPC_C_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "google/protobuf/compiler/plugin.pb-c.h"
#include "names.h"
#include "options.h"

/* What the output is printed from. Everything is owned by the arena it was made in. */

/** A message as protoc-c calls it. */
struct gen_type {
    /** "Foo__Bar" */
    const char *name;
    /** "foo__bar__descriptor" */
    const char *descriptor;
    /** What protoc-c calls its first member: "base". */
    const char *base;
};

/** One way to a method by HTTP; as struct sl_http_binding. */
struct gen_route {
    const char *method;
    const char *path;
    const char *body;
    const char *response_body;
};

struct gen_service;

struct gen_method {
    const struct gen_service *service;
    /** "Execute" */
    const char *name;
    /** "servicelane.agent.v1.AgentService.Execute" */
    const char *full_name;
    /** "agent_service_execute" */
    const char *c_name;
    /** Its member of the handlers: "execute". */
    const char *slot;
    /** What stands before it in the .proto file; "" where nothing does. */
    const char *comment;
    struct gen_type request;
    struct gen_type response;
    bool is_client_streaming;
    bool is_server_streaming;
    /** It, its service or its file is. */
    bool is_deprecated;
    struct gen_route *routes;
    size_t route_count;
    struct gen_place place;
};

struct gen_service {
    const char *name;
    const char *full_name;
    /** "agent_service" */
    const char *c_name;
    const char *comment;
    struct gen_method *methods;
    size_t method_count;
    bool is_deprecated;
    struct gen_place place;
};

/** A file that another imports. */
struct gen_import {
    const char *stem;
    const char *c_name;
};

struct gen_file {
    /** "servicelane/agent/v1/agent.proto" */
    const char *name;
    /** Without ".proto". */
    const char *stem;
    /** "servicelane_agent_v1_agent" */
    const char *c_name;
    /** Serialized FileDescriptorProto. */
    uint8_t *descriptor;
    size_t descriptor_size;
    struct gen_import *imports;
    size_t import_count;
    struct gen_service *services;
    size_t service_count;
    /** What protoc-c calls the file's messages and enums. */
    struct gen_names symbols;
    /** Whether it is one that protoc was asked for. */
    bool is_wanted;
};

struct gen_model {
    struct gen_file *files;
    size_t file_count;
};

/**
 * Makes the model of a request.
 *
 * request  borrowed as long as the model is; it is changed: comments are cut down as the options
 * say. Errors: SL_INVALID_ARGUMENT, SL_ALREADY_EXISTS (two things with one C name), each with file
 * and line.
 */
SL_MUST_USE enum sl_code gen_model_make(Google__Protobuf__Compiler__CodeGeneratorRequest *request,
                                        struct sl_arena *arena, struct gen_model *ret_model,
                                        struct sl_error *err);

/** SL_ALREADY_EXISTS where two things would have one C name. Part of gen_model_make(). */
SL_MUST_USE enum sl_code gen_model_check_names(const struct gen_model *model,
                                               struct sl_arena *arena, struct sl_error *err);

#endif
