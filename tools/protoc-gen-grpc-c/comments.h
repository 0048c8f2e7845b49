#ifndef PROTOC_GEN_GRPC_C_COMMENTS_H
#define PROTOC_GEN_GRPC_C_COMMENTS_H

#include "google/protobuf/descriptor.pb-c.h"
#include "names.h"

/**
 * What SourceCodeInfo says of an element of a file. path is as there: {6, 0, 2, 1} is the second
 * method of the first service. NULL where it says nothing.
 */
const Google__Protobuf__SourceCodeInfo__Location *
gen_location_find(const Google__Protobuf__FileDescriptorProto *file, const int32_t *path,
                  size_t path_length);

/** The same; looks first at *near and what follows it, and leaves the place there. A walk through a
 * file in its order so takes a step each, not all of them. */
const Google__Protobuf__SourceCodeInfo__Location *
gen_location_find_near(const Google__Protobuf__FileDescriptorProto *file, const int32_t *path,
                       size_t path_length, size_t *near);

/** location may be NULL. */
struct gen_place gen_location_place(const char *file,
                                    const Google__Protobuf__SourceCodeInfo__Location *location);

/** The comment before the element, "" where there is none; location may be NULL. */
const char *gen_location_comment(const Google__Protobuf__SourceCodeInfo__Location *location);

/** Drops what of SourceCodeInfo carries no comment; all of it where keeps_comments is false. */
void gen_comments_prune(Google__Protobuf__FileDescriptorProto *file, bool keeps_comments);

#endif
