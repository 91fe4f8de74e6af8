// Reads the parts of a map; every refusal names the line.
#ifndef COMITY_CLIENT_IMPORT_MAP_PARSER_H_
#define COMITY_CLIENT_IMPORT_MAP_PARSER_H_

#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "services/client/import/map.h"
#include "yaml-cpp/yaml.h"

namespace comity::client {

// What the parts share. yaml-cpp reports by exceptions, which ParseMap catches.
class YamlReader {
 public:
  explicit YamlReader(std::string path) : path_(std::move(path)) {}

  // MAP_INVALID, naming path and line.
  absl::Status Refuse(const YAML::Node& node, absl::string_view problem) const;
  using TakeKey = std::function<absl::Status(const std::string&, const YAML::Node&)>;
  absl::Status ForEachKey(const YAML::Node& node, const TakeKey& take) const;
  absl::Status ForEachItem(const YAML::Node& node,
                           const std::function<absl::Status(const YAML::Node&)>& take) const;
  absl::Status TakeText(const YAML::Node& node, std::string* text) const;
  absl::Status TakeFlag(const YAML::Node& node, bool* flag) const;
  // A value, or a list of them.
  absl::Status TakeList(const YAML::Node& node, const std::function<void(std::string)>& take) const;

 private:
  const std::string path_;
};

// Reads values of fields.
class ValueParser : public YamlReader {
 public:
  using YamlReader::YamlReader;
  absl::Status TakeFields(const YAML::Node& node, const google::protobuf::Descriptor& type,
                          Fields* fields) const;
  // A word is the column's name.
  absl::Status TakeValue(const YAML::Node& node, const google::protobuf::FieldDescriptor& field,
                         ValueSpec* spec) const;

 private:
  absl::Status CheckValue(const YAML::Node& node, const google::protobuf::FieldDescriptor& field,
                          const ValueSpec& spec) const;
  absl::Status CheckMeant(const YAML::Node& node, const google::protobuf::FieldDescriptor& field,
                          const ValueSpec& spec) const;
  absl::Status TakeValueKey(const std::string& key, const YAML::Node& value, ValueSpec* spec) const;
  absl::Status TakeReference(const std::string& key, const YAML::Node& value,
                             ValueSpec* spec) const;
  absl::Status TakePart(const YAML::Node& node, int* part) const;
  absl::Status TakeOthers(const YAML::Node& node, ValueSpec* spec) const;
  absl::Status TakeMake(const YAML::Node& node, ValueSpec* spec) const;
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_MAP_PARSER_H_
