#include "services/client/import/compare.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "comity/type/v1/resource.pb.h"
#include "google/api/field_behavior.pb.h"
#include "services/client/api/schema.h"
#include "services/client/output/format.h"

namespace comity::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsImmutable(const FieldDescriptor& field) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == google::api::IMMUTABLE) return true;
  }
  return false;
}

Problem Contradiction(const RowPlan& plan, const std::string& path, const std::string& said,
                      const std::string& held) {
  return {plan.line, path, said, "CONTRADICTS_RECORD",
          absl::StrCat("the record says `", held, "`")};
}

// Where a record shows that a kind of fact stands; null where it does not show it.
const char* ShownBy(fact::v1::FactKind kind) {
  switch (kind) {
    case fact::v1::FACT_KIND_ENGAGED:
      return "engage_time";
    case fact::v1::FACT_KIND_SIGNED:
      return "sign_time";
    case fact::v1::FACT_KIND_DECLINED:
      return "decline_time";
    default:
      return nullptr;
  }
}

void CompareFact(const RowPlan& plan, const fact::v1::Fact& fact, const Message& existing,
                 Difference* difference) {
  const char* path = ShownBy(fact.kind());
  const std::string held = path == nullptr ? "" : Cell(existing, path);
  if (held.empty()) {
    difference->facts.push_back(fact);  // known by its external id, if it is there already
    return;
  }
  const std::string said = Cell(fact, "occur_time");
  if (said != held) difference->contradictions.push_back(Contradiction(plan, path, said, held));
  if (fact.has_amount() && Cell(fact, "amount") != Cell(existing, "amount")) {
    difference->contradictions.push_back(
        Contradiction(plan, "amount", Cell(fact, "amount"), Cell(existing, "amount")));
  }
}

// The own answer of the department through whose lens `existing` was read.
std::string OwnAnswer(const Message& existing, const std::string& question) {
  const FieldDescriptor* field = existing.GetDescriptor()->FindFieldByName("lens_answers");
  if (field == nullptr) return "";
  for (int i = 0; i < existing.GetReflection()->FieldSize(existing, field); ++i) {
    const auto& answer = static_cast<const type::v1::LensAnswer&>(
        existing.GetReflection()->GetRepeatedMessage(existing, field, i));
    if (answer.question() == question && answer.basis() == type::v1::ANSWER_BASIS_OWN) {
      return answer.answer();
    }
  }
  return "";
}

}  // namespace

Difference Compare(const RowPlan& plan, const Message& existing) {
  Difference difference;
  for (const std::string& path : plan.paths) {
    const std::string said = Cell(*plan.record, path);
    const std::string held = Cell(existing, path);
    if (said == held) continue;
    const std::string top = path.substr(0, path.find('.'));
    const FieldDescriptor* field = existing.GetDescriptor()->FindFieldByName(top);
    if (IsImmutable(*field)) {
      difference.contradictions.push_back(Contradiction(plan, path, said, held));
    } else if (std::find(difference.changed.begin(), difference.changed.end(), top) ==
               difference.changed.end()) {
      difference.changed.push_back(top);
    }
  }
  for (const auto& fact : plan.facts) CompareFact(plan, fact, existing, &difference);
  for (const auto& judgement : plan.judgements) {
    if (OwnAnswer(existing, judgement.question()) != judgement.answer()) {
      difference.judgements.push_back(judgement);
    }
  }
  return difference;
}

}  // namespace comity::client
