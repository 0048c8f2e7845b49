#include "comments.h"

#include <string.h>

const Google__Protobuf__SourceCodeInfo__Location *
gen_location_find(const Google__Protobuf__FileDescriptorProto *file, const int32_t *path,
                  size_t path_length)
{
    size_t near = 0;

    return gen_location_find_near(file, path, path_length, &near);
}

const Google__Protobuf__SourceCodeInfo__Location *
gen_location_find_near(const Google__Protobuf__FileDescriptorProto *file, const int32_t *path,
                       size_t path_length, size_t *near)
{
    const Google__Protobuf__SourceCodeInfo *info = file->source_code_info;

    for (size_t i = 0; info != NULL && i < info->n_location; i++) {
        size_t at = (*near + i) % info->n_location;
        const Google__Protobuf__SourceCodeInfo__Location *location = info->location[at];

        if (location->n_path != path_length ||
            memcmp(location->path, path, path_length * sizeof(*path)) != 0)
            continue;
        *near = at;
        return location;
    }
    return NULL;
}

struct gen_place gen_location_place(const char *file,
                                    const Google__Protobuf__SourceCodeInfo__Location *location)
{
    struct gen_place place = {.file = file};

    /* The span counts from 0. */
    if (location != NULL && location->n_span >= 2 && location->span[0] >= 0 &&
        location->span[0] < INT32_MAX && location->span[1] >= 0 && location->span[1] < INT32_MAX) {
        place.line = location->span[0] + 1;
        place.column = location->span[1] + 1;
    }
    return place;
}

const char *gen_location_comment(const Google__Protobuf__SourceCodeInfo__Location *location)
{
    return location != NULL && location->leading_comments != NULL ? location->leading_comments : "";
}

static bool has_comment(const Google__Protobuf__SourceCodeInfo__Location *location)
{
    return location->leading_comments != NULL || location->trailing_comments != NULL ||
           location->n_leading_detached_comments > 0;
}

void gen_comments_prune(Google__Protobuf__FileDescriptorProto *file, bool keeps_comments)
{
    Google__Protobuf__SourceCodeInfo *info = file->source_code_info;
    size_t kept = 0;

    if (info == NULL)
        return;
    for (size_t i = 0; keeps_comments && i < info->n_location; i++) {
        if (has_comment(info->location[i]))
            info->location[kept++] = info->location[i];
    }
    info->n_location = kept;
    if (kept == 0)
        file->source_code_info = NULL;
}
