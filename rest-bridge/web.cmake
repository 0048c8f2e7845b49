# Makes the web files part of the program: an assembler file that takes their bytes in, and the table
# of them that assets.c reads. Files of npm packages that are not there are left out, and that is said.

# bridge_web_files(TARGET URL CONTENT_TYPE FILE [URL CONTENT_TYPE FILE ...])
function(bridge_web_files target)
    set(files)
    set(missing)
    set(bytes ".section .rodata\n")
    set(externs "")
    set(rows "")
    set(index 0)
    while(ARGN)
        list(POP_FRONT ARGN url type file)
        cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
        if(NOT EXISTS "${file}")
            list(APPEND missing "${url}")
            continue()
        endif()
        if(type MATCHES "^text/")
            string(APPEND type "; charset=utf-8")
        endif()
        list(APPEND files "${file}")
        set(name "bridge_web_${index}")
        string(APPEND bytes ".global ${name}, ${name}_end\n${name}:\n.incbin \"${file}\"\n${name}_end:\n.byte 0\n")
        string(APPEND externs "extern const char ${name}[], ${name}_end[];\n")
        string(APPEND rows "    {\"${url}\", \"${type}\", ${name}, ${name}_end},\n")
        math(EXPR index "${index} + 1")
    endwhile()
    if(missing)
        list(JOIN missing ", " missing)
        message(WARNING "rest-bridge is built without ${missing}: what npm gives is not there (tools/web-packages)")
    endif()
    string(APPEND bytes ".section .note.GNU-stack,\"\",%progbits\n")
    file(CONFIGURE OUTPUT assets_bytes.S CONTENT "${bytes}" @ONLY)
    file(CONFIGURE OUTPUT assets_table.c @ONLY CONTENT
"#include \"rest-bridge/assets_private.h\"

${externs}
const struct bridge_asset bridge_asset_table[] = {
${rows}};
const size_t bridge_asset_count = sizeof(bridge_asset_table) / sizeof(bridge_asset_table[0]);
")
    target_sources(${target} PRIVATE "${CMAKE_CURRENT_BINARY_DIR}/assets_bytes.S"
        "${CMAKE_CURRENT_BINARY_DIR}/assets_table.c")
    set_source_files_properties("${CMAKE_CURRENT_BINARY_DIR}/assets_bytes.S" PROPERTIES
        OBJECT_DEPENDS "${files}")
endfunction()
