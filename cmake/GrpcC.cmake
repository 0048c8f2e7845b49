# gRPC for C as a package of its own, for other projects: `cmake --install <build> --component grpc-c`
# installs the generator, one static library, its headers, and what find_package(servicelane-grpc-c) and
# pkg-config look for. docs/grpc-c.md says how it is used.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(SL_GRPC_C_NEEDS grpc libprotobuf-c libcrypto zlib)
list(JOIN SL_GRPC_C_NEEDS ", " SL_GRPC_C_NEEDS_LIST)
list(JOIN SL_GRPC_C_NEEDS " " SL_GRPC_C_NEEDS)
set(SL_GRPC_C_INCLUDE_DIR ${CMAKE_INSTALL_INCLUDEDIR}/servicelane)
set(SL_GRPC_C_PROTO_DIR ${CMAKE_INSTALL_DATADIR}/servicelane/protos)
set(SL_GRPC_C_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/servicelane-grpc-c)
file(RELATIVE_PATH SL_GRPC_C_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" SL_GRPC_C_PC_TO_PREFIX "${SL_GRPC_C_PC_TO_PREFIX}")

# One library of several: who links it needs to know no order.
set(parts sl_base sl_telemetry sl_loop sl_rpc sl_wire sl_wire_descriptor sl_gen_known)
set(objects)
foreach(part ${parts})
    list(APPEND objects $<TARGET_OBJECTS:${part}>)
    if(CMAKE_INTERPROCEDURAL_OPTIMIZATION AND CMAKE_C_COMPILER_ID STREQUAL "GNU")
        # Machine code beside the intermediate: another project's compiler may not read ours.
        target_compile_options(${part} PRIVATE -ffat-lto-objects)
    endif()
endforeach()
add_library(servicelane-grpc-c STATIC ${objects})
set_target_properties(servicelane-grpc-c PROPERTIES LINKER_LANGUAGE C)

install(TARGETS servicelane-grpc-c protoc-gen-grpc-c COMPONENT grpc-c)
# All headers but those that a folder keeps to itself.
file(GLOB headers RELATIVE ${PROJECT_SOURCE_DIR}/lib CONFIGURE_DEPENDS lib/base/*.h lib/loop/*.h lib/rpc/*.h)
list(FILTER headers EXCLUDE REGEX
    "_private\\.h$|^loop/queue\\.h$|^rpc/(buffer|codec_check|health|inflate|observed|reflection|reflection_files)\\.h$")
foreach(header ${headers})
    cmake_path(GET header PARENT_PATH folder)
    install(FILES lib/${header} DESTINATION ${SL_GRPC_C_INCLUDE_DIR}/${folder} COMPONENT grpc-c)
endforeach()
install(DIRECTORY gen/google gen/grpc gen/protobuf-c DESTINATION ${SL_GRPC_C_INCLUDE_DIR} COMPONENT grpc-c
    FILES_MATCHING PATTERN "*.h")
install(DIRECTORY protos/google protos/grpc DESTINATION ${SL_GRPC_C_PROTO_DIR} COMPONENT grpc-c
    FILES_MATCHING PATTERN "*.proto")

configure_package_config_file(cmake/servicelane-grpc-c-config.cmake.in
    ${PROJECT_BINARY_DIR}/servicelane-grpc-c-config.cmake
    INSTALL_DESTINATION ${SL_GRPC_C_CMAKE_DIR}
    PATH_VARS CMAKE_INSTALL_BINDIR CMAKE_INSTALL_LIBDIR SL_GRPC_C_INCLUDE_DIR SL_GRPC_C_PROTO_DIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/servicelane-grpc-c-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/servicelane-grpc-c-config.cmake
    ${PROJECT_BINARY_DIR}/servicelane-grpc-c-config-version.cmake
    cmake/servicelane-grpc-c-generate.cmake
    DESTINATION ${SL_GRPC_C_CMAKE_DIR} COMPONENT grpc-c)
configure_file(cmake/servicelane-grpc-c.pc.in ${PROJECT_BINARY_DIR}/servicelane-grpc-c.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/servicelane-grpc-c.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
    COMPONENT grpc-c)
install(FILES docs/grpc-c.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/servicelane-grpc-c COMPONENT grpc-c)

# servicelane_grpc_c_generate() for this project's own tests, on the library as it is built here.
set(SERVICELANE_GRPC_C_GENERATOR $<TARGET_FILE:protoc-gen-grpc-c>)
set(SERVICELANE_GRPC_C_PROTOS ${PROJECT_SOURCE_DIR}/protos)
set(SERVICELANE_GRPC_C_LIBRARIES sl_gen_known)
include(${CMAKE_CURRENT_LIST_DIR}/servicelane-grpc-c-generate.cmake)
