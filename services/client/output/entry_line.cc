#include "services/client/output/entry_line.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/judgement/v1/judgement.pb.h"
#include "comity/workflow/v1/participant_service.pb.h"
#include "services/client/api/schema.h"
#include "services/client/output/format.h"
#include "services/client/output/record_view.h"
#include "services/client/output/text.h"

namespace comity::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kLongestValue = 60;  // names are whole

struct FieldChange {
  std::string path;
  std::string from;
  std::string to;
};

// What each change of a record moves, and what only a read fills.
bool TellsNothing(const FieldDescriptor& field) {
  const std::string& name = field.name();
  return name == "name" || name == "etag" || name == "create_time" || name == "update_time" ||
         name == "lens_answers";
}

using Cells = std::map<std::string, std::string>;  // by path

void AddCells(const Message& message, const std::string& prefix, Cells* cells) {
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    if (TellsNothing(field)) continue;
    const std::string path = absl::StrCat(prefix, field.name());
    if (IsWhole(field) && !field.is_repeated()) {
      if (!message.GetReflection()->HasField(message, &field)) continue;
      AddCells(message.GetReflection()->GetMessage(message, &field), absl::StrCat(path, "."),
               cells);
    } else if (std::string cell = Cell(message, field.name()); !cell.empty()) {
      cells->emplace(path, std::move(cell));
    }
  }
}

std::vector<FieldChange> Changes(const Message& before, const Message& after) {
  Cells from;
  Cells to;
  AddCells(before, "", &from);
  AddCells(after, "", &to);
  std::vector<FieldChange> changes;
  for (const auto& [path, cell] : to) {
    const auto old = from.extract(path);
    const std::string was = old.empty() ? "" : old.mapped();
    if (was != cell) changes.push_back({path, was, cell});
  }
  for (const auto& [path, cell] : from) changes.push_back({path, cell, ""});
  return changes;
}

std::string ShortValue(absl::string_view cell) { return Truncate(ShortName(cell), kLongestValue); }

std::string ChangesText(const std::vector<FieldChange>& changes) {
  return absl::StrJoin(changes, "; ", [](std::string* text, const FieldChange& change) {
    absl::StrAppend(text, change.path, ": ", ShortValue(change.from),
                    change.from.empty() ? "" : " → ",
                    change.to.empty() ? "—" : ShortValue(change.to));
  });
}

// What its changes tell is left out.
std::string FactDetail(const fact::v1::Fact& fact, const std::vector<FieldChange>& changes) {
  std::vector<std::string> parts = {Cell(fact, "kind")};
  for (const char* path :
       {"amount", "close_date", "owner", "team", "channel", "reason", "summary"}) {
    const std::string cell = Cell(fact, path);
    const bool told = std::any_of(changes.begin(), changes.end(),
                                  [&](const FieldChange& change) { return change.to == cell; });
    if (!cell.empty() && !told) parts.push_back(ShortValue(cell));
  }
  if (!fact.voids().empty()) parts.push_back(absl::StrCat("voids ", fact.voids()));
  if (!fact.corrects().empty()) parts.push_back(absl::StrCat("corrects ", fact.corrects()));
  const std::string text = absl::StrJoin(parts, " ");
  return changes.empty() ? text : absl::StrCat(text, "; ", ChangesText(changes));
}

std::string JudgementDetail(const judgement::v1::Judgement& judgement) {
  return absl::StrCat(
      absl::StripPrefix(judgement.question(), "questions/"), ": ",
      judgement.answer().empty() ? "withdrawn" : judgement.answer(),
      judgement.reason().empty() ? "" : absl::StrCat(" (", judgement.reason(), ")"));
}

// `handovers/…: responsible_department: marketing → sales`.
std::string HandoverDetail(const workflow::v1::ResponsibilityChange& change,
                           const std::vector<FieldChange>& changes) {
  return absl::StrCat(change.handover(), ": ",
                      changes.empty()
                          ? absl::StrCat(ShortValue(change.from()), " → ", ShortValue(change.to()))
                          : ChangesText(changes));
}

// `lead-quality: nurture, by silence of sales`.
std::string SettledDetail(const journal::v1::Entry& entry) {
  return absl::StrJoin(
      entry.settlements(), "; ", [](std::string* text, const type::v1::SettledAnswer& settled) {
        absl::StrAppend(text, absl::StripPrefix(settled.question(), "questions/"), ": ",
                        settled.answer().empty() ? "undecided" : settled.answer());
        for (int i = 0; i < settled.silent_departments_size(); ++i) {
          absl::StrAppend(text, i == 0 ? ", by silence of " : " and ",
                          ShortName(settled.silent_departments(i)));
        }
      });
}

}  // namespace

std::unique_ptr<Message> RecordAfter(const journal::v1::Entry& entry) {
  const google::protobuf::Any& any = entry.has_record() ? entry.record() : entry.payload();
  if (any.Is<fact::v1::Fact>() || any.Is<judgement::v1::Judgement>()) return nullptr;
  const std::string type = any.type_url().substr(any.type_url().rfind('/') + 1);
  const auto* described =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  if (described == nullptr) return nullptr;  // of a newer release
  std::unique_ptr<Message> record = New(described);
  return any.UnpackTo(record.get()) ? std::move(record) : nullptr;
}

std::string EntryDetail(const journal::v1::Entry& entry, const Message* before) {
  judgement::v1::Judgement judgement;
  if (entry.payload().UnpackTo(&judgement)) return JudgementDetail(judgement);
  if (entry.type() == "settled") return SettledDetail(entry);
  const std::unique_ptr<Message> after = RecordAfter(entry);
  const bool known =
      before != nullptr && after != nullptr && before->GetDescriptor() == after->GetDescriptor();
  const std::vector<FieldChange> changes =
      known ? Changes(*before, *after) : std::vector<FieldChange>();
  fact::v1::Fact fact;
  if (entry.payload().UnpackTo(&fact)) return FactDetail(fact, changes);
  workflow::v1::ResponsibilityChange change;
  if (entry.payload().UnpackTo(&change)) return HandoverDetail(change, changes);
  // A change that changes nothing is not recorded.
  if (known && changes.empty()) return "only what is personal, which the journal leaves out";
  return ChangesText(changes);
}

std::string EntryLine(const journal::v1::PositionedEntry& positioned) {
  const journal::v1::Entry& entry = positioned.entry();
  const std::string detail = EntryDetail(entry);
  return OneLine(absl::StrCat(positioned.position(), "  ", FormatTime(entry.record_time()), "  ",
                              ShowActor(entry.actor()), "  ", entry.type(), "  ", entry.subject(),
                              detail.empty() ? "" : "  ", detail));
}

}  // namespace comity::client
