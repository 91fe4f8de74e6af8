#include "services/client/charter/charter_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "services/client/output/format.h"
#include "services/client/output/table.h"
#include "services/client/output/text.h"
#include "services/runtime/charter/settlement.h"

namespace comity::client {
namespace {

using gateway::v1::CharterRevision;
using type::v1::Charter;

// Whose judgements are the organisation's answer.
std::string ShowSettlement(const type::v1::Question& question) {
  const type::v1::Settlement& settlement = question.settlement();
  switch (settlement.rule()) {
    case type::v1::SETTLEMENT_RULE_PRECEDENCE:
      return absl::StrCat("decided by ", DepartmentList(settlement.precedence(), ", else "));
    case type::v1::SETTLEMENT_RULE_MAJORITY:
      return absl::StrCat(
          "decided by more than half of the weight: ",
          absl::StrJoin(question.voices(), ", ", [&](std::string* out, const std::string& voice) {
            absl::StrAppend(out, ShortName(voice), " ", charter::WeightOf(question, voice));
          }));
    case type::v1::SETTLEMENT_RULE_UNANIMITY:
      return "decided by all voices together";
    default:
      return absl::StrCat("decided by ", ShortName(question.decider()));
  }
}

std::string ShowQuestion(const type::v1::Question& question, int width) {
  const std::string title = absl::StrCat(absl::StripPrefix(question.name(), "questions/"), " (",
                                         question.collection(), "): ", question.text());
  const std::string text =
      absl::StrCat("\n", OneLine(title), "\n  voices: ", DepartmentList(question.voices()), "; ",
                   OneLine(ShowSettlement(question)), "\n");
  Table table({{"ANSWER"}, {"CRITERIA"}, {"LEAVES THE LIST OF"}, {"BY FACT"}});
  for (const auto& answer : question.answers()) {
    table.AddRow({answer.id(), answer.criteria(), DepartmentList(answer.leaves_working_list_of()),
                  answer.decided_by_fact()});
  }
  return absl::StrCat(text, table.Render(width));
}

std::string ShowHandovers(const Charter& document, int width) {
  Table table({{"HANDOVER"},
               {"FROM"},
               {"TO"},
               {"WHAT"},
               {"ACCEPTED", true},
               {"BEGUN", true},
               {"ELSE TOLD TO"}});
  for (const auto& agreement : document.handovers()) {
    table.AddRow({std::string(absl::StripPrefix(agreement.name(), "agreements/")),
                  ShortName(agreement.from()), ShortName(agreement.to()), agreement.text(),
                  absl::StrCat("in ", agreement.accept_hours(), " h"),
                  agreement.act_hours() > 0 ? absl::StrCat("in ", agreement.act_hours(), " h") : "",
                  agreement.escalate_to().empty()
                      ? ""
                      : absl::StrCat(ShortName(agreement.escalate_to()), " after ",
                                     agreement.escalate_hours(), " h more")});
  }
  return table.empty() ? "" : absl::StrCat("\nHandovers, in business hours\n", table.Render(width));
}

std::string ShowCreditRules(const Charter& document, int width) {
  Table table({{"CREDIT RULE"}, {"AMONG"}, {"MODEL"}, {"WHAT FOR"}});
  for (const auto& rule : document.credit_rules()) {
    table.AddRow({std::string(absl::StripPrefix(rule.name(), "credit-rules/")),
                  DepartmentList(rule.departments()), Cell(rule, "model"), rule.text()});
  }
  return table.empty() ? "" : absl::StrCat("\nCredit\n", table.Render(width));
}

std::string ShowDisputeRules(const Charter& document) {
  if (!document.has_disputes()) return "";
  const type::v1::DisputeRules& rules = document.disputes();
  return absl::StrCat("\nDisputes, in hours of ", OneLine(rules.calendar()), "\n  answered in ",
                      rules.answer_hours(), " h, decided in ", rules.decide_hours(), " h by ",
                      DepartmentList(rules.arbiters(), ", else "), "\n  appealed in ",
                      rules.appeal_hours(), " h, to the next that is no party\n");
}

std::string ShowCalendars(const Charter& document, int width) {
  Table table({{"CALENDAR"}, {"TIME ZONE"}, {"OPEN"}, {"HOLIDAYS", true}});
  for (const auto& calendar : document.calendars()) {
    table.AddRow({std::string(absl::StripPrefix(calendar.name(), "calendars/")),
                  calendar.time_zone(),
                  absl::StrJoin(calendar.open(), "; ",
                                [](std::string* out, const type::v1::OpenHours& hours) {
                                  absl::StrAppend(out, "days ", absl::StrJoin(hours.days(), ","),
                                                  " ", hours.from(), "–", hours.until());
                                }),
                  absl::StrCat(calendar.holidays_size())});
  }
  return table.empty() ? "" : absl::StrCat("\nCalendars\n", table.Render(width));
}

std::string ShowAccess(const Charter& document, int width) {
  Table table({{"DEPARTMENT"}, {"COLLECTION"}, {"READ"}, {"UPDATE"}, {"RECORD"}, {"JOURNAL"}});
  for (const auto& access : document.access()) {
    table.AddRow({ShortName(access.department()), access.collection(), access.read() ? "yes" : "",
                  access.update() ? "yes" : "", absl::StrJoin(access.record(), ", "),
                  access.read_journal() ? "yes" : ""});
  }
  return absl::StrCat("\nAccess\n", table.Render(width));
}

std::string ShowKeys(const Charter& document, int width) {
  std::string text = "\nWho signs changes\n";
  Table table({{"DEPARTMENT"}, {"STEWARD"}, {"PUBLIC KEY", false, true}});
  for (const auto& key : document.keys()) {
    table.AddRow({ShortName(key.department()), ShortName(key.person()), key.public_key()});
  }
  absl::StrAppend(&text,
                  table.empty() ? "  nobody: no department has a key\n" : table.Render(width));
  if (!document.arbiter().empty()) {
    absl::StrAppend(&text, "After ", document.arbiter_term_days(), " days ",
                    ShortName(document.arbiter()),
                    " may decide over those that have not signed.\n");
  }
  return text;
}

// Whose doing what was, in a timeline.
std::string ShowBlameless(const Charter& document) {
  if (!document.blameless()) return "";
  return absl::StrCat("\nBlameless\n  Timelines name departments. Persons are shown to ",
                      document.names_shown_to().empty()
                          ? ""
                          : absl::StrCat(DepartmentList(document.names_shown_to()), " and "),
                      "auditors, and each his own name.\n");
}

// Of whom a revision touches; those over whom the arbiter decided are among them, he is not.
std::string SignedBy(const CharterRevision& revision, int departments) {
  const int signers = CountSigners(revision.signatures());
  const int touched =
      revision.provisional() ? departments : signers + revision.over_objection_of_size();
  return absl::StrCat(revision.provisional() ? "provisional: " : "", "signed by ", signers, " of ",
                      touched, " departments");
}

std::string Stands(const CharterRevision& revision, int in_force) {
  if (revision.revision() == in_force) return "in force";
  if (revision.revision() < in_force) return "earlier";
  return revision.has_effective_time() ? "comes into force" : "signed";
}

std::string Since(const CharterRevision& revision) {
  if (revision.has_effective_time()) {
    return absl::StrCat(", from ", FormatTime(revision.effective_time()), " on");
  }
  return revision.proposal().empty() ? ", from the beginning" : "";
}

std::string Names(const CharterRevision& revision) {
  return absl::StrJoin(
      revision.signatures(), ", ", [](std::string* out, const charter::v1::Signature& signature) {
        const bool decides = signature.verdict() == charter::v1::VERDICT_DECIDE;
        const std::string steward = StewardBehind(signature);
        absl::StrAppend(out, ShortName(signature.person()), "@", ShortName(signature.department()),
                        decides ? " (arbiter)" : "",
                        steward.empty() ? "" : absl::StrCat(" (for ", ShortName(steward), ")"));
      });
}

std::string ShowRevision(const CharterRevision& revision, int in_force, int departments) {
  const std::string names = Names(revision);
  std::string text = absl::StrCat(
      "Revision ", revision.revision(), ": ", Stands(revision, in_force), Since(revision), "\n  ",
      SignedBy(revision, departments), names.empty() ? "" : ": ", OneLine(names), "\n");
  if (revision.over_objection_of_size() > 0) {
    absl::StrAppend(&text, "  over the objection of ", DepartmentList(revision.over_objection_of()),
                    "\n");
  }
  if (!revision.proposal().empty()) absl::StrAppend(&text, "  ", revision.proposal(), "\n");
  return text;
}

}  // namespace

std::string StewardBehind(const charter::v1::Signature& signature) {
  charter::v1::DelegationBody by;
  if (!signature.has_delegation() || !by.ParseFromString(signature.delegation().body())) return "";
  return by.steward();
}

int CountSigners(const google::protobuf::RepeatedPtrField<charter::v1::Signature>& signatures) {
  return static_cast<int>(std::count_if(
      signatures.begin(), signatures.end(),
      [](const auto& signature) { return signature.verdict() == charter::v1::VERDICT_SIGN; }));
}

std::string DepartmentList(const google::protobuf::RepeatedPtrField<std::string>& names,
                           absl::string_view separator) {
  return OneLine(absl::StrJoin(names, separator, [](std::string* out, const std::string& name) {
    absl::StrAppend(out, ShortName(name));
  }));
}

std::string ShowCharter(const Charter& document, int width) {
  std::string text =
      absl::StrCat("Charter revision ", document.revision(),
                   document.provisional() ? ", provisional: signed by no department yet\n" : "\n",
                   "Departments: ", DepartmentList(document.departments()), "\n");
  for (const auto& question : document.questions()) text += ShowQuestion(question, width);
  absl::StrAppend(&text, "\nMetrics\n");
  for (const auto& metric : document.metrics()) {
    absl::StrAppend(&text, "  ", OneLine(absl::StrCat(metric.name(), ": ", metric.text())), "\n");
  }
  return absl::StrCat(text, ShowHandovers(document, width), ShowCreditRules(document, width),
                      ShowDisputeRules(document), ShowCalendars(document, width),
                      ShowAccess(document, width), ShowBlameless(document),
                      ShowKeys(document, width));
}

std::string ShowRevisions(const gateway::v1::ListRevisionsResponse& revisions, int departments) {
  int in_force = 0;
  for (const CharterRevision& revision : revisions.revisions()) {
    if (revision.in_force()) in_force = revision.revision();
  }
  std::string text;
  for (const CharterRevision& revision : revisions.revisions()) {
    absl::StrAppend(&text, ShowRevision(revision, in_force, departments));
  }
  return text;
}

}  // namespace comity::client
