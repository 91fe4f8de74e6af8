#include "services/client/import/event_exporter.h"

#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/client/import/exporter.h"
#include "services/client/import/held_reader.h"
#include "services/client/import/record_paths.h"
#include "services/client/output/format.h"
#include "services/runtime/fact/fact_component.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using fact::v1::Fact;
using judgement::v1::Judgement;

constexpr char kJudgements[] = "judgements";

// What a kind of file tells. How a record began comes with the record.
struct EventKind {
  std::string of;  // the collection; empty: any that can be judged
  std::vector<fact::v1::FactKind> facts;
  std::vector<std::string> columns;  // of a fact
};

const std::map<std::string, EventKind>& EventKinds() {
  using enum fact::v1::FactKind;
  static const auto* const kinds = new std::map<std::string, EventKind>{
      {"case-events",
       {"cases",
        {FACT_KIND_HANDED_TO_TEAM, FACT_KIND_OWNER_CHANGED, FACT_KIND_WAITING_FOR_CUSTOMER,
         FACT_KIND_RESOLVED, FACT_KIND_REOPENED, FACT_KIND_CLOSED},
        {"team", "owner"}}},
      {"touches", {"leads", {FACT_KIND_TOUCH}, {"channel", "campaign"}}},
      {"activities",
       {"",
        {FACT_KIND_CALL, FACT_KIND_MEETING, FACT_KIND_MAIL, FACT_KIND_NOTE, FACT_KIND_TASK},
        {"due_time"}}},
      {kJudgements, {"", {}, {}}}};
  return *kinds;
}

bool Tells(const EventKind& kind, const Fact& fact) {
  return std::find(kind.facts.begin(), kind.facts.end(), fact.kind()) != kind.facts.end();
}

std::string FieldLines(const google::protobuf::Descriptor& type,
                       const std::vector<std::string>& columns, bool makes) {
  std::string lines = "    fields:\n";
  for (const std::string& column : columns) {
    const auto* field = type.FindFieldByName(column);
    const bool is_field = field != nullptr && column != "name" && column != "subject" &&
                          column != "kind" && column != "question" && column != "answer";
    if (!is_field) continue;
    absl::StrAppend(&lines, "      ", column, ": ", MapValue(*field, column, makes), "\n");
  }
  return lines;
}

// The department's judgements that stand, with those that they replaced: of a question whose last
// answer was withdrawn it holds none.
std::vector<Judgement> StandingJudgements(const std::vector<Judgement>& judgements) {
  std::map<std::string, size_t>
      withdrawn;  // by question: how many of all, with the last withdrawal
  for (size_t i = 0; i < judgements.size(); ++i) {
    if (!judgements[i].withdraws().empty()) withdrawn[judgements[i].question()] = i + 1;
  }
  std::vector<Judgement> standing;
  for (size_t i = 0; i < judgements.size(); ++i) {
    if (i >= withdrawn[judgements[i].question()]) standing.push_back(judgements[i]);
  }
  return standing;
}

// Writes rows of one kind.
class EventLines {
 public:
  EventLines(const std::string& kind, const ExportOptions& options, std::ostream* output)
      : columns_(EventColumns(kind)), options_(options), output_(output) {
    if (!options_.json_lines) *output_ << ExportHeader(columns_) << "\n";
  }
  absl::Status Write(const google::protobuf::Message& event, const std::string& subject) {
    const bool makes = !options_.as_source.empty();
    std::vector<std::string> cells;
    for (const std::string& column : columns_) {
      const bool is_subject = column == "subject";
      cells.push_back(is_subject ? subject : ExportCell(event, column, makes));
    }
    *output_ << ExportLine(columns_, cells, options_.json_lines) << "\n";
    ++count_;
    return Check();
  }
  absl::StatusOr<int64_t> Finish() {
    output_->flush();
    COMITY_RETURN_IF_ERROR(Check());
    return count_;
  }

 private:
  absl::Status Check() const {
    if (*output_) return absl::OkStatus();
    return OutputUnwritable();
  }

  const std::vector<std::string> columns_;
  const ExportOptions& options_;
  std::ostream* const output_;
  int64_t count_ = 0;
};

}  // namespace

bool IsEventKind(const std::string& kind) { return EventKinds().contains(kind); }

