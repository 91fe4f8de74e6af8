#include "services/runtime/charter/charter.h"
#include "services/runtime/charter/yaml_file.h"
#include "services/runtime/status/macros.h"

namespace comity::charter {

absl::StatusOr<Charter> Charter::FromYamlFile(const std::string& path) {
  type::v1::Charter document;
  COMITY_RETURN_IF_ERROR(YamlFileToMessage(path, "CHARTER_INVALID", &document));
  return Make(std::move(document));
}

}  // namespace comity::charter
