#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "comity/judgement/v1/judgement.pb.h"
#include "services/client/api/field_value.h"
#include "services/client/import/dialect.h"
#include "services/client/import/map_parser.h"
#include "services/client/import/record_id.h"
#include "services/client/output/format.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "yaml-cpp/yaml.h"

namespace comity::client {
namespace {

// Reads one document; every refusal names the line.
class MapParser : public ValueParser {
 public:
  MapParser(std::string path, ImportMap* map) : ValueParser(std::move(path)), map_(map) {}

  absl::Status Parse(const YAML::Node& root) {
    return ForEachKey(root, [&](const std::string& key, const YAML::Node& value) {
      return TakeTopLevel(key, value);
    });
  }
  absl::Status CheckWhole(const YAML::Node& root) {
    if (map_->kind.empty()) return Refuse(root, "`kind` is missing");
    if (map_->source.empty()) return Refuse(root, "`source` is missing");
    const bool needs_identity = map_->kind != "judgements" || map_->subject.column.empty();
    if (map_->identity.columns.empty() && needs_identity) {
      return Refuse(root, "`identity` is missing");
    }
    if (map_->about_subjects && map_->subject.collection.plural.empty()) {
      return Refuse(root, absl::StrCat("rows of ", map_->kind, " name their `subject`"));
    }
    if (!map_->about_subjects && !map_->subject.collection.plural.empty()) {
      return Refuse(root, absl::StrCat("a row of ", map_->kind, " is its own subject"));
    }
    if (map_->about_subjects && map_->facts.empty() && map_->judgements.empty()) {
      return Refuse(root, "no fact and no judgement: nothing would be taken");
    }
    if (!map_->judgements.empty() && map_->department.empty()) {
      return Refuse(root, "a map with judgements names its `department`");
    }
    if (!map_->roles.empty() && map_->collection.plural != "persons") {
      return Refuse(root["roles"], absl::StrCat(map_->kind, " have no roles: persons do"));
    }
    if (!map_->facts.empty()) COMITY_RETURN_IF_ERROR(CheckTakes("facts", root));
    if (!map_->judgements.empty()) COMITY_RETURN_IF_ERROR(CheckTakes("judgements", root));
    return absl::OkStatus();
  }

 private:
  // Whether records of the collection may come with such parts.
  absl::Status CheckTakes(const std::string& parts, const YAML::Node& root) const {
    const auto method = FindMethod(map_->collection.Method("Create"));
    COMITY_RETURN_IF_ERROR(method.status());
    if ((*method)->input_type()->FindFieldByName(parts) != nullptr) return absl::OkStatus();
    return Refuse(root[parts], absl::StrCat(map_->collection.plural, " have no ", parts));
  }

  absl::Status TakeTopLevel(const std::string& key, const YAML::Node& value) {
    if (key == "kind") return TakeKind(value);
    if (key == "source") return TakeSource(value);
    if (key == "identity") return TakeIdentity(value);
    if (key == "subject") return TakeSubject(value);
    if (key == "department") {
      COMITY_RETURN_IF_ERROR(TakeText(value, &map_->department));
      map_->department = FullLens(map_->department);
      return absl::OkStatus();
    }
    if (key == "blank")
      return TakeList(value, [&](const std::string& t) { map_->blanks.insert(t); });
    if (key == "ignore")
      return TakeList(value, [&](const std::string& t) { map_->ignored.insert(t); });
    if (key == "known") return TakeConditions(value, &map_->known);
    if (key == "zone") return TakeZone(value);
    if (key == "delimiter") return TakeDelimiter(value);
    if (key == "decimal") return TakeDecimal(value);
    if (key == "roles") return TakeRoles(value);
    return TakeContent(key, value);
  }

  absl::Status TakeSource(const YAML::Node& node) {
    COMITY_RETURN_IF_ERROR(TakeText(node, &map_->source));
    const absl::Status status = CheckSource(map_->source);
    return status.ok() ? status : Refuse(node, status.message());
  }

  // What becomes of a row.
  absl::Status TakeContent(const std::string& key, const YAML::Node& value) {
    if (key == "fields") {
      if (map_->kind.empty()) return Refuse(value, "`kind` must stand before `fields`");
      if (map_->about_subjects) {
        return Refuse(value, absl::StrCat("rows of ", map_->kind, " have facts or judgements"));
      }
      return TakeFields(value, *map_->collection.type(), &map_->fields);
    }
    if (key == "facts") return ForEachItem(value, [&](const YAML::Node& n) { return TakeFact(n); });
    if (key == "judgements") {
      return ForEachItem(value, [&](const YAML::Node& n) { return TakeJudgement(n); });
    }
    return Refuse(value, absl::StrCat("unknown key `", key, "`"));
  }

