# How this project's libraries, programs and tests are declared: one call each, in their own folder.

add_library(sl_warnings INTERFACE)
target_compile_options(sl_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wvla -Wformat=2 -Wnull-dereference -Wwrite-strings
    $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes -Wmissing-prototypes>
    $<$<BOOL:${SL_WERROR}>:-Werror>)

# What our own code is compiled with; `lib/` and `gen/` are roots of includes, and so is the project
# itself for what stands above them ("orchestrator/plan.h", "services/agent/agent.h").
add_library(sl_options INTERFACE)
target_include_directories(sl_options INTERFACE ${PROJECT_SOURCE_DIR}/lib ${PROJECT_SOURCE_DIR}/gen
    ${PROJECT_SOURCE_DIR})
target_compile_definitions(sl_options INTERFACE _GNU_SOURCE SL_VERSION="${PROJECT_VERSION}")

# sl_library(NAME SOURCES a.c b.c DEPENDS sl_base PkgConfig::JANSSON)
function(sl_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
    add_library(${name} STATIC ${ARG_SOURCES})
    target_link_libraries(${name} PUBLIC ${ARG_DEPENDS} sl_options PRIVATE sl_warnings)
endfunction()

# sl_program(NAME SOURCES main.c DEPENDS ...): built to <build folder>/bin
function(sl_program name)
    cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} sl_options sl_warnings)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
endfunction()

# sl_test(NAME SOURCES a_test.cc DEPENDS sl_base [TIMEOUT seconds] [PROGRAMS targets...]): a GoogleTest
# program, one ctest test; PROGRAMS are built before it and found in SL_BIN_DIR.
function(sl_test name)
    cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPENDS;PROGRAMS" ${ARGN})
    if(NOT BUILD_TESTING)
        return()
    endif()
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 600)
    endif()
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} sl_options GTest::gtest_main GTest::gmock)
    target_compile_definitions(${name} PRIVATE SL_BIN_DIR="${PROJECT_BINARY_DIR}/bin"
        SL_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    target_compile_options(${name} PRIVATE -Wall -Wextra -Wno-missing-field-initializers
        $<$<BOOL:${SL_WERROR}>:-Werror>)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    if(ARG_PROGRAMS)
        add_dependencies(${name} ${ARG_PROGRAMS})
    endif()
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT}
        ENVIRONMENT "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/tsan.supp;LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/lsan.supp:print_suppressions=0")
endfunction()
