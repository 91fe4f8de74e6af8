// Rows about a subject: events of cases, touches, activities, judgements.
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
    COMITY_RETURN_IF_ERROR(RecordFacts(context_, works));
    return RecordJudgements(context_, works);
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

  absl::Status MakeMissing(Subjects* subjects) {
    std::vector<std::unique_ptr<Message>> requests;
    std::vector<std::pair<std::string, Subject*>> missing;
    for (auto& [id, subject] : *subjects) {
      if (!subject.name.empty()) continue;
      const RowPlan& first = subject.rows.front()->plan;
      if (first.record == nullptr) {
        for (Work* work : subject.rows) RefuseMissing(work);
        continue;
      }
      requests.push_back(CreateRequest(context_, collection_, id, *first.record));
      missing.emplace_back(id, &subject);
    }
    if (requests.empty()) return absl::OkStatus();
    COMITY_ASSIGN_OR_RETURN(const auto results,
                            SendPatiently(context_, collection_.Method("BatchCreate"), requests));
    for (size_t i = 0; i < missing.size(); ++i) {
      TakeMade(results[i], missing[i].first, missing[i].second);
    }
    return absl::OkStatus();
  }

  void RefuseMissing(Work* work) const {
    work->problems.push_back({work->plan.line, context_.map->subject.column, work->plan.subject,
                              "REFERENCE_NOT_FOUND",
                              absl::StrCat("there is no such record in ", collection_.plural,
                                           ": import those first, or let the map make them")});
  }

  void TakeMade(const ItemResult& result, const std::string& id, Subject* subject) {
    if (result.status.code() == absl::StatusCode::kAlreadyExists) {
      subject->name = ErrorValue(result.status, "name");  // somebody made it meanwhile
      if (!subject->name.empty()) return;
    }
    if (!result.status.ok()) {
      for (Work* work : subject->rows) {
        work->problems.push_back(Refusal(work->plan, "", result.status));
      }
      return;
    }
    subject->name = context_.dry_run ? kNotStored : Cell(*result.value, "name");
    subject->is_new = true;
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
      work->difference = Compare(work->plan, subject->held, comparison_);
      if (!work->difference.contradictions.empty()) continue;
      for (auto judgement : work->difference.judgements) {
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
