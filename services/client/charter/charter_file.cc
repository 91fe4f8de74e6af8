#include "services/client/charter/charter_file.h"

#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "services/client/charter/yaml.h"
#include "services/runtime/charter/yaml_file.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "yaml-cpp/yaml.h"

namespace comity::client {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using type::v1::Charter;

constexpr char kInvalid[] = "CHARTER_INVALID";

// Whether a file says what a message can say; every refusal names the line.
class Check {
 public:
  explicit Check(const std::string& path) : path_(path) {}

  absl::Status Message(const YAML::Node& node, const Descriptor& type) const {
    if (!node.IsMap()) return Refuse(node, absl::StrCat("expected are fields of ", type.name()));
    std::set<const FieldDescriptor*> seen;
    for (const auto& item : node) {
      const std::string key = item.first.IsScalar() ? item.first.Scalar() : "";
      const FieldDescriptor* field = type.FindFieldByName(key);
      if (field == nullptr) field = type.FindFieldByCamelcaseName(key);  // as JSON has it
      if (field == nullptr) {
        return Refuse(item.first, absl::StrCat("`", key, "` is no field of ", type.name(), ": ",
                                               NamesOf(type)));
      }
      if (!seen.insert(field).second) {
        return Refuse(item.first, absl::StrCat("`", key, "` stands twice"));
      }
      COMITY_RETURN_IF_ERROR(Field(item.second, *field));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Refuse(const YAML::Node& node, absl::string_view problem) const {
    return InvalidField(kInvalid, absl::StrCat(path_, ":", node.Mark().line + 1), problem);
  }

  static std::string NamesOf(const Descriptor& type) {
    std::vector<std::string> names;
    for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
    return absl::StrJoin(names, ", ");
  }

  absl::Status Field(const YAML::Node& node, const FieldDescriptor& field) const {
    if (node.IsNull()) return absl::OkStatus();
    if (!field.is_repeated()) return Value(node, field);
    if (!node.IsSequence()) return Refuse(node, absl::StrCat("`", field.name(), "` is a list"));
    for (const YAML::Node& item : node) COMITY_RETURN_IF_ERROR(Value(item, field));
    return absl::OkStatus();
  }

  absl::Status Value(const YAML::Node& node, const FieldDescriptor& field) const {
    if (field.message_type() != nullptr) return Message(node, *field.message_type());
    if (!node.IsScalar()) {
      return Refuse(node, absl::StrCat("`", field.name(), "` takes a single value"));
    }
    const std::string wanted = Wanted(node.Scalar(), field);
    if (wanted.empty()) return absl::OkStatus();
    return Refuse(node, absl::StrCat("`", node.Scalar(), "`: `", field.name(), "` is ", wanted));
  }

  // What the field takes instead of `text`; empty where it takes it.
  static std::string Wanted(const std::string& text, const FieldDescriptor& field) {
    int integer = 0;
    double number = 0;
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL:
        return text == "true" || text == "false" ? "" : "`true` or `false`";
      case FieldDescriptor::CPPTYPE_INT32:
        return absl::SimpleAtoi(text, &integer) ? "" : "a whole number";
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return absl::SimpleAtod(text, &number) ? "" : "a number";
      case FieldDescriptor::CPPTYPE_ENUM: {
        if (field.enum_type()->FindValueByName(text) != nullptr) return "";
        std::vector<std::string> names;
        for (int i = 1; i < field.enum_type()->value_count(); ++i) {
          names.push_back(field.enum_type()->value(i)->name());
        }
        return absl::StrCat("one of ", absl::StrJoin(names, ", "));
      }
      default:
        return "";
    }
  }

  const std::string& path_;
};

absl::Status CheckText(const std::string& text, const std::string& path) {
  try {  // yaml-cpp reports by exceptions only
    return Check(path).Message(YAML::Load(text), *Charter::descriptor());
  } catch (const YAML::Exception& error) {
    return InvalidField(kInvalid, absl::StrCat(path, ":", error.mark.line + 1), error.msg);
  }
}

Charter Only(Charter document, const FieldDescriptor& kept) {
  for (int i = 0; i < Charter::descriptor()->field_count(); ++i) {
    const FieldDescriptor* field = Charter::descriptor()->field(i);
    if (field != &kept) document.GetReflection()->ClearField(&document, field);
  }
  return document;
}

// With an empty line between elements that take more than one.
std::string Spaced(absl::string_view section) {
  std::string spaced;
  bool is_inside = false;  // of an element
  for (absl::string_view line : absl::StrSplit(absl::StripSuffix(section, "\n"), '\n')) {
    const bool begins = absl::StartsWith(line, "  - ");
    if (begins && is_inside) absl::StrAppend(&spaced, "\n");
    is_inside = absl::StartsWith(line, "    ");
    absl::StrAppend(&spaced, line, "\n");
  }
  return spaced;
}

}  // namespace

std::string CharterYaml(const Charter& document) {
  std::string text;
  for (int i = 0; i < Charter::descriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *Charter::descriptor()->field(i);
    const std::string section = ToYaml(Only(document, field));
    if (section == "{}\n") continue;
    if (field.message_type() != nullptr && !text.empty()) absl::StrAppend(&text, "\n");
    absl::StrAppend(&text, Spaced(section));
  }
  return text;
}

absl::StatusOr<Charter> ReadCharterFile(const std::string& path) {
  COMITY_ASSIGN_OR_RETURN(const std::string text, charter::ReadYamlFile(path, "FILE_UNREADABLE"));
  COMITY_RETURN_IF_ERROR(CheckText(text, path));
  Charter document;
  COMITY_RETURN_IF_ERROR(charter::YamlToMessage(text, path, kInvalid, &document));
  return document;
}

}  // namespace comity::client
