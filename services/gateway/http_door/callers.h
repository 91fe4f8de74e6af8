// Who stands behind a token that came to the door.
#ifndef COMITY_GATEWAY_HTTP_DOOR_CALLERS_H_
#define COMITY_GATEWAY_HTTP_DOOR_CALLERS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/runtime/directory/directory.h"
#include "services/runtime/identity/token_cache.h"

namespace comity::gateway {

// Thread-safe. A caller is a person in a department, whatever number of tokens he has.
class Callers {
 public:
  virtual ~Callers() = default;
  // The caller of a token that was verified before and still holds; empty if it was not.
  virtual std::string Known(absl::string_view token) = 0;
  // Errors: UNAUTHENTICATED and PERMISSION_DENIED as the services say them; UNAVAILABLE reason
  // DIRECTORY_STALE.
  virtual absl::StatusOr<std::string> Verify(absl::string_view token) = 0;
};

// By the keys and the directory of this process.
class VerifiedCallers final : public Callers {
 public:
  VerifiedCallers(identity::TokenCache* tokens, const directory::Directory* directory)
      : tokens_(tokens), directory_(directory) {}
  std::string Known(absl::string_view token) override;
  absl::StatusOr<std::string> Verify(absl::string_view token) override;

 private:
  identity::TokenCache* const tokens_;
  const directory::Directory* const directory_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HTTP_DOOR_CALLERS_H_
