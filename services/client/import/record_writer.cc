// Rows that are records of a collection.
#include <algorithm>
#include <map>
#include <set>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/client/api/field_value.h"
#include "services/client/import/record_paths.h"
#include "services/client/import/references.h"
#include "services/client/import/writer.h"
#include "services/client/output/format.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using google::protobuf::Message;
using Requests = std::vector<std::unique_ptr<Message>>;

constexpr int kMostUpdates = 3;  // of a row: somebody else may change the record meanwhile

bool IsTaken(const absl::Status& status) {
  return status.code() == absl::StatusCode::kAlreadyExists;
}

bool RefersToItself(const ImportMap& map) {
  return std::any_of(map.fields.begin(), map.fields.end(), [&](const auto& field) {
    return field.second.refers() && field.second.collection() == map.collection.plural;
  });
}

class RecordWriter final : public Writer {
 public:
  explicit RecordWriter(const WriteContext& context)
      : context_(context),
        collection_(context.map->collection),
        remembers_(RefersToItself(*context.map)),
        comparison_{context.map->source, context.overrule},
        references_(context) {}

  absl::Status Write(std::vector<RowPlan> rows) override {
    for (RowPlan& row : rows) CheckRow(&row);
    std::vector<Work> works;
    const auto outcomes = references_.Resolve(collection_.plural, &rows);
    for (size_t i = 0; i < rows.size(); ++i) {
      if (outcomes.ok() && (*outcomes)[i] == References::Outcome::kWaits) {
        absl::MutexLock lock(&mutex_);
        held_.push_back(std::move(rows[i]));
        continue;
      }
      Work& work = works.emplace_back();
      work.plan = std::move(rows[i]);
      CheckPlan(context_, absl::Now(), &work.plan);
      work.problems = work.plan.problems;
    }
    const absl::Status status = outcomes.ok() ? WriteResolved(&works) : outcomes.status();
    if (status.ok()) {
      Settle(context_, works);
    } else {
      SettleFailed(context_, works, status);
    }
    return status;
  }

  // Rows that name rows of the same file, generation by generation.
  absl::Status Finish() override {
    while (true) {
      std::vector<RowPlan> rows;
      {
        absl::MutexLock lock(&mutex_);
        rows.swap(held_);
      }
      if (rows.empty()) return absl::OkStatus();
      const size_t before = rows.size();
      COMITY_RETURN_IF_ERROR(WriteInBatches(std::move(rows)));
      absl::MutexLock lock(&mutex_);
      if (held_.size() < before) continue;
      for (RowPlan& row : held_) RefuseWaiting(&row);
      held_.clear();
    }
  }

 private:
  absl::Status WriteInBatches(std::vector<RowPlan> rows) {
    constexpr size_t kRows = 200;
    for (size_t first = 0; first < rows.size(); first += kRows) {
      const size_t last = std::min(first + kRows, rows.size());
      COMITY_RETURN_IF_ERROR(
          Write({std::make_move_iterator(rows.begin() + static_cast<std::ptrdiff_t>(first)),
                 std::make_move_iterator(rows.begin() + static_cast<std::ptrdiff_t>(last))}));
    }
    return absl::OkStatus();
  }

