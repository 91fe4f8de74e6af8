// Rows that are records of a collection.
#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/client/api/retry.h"
#include "services/client/import/last_said.h"
#include "services/client/import/record_paths.h"
#include "services/client/import/references.h"
#include "services/client/import/waiting_rows.h"
#include "services/client/import/writer.h"
#include "services/client/output/format.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using google::protobuf::Message;
using Requests = std::vector<std::unique_ptr<Message>>;

constexpr int kMostUpdates = 3;  // of a row: somebody else may change the record meanwhile

// The record is there, not something that was to come along with it.
bool IsTaken(const absl::Status& status) {
  return status.code() == absl::StatusCode::kAlreadyExists && ErrorValue(status, "item").empty();
}

bool RefersToItself(const ImportMap& map) {
  const auto any_refers = [&](const Fields& fields) {
    return std::any_of(fields.begin(), fields.end(), [&](const auto& field) {
      return field.second.refers() && field.second.collection() == map.collection.plural;
    });
  };
  return any_refers(map.fields) ||
         std::any_of(map.facts.begin(), map.facts.end(),
                     [&](const FactSpec& fact) { return any_refers(fact.fields); });
}

class RecordWriter final : public Writer {
 public:
  explicit RecordWriter(const WriteContext& context)
      : context_(context),
        collection_(context.map->collection),
        remembers_(RefersToItself(*context.map)),
        comparison_(ComparisonOf(context)),
        references_(context),
        waiting_(collection_.plural, context.ledger, context.most_waiting_bytes) {}

  absl::Status Write(std::vector<RowPlan> rows) override {
    for (RowPlan& row : rows) {
      CheckRow(&row);
      CheckPlan(context_, absl::Now(), &row);
    }
    std::vector<Work> works;
    const auto outcomes = references_.Resolve(collection_.plural, &rows);
    for (size_t i = 0; i < rows.size(); ++i) {
      if (outcomes.ok() && (*outcomes)[i] == References::Outcome::kWaits) {
        const std::string awaited = references_.Awaited(collection_.plural, rows[i]);
        waiting_.Hold(std::move(rows[i]), awaited);
        continue;
      }
      Work& work = works.emplace_back();
      work.plan = std::move(rows[i]);
      work.problems = work.plan.problems;
    }
    absl::Status status = outcomes.ok() ? WriteResolved(&works) : outcomes.status();
    if (status.ok()) {
      Settle(context_, works);
    } else {
      SettleFailed(context_, works, status);
    }
    return status;
  }

  absl::Status Finish() override {
    return waiting_.Finish(context_.is_interrupted,
                           [this](std::vector<RowPlan> rows) { return Write(std::move(rows)); });
  }

 private:
  // A row cannot be above or before itself.
  void CheckRow(RowPlan* row) const {
    for (const Reference& reference : row->references) {
      if (reference.collection == collection_.plural && reference.id == row->id) {
        row->problems.push_back({row->line, reference.column, reference.text, "REFERS_TO_ITSELF",
                                 "a record cannot name itself here"});
      }
    }
  }

  absl::Status WriteResolved(std::vector<Work>* works) {
    COMITY_RETURN_IF_ERROR(LookUp(works));
    COMITY_RETURN_IF_ERROR(CreateAll(works));
    for (Work& work : *works) {
      if (!work.problems.empty() || work.made) continue;
      if (auto namesake = NamesakeOf(context_, work.plan, *work.held.record)) {
        work.problems.push_back(*std::move(namesake));
        continue;
      }
      COMITY_RETURN_IF_ERROR(ReadHeld(&work));
      Weigh(&work);
    }
    std::vector<Work*> overtaken;
    COMITY_RETURN_IF_ERROR(WriteDifferences(context_, collection_, works, &overtaken));
    for (Work* work : overtaken) COMITY_RETURN_IF_ERROR(WriteAgain(work));
    return absl::OkStatus();
  }

  // A row that agrees with its record is remembered too, or a later edit by hand could not be told
  // from what the file said.
  void Weigh(Work* work) const {
    work->difference = Compare(work->plan, work->held, comparison_);
    const LastSaid last = LastSaid::Of(*work->held.record, context_.map->source);
    work->difference.remembers = last.Keep(&work->plan);
  }

  // Somebody else changed the record since it was read.
  absl::Status WriteAgain(Work* work) {
    for (int tries = 1; tries < kMostUpdates; ++tries) {
      COMITY_ASSIGN_OR_RETURN(const FoundRecords found,
                              FindRecords(*context_.caller, context_.as, collection_,
                                          context_.map->source, {work->plan.id}));
      for (const auto& [id, record] : found.records) {
        if (id == work->plan.id) work->held.record = record;
      }
      COMITY_RETURN_IF_ERROR(ReadHeld(work));
      Weigh(work);
      std::vector<Work> one;
      one.push_back(std::move(*work));
      std::vector<Work*> overtaken;
      absl::Status status = WriteDifferences(context_, collection_, &one, &overtaken);
      *work = std::move(one.front());
      if (!status.ok() || overtaken.empty()) return status;
    }
    if (work->difference.empty()) return absl::OkStatus();  // a memory can wait
    work->problems.push_back({work->plan.line, "row", work->plan.id, "CONCURRENT_CHANGE",
                              "others change the record at the same time: import it again"});
    return absl::OkStatus();
  }

