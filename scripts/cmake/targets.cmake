# comity_library(NAME SOURCES … [DEPS …]), comity_binary(NAME SOURCES … [DEPS …]) and
# comity_test(NAME SOURCES … [DEPS …] [LABELS …] [TIMEOUT seconds]).
# Everything includes from the repository's root: #include "services/runtime/status/errors.h".
include(GoogleTest OPTIONAL)

function(_comity_common name)
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${COMITY_WARNINGS})
endfunction()

function(comity_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  _comity_common(${name})
  target_link_libraries(${name} PUBLIC ${ARG_DEPS})
endfunction()

function(comity_binary name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  _comity_common(${name})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()

# One ctest entry a binary: a binary that needs MariaDB starts its private server once.
function(comity_test name)
  if(NOT COMITY_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  _comity_common(${name})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT "COMITY_SOURCE_DIR=${CMAKE_SOURCE_DIR};COMITY_BINARY_DIR=${CMAKE_BINARY_DIR}")
endfunction()

# comity_migrations(TARGET FUNCTION [FILES…]): embeds the folder's migrations/NNNN_*.sql into TARGET
# (of the same CMakeLists.txt) as `std::vector<comity::storage::Migration> FUNCTION()`, FUNCTION being
# qualified, e.g. comity::lead::LeadMigrations. Whoever calls it declares it.
function(comity_migrations target function)
  set(files ${ARGN})
  if(NOT files)
    file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/migrations/*.sql)
  endif()
  set(script ${CMAKE_SOURCE_DIR}/scripts/cmake/embed_migrations.cmake)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${target}_migrations.cc)
  list(JOIN files "|" joined)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DFUNCTION=${function} "-DFILES=${joined}" -P ${script}
    DEPENDS ${files} ${script} COMMENT "migrations of ${function}" VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
