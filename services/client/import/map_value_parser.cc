#include <algorithm>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "comity/type/v1/policy.pb.h"
#include "google/api/field_behavior.pb.h"
#include "services/client/import/map_parser.h"
#include "services/client/import/record_paths.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

bool RefersTo(const google::protobuf::FieldDescriptor& field, const std::string& collection) {
  const auto& policy = field.options().GetExtension(type::v1::field);
  const auto& names = policy.refers_to();
  return std::find(names.begin(), names.end(), collection) != names.end();
}

bool IsDate(const google::protobuf::FieldDescriptor& field) {
  const std::string type = field.message_type() == nullptr ? "" : field.message_type()->full_name();
  return type == "google.protobuf.Timestamp" || type == "google.type.Date";
}

}  // namespace

absl::Status ValueParser::TakeFields(const YAML::Node& node,
                                     const google::protobuf::Descriptor& type,
                                     Fields* fields) const {
  return ForEachKey(node, [&](const std::string& path, const YAML::Node& value) {
    const auto* field = FieldAt(type, path);
    if (field == nullptr) {
      return Refuse(value, absl::StrCat("no field `", path, "` in ", type.name()));
    }
    if (path == absl::StrCat("attributes.", kLastSaidKey)) {
      return Refuse(value,
                    absl::StrCat("`", path, "` is what imports remember: call it otherwise"));
    }
    if (IsSetByServices(*field)) {
      return Refuse(value, absl::StrCat("`", path, "` follows from facts: no import sets it"));
    }
    return TakeValue(value, *field, &(*fields)[path]);
  });
}

// A word is the column's name.
absl::Status ValueParser::TakeValue(const YAML::Node& node,
                                    const google::protobuf::FieldDescriptor& field,
                                    ValueSpec* spec) const {
  if (node.IsScalar()) {
    spec->columns.resize(1);
    COMITY_RETURN_IF_ERROR(TakeText(node, &spec->columns[0]));
  } else {
    COMITY_RETURN_IF_ERROR(ForEachKey(node, [&](const std::string& key, const YAML::Node& value) {
      return TakeValueKey(key, value, spec);
    }));
  }
  if (spec->columns.empty() == spec->constant.empty()) {
    return Refuse(node, "a value has either `column` or `constant`");
  }
  return CheckValue(node, field, *spec);
}

absl::Status ValueParser::CheckValue(const YAML::Node& node,
                                     const google::protobuf::FieldDescriptor& field,
                                     const ValueSpec& spec) const {
  if (!spec.find.empty() && !spec.name.empty()) {
    return Refuse(node, "a value has either `find` or `name`");
  }
  if (spec.make && !spec.refers()) return Refuse(node, "`make` goes with `find` or `name`");
  if (spec.refers() && !RefersTo(field, spec.collection())) {
    return Refuse(node, absl::StrCat("`", field.name(), "` names no ", spec.collection()));
  }
  if (!spec.prefix.empty() && spec.name.empty()) return Refuse(node, "`prefix` goes with `name`");
  const bool needs_currency = spec.currency.empty() && spec.constant.empty() && IsAmount(field);
  if (needs_currency) return Refuse(node, "an amount names its `currency`");
  if (spec.part == 0) return Refuse(node, "parts are counted from 1, or from -1 backwards");
  return CheckMeant(node, field, spec);
}

// What would decide nothing was meant otherwise.
absl::Status ValueParser::CheckMeant(const YAML::Node& node,
                                     const google::protobuf::FieldDescriptor& field,
                                     const ValueSpec& spec) const {
  if (node.IsMap() && node["part"] && spec.split.empty()) {
    return Refuse(node, "`part` goes with `split`");
  }
  if (spec.others != OtherValues::kKeep && spec.values.empty()) {
    return Refuse(node, "`others` goes with `values`: else no cell is left");
  }
  if (!spec.currency.empty() && !IsAmount(field)) {
    return Refuse(node, absl::StrCat("`", field.name(), "` is no amount: it has no `currency`"));
  }
  if ((!spec.formats.empty() || !spec.not_before.empty()) && !IsDate(field)) {
    const char* key = spec.formats.empty() ? "not_before" : "format";
    return Refuse(node, absl::StrCat("`", field.name(), "` is no date: it has no `", key, "`"));
  }
  return absl::OkStatus();
}

