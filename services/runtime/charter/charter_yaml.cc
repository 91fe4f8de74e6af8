#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "nlohmann/json.hpp"
#include "services/runtime/charter/charter.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "yaml-cpp/yaml.h"

namespace comity::charter {
namespace {

// YAML says everything that JSON says: the proto's JSON form decides names and types.
nlohmann::json ToJson(const YAML::Node& node) {
  if (node.IsSequence()) {
    nlohmann::json list = nlohmann::json::array();
    for (const YAML::Node& item : node) list.push_back(ToJson(item));
    return list;
  }
  if (node.IsMap()) {
    nlohmann::json object = nlohmann::json::object();
    for (const auto& field : node) object[field.first.as<std::string>()] = ToJson(field.second);
    return object;
  }
  if (!node.IsScalar()) return nullptr;
  const bool plain = node.Tag() == "?";
  const std::string& text = node.Scalar();
  if (plain && (text == "true" || text == "false")) return text == "true";
  return text;
}

absl::Status Unreadable(const std::string& path, absl::string_view problem) {
  return InvalidField("CHARTER_INVALID", path, problem);
}

absl::StatusOr<std::string> YamlFileToJson(const std::string& path) {
  std::ifstream file(path);
  if (!file) return Unreadable(path, "the file cannot be read");
  try {  // yaml-cpp reports by exceptions only
    return ToJson(YAML::Load(file)).dump();
  } catch (const std::exception& error) {
    return Unreadable(path, error.what());
  }
}

}  // namespace

absl::StatusOr<Charter> Charter::FromYamlFile(const std::string& path) {
  COMITY_ASSIGN_OR_RETURN(const std::string json, YamlFileToJson(path));
  type::v1::Charter document;
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, &document);
  if (!parsed.ok()) {
    return Unreadable(path, std::string(parsed.message().data(), parsed.message().size()));
  }
  return Make(std::move(document));
}

}  // namespace comity::charter