absl::StatusOr<Collection> SubjectsOf(const std::string& kind, const std::string& of) {
  const std::string& only = EventKinds().at(kind).of;
  if (!only.empty() && !of.empty() && of != only) {
    return Usage(absl::StrCat(kind, " are of ", only));
  }
  const std::string plural = only.empty() ? of : only;
  for (const char* judged : {"leads", "opportunities", "accounts", "cases"}) {
    if (plural == judged) return *FindCollection(plural);
  }
  return Usage(absl::StrCat("--of says whose ", kind, ": leads, opportunities, accounts or cases"));
}

std::vector<std::string> EventColumns(const std::string& kind) {
  std::vector<std::string> columns = {"name", "subject"};
  if (kind == kJudgements) {
    columns.insert(columns.end(),
                   {"question", "answer", "occur_time", "reason", "note", "evidence"});
    return columns;
  }
  const EventKind& events = EventKinds().at(kind);
  columns.insert(columns.end(), {"kind", "occur_time"});
  columns.insert(columns.end(), events.columns.begin(), events.columns.end());
  columns.insert(columns.end(), {"reason", "summary", "attributes"});
  return columns;
}

absl::StatusOr<std::string> EventMap(const std::string& kind, const Collection& subjects,
                                     const type::v1::Charter& charter,
                                     const ExportOptions& options) {
  const bool makes = !options.as_source.empty();
  const std::vector<std::string> columns = EventColumns(kind);
  std::string map =
      absl::StrCat("# By this map an export of comity imports again.\nkind: ", kind,
                   "\nsource: ", SourceText(options.as_source),
                   "\nidentity: name\nsubject: {column: subject, find: ", subjects.plural, "}\n");
  if (kind != kJudgements) {
    absl::StrAppend(&map, "facts:\n");
    const std::string fields = FieldLines(*Fact::descriptor(), columns, makes);
    for (const fact::v1::FactKind fact : EventKinds().at(kind).facts) {
      const std::string id = ShortEnum(*fact::v1::FactKind_descriptor()->FindValueByNumber(fact));
      absl::StrAppend(&map, "  - kind: ", id, "\n    when: {kind: ", id, "}\n", fields);
    }
    return map;
  }
  absl::StrAppend(&map, "department: ", options.lens, "\njudgements:\n");
  bool any = false;
  for (const auto& question : charter.questions()) {
    if (question.collection() != subjects.plural) continue;
    any = true;
    absl::StrAppend(&map, "  - question: ", question.name(),
                    "\n    when: {question: ", question.name(), "}\n    answer: {column: answer}\n",
                    FieldLines(*Judgement::descriptor(), columns, makes));
  }
  if (any) return map;
  return Usage(absl::StrCat("the charter asks nothing about ", subjects.plural));
}

absl::StatusOr<int64_t> ExportEvents(Caller& caller, const Identity& as, const std::string& kind,
                                     const Collection& subjects, const ExportOptions& options,
                                     std::ostream* output) {
  EventLines lines(kind, options, output);
  const EventKind& events = EventKinds().at(kind);
  const auto read = [&](Held* held) -> absl::Status {
    const std::string name = TextAt(*held->record, "name");
    if (kind == kJudgements) {
      COMITY_ASSIGN_OR_RETURN(held->judgements, ReadJudgements(caller, as, name, options.lens));
    } else {
      COMITY_ASSIGN_OR_RETURN(held->facts, ReadFacts(caller, as, name));
    }
    return absl::OkStatus();
  };
  const auto take = [&](const Held& held) -> absl::Status {
    const std::string subject = ExportCell(*held.record, "name", !options.as_source.empty());
    for (const Fact& fact : fact::Standing(held.facts)) {
      if (Tells(events, fact)) COMITY_RETURN_IF_ERROR(lines.Write(fact, subject));
    }
    for (const Judgement& judgement : StandingJudgements(held.judgements)) {
      COMITY_RETURN_IF_ERROR(lines.Write(judgement, subject));
    }
    return absl::OkStatus();
  };
  COMITY_RETURN_IF_ERROR(
      ForEachHeld(caller, as, subjects, options.filter, options.lens, read, take));
  return lines.Finish();
}

}  // namespace comity::client