absl::Status ValueParser::TakeValueKey(const std::string& key, const YAML::Node& value,
                                       ValueSpec* spec) const {
  const auto add = [&](std::string column) { spec->columns.push_back(std::move(column)); };
  if (key == "column" || key == "columns") return TakeList(value, add);
  if (key == "join") return TakeText(value, &spec->join);
  if (key == "split") return TakeText(value, &spec->split);
  if (key == "part") return TakePart(value, &spec->part);
  if (key == "constant") return TakeText(value, &spec->constant);
  if (key == "format") {
    return TakeList(value, [&](std::string t) { spec->formats.push_back(std::move(t)); });
  }
  if (key == "not_before") return TakeText(value, &spec->not_before);
  if (key == "currency") return TakeText(value, &spec->currency);
  if (key == "required") return TakeFlag(value, &spec->required);
  if (key == "blank") return TakeList(value, [&](std::string t) { spec->blanks.insert(t); });
  if (key == "others") return TakeOthers(value, spec);
  if (key == "prefix") return TakeText(value, &spec->prefix);
  if (key == "make") return TakeMake(value, spec);
  if (key == "values") {
    return ForEachKey(value, [&](const std::string& from, const YAML::Node& to) {
      return TakeText(to, &spec->values[from]);
    });
  }
  if (key == "find" || key == "name") return TakeReference(key, value, spec);
  return Refuse(value, absl::StrCat("unknown key `", key, "`"));
}

absl::Status ValueParser::TakeReference(const std::string& key, const YAML::Node& value,
                                        ValueSpec* spec) const {
  std::string* collection = key == "find" ? &spec->find : &spec->name;
  COMITY_RETURN_IF_ERROR(TakeText(value, collection));
  const Collection* found = FindCollection(*collection);
  if (found == nullptr) return Refuse(value, absl::StrCat("no collection `", *collection, "`"));
  if (found->has_chosen_ids() == (key == "name")) return absl::OkStatus();
  return Refuse(value, absl::StrCat(*collection, key == "name" ? " have external ids: `find`"
                                                               : " have chosen ids: `name`"));
}

absl::Status ValueParser::TakePart(const YAML::Node& node, int* part) const {
  std::string text;
  COMITY_RETURN_IF_ERROR(TakeText(node, &text));
  return absl::SimpleAtoi(text, part) ? absl::OkStatus() : Refuse(node, "a number is expected");
}

absl::Status ValueParser::TakeOthers(const YAML::Node& node, ValueSpec* spec) const {
  static const auto* choices =
      new std::map<std::string, OtherValues>{{"keep", OtherValues::kKeep},
                                             {"refuse", OtherValues::kRefuse},
                                             {"blank", OtherValues::kBlank}};
  std::string text;
  COMITY_RETURN_IF_ERROR(TakeText(node, &text));
  const auto found = choices->find(text);
  if (found == choices->end()) return Refuse(node, "others are `keep`, `refuse` or `blank`");
  spec->others = found->second;
  return absl::OkStatus();
}

absl::Status ValueParser::TakeMake(const YAML::Node& node, ValueSpec* spec) const {
  spec->make = true;
  if (node.IsScalar()) return TakeFlag(node, &spec->make);
  const Collection* made = FindCollection(spec->find.empty() ? spec->name : spec->find);
  if (made == nullptr) return Refuse(node, "`make` stands after `find` or `name`");
  COMITY_RETURN_IF_ERROR(TakeFields(node, *made->type(), &spec->make_fields));
  for (const auto& [path, field] : spec->make_fields) {
    if (!field.refers()) continue;
    return Refuse(node, absl::StrCat("`", path, "` of what is made cannot name another record"));
  }
  return absl::OkStatus();
}

}  // namespace comity::client
