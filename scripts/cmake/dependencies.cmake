# Every dependency is a Debian 12 package; scripts/lib/packages.txt lists them.
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)  # module mode, before gRPC: its config expects protobuf::libprotobuf
find_package(gRPC CONFIG REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(yaml-cpp CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(ZLIB REQUIRED)
find_library(MYSQLCPPCONN_LIBRARY mysqlcppconn REQUIRED)  # ships no config
find_library(JWT_LIBRARY jwt REQUIRED)
find_library(CSV_LIBRARY csv REQUIRED)
if(NOT COMITY_SANITIZE)  # sanitizers bring their own
  find_library(JEMALLOC_LIBRARY jemalloc REQUIRED)
endif()
if(COMITY_TESTS)
  find_package(GTest CONFIG REQUIRED)
endif()