  absl::Status LookUp(std::vector<Work>* works) {
    std::map<std::string, Work*> wanted;
    std::vector<std::string> ids;
    for (Work& work : *works) {
      if (!work.problems.empty()) continue;
      wanted[work.plan.id] = &work;
      ids.push_back(work.plan.id);
    }
    COMITY_ASSIGN_OR_RETURN(
        const FoundRecords found,
        FindRecords(*context_.caller, context_.as, collection_, context_.map->source, ids));
    for (const auto& [id, status] : found.refused) {
      Work* const work = wanted.at(id);
      work->problems.push_back(Refusal(work->plan, "", status));
    }
    for (const auto& [id, record] : found.records) {
      const auto work = wanted.find(id);
      if (work == wanted.end()) continue;
      work->second->held.record = record;
      work->second->name = Cell(*record, "name");
      Remember(*work->second);
    }
    return absl::OkStatus();
  }

  void Remember(const Work& work) {
    if (!remembers_) return;
    references_.Add(collection_.plural, work.plan.id, work.name,
                    Cell(*work.plan.record, "display_name"));
    waiting_.Arrive(work.plan.id);
  }

  absl::Status CreateAll(std::vector<Work>* works) {
    Requests requests;
    std::vector<Work*> fresh;
    for (Work& work : *works) {
      if (!work.problems.empty() || work.held.record != nullptr || NamesAnother(&work)) continue;
      fresh.push_back(&work);
      LastSaid::Of(*work.plan.record, context_.map->source).Keep(&work.plan);
      requests.push_back(CreateRequest(context_, collection_, work.plan.id, *work.plan.record,
                                       {work.plan.id, work.plan.facts, work.plan.judgements}));
    }
    if (requests.empty()) return absl::OkStatus();
    const auto sent = SendPatiently(context_, collection_.Method("BatchCreate"), requests);
    if (!sent.ok() && !IsAway(sent.status()) && !IsDenied(sent.status())) {
      for (Work* work : fresh) work->problems.push_back(Refusal(work->plan, "", sent.status()));
      return absl::OkStatus();
    }
    COMITY_RETURN_IF_ERROR(sent.status());
    const std::vector<ItemResult>& results = *sent;
    bool is_taken = false;
    for (const ItemResult& result : results) is_taken = is_taken || IsTaken(result.status);
    // A reference of another row made it meanwhile.
    if (is_taken) COMITY_RETURN_IF_ERROR(LookUp(works));
    for (size_t i = 0; i < fresh.size(); ++i) TakeCreated(results[i], fresh[i]);
    return absl::OkStatus();
  }

  // An export with names comes back only to the suite that it came from.
  bool NamesAnother(Work* work) const {
    const std::string prefix = absl::StrCat(collection_.plural, "/");
    if (collection_.has_chosen_ids() || !absl::StartsWith(work->plan.id, prefix)) return false;
    work->problems.push_back({work->plan.line, "row", work->plan.id, "REFERENCE_NOT_FOUND",
                              "no record here has this name: an export with names comes back only "
                              "to the suite that it came from"});
    return true;
  }

  void TakeCreated(const ItemResult& result, Work* work) {
    const absl::Status& status = result.status;
    if (IsTaken(status) && work->held.record != nullptr) return;
    const bool is_news = IsNewsToCome(status) && !ErrorValue(status, "item").empty();
    if (!status.ok() && !(context_.dry_run && is_news)) {
      work->problems.push_back(Refusal(
          work->plan, Along{work->plan.id, work->plan.facts, work->plan.judgements}, status));
      return;
    }
    work->held.record = nullptr;
    work->made = true;
    work->name = context_.dry_run ? kNotStored : Cell(*result.value, "name");
    Remember(*work);
  }

  absl::Status ReadHeld(Work* work) {
    if (!context_.map->facts.empty() &&
        !ShowsFacts(work->plan, *work->held.record, comparison_.kinds)) {
      COMITY_ASSIGN_OR_RETURN(work->held.facts,
                              ReadFacts(*context_.caller, context_.as, work->name));
    }
    if (!work->plan.judgements.empty() || IsJudged(*work->held.record)) {
      COMITY_ASSIGN_OR_RETURN(
          work->held.judgements,
          ReadJudgements(*context_.caller, context_.as, work->name, context_.as.department));
    }
    return absl::OkStatus();
  }

  // Whether the department answered one of the map's questions itself: the row may say so no
  // longer.
  bool IsJudged(const Message& record) const {
    const auto& questions = comparison_.questions;
    return std::any_of(questions.begin(), questions.end(), [&](const auto& question) {
      return !OwnAnswer(record, question.first).empty();
    });
  }

  const WriteContext context_;
  const Collection collection_;
  const bool remembers_;  // rows may name rows of the file
  const Comparison comparison_;
  References references_;
  WaitingRows waiting_;
};

}  // namespace

std::unique_ptr<Writer> MakeRecordWriter(const WriteContext& context) {
  return std::make_unique<RecordWriter>(context);
}

}  // namespace comity::client
