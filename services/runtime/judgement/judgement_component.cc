#include "services/runtime/judgement/judgement_component.h"

#include "absl/strings/str_cat.h"
#include "services/runtime/judgement/judgement_rules.h"
#include "services/runtime/judgement/judgement_store.h"
#include "services/runtime/judgement/working_list.h"
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
  *judgement->mutable_record_time() = resource::FromMicros(absl::ToUnixMicros(call.now));
  if (!judgement->has_occur_time()) *judgement->mutable_occur_time() = judgement->record_time();
  judgement->set_charter_revision(call.charter().revision());
  judgement->set_subject_version(version);
}

// Appends `judgement` as the subject's next version, and makes it the department's standing answer.
absl::Status Append(storage::Transaction& tx, Call& call, const fact::SubjectFacts& subject,
                    const resource::RecordState& state, const char* type,
                    google::protobuf::Message* record, v1::Judgement* judgement) {
  Complete(call, state.version + 1, judgement);
  COMITY_RETURN_IF_ERROR(InsertJudgement(tx, *judgement));
  COMITY_RETURN_IF_ERROR(PutStanding(tx, *judgement));
  COMITY_RETURN_IF_ERROR(
      resource::UpdateRecord(tx, call, *subject.resource, state, /*edited=*/false, record)
          .status());
  COMITY_RETURN_IF_ERROR(RefreshWorkingList(tx, call, *subject.resource, judgement->subject(),
                                            judgement->department()));
  journal::v1::Entry entry;
  entry.set_subject(judgement->subject());
  entry.set_version(judgement->subject_version());
  entry.set_type(type);
  *entry.mutable_occur_time() = judgement->occur_time();
  entry.mutable_payload()->PackFrom(*judgement);
  tx.Append(std::move(entry));
  return absl::OkStatus();
}

// The version of the subject at which the department's standing answer was given; 0: none stands.
absl::StatusOr<int64_t> StandingVersion(storage::Transaction& tx, const v1::Judgement& judgement) {
  COMITY_ASSIGN_OR_RETURN(const auto rows, ReadStanding(tx, judgement.subject()));
  for (const StandingRow& row : rows) {
    if (row.department == judgement.department() && row.question == judgement.question()) {
      return row.version;
    }
  }
  return 0;
}

}  // namespace

absl::StatusOr<v1::Judgement> RecordJudgement(storage::Transaction& tx, Call& call,
                                              const fact::SubjectFacts& subject,
                                              v1::Judgement judgement) {
  const auto record = subject.make();
  COMITY_ASSIGN_OR_RETURN(
      const resource::RecordState state,
      resource::LockRecord(tx, *subject.resource, judgement.subject(), record.get()));
  const type::v1::Question& question = *call.charter().FindQuestion(judgement.question());
  if (charter::FactsDecide(question)) {
    COMITY_ASSIGN_OR_RETURN(const auto facts, fact::DecidingFacts(tx, judgement.subject()));
    COMITY_RETURN_IF_ERROR(CheckAgainstFacts(question, judgement, facts));
  }
  judgement.clear_withdraws();
  COMITY_RETURN_IF_ERROR(Append(tx, call, subject, state, "judged", record.get(), &judgement));
  return judgement;
}

absl::StatusOr<v1::Judgement> RecordWithdrawal(storage::Transaction& tx, Call& call,
                                               const fact::SubjectFacts& subject,
                                               const std::string& name, const std::string& reason) {
  const auto record = subject.make();
  COMITY_ASSIGN_OR_RETURN(
      const resource::RecordState state,
      resource::LockRecord(tx, *subject.resource, resource::SubjectOf(name), record.get()));
  COMITY_ASSIGN_OR_RETURN(const v1::Judgement earlier, GetJudgement(tx, name));
  COMITY_ASSIGN_OR_RETURN(const int64_t standing, StandingVersion(tx, earlier));
  COMITY_RETURN_IF_ERROR(CheckWithdrawal(earlier, call.principal.department, standing));
  v1::Judgement withdrawal;
  withdrawal.set_subject(earlier.subject());
  withdrawal.set_question(earlier.question());
  withdrawal.set_reason(reason);
  withdrawal.set_withdraws(name);
  COMITY_RETURN_IF_ERROR(Append(tx, call, subject, state, "withdrawn", record.get(), &withdrawal));
  return withdrawal;
}

}  // namespace comity::judgement