  absl::Status TakeKind(const YAML::Node& node) {
    COMITY_RETURN_IF_ERROR(TakeText(node, &map_->kind));
    for (const char* about : {"case-events", "touches", "activities", "judgements"}) {
      if (map_->kind == about) map_->about_subjects = true;
    }
    if (map_->about_subjects) return absl::OkStatus();
    const Collection* collection = FindCollection(map_->kind);
    if (collection == nullptr || collection->plural == "departments") {
      return Refuse(node, absl::StrCat("`", map_->kind, "` cannot be imported"));
    }
    map_->collection = *collection;
    return absl::OkStatus();
  }

  // A column, several that are unique together, or those of rows that may repeat.
  absl::Status TakeIdentity(const YAML::Node& node) {
    IdentitySpec& identity = map_->identity;
    const auto add = [&](const std::string& column) {
      identity.columns.push_back(std::move(column));
    };
    if (!node.IsMap()) return TakeList(node, add);
    return ForEachKey(node, [&](const std::string& key, const YAML::Node& value) {
      if (key == "columns") return TakeList(value, add);
      if (key == "repeats") return TakeFlag(value, &identity.repeats);
      return Refuse(value, absl::StrCat("unknown key `", key, "`"));
    });
  }

  absl::Status TakeSubject(const YAML::Node& node) {
    SubjectSpec& subject = map_->subject;
    COMITY_RETURN_IF_ERROR(ForEachKey(node, [&](const std::string& key, const YAML::Node& value) {
      if (key == "column") return TakeText(value, &subject.column);
      if (key == "find") {
        std::string plural;
        COMITY_RETURN_IF_ERROR(TakeText(value, &plural));
        const Collection* collection = FindCollection(plural);
        const std::set<std::string> judged = {"leads", "opportunities", "accounts", "cases"};
        if (collection == nullptr || !judged.contains(plural)) {
          return Refuse(value, absl::StrCat("`", plural, "` are no subjects"));
        }
        subject.collection = *collection;
        return absl::OkStatus();
      }
      if (key != "make") return Refuse(value, absl::StrCat("unknown key `", key, "`"));
      if (subject.collection.plural.empty()) return Refuse(value, "`find` must stand before it");
      subject.make = true;
      return TakeFields(value, *subject.collection.type(), &subject.make_fields);
    }));
    if (subject.collection.plural.empty()) return Refuse(node, "a subject has `find`");
    map_->collection = subject.collection;
    return absl::OkStatus();
  }

  absl::Status TakeDelimiter(const YAML::Node& node) {
    std::string text;
    COMITY_RETURN_IF_ERROR(TakeText(node, &text));
    if (text == "tab") text = "\t";
    if (text.size() != 1 || kDelimiters.find(text[0]) == absl::string_view::npos) {
      return Refuse(node, "a delimiter is `,`, `;`, `tab` or `|`");
    }
    map_->delimiter = text[0];
    return absl::OkStatus();
  }

  absl::Status TakeDecimal(const YAML::Node& node) {
    std::string text;
    COMITY_RETURN_IF_ERROR(TakeText(node, &text));
    if (text != "," && text != ".") return Refuse(node, "a decimal sign is `,` or `.`");
    map_->decimal = text[0];
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
    const bool alone = std::any_of(map_->roles.begin(), map_->roles.end(), [](type::v1::Role role) {
      return role == type::v1::ROLE_AUDITOR || role == type::v1::ROLE_OPERATOR;
    });
    if (alone && map_->roles.size() > 1) {
      return Refuse(node, "who audits or operates the system has no other role");
    }
    return status;
  }

  absl::Status TakeConditions(const YAML::Node& node, Conditions* when) const {
    return ForEachKey(node, [&](const std::string& column, const YAML::Node& cells) {
      return TakeList(cells, [&](const std::string& cell) { (*when)[column].insert(cell); });
    });
  }

  // Whether `key` is one of a condition; then it is read.
  absl::StatusOr<bool> TakeWhen(const std::string& key, const YAML::Node& value,
                                WhenSpec* when) const {
    absl::Status status;
    if (key == "when") {
      status = TakeConditions(value, &when->when);
    } else if (key == "unless") {
      status = TakeConditions(value, &when->unless);
    } else if (key == "before") {
      status = TakeConditions(value, &when->before);
    } else if (key == "changed") {
      status = TakeList(value, [&](const std::string& column) { when->changed.insert(column); });
    } else if (key == "otherwise") {
      status = TakeFlag(value, &when->otherwise);
    } else {
      return false;
    }
    if (!status.ok()) return status;
    const bool needs_subject = !when->before.empty() || !when->changed.empty();
    if (needs_subject && !map_->about_subjects) {
      return Refuse(value, absl::StrCat("`", key, "` is for rows about a subject"));
    }
    return true;
  }

