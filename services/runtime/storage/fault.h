// What the database's error codes mean. Pure.
#ifndef COMITY_RUNTIME_STORAGE_FAULT_H_
#define COMITY_RUNTIME_STORAGE_FAULT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/runtime/storage/session.h"

namespace comity::storage {

// An error as the connector threw it; code 0 is the connector's own.
struct DatabaseError {
  int code = 0;
  std::string message;
};

Fault FaultOf(int code);
// Whether nothing more may be sent on the connection.
bool EndsConnection(int code);
// The status promised in session.h. `sql` is the statement's text, without its parameters.
absl::Status ToStatus(const DatabaseError& error, absl::string_view sql);

}  // namespace comity::storage

#endif  // COMITY_RUNTIME_STORAGE_FAULT_H_
