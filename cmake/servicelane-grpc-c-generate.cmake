# servicelane_grpc_c_generate(TARGET FILE.proto... [IMPORT_DIRS DIR...] [OPTIONS PARAMETER...])
#
# Makes C of .proto files when TARGET is built, and adds it to TARGET: messages by protoc-c
# (FILE.pb-c.h), stubs and descriptors by protoc-gen-grpc-c (FILE.grpc-c.h). The headers are included
# by the path that the .proto file has below its import folder.
#
#   FILE.proto   relative to the current source folder; each has to be below one of IMPORT_DIRS.
#   IMPORT_DIRS  where imports are looked for, in this order; the current source folder unless said.
#                protobuf's own files, google/api and grpc/health are found without being named.
#   OPTIONS      parameters of the generator, as after --grpc-c_opt: prefix.<package>=<prefix>, ...
#
# What a file imports is part of the runtime library where it is protobuf's own, google/api/http.proto
# or google/api/annotations.proto; any other has to be generated, too.
#
# Reads SERVICELANE_GRPC_C_GENERATOR (protoc-gen-grpc-c), SERVICELANE_GRPC_C_PROTOS (.proto files that
# come with it) and SERVICELANE_GRPC_C_LIBRARIES (what the stubs are linked with).

# Sets ${result} to the folder of ARGN that path is below.
function(_servicelane_grpc_c_import_dir result path)
    foreach(dir ${ARGN})
        cmake_path(IS_PREFIX dir "${path}" NORMALIZE is_below)
        if(is_below)
            set(${result} "${dir}" PARENT_SCOPE)
            return()
        endif()
    endforeach()
    list(JOIN ARGN ", " dirs)
    message(FATAL_ERROR "servicelane_grpc_c_generate: ${path} is below none of IMPORT_DIRS: ${dirs}")
endfunction()

# One command makes the four files of one .proto file; they are added to ${target}.
function(_servicelane_grpc_c_generate_one target path dir)
    cmake_parse_arguments(PARSE_ARGV 3 ARG "" "OUT" "IMPORTS;OPTIONS")
    cmake_path(RELATIVE_PATH path BASE_DIRECTORY "${dir}" OUTPUT_VARIABLE name)
    string(REGEX REPLACE "\\.proto(devel)?$" "" stem "${ARG_OUT}/${name}")
    cmake_path(GET stem PARENT_PATH folder)
    file(MAKE_DIRECTORY "${folder}")
    set(outputs "${stem}.pb-c.h" "${stem}.pb-c.c" "${stem}.grpc-c.h" "${stem}.grpc-c.c")
    add_custom_command(
        OUTPUT "${stem}.set" ${outputs}
        BYPRODUCTS "${stem}.lowered"
        COMMAND "${SERVICELANE_GRPC_C_PROTOC}" ${ARG_IMPORTS} --include_imports --include_source_info
                "--descriptor_set_out=${stem}.set" "--dependency_out=${stem}.d" "${name}"
        COMMAND "${SERVICELANE_GRPC_C_GENERATOR}" --for-protoc-c "${stem}.set" "${stem}.lowered"
        COMMAND "${SERVICELANE_GRPC_C_PROTOC}" "--descriptor_set_in=${stem}.lowered"
                "--plugin=protoc-gen-c=${SERVICELANE_GRPC_C_PROTOC_C}" "--c_out=${ARG_OUT}" "${name}"
        COMMAND "${SERVICELANE_GRPC_C_PROTOC}" "--descriptor_set_in=${stem}.set"
                "--plugin=protoc-gen-grpc-c=${SERVICELANE_GRPC_C_GENERATOR}"
                "--grpc-c_out=${ARG_OUT}" ${ARG_OPTIONS} "${name}"
        DEPENDS "${path}" "${SERVICELANE_GRPC_C_GENERATOR}"
        DEPFILE "${stem}.d"
        COMMENT "Making C of ${name}"
        VERBATIM)
    target_sources(${target} PRIVATE ${outputs})
endfunction()

function(servicelane_grpc_c_generate target)
    cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "IMPORT_DIRS;OPTIONS")
    if(NOT TARGET ${target})
        message(FATAL_ERROR "servicelane_grpc_c_generate: there is no target ${target}")
    endif()
    if(NOT ARG_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "servicelane_grpc_c_generate: no .proto file is given for ${target}")
    endif()
    find_program(SERVICELANE_GRPC_C_PROTOC protoc)
    find_program(SERVICELANE_GRPC_C_PROTOC_C protoc-gen-c)
    if(NOT SERVICELANE_GRPC_C_PROTOC OR NOT SERVICELANE_GRPC_C_PROTOC_C)
        message(FATAL_ERROR "servicelane_grpc_c_generate: protoc and protoc-gen-c are needed "
            "(Debian: protobuf-compiler, libprotobuf-dev, protobuf-c-compiler)")
    endif()
    if(NOT ARG_IMPORT_DIRS)
        set(ARG_IMPORT_DIRS "${CMAKE_CURRENT_SOURCE_DIR}")
    endif()
    set(dirs)
    foreach(dir ${ARG_IMPORT_DIRS})
        cmake_path(ABSOLUTE_PATH dir BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
        list(APPEND dirs "${dir}")
    endforeach()
    set(imports)
    foreach(dir ${dirs} "${SERVICELANE_GRPC_C_PROTOS}")
        list(APPEND imports "-I${dir}")
    endforeach()
    set(options)
    foreach(option ${ARG_OPTIONS})
        list(APPEND options "--grpc-c_opt=${option}")
    endforeach()

    set(out "${CMAKE_CURRENT_BINARY_DIR}/${target}-grpc-c")
    foreach(path ${ARG_UNPARSED_ARGUMENTS})
        cmake_path(ABSOLUTE_PATH path BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
        if(NOT EXISTS "${path}")
            message(FATAL_ERROR "servicelane_grpc_c_generate: there is no file ${path}")
        endif()
        _servicelane_grpc_c_import_dir(dir "${path}" ${dirs})
        _servicelane_grpc_c_generate_one(${target} "${path}" "${dir}" OUT "${out}" IMPORTS ${imports}
            OPTIONS ${options})
    endforeach()
    target_include_directories(${target} PUBLIC "$<BUILD_INTERFACE:${out}>")
    target_link_libraries(${target} PUBLIC ${SERVICELANE_GRPC_C_LIBRARIES})
endfunction()
