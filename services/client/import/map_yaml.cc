#include <fstream>
#include <functional>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "comity/judgement/v1/judgement.pb.h"
#include "services/client/api/field_value.h"
#include "services/client/import/map.h"
#include "services/client/output/format.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "yaml-cpp/yaml.h"

namespace comity::client {
namespace {

using google::protobuf::Descriptor;

// Reads one document; every refusal names the line.
class MapParser {
 public:
  MapParser(std::string path, ImportMap* map) : path_(std::move(path)), map_(map) {}

  absl::Status Parse(const YAML::Node& root) {
    return ForEachKey(root, [&](const std::string& key, const YAML::Node& value) {
      return TakeTopLevel(key, value);
    });
  }
  absl::Status CheckWhole(const YAML::Node& root) {
    if (map_->collection.plural.empty()) return Refuse(root, "`kind` is missing");
    if (map_->source.empty()) return Refuse(root, "`source` is missing");
    if (map_->identity.empty()) return Refuse(root, "`identity` is missing");
    if (!map_->judgements.empty() && map_->department.empty()) {
      return Refuse(root, "a map with judgements names its `department`");
    }
    return absl::OkStatus();
  }

 private:
  using TakeKey = std::function<absl::Status(const std::string&, const YAML::Node&)>;

  absl::Status Refuse(const YAML::Node& node, absl::string_view problem) const {
    return InvalidField("MAP_INVALID", absl::StrCat(path_, ":", node.Mark().line + 1), problem);
  }