  void RefuseWaiting(RowPlan* row) {
    for (const Reference& reference : row->references) {
      if (reference.collection == collection_.plural && reference.made == nullptr) {
        row->problems.push_back(Missing(*row, reference));
      }
    }
    context_.ledger->Refuse(row->problems);
  }

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
      if (work.problems.empty() && !work.made) COMITY_RETURN_IF_ERROR(BringUpToDate(&work));
    }
    COMITY_RETURN_IF_ERROR(RecordFacts(context_, works));
    return RecordJudgements(context_, works);
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
    for (const auto& [id, record] : found) {
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
  }

  absl::Status CreateAll(std::vector<Work>* works) {
    Requests requests;
    std::vector<Work*> fresh;
    for (Work& work : *works) {
      if (!work.problems.empty() || work.held.record != nullptr) continue;
      fresh.push_back(&work);
      requests.push_back(CreateRequest(context_, collection_, work.plan.id, *work.plan.record));
    }
    if (requests.empty()) return absl::OkStatus();
    COMITY_ASSIGN_OR_RETURN(const auto results,
                            SendPatiently(context_, collection_.Method("BatchCreate"), requests));
    bool is_taken = false;
    for (const ItemResult& result : results) is_taken = is_taken || IsTaken(result.status);
    // A reference of another row made it meanwhile.
    if (is_taken) COMITY_RETURN_IF_ERROR(LookUp(works));
    for (size_t i = 0; i < fresh.size(); ++i) {
      Work& work = *fresh[i];
      if (IsTaken(results[i].status) && work.held.record != nullptr) continue;
      if (!results[i].status.ok()) {
        work.problems.push_back(Refusal(work.plan, "", results[i].status));
        continue;
      }
      work.held.record = nullptr;
      work.made = true;
      work.name = context_.dry_run ? kNotStored : Cell(*results[i].value, "name");
      work.difference.facts = work.plan.facts;
      work.difference.judgements = work.plan.judgements;
      Remember(work);
    }
    return absl::OkStatus();
  }

  absl::Status ReadHeld(Work* work) {
    if (!work->plan.facts.empty() && !ShowsFacts(work->plan, *work->held.record)) {
      COMITY_ASSIGN_OR_RETURN(work->held.facts,
                              ReadFacts(*context_.caller, context_.as, work->name));
    }
    if (!work->plan.judgements.empty()) {
      COMITY_ASSIGN_OR_RETURN(work->held.judgements,
                              ReadJudgements(*context_.caller, context_.as, work->name));
    }
    return absl::OkStatus();
  }

  absl::Status BringUpToDate(Work* work) {
    COMITY_RETURN_IF_ERROR(ReadHeld(work));
    for (int tries = 0; tries < kMostUpdates; ++tries) {
      work->difference = Compare(work->plan, work->held, comparison_);
      if (!work->difference.contradictions.empty()) return absl::OkStatus();
      if (work->difference.changes.empty()) return absl::OkStatus();
      const absl::Status status = Update(*work);
      if (status.ok()) return absl::OkStatus();
      if (Reason(status) != "ETAG_MISMATCH") {
        work->problems.push_back(Refusal(work->plan, "", status));
        return absl::OkStatus();
      }
      COMITY_ASSIGN_OR_RETURN(const FoundRecords found,
                              FindRecords(*context_.caller, context_.as, collection_,
                                          context_.map->source, {work->plan.id}));
      for (const auto& [id, record] : found) {
        if (id == work->plan.id) work->held.record = record;
      }
    }
    work->problems.push_back({work->plan.line, "row", work->plan.id, "CONCURRENT_CHANGE",
                              "others change the record at the same time: import it again"});
    return absl::OkStatus();
  }

  // Of maps and lists, what the row does not say stays: they are replaced as a whole, on the
  // record as it was read, and only if it still is.
  absl::Status Update(const Work& work) {
    const std::string name = collection_.Method("Update");
    const auto method = FindMethod(name);
    auto request = New((*method)->input_type());
    const auto* type = request->GetDescriptor();
    Message* record = request->GetReflection()->MutableMessage(
        request.get(), type->FindFieldByName(collection_.singular));
    record->CopyFrom(*work.held.record);
    std::set<std::string> tops;
    for (const Change& change : work.difference.changes) {
      CopyPath(*work.plan.record, change.path, record);
      tops.insert(change.path.substr(0, change.path.find('.')));
    }
    Message* mask = request->GetReflection()->MutableMessage(request.get(),
                                                             type->FindFieldByName("update_mask"));
    for (const std::string& top : tops) {
      mask->GetReflection()->AddString(mask, mask->GetDescriptor()->FindFieldByName("paths"), top);
    }
    Stamp(context_, Cell(*work.held.record, "etag"), request.get());
    const auto reply = New((*method)->output_type());
    return context_.caller->Call(context_.as, name, *request, reply.get());
  }

  const WriteContext context_;
  const Collection collection_;
  const bool remembers_;  // rows may name rows of the file
  const Comparison comparison_;
  References references_;
  absl::Mutex mutex_;
  std::vector<RowPlan> held_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<Writer> MakeRecordWriter(const WriteContext& context) {
  return std::make_unique<RecordWriter>(context);
}

}  // namespace comity::client
