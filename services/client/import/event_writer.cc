// Rows about a subject: events of cases, touches, activities, judgements.
#include <map>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/client/api/retry.h"
#include "services/client/import/last_said.h"
#include "services/client/import/references.h"
#include "services/client/import/writer.h"
#include "services/client/output/error_text.h"
#include "services/client/output/format.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using google::protobuf::Message;

// Whether a record could not be made for what a row tells of it, or for its size with that; else it
// is for the record.
bool IsOfRow(const absl::Status& status) {
  if (!ErrorValue(status, "item").empty()) return true;
  const std::string field = ErrorValue(status, "field");
  return IsRefusedContent(status) && (field.empty() || absl::StrContains(field, "facts[") ||
                                      absl::StrContains(field, "judgements["));
}

class EventWriter final : public Writer {
 public:
  explicit EventWriter(const WriteContext& context)
      : context_(context),
        collection_(context.map->collection),
        comparison_(ComparisonOf(context)),
        references_(context) {}

  absl::Status Write(std::vector<RowPlan> rows) override {
    for (RowPlan& row : rows) {
      if (row.problems.empty()) CheckPlan(context_, absl::Now(), &row);
    }
    const auto outcomes = references_.Resolve("", &rows);
    std::vector<Work> works;
    for (RowPlan& row : rows) {
      Work& work = works.emplace_back();
      work.plan = std::move(row);
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

  absl::Status Finish() override { return absl::OkStatus(); }

 private:
  struct Subject {
    std::string name;
    Held held;
    bool is_new = false;         // made by this import: it holds nothing else
    bool refused = false;        // it cannot be made
    bool first_refused = false;  // of its rows here
    std::vector<Work*> rows;
  };
  using Subjects = std::map<std::string, Subject>;

  absl::Status WriteResolved(std::vector<Work>* works) {
    Subjects subjects;
    for (Work& work : *works) {
      Subject& subject = subjects[work.plan.subject];
      if (work.problems.empty()) {
        subject.rows.push_back(&work);
      } else if (subject.rows.empty()) {
        subject.first_refused = true;
      }
    }
    Discard(&subjects);
    COMITY_RETURN_IF_ERROR(LookUp(&subjects));
    COMITY_RETURN_IF_ERROR(MakeMissing(&subjects));
    for (auto& [id, subject] : subjects) COMITY_RETURN_IF_ERROR(CompareRows(&subject));
    std::vector<Work*> overtaken;  // none is: these rows edit no field
    return WriteDifferences(context_, collection_, works, &overtaken);
  }

  // Of a subject whose first row is refused, nothing is made; where it is there already, or an
  // earlier row made it, that does not matter.
  void Discard(Subjects* subjects) {
    absl::MutexLock lock(&mutex_);
    for (const auto& [id, subject] : *subjects) {
      const size_t hash = absl::HashOf(id);
      if (subject.first_refused && !made_.contains(hash)) unmade_.insert(hash);
    }
    std::erase_if(*subjects, [](const auto& subject) { return subject.second.rows.empty(); });
  }

  absl::Status LookUp(Subjects* subjects) {
    std::vector<std::string> ids;
    for (auto& [id, subject] : *subjects) {
      ids.push_back(id);
      absl::MutexLock lock(&mutex_);
      subject.is_new = made_.contains(absl::HashOf(id));
    }
    COMITY_ASSIGN_OR_RETURN(
        const FoundRecords found,
        FindRecords(*context_.caller, context_.as, collection_, context_.map->source, ids));
    for (const auto& [id, status] : found.refused) {
      Subject& subject = subjects->at(id);
      subject.refused = true;
      for (Work* work : subject.rows) {
        work->problems.push_back(
            {work->plan.line, context_.map->subject.column, id, Reason(status), ErrorText(status)});
      }
    }
    for (const auto& [id, record] : found.records) {
      const auto subject = subjects->find(id);
      if (subject == subjects->end()) continue;
      subject->second.name = Cell(*record, "name");
      subject->second.held.record = record;
    }
    return absl::OkStatus();
  }

  // A subject that is to be made is what its first row says of it, and is made together with what
  // that row tells; if that is refused, with what the second tells, and so on.
  absl::Status MakeMissing(Subjects* subjects) {
    for (auto& [id, subject] : *subjects) CheckMakeable(id, &subject);
    for (size_t row = 0;; ++row) {
      std::vector<std::unique_ptr<Message>> requests;
      std::vector<std::pair<std::string, Subject*>> missing;
      for (auto& [id, subject] : *subjects) {
        if (!subject.name.empty() || subject.refused || row >= subject.rows.size()) continue;
        const RowPlan& plan = subject.rows[row]->plan;
        RowPlan& first = subject.rows[0]->plan;
        // By its own row, what people change of it until then is told from what this one says.
        if (row == 0) LastSaid::Of(*first.record, context_.map->source).Keep(&first);
        requests.push_back(CreateRequest(context_, collection_, id, *first.record,
                                         {plan.id, plan.facts, plan.judgements}));
        missing.emplace_back(id, &subject);
      }
      if (requests.empty()) break;
      COMITY_ASSIGN_OR_RETURN(const auto results,
                              SendPatiently(context_, collection_.Method("BatchCreate"), requests));
      for (size_t i = 0; i < missing.size(); ++i) TakeMade(results[i], row, missing[i].second);
    }
    absl::MutexLock lock(&mutex_);
    for (auto& [id, subject] : *subjects) {
      if (subject.name.empty()) unmade_.insert(absl::HashOf(id));
      if (subject.is_new) made_.insert(absl::HashOf(id));
    }
    return absl::OkStatus();
  }

  // What a later row would make of a subject is not what its first row says: where that could not
  // be taken, nothing is made of it before the file comes again.
  void CheckMakeable(const std::string& id, Subject* subject) {
    if (!subject->name.empty() || subject->refused) return;
    absl::MutexLock lock(&mutex_);
    const bool is_unmade = unmade_.contains(absl::HashOf(id));
    if (subject->rows[0]->plan.record != nullptr && !is_unmade) return;
    subject->refused = true;
    for (Work* work : subject->rows) RefuseMissing(work, is_unmade);
  }

  void RefuseMissing(Work* work, bool is_unmade) const {
    const char* why = is_unmade ? ": its first row was refused, mend that one"
                                : ": import those first, or let the map make them";
    work->problems.push_back(
        {work->plan.line, context_.map->subject.column, work->plan.subject, "REFERENCE_NOT_FOUND",
         absl::StrCat("there is no such record in ", collection_.plural, why)});
  }

  // `row`: with which the subject was to be made.
  void TakeMade(const ItemResult& result, size_t row, Subject* subject) {
    const absl::Status& status = result.status;
    Work* const work = subject->rows[row];
    const bool by_row = IsOfRow(status);
    if (status.code() == absl::StatusCode::kAlreadyExists && !by_row) {
      subject->name = ErrorValue(status, "name");  // somebody made it meanwhile
      if (!subject->name.empty()) return SendAgain(row, subject);
    }
    if (!status.ok() && !(context_.dry_run && by_row && IsNewsToCome(status))) {
      const Along along{work->plan.id, work->plan.facts, work->plan.judgements};
      if (by_row) {
        work->problems.push_back(Refusal(work->plan, along, status));
        return;
      }
      subject->refused = true;
      for (Work* each : subject->rows) {
        if (each->problems.empty()) each->problems.push_back(Refusal(each->plan, "", status));
      }
      return;
    }
    subject->name = context_.dry_run ? kNotStored : Cell(*result.value, "name");
    subject->is_new = true;
    work->made = true;
    SendAgain(row, subject);
  }

  // What the rows before `row` told may stand now that the subject is there.
  void SendAgain(size_t row, Subject* subject) const {
    if (context_.dry_run) return;
    for (size_t i = 0; i < row; ++i) subject->rows[i]->problems.clear();
  }

  // The rows of a subject one after the other: each stands on those before it.
  absl::Status CompareRows(Subject* subject) {
    if (subject->name.empty()) return absl::OkStatus();
    if (!subject->is_new) COMITY_RETURN_IF_ERROR(ReadHeld(subject));
    for (Work* work : subject->rows) {
      work->name = subject->name;
      work->held.judgements = subject->held.judgements;
      if (!work->problems.empty()) continue;
      if (auto unknown = UnknownName(work->plan, subject->held)) {
        work->problems.push_back(*std::move(unknown));
        continue;
      }
      if (!work->made) work->difference = Compare(work->plan, subject->held, comparison_);
      if (!work->difference.contradictions.empty()) continue;
      for (auto judgement : work->made ? work->plan.judgements : work->difference.judgements) {
        judgement.add_evidence(ImportMark(comparison_.source, work->plan.id));
        subject->held.judgements.push_back(std::move(judgement));
      }
    }
    return absl::OkStatus();
  }

  absl::Status ReadHeld(Subject* subject) {
    if (!context_.map->facts.empty()) {
      COMITY_ASSIGN_OR_RETURN(subject->held.facts,
                              ReadFacts(*context_.caller, context_.as, subject->name));
    }
    if (!context_.map->judgements.empty()) {
      COMITY_ASSIGN_OR_RETURN(
          subject->held.judgements,
          ReadJudgements(*context_.caller, context_.as, subject->name, context_.as.department));
    }
    return absl::OkStatus();
  }

  const WriteContext context_;
  const Collection collection_;
  const Comparison comparison_;
  References references_;
  absl::Mutex mutex_;
  // Hashes of subjects' ids.
  absl::flat_hash_set<size_t> made_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<size_t> unmade_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<Writer> MakeEventWriter(const WriteContext& context) {
  return std::make_unique<EventWriter>(context);
}

}  // namespace comity::client
