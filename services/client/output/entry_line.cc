#include "services/client/output/entry_line.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/judgement/v1/judgement.pb.h"
#include "services/client/output/format.h"
#include "services/client/output/record_view.h"
#include "services/client/output/text.h"

namespace comity::client {
namespace {

std::string FactDetail(const fact::v1::Fact& fact) {
  std::vector<std::string> parts;
  for (const char* path : {"kind", "amount", "close_date", "owner", "team", "channel", "reason"}) {
    const std::string cell = Cell(fact, path);
    if (!cell.empty()) parts.push_back(cell);
  }
  if (!fact.voids().empty()) parts.push_back(absl::StrCat("voids ", fact.voids()));
  if (!fact.corrects().empty()) parts.push_back(absl::StrCat("corrects ", fact.corrects()));
  return absl::StrJoin(parts, " ");
}

std::string JudgementDetail(const judgement::v1::Judgement& judgement) {
  return absl::StrCat(
      absl::StripPrefix(judgement.question(), "questions/"), ": ",
      judgement.answer().empty() ? "withdrawn" : judgement.answer(),
      judgement.reason().empty() ? "" : absl::StrCat(" (", judgement.reason(), ")"));
}

}  // namespace

std::string EntryDetail(const journal::v1::Entry& entry) {
  fact::v1::Fact fact;
  if (entry.payload().UnpackTo(&fact)) return FactDetail(fact);
  judgement::v1::Judgement judgement;
  if (entry.payload().UnpackTo(&judgement)) return JudgementDetail(judgement);
  return "";
}

std::string EntryLine(const journal::v1::PositionedEntry& positioned) {
  const journal::v1::Entry& entry = positioned.entry();
  const std::string detail = EntryDetail(entry);
  return OneLine(absl::StrCat(positioned.position(), "  ", FormatTime(entry.record_time()), "  ",
                              ShowActor(entry.actor()), "  ", entry.type(), "  ", entry.subject(),
                              detail.empty() ? "" : "  ", detail));
}

}  // namespace comity::client
