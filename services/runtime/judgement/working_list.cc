#include "services/runtime/judgement/working_list.h"

#include <algorithm>

#include "services/runtime/fact/fact_component.h"
#include "services/runtime/judgement/judgement_store.h"

namespace comity::judgement {
namespace {

// Whether facts of `kind` decide an answer about the collection; of any kind, if it is empty.
bool FactsDecide(const charter::Charter& charter, const std::string& collection,
                 const std::string& kind = "") {
  const auto questions = charter.QuestionsAbout(collection);
  return std::any_of(questions.begin(), questions.end(),
                     [&](const auto* question) { return charter::FactsDecide(*question, kind); });
}

// The department's own standing answers, as (question, answer).
std::vector<std::pair<std::string, std::string>> OwnAnswers(const std::vector<StandingRow>& rows,
                                                            const std::string& department) {
  std::vector<std::pair<std::string, std::string>> own;
  for (const StandingRow& row : rows) {
    if (row.department == department) own.emplace_back(row.question, row.answer);
  }
  return own;
}

absl::Status Refresh(storage::Transaction& tx, const Call& call, const resource::Resource& resource,
                     const std::string& subject, const std::vector<std::string>& departments) {
  const charter::Charter& charter = call.charter();
  std::vector<std::string> facts;
  if (FactsDecide(charter, resource.collection)) {
    COMITY_ASSIGN_OR_RETURN(facts, fact::DecidingFacts(tx, subject));
  }
  COMITY_ASSIGN_OR_RETURN(const std::vector<StandingRow> rows, ReadStanding(tx, subject));
  for (const std::string& department : departments) {
    const bool listed = charter::OnWorkingList(charter, resource.collection, department,
                                               OwnAnswers(rows, department), facts);
    COMITY_RETURN_IF_ERROR(resource::SetListed(tx, resource, subject, department, listed));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RefreshWorkingLists(storage::Transaction& tx, const Call& call,
                                 const resource::Resource& resource, const std::string& subject,
                                 const std::string& kind) {
  if (!FactsDecide(call.charter(), resource.collection, kind)) return absl::OkStatus();
  return Refresh(tx, call, resource, subject,
                 call.charter().DepartmentsWithWorkingList(resource.collection));
}

absl::Status RefreshWorkingList(storage::Transaction& tx, const Call& call,
                                const resource::Resource& resource, const std::string& subject,
                                const std::string& department) {
  const auto departments = call.charter().DepartmentsWithWorkingList(resource.collection);
  if (std::find(departments.begin(), departments.end(), department) == departments.end()) {
    return absl::OkStatus();
  }
  return Refresh(tx, call, resource, subject, {department});
}

}  // namespace comity::judgement
