#include "services/client/import/date_source.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "comity/judgement/v1/judgement.pb.h"

namespace comity::client {
namespace {

using google::protobuf::Descriptor;

bool IsDate(const Descriptor& type, const std::string& path) {
  const auto* field = FieldAt(type, path);
  if (field == nullptr || field->message_type() == nullptr) return false;
  const std::string& name = field->message_type()->full_name();
  return name == "google.protobuf.Timestamp" || name == "google.type.Date";
}

bool BeginsRecord(fact::v1::FactKind kind) {
  return kind == fact::v1::FACT_KIND_CREATED || kind == fact::v1::FACT_KIND_OPENED ||
         kind == fact::v1::FACT_KIND_ENGAGED;
}

// Collects the dates of a map.
class Collector {
 public:
  // `fact`: whose fields they are; null: of the record or of a judgement.
  void Take(const Fields& fields, const Descriptor& type, const std::set<std::string>& beginnings,
            const FactSpec* fact = nullptr) {
    for (const auto& [path, spec] : fields) {
      TakeMade(spec, fact);
      if (!IsDate(type, path) || spec.columns.empty()) continue;
      TakeDate(spec, fact);
      (beginnings.contains(path) ? begins_ : follows_).insert(DateNameOf(spec));
    }
  }
  DateColumns Result() {
    for (const std::string& late : follows_) {
      for (const std::string& early : begins_) {
        if (!begins_.contains(late)) rules_.emplace(late, early);
      }
    }
    for (const auto& [late, early] : rules_) AddRule(late, early);
    result_.names.assign(names_.begin(), names_.end());
    return std::move(result_);
  }

 private:
  void TakeDate(const ValueSpec& spec, const FactSpec* fact) {
    const std::string name = DateNameOf(spec);
    if (!spec.not_before.empty()) rules_.emplace(name, spec.not_before);
    if (!spec.formats.empty()) {
      formatted_.insert(name);
      return;
    }
    names_.insert(name);
    const bool is_apart = fact != nullptr && !fact->each.empty();
    result_.sources.push_back(
        {name, spec, is_apart ? fact->each : "", is_apart ? fact->split : ""});
  }

  // Another record has its own beginning.
  void TakeMade(const ValueSpec& spec, const FactSpec* fact) {
    if (spec.make_fields.empty()) return;
    const Descriptor& type = *FindCollection(spec.collection())->type();
    for (const auto& [path, made] : spec.make_fields) {
      if (IsDate(type, path) && !made.columns.empty()) TakeDate(made, fact);
    }
  }

  void AddRule(const std::string& late, const std::string& early) {
    if (!names_.contains(late)) return;
    if (!names_.contains(early)) {
      // Which times it shows is not told from the file.
      if (formatted_.contains(early)) return;
      // A column that no field takes: it only bears witness.
      ValueSpec spec;
      spec.columns = {early};
      result_.sources.push_back({early, spec, "", ""});
    }
    result_.rules.push_back({late, early});
  }

  std::set<std::string> names_;
  std::set<std::string> formatted_;
  std::set<std::string> begins_;
  std::set<std::string> follows_;
  std::set<std::pair<std::string, std::string>> rules_;
  DateColumns result_;
};

}  // namespace

std::string DateNameOf(const ValueSpec& spec) {
  const std::string name = absl::StrJoin(spec.columns, " + ");
  return spec.split.empty() ? name : absl::StrCat(name, ", part ", spec.part);
}

DateColumns DateColumnsOf(const ImportMap& map) {
  Collector collector;
  const std::set<std::string> beginnings = {"open_time", "capture_time"};
  if (map.collection.type() != nullptr) {
    collector.Take(map.fields, *map.collection.type(), beginnings);
    collector.Take(map.subject.make_fields, *map.collection.type(), beginnings);
  }
  for (const FactSpec& spec : map.facts) {
    const std::set<std::string> begins =
        BeginsRecord(spec.kind) ? std::set<std::string>{"occur_time"} : std::set<std::string>();
    collector.Take(spec.fields, *fact::v1::Fact::descriptor(), begins, &spec);
  }
  for (const JudgementSpec& spec : map.judgements) {
    collector.Take(spec.fields, *judgement::v1::Judgement::descriptor(), {});
  }
  return collector.Result();
}

}  // namespace comity::client
