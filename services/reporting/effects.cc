#include "services/reporting/effects.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "comity/account/v1/account.pb.h"
#include "comity/gateway/v1/directory.pb.h"
#include "comity/gateway/v1/dispute.pb.h"
#include "comity/judgement/v1/judgement.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "comity/lead/v1/product.pb.h"
#include "comity/support/v1/case.pb.h"
#include "google/protobuf/util/time_util.h"
#include "services/runtime/fact/fact_rules.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/macros.h"

namespace comity::reporting {
namespace {

using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;
using journal::v1::Entry;

void Note(const Entry& entry, absl::string_view what, const absl::Status& why, Effects* effects) {
  effects->unreadable.push_back(absl::StrCat("journal entry ", entry.entry_id(), " of ",
                                             entry.subject(), " (", entry.type(), "): ", what, ": ",
                                             why.message()));
}

template <typename Message>
absl::StatusOr<Message> Unpack(const google::protobuf::Any& any) {
  Message message;
  if (!any.UnpackTo(&message)) return absl::InvalidArgumentError("its payload does not parse");
  return message;
}

int32_t Packed(const google::type::Date& date) {
  return date.year() * 10000 + date.month() * 100 + date.day();
}

int64_t MicrosOr(bool has, const Timestamp& time, int64_t otherwise) {
  return has ? TimeUtil::TimestampToMicroseconds(time) : otherwise;
}

// When what the entry says happened: its own word, else the entry's, else when it was recorded.
template <typename Message>
int64_t OccurTime(const Entry& entry, const Message& message) {
  const int64_t recorded = TimeUtil::TimestampToMicroseconds(entry.record_time());
  const int64_t noted = MicrosOr(entry.has_occur_time(), entry.occur_time(), recorded);
  return MicrosOr(message.has_occur_time(), message.occur_time(), noted);
}

Amount ToAmount(const Entry& entry, bool has, const google::type::Money& money, Effects* effects) {
  if (!has || money.currency_code().empty()) return {};
  const absl::StatusOr<int64_t> minor = resource::ToMinorUnits(money);
  if (minor.ok()) return {*minor, money.currency_code()};
  Note(entry, "its amount counts as none", minor.status(), effects);
  return {};
}

// Weighs only: a price that has no exact minor units is cut.
Line ToLine(const lead::v1::OpportunityLine& line) {
  google::type::Money price = line.unit_price();
  absl::StatusOr<int64_t> minor = resource::ToMinorUnits(price);
  if (!minor.ok()) {
    price.set_nanos(0);
    minor = resource::ToMinorUnits(price);
  }
  const __int128 value = static_cast<__int128>(minor.value_or(0)) * line.quantity();
  const __int128 most = std::numeric_limits<int64_t>::max();
  return {line.product(), static_cast<int64_t>(std::clamp<__int128>(value, 0, most))};
}

absl::StatusOr<std::string> OptionalId(absl::string_view name, absl::string_view collection) {
  if (name.empty()) return std::string();
  return resource::IdOf(name, collection);
}

absl::Status AddOpportunity(Position position, const Entry& entry, const google::protobuf::Any& any,
                            Effects* effects) {
  COMITY_ASSIGN_OR_RETURN(auto record, Unpack<lead::v1::Opportunity>(any));
  OpportunityVersion row;
  row.position = position;
  COMITY_ASSIGN_OR_RETURN(row.opportunity, resource::IdOf(record.name(), "opportunities"));
  COMITY_ASSIGN_OR_RETURN(row.account, OptionalId(record.account(), "accounts"));
  row.amount = ToAmount(entry, record.has_amount(), record.amount(), effects);
  row.owner = record.owner();
  row.external_id = record.external_id().id();
  row.close_date = record.has_expected_close_date() ? Packed(record.expected_close_date()) : 0;
  const int64_t created = MicrosOr(record.has_create_time(), record.create_time(),
                                   TimeUtil::TimestampToMicroseconds(entry.record_time()));
  row.open_time = MicrosOr(record.has_open_time(), record.open_time(), created);
  row.engage_time = MicrosOr(record.has_engage_time(), record.engage_time(), kNever);
  row.sign_time = MicrosOr(record.has_sign_time(), record.sign_time(), kNever);
  row.decline_time = MicrosOr(record.has_decline_time(), record.decline_time(), kNever);
  for (const auto& line : record.lines()) row.lines.push_back(ToLine(line));
  row.withdrawn = record.has_withdraw_time();
  effects->opportunities.push_back(std::move(row));
  return absl::OkStatus();
}

absl::StatusOr<std::string> FactId(absl::string_view name) {
  if (name.empty()) return std::string();
  return resource::IdFromText(name.substr(name.rfind('/') + 1));
}

// False for what no report asks for: calls, notes and the like, which have no bound.
absl::StatusOr<bool> AddFact(Position position, const Entry& entry, Effects* effects) {
  COMITY_ASSIGN_OR_RETURN(auto fact, Unpack<fact::v1::Fact>(entry.payload()));
  if (!fact::DecidesState(fact.kind()) && fact.kind() != fact::v1::FACT_KIND_VOIDED) return false;
  FactRow row;
  row.position = position;
  COMITY_ASSIGN_OR_RETURN(row.fact, FactId(fact.name()));
  COMITY_ASSIGN_OR_RETURN(row.opportunity,
                          resource::IdOf(resource::SubjectOf(entry.subject()), "opportunities"));
  row.amount = ToAmount(entry, fact.has_amount(), fact.amount(), effects);
  COMITY_ASSIGN_OR_RETURN(row.supersedes,
                          FactId(fact.voids().empty() ? fact.corrects() : fact.voids()));
  row.kind = fact.kind();
  row.occur_time = OccurTime(entry, fact);
  row.close_date = fact.has_close_date() ? Packed(fact.close_date()) : 0;
  row.owner = fact.owner();
  effects->facts.push_back(std::move(row));
  return true;
}

absl::Status AddCase(Position position, const Entry& entry, Effects* effects) {
  COMITY_ASSIGN_OR_RETURN(auto record, Unpack<support::v1::Case>(entry.payload()));
  CaseVersion row;
  row.position = position;
  COMITY_ASSIGN_OR_RETURN(row.subject, resource::IdOf(record.name(), "cases"));
  COMITY_ASSIGN_OR_RETURN(row.account, OptionalId(record.account(), "accounts"));
  row.product = record.product();
  row.source = record.external_id().source();
  row.external_id = record.external_id().id();
  row.withdrawn = record.has_withdraw_time();
  effects->cases.push_back(std::move(row));
  return absl::OkStatus();
}

absl::Status AddCaseEvent(Position position, const Entry& entry, Effects* effects) {
  COMITY_ASSIGN_OR_RETURN(auto fact, Unpack<fact::v1::Fact>(entry.payload()));
  CaseEvent row;
  row.position = position;
  COMITY_ASSIGN_OR_RETURN(row.fact, FactId(fact.name()));
  COMITY_ASSIGN_OR_RETURN(row.subject,
                          resource::IdOf(resource::SubjectOf(entry.subject()), "cases"));
  COMITY_ASSIGN_OR_RETURN(row.supersedes,
                          FactId(fact.voids().empty() ? fact.corrects() : fact.voids()));
  row.kind = fact.kind();
  row.occur_time = OccurTime(entry, fact);
  row.team = fact.team();
  row.owner = fact.owner();
  effects->case_events.push_back(std::move(row));
  return absl::OkStatus();
}

absl::Status AddJudgement(Position position, const Entry& entry, Effects* effects) {
  COMITY_ASSIGN_OR_RETURN(auto judgement, Unpack<judgement::v1::Judgement>(entry.payload()));
  JudgementRow row;
  row.position = position;
  COMITY_ASSIGN_OR_RETURN(row.opportunity, resource::IdOf(judgement.subject(), "opportunities"));
  row.question = judgement.question();
  row.department = judgement.department();
  row.answer = entry.type() == "withdrawn" ? "" : judgement.answer();
  row.occur_time = OccurTime(entry, judgement);
  effects->judgements.push_back(std::move(row));
  return absl::OkStatus();
}

// Reports count opportunities and cases; and of a dispute they need to know when it is open.
absl::Status AddDispute(Position position, const Entry& entry, Effects* effects) {
  COMITY_ASSIGN_OR_RETURN(auto dispute, Unpack<gateway::v1::Dispute>(entry.payload()));
  const bool is_counted = absl::StartsWith(dispute.subject(), "opportunities/") ||
                          absl::StartsWith(dispute.subject(), "cases/");
  if (!is_counted || (entry.version() > 1 && !dispute.has_end_time())) return absl::OkStatus();
  DisputeRow row;
  row.position = position;
  COMITY_ASSIGN_OR_RETURN(row.dispute, resource::IdOf(dispute.name(), "disputes"));
  COMITY_RETURN_IF_ERROR(
      resource::IdOf(dispute.subject(), resource::CollectionOf(dispute.subject())).status());
  row.subject = dispute.subject();
  row.open = !dispute.has_end_time();
  row.occur_time = MicrosOr(entry.has_occur_time(), entry.occur_time(),
                            TimeUtil::TimestampToMicroseconds(entry.record_time()));
  effects->disputes.push_back(std::move(row));
  return absl::OkStatus();
}

// The named record that `any` holds; false when it holds another kind.
bool ReadNamed(const google::protobuf::Any& any, NamedVersion* row) {
  gateway::v1::Person person;
  gateway::v1::Team team;
  lead::v1::Product product;
  account::v1::Account account;
  if (any.UnpackTo(&person)) {
    *row = {
        0, person.name(), person.display_name(), person.team(), person.office(), person.manager()};
  } else if (any.UnpackTo(&team)) {
    *row = {0, team.name(), team.display_name()};
  } else if (any.UnpackTo(&product)) {
    *row = {0, product.name(), product.display_name()};
  } else if (any.UnpackTo(&account)) {
    *row = {0, account.name()};
    row->sector = account.sector();
  } else {
    return false;
  }
  return true;
}

absl::Status AddEntry(Position position, const Entry& entry, Effects* effects) {
  const bool of_opportunity = absl::StartsWith(entry.subject(), "opportunities/");
  const google::protobuf::Any& payload = entry.payload();
  if (of_opportunity && payload.Is<judgement::v1::Judgement>()) {
    return AddJudgement(position, entry, effects);
  }
  if (of_opportunity && payload.Is<fact::v1::Fact>()) {
    COMITY_ASSIGN_OR_RETURN(const bool counts, AddFact(position, entry, effects));
    if (!counts) return absl::OkStatus();
  }
  if (absl::StartsWith(entry.subject(), "cases/")) {
    if (payload.Is<fact::v1::Fact>()) return AddCaseEvent(position, entry, effects);
    if (payload.Is<support::v1::Case>()) return AddCase(position, entry, effects);
    return absl::OkStatus();
  }
  if (payload.Is<gateway::v1::Dispute>()) return AddDispute(position, entry, effects);
  const google::protobuf::Any& record = entry.has_record() ? entry.record() : payload;
  if (record.Is<lead::v1::Opportunity>()) return AddOpportunity(position, entry, record, effects);
  NamedVersion named;
  if (ReadNamed(record, &named)) {
    named.position = position;
    effects->named.push_back(std::move(named));
  }
  return absl::OkStatus();
}

}  // namespace

Effects Extract(const Batch& batch, v1::Intake intake) {
  Effects effects;
  Timestamp newest;
  for (const auto& positioned : batch) {
    const Entry& entry = positioned.entry();
    const absl::Status read = AddEntry(positioned.position(), entry, &effects);
    if (!read.ok()) Note(entry, "it is passed over", read, &effects);
    const Timestamp& recorded = entry.record_time();
    if (TimeUtil::TimestampToMicroseconds(recorded) > TimeUtil::TimestampToMicroseconds(newest)) {
      newest = recorded;
    }
  }
  if (!batch.empty()) {
    *intake.mutable_newest_record_time() = newest;
    intake.set_last_entry_id(batch[batch.size() - 1].entry().entry_id());
  }
  effects.intake = std::move(intake);
  return effects;
}

}  // namespace comity::reporting
