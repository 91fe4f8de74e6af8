#include "services/runtime/judgement/judgement_component.h"

#include "absl/strings/str_cat.h"
#include "services/runtime/judgement/judgement_rules.h"
#include "services/runtime/judgement/judgement_store.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"

namespace comity::judgement {
namespace {

// What the caller does not say itself.
void Complete(const Call& call, int64_t version, v1::Judgement* judgement) {
  judgement->set_name(absl::StrCat(judgement->subject(), "/judgements/",
                                   resource::IdToText(resource::NewId(call.now))));
  judgement->set_department(call.principal.department);
  *judgement->mutable_actor() = call.actor();
  *judgement->mutable_record_time() = resource::FromTime(call.now);
  if (!judgement->has_occur_time()) *judgement->mutable_occur_time() = judgement->record_time();
  judgement->set_charter_revision(call.charter().revision());
  judgement->set_subject_version(version);
}

// Appends `judgement` as the subject's next version, makes it the department's standing answer, and
// settles the question anew.
absl::Status Append(fact::OpenSubject& subject, const char* type, v1::Judgement* judgement) {
  storage::Transaction& tx = subject.tx();
  COMITY_RETURN_IF_ERROR(subject.EndTerms());
  Complete(subject.call(), subject.next_version(), judgement);
  COMITY_RETURN_IF_ERROR(InsertJudgement(tx, *judgement));
  COMITY_RETURN_IF_ERROR(PutStanding(tx, *judgement));
  subject.Stood(*judgement);
  subject.Advance(/*edited=*/false);
  subject.TouchList(judgement->department());
  journal::v1::Entry entry;
  entry.set_subject(judgement->subject());
  entry.set_version(judgement->subject_version());
  entry.set_type(type);
  *entry.mutable_occur_time() = judgement->occur_time();
  entry.mutable_payload()->PackFrom(*judgement);
  // One that is withdrawn may be an answer to a question that is asked no more.
  const auto* question = subject.call().charter().FindQuestion(judgement->question());
  if (question != nullptr) COMITY_RETURN_IF_ERROR(subject.Settle(*question, &entry));
  tx.Append(std::move(entry));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Judgement> RecordJudgement(fact::OpenSubject& subject, v1::Judgement judgement) {
  const type::v1::Question& question = *subject.call().charter().FindQuestion(judgement.question());
  judgement.set_subject(subject.name());
  if (charter::FactsDecide(question)) {
    COMITY_ASSIGN_OR_RETURN(const auto* deciding, subject.Deciding());
    COMITY_RETURN_IF_ERROR(CheckAgainstFacts(question, judgement, fact::KindIds(*deciding)));
  }
  judgement.clear_withdraws();
  COMITY_RETURN_IF_ERROR(Append(subject, "judged", &judgement));
  return judgement;
}

absl::StatusOr<v1::Judgement> RecordWithdrawal(fact::OpenSubject& subject, const std::string& name,
                                               const std::string& reason) {
  COMITY_ASSIGN_OR_RETURN(const v1::Judgement earlier, GetJudgement(subject.tx(), name));
  COMITY_ASSIGN_OR_RETURN(const std::vector<StandingRow>* standing, subject.Standing());
  int64_t version = 0;  // at which the department's standing answer was given; 0: none stands
  for (const StandingRow& row : *standing) {
    const bool same = row.department == earlier.department() && row.question == earlier.question();
    if (same && !row.answer.empty()) version = row.version;
  }
  COMITY_RETURN_IF_ERROR(CheckWithdrawal(earlier, subject.call().principal.department, version));
  v1::Judgement withdrawal;
  withdrawal.set_subject(earlier.subject());
  withdrawal.set_question(earlier.question());
  withdrawal.set_reason(reason);
  withdrawal.set_withdraws(name);
  COMITY_RETURN_IF_ERROR(Append(subject, "withdrawn", &withdrawal));
  return withdrawal;
}

}  // namespace comity::judgement
