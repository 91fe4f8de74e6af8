#include "services/client/import/references.h"

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/client/api/field_value.h"
#include "services/client/import/last_said.h"
#include "services/client/import/plan.h"
#include "services/client/output/error_text.h"
#include "services/client/output/format.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using google::protobuf::Message;

constexpr size_t kMostKnown = 200'000;  // some 60 MB; then they are looked up again

// What a record is called, for what it is compared with.
std::string CalledAs(absl::string_view text) {
  std::string called = absl::AsciiStrToLower(text);
  absl::RemoveExtraAsciiWhitespace(&called);
  return called;
}

// The record's name in a field. A dry run knows those of chosen ids alone, and a record is checked
// without what would be made for it.
std::string NameFor(const Reference& reference, const std::string& name) {
  if (name != kNotStored) return name;
  if (reference.fact < 0) return "";
  const bool chosen = FindCollection(reference.collection)->has_chosen_ids();
  return chosen ? absl::StrCat(reference.collection, "/", reference.id) : "";
}

// A cell may hold a record's own name, as exports write it.
bool IsName(const Reference& reference) {
  return absl::StartsWith(reference.text, absl::StrCat(reference.collection, "/"));
}

// Rows that name a record for which no service looks.
void RefuseThose(const std::string& collection, const std::string& id, const absl::Status& status,
                 std::vector<RowPlan>* rows) {
  for (RowPlan& row : *rows) {
    for (const Reference& reference : row.references) {
      if (reference.collection != collection || reference.id != id) continue;
      row.problems.push_back(
          {row.line, reference.column, reference.text, Reason(status), ErrorText(status)});
    }
  }
}

}  // namespace

Problem Missing(const RowPlan& row, const Reference& reference) {
  return {row.line, reference.column, reference.text, "REFERENCE_NOT_FOUND",
          absl::StrCat("there is no such record in ", reference.collection,
                       ": import those first, or let the map make them")};
}

std::optional<Problem> NamesakeOf(const WriteContext& context, const RowPlan& row,
                                  const Message& held) {
  constexpr char kPath[] = "display_name";
  if (context.overrule || !context.map->collection.has_chosen_ids()) return std::nullopt;
  if (held.GetDescriptor()->FindFieldByName(kPath) == nullptr) return std::nullopt;
  const std::string said = Cell(*row.record, kPath);
  const std::string name = Cell(held, kPath);
  if (Slug(said) != row.id || Slug(name) != row.id || CalledAs(said) == CalledAs(name)) {
    return std::nullopt;
  }
  if (LastSaid::Of(held, context.map->source).Is(kPath, said)) return std::nullopt;
  return Problem{row.line, "row", said, "NAME_TAKEN",
                 absl::StrCat(Cell(held, "name"), " is `", name,
                              "`: write it so, or take it over with --overrule")};
}

void References::Add(const std::string& collection, const std::string& id, const std::string& name,
                     const std::string& text) {
  absl::MutexLock lock(&mutex_);
  if (known_.size() >= kMostKnown) known_.clear();
  known_[{collection, id}] = {name, text};
}

References::Known References::Find(const std::string& collection, const std::string& id) const {
  absl::MutexLock lock(&mutex_);
  const auto found = known_.find({collection, id});
  return found == known_.end() ? Known() : found->second;
}

