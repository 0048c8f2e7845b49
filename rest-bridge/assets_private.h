#ifndef BRIDGE_ASSETS_PRIVATE_H
#define BRIDGE_ASSETS_PRIVATE_H

#include <stddef.h>

/** A file that is part of the program; assets_table.c is made of CMakeLists.txt's list. */
struct bridge_asset {
    /** "/page/app.js" */
    const char *path;
    const char *content_type;
    /** Borrowed for ever; [begin, end). */
    const char *begin, *end;
};

extern const struct bridge_asset bridge_asset_table[];
extern const size_t bridge_asset_count;

#endif
