#ifndef SL_RPC_METHOD_H
#define SL_RPC_METHOD_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What the generator knows of a .proto file, as static data: stubs pass it to lib/rpc, reflection
 * serves it, and the bridge routes by it.
 */

/** One HTTP route of a method (google.api.HttpRule). */
struct sl_http_binding {
    /** "GET", "POST", ... */
    const char *method;
    /** Path template, such as "/status/{task_id}". */
    const char *path;
    /** Request field that the body fills, "*" for all, "" for none. */
    const char *body;
    /** Response field that becomes the body, "" for the whole message. */
    const char *response_body;
};

struct sl_service;

/** One RPC. */
struct sl_method {
    /** "Execute" */
    const char *name;
    /** "/servicelane.agent.v1.AgentService/Execute" */
    const char *path;
    const struct sl_service *service;
    const ProtobufCMessageDescriptor *request;
    const ProtobufCMessageDescriptor *response;
    bool is_client_streaming;
    bool is_server_streaming;
    /** The rule itself first, then its additional bindings; NULL where there are none. */
    const struct sl_http_binding *http;
    size_t http_count;
};

/** One .proto file as protoc describes it. */
struct sl_file {
    /** "servicelane/agent/v1/agent.proto" */
    const char *name;
    /** Serialized google.protobuf.FileDescriptorProto, comments included. */
    const uint8_t *descriptor;
    size_t descriptor_size;
    const struct sl_file *const *imports;
    size_t import_count;
};

/** One service. */
struct sl_service {
    /** "servicelane.agent.v1.AgentService" */
    const char *name;
    const struct sl_method *const *methods;
    size_t method_count;
    const struct sl_file *file;
};

#ifdef __cplusplus
}
#endif

#endif