absl::Status References::Load(std::vector<RowPlan>* rows) {
  std::map<std::string, std::set<std::string>> wanted;
  for (const RowPlan& row : *rows) {
    for (const Reference& reference : row.references) {
      const bool known = !Find(reference.collection, reference.id).name.empty();
      if (!known) wanted[reference.collection].insert(reference.id);
    }
  }
  for (const auto& [plural, ids] : wanted) {
    const Collection& collection = *FindCollection(plural);
    COMITY_ASSIGN_OR_RETURN(const FoundRecords found,
                            FindRecords(*context_.caller, context_.as, collection,
                                        context_.map->source, {ids.begin(), ids.end()}));
    for (const auto& [id, record] : found.records) {
      Add(plural, id, Cell(*record, "name"), Cell(*record, "display_name"));
    }
    for (const auto& [id, status] : found.refused) RefuseThose(plural, id, status, rows);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<References::Outcome>> References::Resolve(const std::string& own,
                                                                     std::vector<RowPlan>* rows) {
  COMITY_RETURN_IF_ERROR(Load(rows));
  std::vector<Outcome> outcomes;
  for (RowPlan& row : *rows) {
    COMITY_ASSIGN_OR_RETURN(const Outcome outcome, ResolveRow(own, &row));
    outcomes.push_back(outcome);
  }
  return outcomes;
}

std::string References::Awaited(const std::string& own, const RowPlan& row) const {
  for (const Reference& reference : row.references) {
    if (reference.collection != own || reference.made != nullptr || IsName(reference)) continue;
    if (Find(own, reference.id).name.empty()) return reference.id;
  }
  return "";
}

// Those that must be there come first: nothing is made for a row that is refused for another.
absl::StatusOr<References::Outcome> References::ResolveRow(const std::string& own, RowPlan* row) {
  for (const bool makes : {false, true}) {
    for (const Reference& reference : row->references) {
      if (!row->problems.empty()) return Outcome::kRefused;
      if ((reference.made != nullptr) != makes) continue;
      COMITY_ASSIGN_OR_RETURN(const bool is_there, FillIn(reference, row));
      if (!is_there && row->problems.empty() && reference.collection == own) {
        return Outcome::kWaits;
      }
      if (!is_there && row->problems.empty()) row->problems.push_back(Missing(*row, reference));
    }
  }
  return row->problems.empty() ? Outcome::kResolved : Outcome::kRefused;
}

absl::StatusOr<bool> References::FillIn(const Reference& reference, RowPlan* row) {
  COMITY_ASSIGN_OR_RETURN(const std::string name, NameOf(reference, row));
  if (name.empty()) return false;
  Message* message = reference.fact < 0
                         ? row->record.get()
                         : static_cast<Message*>(&row->facts[static_cast<size_t>(reference.fact)]);
  const absl::Status set = SetField(message, reference.path, NameFor(reference, name));
  if (!set.ok()) row->problems.push_back(Refusal(*row, reference.column, set));
  return true;
}

absl::StatusOr<std::string> References::NameOf(const Reference& reference, RowPlan* row) {
  if (IsName(reference)) return reference.text;
  const Known known = Find(reference.collection, reference.id);
  if (known.name.empty()) {
    if (reference.made == nullptr) return std::string();
    return Make(reference, row);
  }
  const bool chosen = FindCollection(reference.collection)->has_chosen_ids();
  if (!chosen || reference.made == nullptr || known.text.empty() ||
      CalledAs(known.text) == CalledAs(reference.text)) {
    return known.name;
  }
  row->problems.push_back(
      {row->line, reference.column, reference.text, "NAME_TAKEN",
       absl::StrCat(known.name, " is `", known.text, "`: give the map's ids a prefix")});
  return std::string();
}

absl::StatusOr<std::string> References::Make(const Reference& reference, RowPlan* row) {
  absl::MutexLock lock(&making_);
  const Known known = Find(reference.collection, reference.id);
  if (!known.name.empty()) return known.name;
  const Collection& collection = *FindCollection(reference.collection);
  // Its own row may come later: what people change until then is told from what this one says.
  LastSaid::Of(*reference.made, context_.map->source)
      .Keep(reference.made_paths, reference.made.get());
  std::vector<std::unique_ptr<Message>> requests;
  requests.push_back(CreateRequest(context_, collection, reference.id, *reference.made));
  const auto results = SendPatiently(context_, collection.Method("BatchCreate"), requests);
  COMITY_RETURN_IF_ERROR(results.status());
  const absl::Status& status = results->front().status;
  std::string name;
  if (status.ok()) {
    name = context_.dry_run ? kNotStored : Cell(*results->front().value, "name");
  } else if (status.code() == absl::StatusCode::kAlreadyExists) {
    name = ErrorValue(status, "name");  // somebody made it meanwhile
  }
  if (name.empty()) {
    row->problems.push_back(Refusal(*row, reference.column, status));
    return std::string();
  }
  Add(reference.collection, reference.id, name, reference.text);
  return name;
}

}  // namespace comity::client
