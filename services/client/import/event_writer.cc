// Rows about a subject: events of cases, touches, activities, judgements.
#include <algorithm>
#include <map>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/client/import/references.h"
#include "services/client/import/writer.h"
#include "services/client/output/format.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using google::protobuf::Message;

class EventWriter final : public Writer {
 public:
  explicit EventWriter(const WriteContext& context)
      : context_(context),
        collection_(context.map->collection),
        comparison_{context.map->source, context.overrule},
        references_(context) {}

  absl::Status Write(std::vector<RowPlan> rows) override {
    const auto outcomes = references_.Resolve("", &rows);
    std::vector<Work> works;
    for (RowPlan& row : rows) {
      Work& work = works.emplace_back();
      work.plan = std::move(row);
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

  absl::Status Finish() override { return absl::OkStatus(); }

 private:
  struct Subject {
    std::string name;
    Held held;
    bool is_new = false;  // made by this import: it holds nothing else
    std::vector<Work*> rows;
  };
  using Subjects = std::map<std::string, Subject>;

  absl::Status WriteResolved(std::vector<Work>* works) {
    Subjects subjects;
    for (Work& work : *works) {
      if (work.problems.empty()) subjects[work.plan.subject].rows.push_back(&work);
    }
    COMITY_RETURN_IF_ERROR(LookUp(&subjects));
    COMITY_RETURN_IF_ERROR(MakeMissing(&subjects));
    for (auto& [id, subject] : subjects) COMITY_RETURN_IF_ERROR(CompareRows(&subject));
    std::vector<size_t> overtaken;  // nothing is: these rows edit no field
    return WriteDifferences(context_, collection_, works, &overtaken);
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
    for (const auto& [id, record] : found) {
      const auto subject = subjects->find(id);
      if (subject == subjects->end()) continue;
      subject->second.name = Cell(*record, "name");
      subject->second.held.record = record;
    }
    return absl::OkStatus();
  }

  // A subject that is to be made is made with what its first row says; if that is refused, with its
  // second, and so on.
  absl::Status MakeMissing(Subjects* subjects) {
    for (size_t row = 0;; ++row) {
      std::vector<std::unique_ptr<Message>> requests;
      std::vector<std::pair<std::string, Subject*>> missing;
      for (auto& [id, subject] : *subjects) {
        if (!subject.name.empty() || row >= subject.rows.size()) continue;
        const RowPlan& plan = subject.rows[row]->plan;
        if (plan.record == nullptr) {
          RefuseMissing(subject.rows[row]);
          continue;
        }
        requests.push_back(
            CreateRequest(context_, collection_, id, *plan.record, {plan.facts, plan.judgements}));
        missing.emplace_back(id, &subject);
      }
      if (requests.empty() && NoRowBeyond(*subjects, row)) return absl::OkStatus();
      if (requests.empty()) continue;
      COMITY_ASSIGN_OR_RETURN(const auto results,
                              SendPatiently(context_, collection_.Method("BatchCreate"), requests));
      for (size_t i = 0; i < missing.size(); ++i) {
        TakeMade(results[i], missing[i].first, missing[i].second->rows[row], missing[i].second);
      }
    }
  }

  static bool NoRowBeyond(const Subjects& subjects, size_t row) {
    return std::none_of(subjects.begin(), subjects.end(), [&](const auto& entry) {
      return entry.second.name.empty() && entry.second.rows.size() > row + 1;
    });
  }

  void RefuseMissing(Work* work) const {
    work->problems.push_back({work->plan.line, context_.map->subject.column, work->plan.subject,
                              "REFERENCE_NOT_FOUND",
                              absl::StrCat("there is no such record in ", collection_.plural,
                                           ": import those first, or let the map make them")});
  }

  void TakeMade(const ItemResult& result, const std::string& id, Work* work, Subject* subject) {
    const absl::Status& status = result.status;
    if (status.code() == absl::StatusCode::kAlreadyExists && ErrorValue(status, "item").empty()) {
      subject->name = ErrorValue(status, "name");  // somebody made it meanwhile
      if (!subject->name.empty()) return;
    }
    if (!status.ok() && !(context_.dry_run && IsUnknowable(status))) {
      work->problems.push_back(
          Refusal(work->plan, Along{work->plan.facts, work->plan.judgements}, status));
      return;
    }
    subject->name = context_.dry_run ? kNotStored : Cell(*result.value, "name");
    subject->is_new = true;
    work->made = true;
    absl::MutexLock lock(&mutex_);
    made_.insert(absl::HashOf(id));
  }

  // The rows of a subject one after the other: each stands on those before it.
  absl::Status CompareRows(Subject* subject) {
    if (subject->name.empty()) return absl::OkStatus();
    if (!subject->is_new) COMITY_RETURN_IF_ERROR(ReadHeld(subject));
    for (Work* work : subject->rows) {
      work->name = subject->name;
      work->held.judgements = subject->held.judgements;
      if (!work->problems.empty()) continue;
      if (!work->made) work->difference = Compare(work->plan, subject->held, comparison_);
      if (!work->difference.contradictions.empty()) continue;
      for (auto judgement : work->made ? work->plan.judgements : work->difference.judgements) {
        judgement.add_evidence(ImportMark(comparison_.source));
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
      COMITY_ASSIGN_OR_RETURN(subject->held.judgements,
                              ReadJudgements(*context_.caller, context_.as, subject->name));
    }
    return absl::OkStatus();
  }

  const WriteContext context_;
  const Collection collection_;
  const Comparison comparison_;
  References references_;
  absl::Mutex mutex_;
  absl::flat_hash_set<size_t> made_ ABSL_GUARDED_BY(mutex_);  // hashes of subjects' ids
};

}  // namespace

std::unique_ptr<Writer> MakeEventWriter(const WriteContext& context) {
  return std::make_unique<EventWriter>(context);
}

}  // namespace comity::client
