// Fills an empty directory from a file, once.
#ifndef COMITY_GATEWAY_DIRECTORY_BOOTSTRAP_H_
#define COMITY_GATEWAY_DIRECTORY_BOOTSTRAP_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "comity/gateway/v1/directory.pb.h"
#include "services/runtime/server/call.h"
#include "services/runtime/server/serve.h"

namespace comity::gateway {

// Stores and journals the whole of `directory` in one transaction if there is no department and no
// person yet; does nothing otherwise, also when another replica was faster. INVALID_ARGUMENT reason
// DIRECTORY_INVALID: a department that the charter does not name, or one without a steward; a
// person without home and membership, or an operator or auditor with another role.
absl::Status Bootstrap(const Runtime& runtime, v1::Directory directory);

// Does it with the file that --bootstrap_directory names (nothing without the flag) when it starts;
// Ready() once the directory knows somebody.
std::unique_ptr<server::Background> MakeDirectoryBootstrap(const server::Parts& parts);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_DIRECTORY_BOOTSTRAP_H_