  absl::Status ForEachKey(const YAML::Node& node, const TakeKey& take) const {
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

  absl::Status TakeText(const YAML::Node& node, std::string* text) const {
    if (!node.IsScalar()) return Refuse(node, "a single value is expected here");
    *text = node.Scalar();
    return absl::OkStatus();
  }

  absl::Status TakeList(const YAML::Node& node,
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

  absl::Status TakeTopLevel(const std::string& key, const YAML::Node& value) {
    if (key == "kind") return TakeKind(value);
    if (key == "source") return TakeText(value, &map_->source);
    if (key == "identity") return TakeText(value, &map_->identity);
    if (key == "department") {
      COMITY_RETURN_IF_ERROR(TakeText(value, &map_->department));
      map_->department = FullLens(map_->department);
      return absl::OkStatus();
    }
    if (key == "blank") return TakeList(value, [&](std::string t) { map_->blanks.insert(t); });
    if (key == "ignore") return TakeList(value, [&](std::string t) { map_->ignored.insert(t); });
    if (key == "zone") return TakeZone(value);
    if (key == "roles") return TakeRoles(value);
    if (key == "fields") {
      if (map_->collection.plural.empty())
        return Refuse(value, "`kind` must stand before `fields`");
      return TakeFields(value, *map_->collection.type(), &map_->fields);
    }
    if (key == "facts") return ForEachItem(value, [&](const YAML::Node& n) { return TakeFact(n); });
    if (key == "judgements") {
      return ForEachItem(value, [&](const YAML::Node& n) { return TakeJudgement(n); });
    }
    return Refuse(value, absl::StrCat("unknown key `", key, "`"));
  }

  absl::Status ForEachItem(const YAML::Node& node,
                           const std::function<absl::Status(const YAML::Node&)>& take) const {
    if (!node.IsSequence()) return Refuse(node, "a list is expected here");
    for (const YAML::Node& item : node) COMITY_RETURN_IF_ERROR(take(item));
    return absl::OkStatus();
  }

  absl::Status TakeKind(const YAML::Node& node) {
    std::string kind;
    COMITY_RETURN_IF_ERROR(TakeText(node, &kind));
    const Collection* collection = FindCollection(kind);
    if (collection == nullptr) {
      return Refuse(node, absl::StrCat("`", kind, "` cannot be imported"));
    }
    map_->collection = *collection;
    return absl::OkStatus();
  }

  absl::Status TakeZone(const YAML::Node& node) {
    std::string zone;
    COMITY_RETURN_IF_ERROR(TakeText(node, &zone));
    if (absl::LoadTimeZone(zone, &map_->zone)) return absl::OkStatus();
    return Refuse(node, absl::StrCat("no time zone `", zone, "`"));
  }

  absl::Status TakeRoles(const YAML::Node& node) {
    absl::Status status = absl::OkStatus();
    COMITY_RETURN_IF_ERROR(TakeList(node, [&](const std::string& text) {
      const auto* type = type::v1::Role_descriptor();
      for (int i = 1; i < type->value_count(); ++i) {
        if (ShortEnum(*type->value(i)) != text) continue;
        map_->roles.push_back(static_cast<type::v1::Role>(type->value(i)->number()));
        return;
      }
      status = Refuse(node, absl::StrCat("no role `", text, "`"));
    }));
    return status;
  }

  absl::Status TakeFields(const YAML::Node& node, const Descriptor& type,
                          std::map<std::string, ValueSpec>* fields) const {
    return ForEachKey(node, [&](const std::string& path, const YAML::Node& value) {
      const auto* field = FieldAt(type, path);
      if (field == nullptr) {
        return Refuse(value, absl::StrCat("no field `", path, "` in ", type.name()));
      }
      return TakeValue(value, *field, &(*fields)[path]);
    });
  }

  // A word is the column's name.
  absl::Status TakeValue(const YAML::Node& node, const google::protobuf::FieldDescriptor& field,
                         ValueSpec* spec) const {
    if (node.IsScalar()) return TakeText(node, &spec->column);
    COMITY_RETURN_IF_ERROR(ForEachKey(node, [&](const std::string& key, const YAML::Node& value) {
      return TakeValueKey(key, value, spec);
    }));
    if (spec->column.empty() == spec->constant.empty()) {
      return Refuse(node, "a value has either `column` or `constant`");
    }
    if (spec->make && spec->find.empty() && spec->name.empty()) {
      return Refuse(node, "`make` goes with `find` or `name`");
    }
    if (spec->currency.empty() && spec->constant.empty() && IsMoney(field)) {
      return Refuse(node, "an amount names its `currency`");
    }
    return absl::OkStatus();
  }

  static bool IsMoney(const google::protobuf::FieldDescriptor& field) {
    return field.message_type() != nullptr &&
           field.message_type()->full_name() == "google.type.Money";
  }

  absl::Status TakeValueKey(const std::string& key, const YAML::Node& value,
                            ValueSpec* spec) const {
    if (key == "column") return TakeText(value, &spec->column);
    if (key == "constant") return TakeText(value, &spec->constant);
    if (key == "format") return TakeText(value, &spec->format);
    if (key == "currency") return TakeText(value, &spec->currency);
    if (key == "required") {
      spec->required = value.IsScalar() && value.Scalar() == "true";
      return absl::OkStatus();
    }
    if (key == "values") {
      return ForEachKey(value, [&](const std::string& from, const YAML::Node& to) {
        return TakeText(to, &spec->values[from]);
      });
    }
    if (key == "find" || key == "name") {
      std::string* collection = key == "find" ? &spec->find : &spec->name;
      COMITY_RETURN_IF_ERROR(TakeText(value, collection));
      if (FindCollection(*collection) != nullptr) return absl::OkStatus();
      return Refuse(value, absl::StrCat("no collection `", *collection, "`"));
    }
    if (key == "make") return TakeMake(value, spec);
    return Refuse(value, absl::StrCat("unknown key `", key, "`"));
  }

  absl::Status TakeMake(const YAML::Node& node, ValueSpec* spec) const {
    spec->make = true;
    if (node.IsScalar()) return absl::OkStatus();
    const Collection* made = FindCollection(spec->find.empty() ? spec->name : spec->find);
    if (made == nullptr) return Refuse(node, "`make` stands after `find` or `name`");
    return TakeFields(node, *made->type(), &spec->make_fields);
  }

  absl::Status TakeWhen(const YAML::Node& node, Conditions* when) const {
    return ForEachKey(node, [&](const std::string& column, const YAML::Node& cells) {
      return TakeList(cells, [&](std::string cell) { (*when)[column].insert(cell); });
    });
  }

  absl::Status TakeFact(const YAML::Node& node) {
    FactSpec spec;
    COMITY_RETURN_IF_ERROR(ForEachKey(node, [&](const std::string& key, const YAML::Node& value) {
      if (key == "when") return TakeWhen(value, &spec.when);
      if (key == "fields") return TakeFields(value, *fact::v1::Fact::descriptor(), &spec.fields);
      if (key != "kind") return Refuse(value, absl::StrCat("unknown key `", key, "`"));
      fact::v1::Fact fact;
      std::string kind;
      COMITY_RETURN_IF_ERROR(TakeText(value, &kind));
      if (!SetField(&fact, "kind", kind).ok()) {
        return Refuse(value, absl::StrCat("no kind of fact `", kind, "`"));
      }
      spec.kind = fact.kind();
      return absl::OkStatus();
    }));
    if (spec.kind == fact::v1::FACT_KIND_UNSPECIFIED)
      return Refuse(node, "a fact names its `kind`");
    map_->facts.push_back(std::move(spec));
    return absl::OkStatus();
  }

  absl::Status TakeJudgement(const YAML::Node& node) {
    JudgementSpec spec;
    COMITY_RETURN_IF_ERROR(ForEachKey(node, [&](const std::string& key, const YAML::Node& value) {
      if (key == "when") return TakeWhen(value, &spec.when);
      if (key == "question") return TakeText(value, &spec.question);
      if (key == "answer") return TakeText(value, &spec.answer);
      if (key != "fields") return Refuse(value, absl::StrCat("unknown key `", key, "`"));
      return TakeFields(value, *judgement::v1::Judgement::descriptor(), &spec.fields);
    }));
    if (spec.question.empty() || spec.answer.empty()) {
      return Refuse(node, "a judgement names its `question` and `answer`");
    }
    spec.question = FullQuestion(spec.question);
    map_->judgements.push_back(std::move(spec));
    return absl::OkStatus();
  }

  const std::string path_;
  ImportMap* const map_;
};

}  // namespace

absl::StatusOr<ImportMap> ReadMap(const std::string& path) {
  std::ifstream file(path);
  if (!file) return InvalidField("MAP_INVALID", path, "the map cannot be read");
  std::stringstream text;
  text << file.rdbuf();
  return ParseMap(text.str(), path);
}

absl::StatusOr<ImportMap> ParseMap(const std::string& yaml, const std::string& path) {
  ImportMap map;
  map.zone = absl::UTCTimeZone();
  map.blanks.insert("");
  try {  // yaml-cpp reports by exceptions only
    const YAML::Node root = YAML::Load(yaml);
    MapParser parser(path, &map);
    COMITY_RETURN_IF_ERROR(parser.Parse(root));
    COMITY_RETURN_IF_ERROR(parser.CheckWhole(root));
  } catch (const YAML::Exception& error) {
    return InvalidField("MAP_INVALID", absl::StrCat(path, ":", error.mark.line + 1), error.msg);
  }
  return map;
}

}  // namespace comity::client