  absl::Status TakeFact(const YAML::Node& node) {
    FactSpec spec;
    COMITY_RETURN_IF_ERROR(ForEachKey(node, [&](const std::string& key, const YAML::Node& value) {
      COMITY_ASSIGN_OR_RETURN(const bool taken, TakeWhen(key, value, &spec.when));
      if (taken) return absl::OkStatus();
      if (key == "fields") return TakeFields(value, *fact::v1::Fact::descriptor(), &spec.fields);
      if (key == "each") return TakeEach(value, &spec);
      if (key != "kind") return Refuse(value, absl::StrCat("unknown key `", key, "`"));
      return TakeFactKind(value, &spec);
    }));
    if (spec.kind == fact::v1::FACT_KIND_UNSPECIFIED)
      return Refuse(node, "a fact names its `kind`");
    map_->facts.push_back(std::move(spec));
    return absl::OkStatus();
  }

  absl::Status TakeFactKind(const YAML::Node& node, FactSpec* spec) const {
    fact::v1::Fact fact;
    std::string kind;
    COMITY_RETURN_IF_ERROR(TakeText(node, &kind));
    if (!SetField(&fact, "kind", kind).ok()) {
      return Refuse(node, absl::StrCat("no kind of fact `", kind, "`"));
    }
    spec->kind = fact.kind();
    return absl::OkStatus();
  }

  absl::Status TakeEach(const YAML::Node& node, FactSpec* spec) const {
    COMITY_RETURN_IF_ERROR(ForEachKey(node, [&](const std::string& key, const YAML::Node& value) {
      if (key == "column") return TakeText(value, &spec->each);
      if (key == "split") return TakeText(value, &spec->split);
      return Refuse(value, absl::StrCat("unknown key `", key, "`"));
    }));
    if (spec->each.empty() || spec->split.empty()) {
      return Refuse(node, "`each` has `column` and `split`");
    }
    return absl::OkStatus();
  }

  absl::Status TakeJudgement(const YAML::Node& node) {
    JudgementSpec spec;
    COMITY_RETURN_IF_ERROR(ForEachKey(node, [&](const std::string& key, const YAML::Node& value) {
      COMITY_ASSIGN_OR_RETURN(const bool taken, TakeWhen(key, value, &spec.when));
      if (taken) return absl::OkStatus();
      if (key == "question") return TakeText(value, &spec.question);
      if (key == "answer") return TakeAnswer(value, &spec.answer);
      if (key != "fields") return Refuse(value, absl::StrCat("unknown key `", key, "`"));
      if (value.IsMap() && value["subject"])
        return Refuse(value, "the row's record is the subject");
      return TakeFields(value, *judgement::v1::Judgement::descriptor(), &spec.fields);
    }));
    if (spec.question.empty() || (spec.answer.constant.empty() && spec.answer.columns.empty())) {
      return Refuse(node, "a judgement names its `question` and `answer`");
    }
    spec.question = FullQuestion(spec.question);
    map_->judgements.push_back(std::move(spec));
    return absl::OkStatus();
  }

  // A word is the answer; a column says it as `{column: …}`.
  absl::Status TakeAnswer(const YAML::Node& node, ValueSpec* answer) const {
    if (node.IsScalar()) return TakeText(node, &answer->constant);
    return TakeValue(node, *judgement::v1::Judgement::descriptor()->FindFieldByName("answer"),
                     answer);
  }

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
    const std::vector<YAML::Node> documents = YAML::LoadAll(yaml);
    const YAML::Node root = documents.empty() ? YAML::Node() : documents[0];
    MapParser parser(path, &map);
    for (size_t i = 1; i < documents.size(); ++i) {
      if (documents[i].IsNull()) continue;
      return parser.Refuse(documents[i], "a file holds one map: this is another document");
    }
    COMITY_RETURN_IF_ERROR(parser.Parse(root));
    COMITY_RETURN_IF_ERROR(parser.CheckWhole(root));
  } catch (const YAML::Exception& error) {
    return InvalidField("MAP_INVALID", absl::StrCat(path, ":", error.mark.line + 1), error.msg);
  }
  return map;
}

}  // namespace comity::client
