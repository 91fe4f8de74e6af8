# How everything is compiled: C++20, warnings are errors, hardened release, sanitized debug.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Base folder and no hashed working folder: a second clone finds the first one's objects.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM})
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-fstack-protector-strong -fcf-protection)
add_link_options(-pie -Wl,-z,relro -Wl,-z,now)
if(COMITY_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
  if(COMITY_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link -O1)
  endif()
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
# Applied to the project's own code, not to generated code (see targets.cmake).
# overloaded-virtual: a handler hides the other forms that gRPC's service classes have of a method.
set(COMITY_WARNINGS -Wall -Wextra -Werror -Wno-missing-field-initializers -Wno-overloaded-virtual)
