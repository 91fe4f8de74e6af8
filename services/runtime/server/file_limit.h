// How many files and sockets the process may have open.
#ifndef COMITY_RUNTIME_SERVER_FILE_LIMIT_H_
#define COMITY_RUNTIME_SERVER_FILE_LIMIT_H_

#include <cstdint>

namespace comity::server {

// Raises the soft limit to the hard one; returns the limit that holds then. gRPC 1.51 gives a
// listener up for good at the first connection that finds no descriptor.
int64_t RaiseFileLimit();

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_FILE_LIMIT_H_
