# comity_library(NAME SOURCES … [DEPS …]), comity_binary(NAME SOURCES … [DEPS …]) and
# comity_test(NAME SOURCES … [DEPS …] [LABELS …] [TIMEOUT seconds] [ROUNDS times]).
# Everything includes from the repository's root: #include "services/runtime/status/errors.h".
include(GoogleTest OPTIONAL)

# Eight files are read by one compiler at a time: most of a file's time goes into gRPC's headers. So
# names in anonymous namespaces differ within a target, but in one declared SEPARATE, whose files are
# of one shape. Off: one file each, as clang-tidy reads them.
option(COMITY_UNITY "Compile several files of a target at once" ON)

function(comity_unity name)
  set_target_properties(${name} PROPERTIES UNITY_BUILD ${COMITY_UNITY} UNITY_BUILD_BATCH_SIZE 8)
endfunction()

function(_comity_common name)
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${COMITY_WARNINGS})
  comity_unity(${name})
endfunction()

function(comity_library name)
  cmake_parse_arguments(ARG "SEPARATE" "" "SOURCES;DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  _comity_common(${name})
  if(ARG_SEPARATE)
    set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
  endif()
  target_link_libraries(${name} PUBLIC ${ARG_DEPS})
endfunction()

function(comity_binary name)
  cmake_parse_arguments(ARG "SEPARATE" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  _comity_common(${name})
  if(ARG_SEPARATE)
    set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
  endif()
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} ${JEMALLOC_LIBRARY})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()

# One ctest entry a binary: a binary that needs MariaDB starts its private server once. With FILTERS
# one entry for each: its cases want processes of their own. With ROUNDS another entry, for the long run,
# that draws so many times as often (services/runtime/testlib/rounds.h).
function(comity_test name)
  if(NOT COMITY_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "SEPARATE" "TIMEOUT;ROUNDS" "SOURCES;DEPS;LABELS;FILTERS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  _comity_common(${name})
  if(ARG_SEPARATE)
    set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
  endif()
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  set(entries ${name})
  if(ARG_FILTERS)
    list(TRANSFORM ARG_FILTERS PREPEND ${name}: OUTPUT_VARIABLE entries)
    foreach(filter ${ARG_FILTERS})
      add_test(NAME ${name}:${filter} COMMAND ${name} --gtest_filter=${filter})
    endforeach()
  else()
    add_test(NAME ${name} COMMAND ${name})
  endif()
  set(environment "COMITY_SOURCE_DIR=${CMAKE_SOURCE_DIR};COMITY_BINARY_DIR=${CMAKE_BINARY_DIR}")
  set_tests_properties(${entries} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT "${environment}")
  if(ARG_ROUNDS)
    add_test(NAME ${name}_long COMMAND ${name})
    set_tests_properties(${name}_long PROPERTIES LABELS "${ARG_LABELS};long" TIMEOUT 1800
      ENVIRONMENT "${environment};COMITY_ROUNDS=${ARG_ROUNDS}")
  endif()
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
