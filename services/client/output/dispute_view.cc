#include "services/client/output/dispute_view.h"

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "services/client/charter/charter_text.h"
#include "services/client/output/format.h"
#include "services/client/output/record_view.h"
#include "services/client/output/table.h"
#include "services/client/output/text.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/resource/names.h"

namespace comity::client {
namespace {

using gateway::v1::Dispute;
using gateway::v1::DisputeClock;
using gateway::v1::DisputeOutcome;
using google::protobuf::Message;

std::string NameOfValue(const google::protobuf::EnumDescriptor& type, int number) {
  const auto* value = type.FindValueByNumber(number);
  return value == nullptr ? "unknown" : ShortEnum(*value);  // of a later release
}
std::string StateName(const Dispute& dispute) {
  return NameOfValue(*gateway::v1::DisputeState_descriptor(), dispute.state());
}
std::string KindName(const Dispute& dispute) {
  return NameOfValue(*gateway::v1::DisputeKind_descriptor(), dispute.kind());
}

std::string NotedBy(const DisputeClock& clock) {
  return clock.breached() ? "over" : clock.warned() ? "nearly over" : "";
}

std::string TimeText(absl::string_view what, const DisputeClock& clock) {
  const std::string noted = NotedBy(clock);
  return absl::StrCat(
      what, ": due ", FormatTime(clock.due_time()),
      clock.has_stop_time() ? absl::StrCat(", stopped ", FormatTime(clock.stop_time())) : "",
      noted.empty() ? "" : ", ", noted, "\n");
}

// The clock that runs; null: none does.
const DisputeClock* RunningClock(const Dispute& dispute) {
  switch (dispute.state()) {
    case gateway::v1::DISPUTE_STATE_OPENED:
      return &dispute.answer_clock();
    case gateway::v1::DISPUTE_STATE_SUBMITTED:
      if (dispute.hearings().empty()) return nullptr;
      return &dispute.hearings(dispute.hearings_size() - 1).clock();
    case gateway::v1::DISPUTE_STATE_DECIDED:
      return &dispute.appeal_clock();
    default:
      return nullptr;
  }
}

std::string WithNote(const std::string& reason, const std::string& note) {
  if (reason.empty()) return OneLine(note);
  return absl::StrCat(OneLine(reason), note.empty() ? "" : ", ", OneLine(note));
}

std::string ShowEvidence(
    const google::protobuf::RepeatedPtrField<gateway::v1::DisputeEvidence>& evidence) {
  std::string text;
  for (const auto& each : evidence) {
    absl::StrAppend(&text, "  ", OneLine(each.service()), " ", each.position(),
                    each.words().empty() ? "" : ": ", OneLine(each.words()), "\n");
  }
  return text;
}

std::string ShowOutcome(const DisputeOutcome& outcome) {
  std::string text = NameOfValue(*gateway::v1::DisputeVerdict_descriptor(), outcome.verdict());
  if (!outcome.answer().empty()) absl::StrAppend(&text, ", to be ", OneLine(outcome.answer()));
  for (const auto& share : outcome.split()) {
    absl::StrAppend(&text, ", ", ShortName(share.department()), " ",
                    absl::StrFormat("%.2f %%", share.basis_points() / 100.0));
  }
  return absl::StrCat(text, ": ", WithNote(outcome.reason(), outcome.note()));
}

std::string ShowSides(const Dispute& dispute) {
  std::string text = absl::StrCat(
      ShortName(dispute.department()), " says (", ShowActor(dispute.opened_by()), " ",
      FormatTime(dispute.create_time()), "): ", WithNote(dispute.reason(), dispute.note()), "\n",
      ShowEvidence(dispute.evidence()));
  for (const auto& answer : dispute.answers()) {
    absl::StrAppend(&text, ShortName(answer.department()), " answers (", ShowActor(answer.actor()),
                    " ", FormatTime(answer.time()), answer.late() ? ", late" : "",
                    "): ", OneLine(answer.note()), "\n", ShowEvidence(answer.evidence()));
  }
  return absl::StrCat(text, TimeText("to answer", dispute.answer_clock()));
}

std::string ShowHearings(const Dispute& dispute) {
  std::string text;
  for (const auto& hearing : dispute.hearings()) {
    absl::StrAppend(&text, ShortName(hearing.arbiter()), hearing.appeal() ? " on appeal" : "",
                    hearing.has_outcome()
                        ? absl::StrCat(" decided (", ShowActor(hearing.decided_by()), " ",
                                       FormatTime(hearing.decide_time()),
                                       "): ", ShowOutcome(hearing.outcome()), "\n")
                        : absl::StrCat(" ", TimeText("decides", hearing.clock())));
  }
  if (dispute.has_appeal_clock()) {
    absl::StrAppend(&text, TimeText("to appeal", dispute.appeal_clock()));
  }
  if (dispute.has_appeal()) {
    absl::StrAppend(&text, "appealed by ", ShowActor(dispute.appeal().actor()), " ",
                    FormatTime(dispute.appeal().time()), ": ",
                    WithNote(dispute.appeal().reason(), dispute.appeal().note()), "\n");
  }
  return text;
}

std::string ShowAgreement(const Dispute& dispute) {
  if (!dispute.has_agreement()) return "";
  const auto& agreement = dispute.agreement();
  return absl::StrCat("agreement ", agreement.number(), " offered by ",
                      ShowActor(agreement.proposed_by()), " ", FormatTime(agreement.time()), ": ",
                      ShowOutcome(agreement.outcome()),
                      "; agreed: ", DepartmentList(agreement.agreed()), "\n");
}

std::string ShowEnd(const Dispute& dispute) {
  std::string text;
  if (dispute.has_end_time()) {
    absl::StrAppend(&text, "ended ", FormatTime(dispute.end_time()), ": ", StateName(dispute),
                    dispute.has_outcome() ? ", " : ": what was disputed stands",
                    dispute.has_outcome() ? ShowOutcome(dispute.outcome()) : "", "\n");
  }
  if (!dispute.statement().empty()) {
    absl::StrAppend(&text, "split anew by ", dispute.statement(), "\n");
  }
  for (const auto& remedy : dispute.remedies()) {
    absl::StrAppend(&text, ShortName(remedy.department()),
                    remedy.done_by().empty() ? " has yet to act on it"
                                             : absl::StrCat(" has acted: ", remedy.done_by()),
                    "\n");
  }
  return text;
}

std::string ShowPrecedents(const Dispute& dispute) {
  std::string text;
  for (const auto& precedent : dispute.precedents()) {
    absl::StrAppend(&text, "precedent ", precedent.name(), " (", ShortName(precedent.department()),
                    ", ", OneLine(precedent.reason()), ", ", FormatTime(precedent.end_time()), ", ",
                    precedent.arbiter().empty() ? "agreed" : ShortName(precedent.arbiter()),
                    "): ", ShowOutcome(precedent.outcome()), "\n");
  }
  return text;
}

std::string ShowMoney(const Dispute& dispute) {
  if (!dispute.has_amount()) return "";
  const bool differs = dispute.has_current_amount() &&
                       FormatMoney(dispute.current_amount()) != FormatMoney(dispute.amount());
  return absl::StrCat("in dispute: ", FormatMoney(dispute.amount()),
                      differs ? absl::StrCat(", now ", FormatMoney(dispute.current_amount())) : "",
                      "\n");
}

bool IsRemedyOf(const Dispute& dispute, absl::string_view department) {
  const auto& remedies = dispute.remedies();
  return std::any_of(remedies.begin(), remedies.end(), [&](const auto& remedy) {
    return remedy.department() == department && remedy.done_by().empty();
  });
}

bool HoldsName(const google::protobuf::RepeatedPtrField<std::string>& names,
               absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool MayAgree(const Dispute& dispute, absl::string_view department) {
  const bool is_party =
      dispute.department() == department || HoldsName(dispute.others(), department);
  return is_party && dispute.has_agreement() &&
         !HoldsName(dispute.agreement().agreed(), department);
}

bool HasAnswered(const Dispute& dispute, absl::string_view department) {
  const auto& answers = dispute.answers();
  return std::any_of(answers.begin(), answers.end(),
                     [&](const auto& answer) { return answer.department() == department; });
}

constexpr char kOpenDisputes[] = "open_disputes";

bool HasFlag(const google::protobuf::Descriptor& type) {
  return type.FindFieldByName(kOpenDisputes) != nullptr;
}

// The record itself, or those of a list.
std::vector<const Message*> RecordsIn(const Message& shown) {
  if (HasFlag(*shown.GetDescriptor())) return {&shown};
  std::vector<const Message*> records;
  for (int i = 0; i < shown.GetDescriptor()->field_count(); ++i) {
    const auto* field = shown.GetDescriptor()->field(i);
    const bool is_of_records = field->is_repeated() && !field->is_map() &&
                               field->message_type() != nullptr && HasFlag(*field->message_type());
    if (!is_of_records) continue;
    for (int item = 0; item < shown.GetReflection()->FieldSize(shown, field); ++item) {
      records.push_back(&shown.GetReflection()->GetRepeatedMessage(shown, field, item));
    }
  }
  return records;
}

}  // namespace

std::string ShowDispute(const Dispute& dispute) {
  return absl::StrCat(
      dispute.name(), ": ", ShortName(dispute.department()), " against ",
      DepartmentList(dispute.others()), " about the ", KindName(dispute), " ", dispute.about(),
      dispute.question().empty() ? "" : absl::StrCat(" on ", dispute.question()), " (",
      OneLine(dispute.disputed()), "), charter ", dispute.charter_revision(), ": ",
      StateName(dispute), "\n", ShowMoney(dispute), ShowSides(dispute), ShowAgreement(dispute),
      ShowHearings(dispute), ShowEnd(dispute), ShowPrecedents(dispute));
}

std::string ShowDisputeList(const gateway::v1::ListDisputesResponse& reply, int width) {
  Table table({{"NAME", false, true},
               {"KIND"},
               {"SUBJECT", false, true},
               {"BY"},
               {"AGAINST"},
               {"REASON"},
               {"MONEY", true},
               {"STATE"},
               {"DUE"},
               {"CLOCK"}});
  for (const Dispute& dispute : reply.disputes()) {
    const DisputeClock* clock = RunningClock(dispute);
    table.AddRow({dispute.name(), KindName(dispute), dispute.subject(),
                  ShortName(dispute.department()), DepartmentList(dispute.others()),
                  dispute.reason(), dispute.has_amount() ? FormatMoney(dispute.amount()) : "",
                  StateName(dispute), clock == nullptr ? "" : FormatTime(clock->due_time()),
                  clock == nullptr ? "" : NotedBy(*clock)});
  }
  return table.Render(width);
}

std::string DisputedIn(const Message& shown) {
  std::string text;
  for (const Message* record : RecordsIn(shown)) {
    const std::string disputes = Cell(*record, kOpenDisputes);
    if (disputes.empty()) continue;
    absl::StrAppend(&text, "in dispute: ", OneLine(Cell(*record, "name")), " by ",
                    OneLine(disputes), "\n");
  }
  return text;
}

DisputeTask TaskOf(const Dispute& dispute, absl::string_view department) {
  if (IsRemedyOf(dispute, department)) return {"to act on", nullptr};
  const DisputeClock* clock = RunningClock(dispute);
  switch (dispute.state()) {
    case gateway::v1::DISPUTE_STATE_DECIDED:
      return {"may be appealed", clock};
    case gateway::v1::DISPUTE_STATE_OPENED:
      if (HoldsName(dispute.others(), department) && !HasAnswered(dispute, department)) {
        return {"to be answered", clock};
      }
      return {MayAgree(dispute, department) ? "to be agreed" : "", clock};
    case gateway::v1::DISPUTE_STATE_SUBMITTED:
      if (MayAgree(dispute, department)) return {"to be agreed", clock};
      return {"to be decided", clock};
    default:
      return {};
  }
}

}  // namespace comity::client
