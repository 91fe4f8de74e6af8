#include "services/client/import/map_parser.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {

absl::Status YamlReader::Refuse(const YAML::Node& node, absl::string_view problem) const {
  return InvalidField("MAP_INVALID", absl::StrCat(path_, ":", node.Mark().line + 1), problem);
}

absl::Status YamlReader::ForEachKey(const YAML::Node& node, const TakeKey& take) const {
  if (!node.IsMap()) return Refuse(node, "a list of `key: value` is expected here");
  std::set<std::string> seen;
  for (const auto& item : node) {
    if (!item.first.IsScalar()) return Refuse(item.first, "a key must be a word");
    if (!seen.insert(item.first.Scalar()).second) {
      return Refuse(item.first, absl::StrCat("`", item.first.Scalar(), "` stands twice"));
    }
    COMITY_RETURN_IF_ERROR(take(item.first.Scalar(), item.second));
  }
  return absl::OkStatus();
}

absl::Status YamlReader::TakeText(const YAML::Node& node, std::string* text) const {
  if (!node.IsScalar()) return Refuse(node, "a single value is expected here");
  *text = node.Scalar();
  return absl::OkStatus();
}

absl::Status YamlReader::TakeList(const YAML::Node& node,
                                  const std::function<void(std::string)>& take) const {
  if (node.IsScalar()) {
    take(node.Scalar());
    return absl::OkStatus();
  }
  if (!node.IsSequence()) return Refuse(node, "a value or a list of values is expected here");
  for (const YAML::Node& item : node) {
    std::string text;
    COMITY_RETURN_IF_ERROR(TakeText(item, &text));
    take(text);
  }
  return absl::OkStatus();
}

absl::Status YamlReader::TakeFlag(const YAML::Node& node, bool* flag) const {
  if (!node.IsScalar() || (node.Scalar() != "true" && node.Scalar() != "false")) {
    return Refuse(node, "`true` or `false` is expected here");
  }
  *flag = node.Scalar() == "true";
  return absl::OkStatus();
}

absl::Status YamlReader::ForEachItem(
    const YAML::Node& node, const std::function<absl::Status(const YAML::Node&)>& take) const {
  if (!node.IsSequence()) return Refuse(node, "a list is expected here");
  for (const YAML::Node& item : node) COMITY_RETURN_IF_ERROR(take(item));
  return absl::OkStatus();
}

}  // namespace comity::client
