#include "services/client/output/handover_view.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/client/output/format.h"
#include "services/client/output/promise_view.h"
#include "services/client/output/record_view.h"
#include "services/client/output/table.h"
#include "services/client/output/text.h"

namespace comity::client {
namespace {

using gateway::v1::Handover;
using type::v1::HandoverAgreement;

std::string HandoverStateName(const Handover& handover) {
  const auto* value = gateway::v1::HandoverState_descriptor()->FindValueByNumber(handover.state());
  return value == nullptr ? "unknown" : ShortEnum(*value);  // of a later release
}

std::string WhatItNoted(const gateway::v1::HandoverClock& clock) {
  if (clock.has_pause_time() && !clock.has_stop_time()) return "paused";
  return clock.escalated()  ? "escalated"
         : clock.breached() ? "breached"
         : clock.warned()   ? "warned"
                            : "";
}

std::string WhatClockNoted(const Handover& handover, const gateway::v1::HandoverClock& clock) {
  std::string text = clock.breached() ? "breached" : clock.warned() ? "warned" : "";
  if (clock.escalated()) {
    absl::StrAppend(&text, ", escalated to ", ShortName(handover.escalate_to()));
  }
  if (clock.has_pause_time() && !clock.has_stop_time()) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", "paused since ",
                    FormatTime(clock.pause_time()), ": the customer is awaited");
  }
  if (clock.paused_for().seconds() > 0) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", "stood still for ",
                    absl::FormatDuration(absl::Seconds(clock.paused_for().seconds())), " before");
  }
  return text;
}

// `due 2026-03-02 17:00, stopped 2026-03-02 18:10, breached`.
std::string ClockText(const Handover& handover, const gateway::v1::HandoverClock& clock) {
  const std::string noted = WhatClockNoted(handover, clock);
  return absl::StrCat(
      "due ", FormatTime(clock.due_time()),
      clock.has_stop_time() ? absl::StrCat(", stopped ", FormatTime(clock.stop_time())) : "",
      noted.empty() ? "" : ", ", noted);
}

// The clock that runs now, or ran last.
const gateway::v1::HandoverClock& ClockOf(const Handover& handover) {
  return handover.has_act_clock() ? handover.act_clock() : handover.accept_clock();
}

std::string ShowChecklist(const Handover& handover) {
  std::string text;
  for (const gateway::v1::ChecklistAnswer& answer : handover.checklist()) {
    absl::StrAppend(&text, OneLine(answer.item()), "\n  ", OneLine(answer.answer()), "\n");
  }
  if (!handover.note().empty()) absl::StrAppend(&text, "note: ", OneLine(handover.note()), "\n");
  return text;
}

std::string ShowAnswered(const Handover& handover) {
  if (!handover.has_answered_by()) return "";
  std::string text =
      absl::StrCat(HandoverStateName(handover), " by ", ShowActor(handover.answered_by()), " ",
                   FormatTime(handover.answer_time()));
  if (!handover.owner().empty()) {
    absl::StrAppend(&text, ", to be worked on by ", ShortName(handover.owner()));
  }
  if (!handover.return_reason().empty()) {
    absl::StrAppend(&text, ": ", OneLine(handover.return_reason()),
                    handover.return_note().empty() ? "" : ", ", OneLine(handover.return_note()));
  }
  return text + "\n";
}

}  // namespace

std::string ShowHandover(const Handover& handover) {
  std::string text =
      absl::StrCat(handover.name(), ": ", handover.subject(), " from ", ShortName(handover.from()),
                   " to ", ShortName(handover.to()), " by ", handover.agreement(), " (charter ",
                   handover.charter_revision(), "): ", HandoverStateName(handover), "\noffered by ",
                   ShowActor(handover.offered_by()), " ", FormatTime(handover.create_time()));
  if (handover.offers_before() > 0) {
    absl::StrAppend(&text, ", and ", handover.offers_before(),
                    handover.offers_before() == 1 ? " time before" : " times before");
  }
  absl::StrAppend(&text, "\n", ShowChecklist(handover), ShowAnswered(handover),
                  "to answer: ", ClockText(handover, handover.accept_clock()), "\n");
  if (handover.has_act_clock()) {
    absl::StrAppend(&text, "to act: ", ClockText(handover, handover.act_clock()), "\n");
  }
  return text;
}

std::string ShowPromisesOf(const Handover& handover, const lead::v1::PromiseSet& known) {
  if (handover.promises().empty()) return "";
  std::map<std::string, const lead::v1::Promise*> by_name;
  for (const lead::v1::Promise& promise : known.promises()) {
    by_name[promise.name()] = &promise;
    for (const std::string& former : promise.former_names()) by_name[former] = &promise;
  }
  std::string text = "promised:\n";
  for (const std::string& name : handover.promises()) {
    const auto found = by_name.find(name);
    absl::StrAppend(&text, "  ", found == by_name.end() ? name : PromiseLine(*found->second), "\n");
  }
  return absl::StrCat(text, handover.more_promises() ? "  and more: comity facts has them\n" : "");
}

std::string ShowHandoverList(const gateway::v1::ListHandoversResponse& reply, int width) {
  Table table({{"NAME", false, true},
               {"SUBJECT", false, true},
               {"FROM"},
               {"TO"},
               {"STATE"},
               {"OFFERED"},
               {"DUE"},
               {"CLOCK"}});
  for (const Handover& handover : reply.handovers()) {
    const auto& clock = ClockOf(handover);
    table.AddRow({handover.name(), handover.subject(), ShortName(handover.from()),
                  ShortName(handover.to()), HandoverStateName(handover),
                  FormatTime(handover.create_time()),
                  clock.has_stop_time() ? "" : FormatTime(clock.due_time()), WhatItNoted(clock)});
  }
  return table.Render(width);
}

std::string ShowAgreements(const type::v1::Charter& charter) {
  std::string text;
  for (const HandoverAgreement& agreement : charter.handovers()) {
    absl::StrAppend(&text, text.empty() ? "" : "\n", agreement.name(), ": ", agreement.collection(),
                    " from ", ShortName(agreement.from()), " to ", ShortName(agreement.to()), "\n");
    if (!agreement.text().empty()) absl::StrAppend(&text, "  ", OneLine(agreement.text()), "\n");
    absl::StrAppend(&text, "  to answer within ", agreement.accept_hours(), " h");
    if (agreement.act_hours() > 0) {
      absl::StrAppend(&text, ", then to act within ", agreement.act_hours(), " h");
    }
    absl::StrAppend(&text, " of ", agreement.calendar(), "\n");
    if (!agreement.escalate_to().empty()) {
      absl::StrAppend(&text, "  escalated to ", ShortName(agreement.escalate_to()), " after ",
                      agreement.escalate_hours(), " h more\n");
    }
    for (const std::string& item : agreement.checklist()) {
      absl::StrAppend(&text, "  asks     ", OneLine(item), "\n");
    }
    for (const auto& reason : agreement.return_reasons()) {
      absl::StrAppend(&text, "  returned ", reason.id(), ": ", OneLine(reason.criteria()), "\n");
    }
  }
  return text.empty() ? "The charter has no handover agreements.\n" : text;
}

}  // namespace comity::client
