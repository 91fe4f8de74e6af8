// Journals of a small world, entry by entry, for tests of timelines.
#ifndef COMITY_GATEWAY_TIMELINE_TIMELINE_FIXTURE_H_
#define COMITY_GATEWAY_TIMELINE_TIMELINE_FIXTURE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "comity/account/v1/account.pb.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/gateway/v1/credit.pb.h"
#include "comity/gateway/v1/dispute.pb.h"
#include "comity/gateway/v1/handover.pb.h"
#include "comity/judgement/v1/judgement.pb.h"
#include "comity/lead/v1/lead.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "comity/support/v1/case.pb.h"
#include "comity/workflow/v1/participant_service.pb.h"
#include "services/gateway/timeline/told.h"
#include "services/runtime/resource/columns.h"

namespace comity::gateway::timeline {

inline constexpr char kLead[] = "leads/0190a000-0000-7000-8000-000000000001";
inline constexpr char kOpportunity[] = "opportunities/0190a000-0000-7000-8000-000000000002";
inline constexpr char kAccount[] = "accounts/0190a000-0000-7000-8000-000000000003";
inline constexpr char kCase[] = "cases/0190a000-0000-7000-8000-000000000004";
inline constexpr char kHandover[] = "handovers/0190a000-0000-7000-8000-000000000005";
inline constexpr char kStatement[] = "credit-statements/0190a000-0000-7000-8000-000000000006";

inline constexpr char kDispute[] = "disputes/0190a000-0000-7000-8000-000000000008";

inline absl::Time Minute(int minute) {
  return absl::FromUnixSeconds(1'700'000'000) + absl::Minutes(minute);
}

// Entries as services write them. `as`: `ana@sales`; empty: a service by itself.
class World {
 public:
  const std::vector<Told>& told() const { return told_; }

  journal::v1::Entry& Add(const std::string& service, const std::string& subject,
                          const std::string& type, const std::string& as, int minute) {
    Told told;
    told.service = service;
    told.positioned.set_position(positions_[service]++);
    journal::v1::Entry& entry = *told.positioned.mutable_entry();
    entry.set_subject(subject);
    entry.set_version(++versions_[subject]);
    entry.set_entry_id(absl::StrCat(subject, "#", entry.version()));
    entry.set_type(type);
    const size_t at = as.find('@');
    if (at != std::string::npos) {
      entry.mutable_actor()->set_person(absl::StrCat("persons/", as.substr(0, at)));
      entry.mutable_actor()->set_department(absl::StrCat("departments/", as.substr(at + 1)));
    } else {
      entry.mutable_actor()->set_workload("service/gateway");
    }
    *entry.mutable_occur_time() = resource::FromTime(Minute(minute));
    *entry.mutable_record_time() = entry.occur_time();
    told_.push_back(std::move(told));
    return *told_.back().positioned.mutable_entry();
  }

  template <typename Record>
  journal::v1::Entry& AddRecord(const std::string& service, const std::string& type,
                                const std::string& as, int minute, const Record& record) {
    journal::v1::Entry& entry = Add(service, record.name(), type, as, minute);
    entry.mutable_payload()->PackFrom(record);
    return entry;
  }

  // The fact's name.
  std::string AddFact(const std::string& service, const std::string& subject, const std::string& as,
                      int minute, fact::v1::Fact fact) {
    journal::v1::Entry& entry = Add(service, subject,
                                    !fact.voids().empty()     ? "fact-voided"
                                    : fact.corrects().empty() ? "fact-recorded"
                                                              : "fact-corrected",
                                    as, minute);
    fact.set_name(absl::StrCat(subject, "/facts/", entry.version()));
    if (fact.has_occur_time()) *entry.mutable_occur_time() = fact.occur_time();
    *fact.mutable_occur_time() = entry.occur_time();
    fact.set_subject_version(entry.version());
    entry.mutable_payload()->PackFrom(fact);
    return fact.name();
  }

  std::string AddJudgement(const std::string& service, const std::string& subject,
                           const std::string& as, int minute, const std::string& question,
                           const std::string& answer) {
    journal::v1::Entry& entry =
        Add(service, subject, answer.empty() ? "withdrawn" : "judged", as, minute);
    judgement::v1::Judgement judgement;
    judgement.set_name(absl::StrCat(subject, "/judgements/", entry.version()));
    judgement.set_subject(subject);
    judgement.set_question("questions/" + question);
    judgement.set_answer(answer);
    judgement.set_department(entry.actor().department());
    entry.mutable_payload()->PackFrom(judgement);
    return judgement.name();
  }

 private:
  std::vector<Told> told_;
  std::map<std::string, int64_t> versions_;
  std::map<std::string, int64_t> positions_;
};

inline lead::v1::Lead LeadOf(const std::string& department, const std::string& owner = "") {
  lead::v1::Lead lead;
  lead.set_name(kLead);
  lead.set_responsible_department("departments/" + department);
  lead.set_owner(owner);
  return lead;
}

inline v1::Handover HandoverOf(v1::HandoverState state) {
  v1::Handover handover;
  handover.set_name(kHandover);
  handover.set_subject(kLead);
  handover.set_from("departments/marketing");
  handover.set_to("departments/sales");
  handover.set_agreement("agreements/qualified-lead");
  handover.set_state(state);
  *handover.mutable_accept_clock()->mutable_start_time() = resource::FromTime(Minute(10));
  *handover.mutable_accept_clock()->mutable_due_time() = resource::FromTime(Minute(20));
  return handover;
}

// Marketing against what sales says of the lead; of a journal, so without words and money.
inline v1::Dispute DisputeOf(v1::DisputeKind kind, const std::string& about,
                             const std::string& disputed) {
  v1::Dispute dispute;
  dispute.set_name(kDispute);
  dispute.set_kind(kind);
  dispute.set_about(about);
  dispute.set_subject(kLead);
  dispute.set_disputed(disputed);
  dispute.set_department("departments/marketing");
  dispute.add_others("departments/sales");
  dispute.set_state(v1::DISPUTE_STATE_OPENED);
  dispute.set_reason("criteria-not-met");
  dispute.mutable_opened_by()->set_person("persons/mia");
  return dispute;
}

}  // namespace comity::gateway::timeline

#endif  // COMITY_GATEWAY_TIMELINE_TIMELINE_FIXTURE_H_
