#include "services/runtime/charter/yaml_file.h"

#include <fstream>
#include <iterator>

#include "absl/status/statusor.h"
#include "google/protobuf/util/json_util.h"
#include "nlohmann/json.hpp"
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

absl::StatusOr<std::string> TextToJson(const std::string& text, const std::string& path,
                                       absl::string_view reason) {
  try {  // yaml-cpp reports by exceptions only
    return ToJson(YAML::Load(text)).dump();
  } catch (const std::exception& error) {
    return InvalidField(reason, path, error.what());
  }
}

}  // namespace

absl::StatusOr<std::string> ReadYamlFile(const std::string& path, absl::string_view reason) {
  std::ifstream file(path);
  if (!file) return InvalidField(reason, path, "the file cannot be read");
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

absl::Status YamlFileToMessage(const std::string& path, absl::string_view reason,
                               google::protobuf::Message* message) {
  COMITY_ASSIGN_OR_RETURN(const std::string text, ReadYamlFile(path, reason));
  return YamlToMessage(text, path, reason, message);
}

absl::Status YamlToMessage(const std::string& text, const std::string& path,
                           absl::string_view reason, google::protobuf::Message* message) {
  COMITY_ASSIGN_OR_RETURN(const std::string json, TextToJson(text, path, reason));
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, message);
  if (parsed.ok()) return absl::OkStatus();
  return InvalidField(reason, path,
                      absl::string_view(parsed.message().data(), parsed.message().size()));
}

}  // namespace comity::charter
